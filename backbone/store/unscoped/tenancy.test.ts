import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'

const projectRoot = join(import.meta.dirname, '..', '..', '..')
let store: TestDatabase

beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(() => store.close())

const rows = async (query: string): Promise<readonly object[]> =>
  (await store.database.driver.run(query, [])).rows

function sources(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file).split(sep).join('/'))
}

test('statements without a tenant stand in store/unscoped and nowhere else', () => {
  const callers = ['backbone', 'cli', 'tools', 'agents', 'mcp-server']
    .filter((folder) => readdirSync(projectRoot).includes(folder))
    .flatMap(sources)
    .filter((file) => file !== 'backbone/store/database.ts')
    .filter((file) => readFileSync(join(projectRoot, file), 'utf8').includes('beforeTenant'))
  expect(
    callers.sort(),
    'move the look-up into backbone/store/unscoped/, or give it a tenant with inTenant',
  ).toEqual(sources('backbone/store/unscoped').sort())
})

test('every table belongs to tenants, row by row, and even its owner is bound by that', async () => {
  const tables = await rows(`
    select relname as name, relrowsecurity as is_on, relforcerowsecurity as is_forced,
      exists (select 1 from pg_attribute a where a.attrelid = c.oid and attname = 'tenant_id' and attnotnull) as has_tenant,
      (select array_to_string(array_agg(pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid)
         and pg_get_expr(polqual, polrelid) like '%app.tenant%' and polcmd = '*'
         and polroles = array[(select oid from pg_roles where rolname = 'quittance_tenant')]), ',')
       from pg_policy p where p.polrelid = c.oid and polname = 'tenant_rows') as policy
    from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`)
  expect(tables.length).toBeGreaterThan(25)
  for (const table of tables)
    expect(table, 'add tenant_id and repeat the tenancy statements of 0001 for it').toMatchObject({
      is_on: true,
      is_forced: true,
      has_tenant: true,
      policy: 't',
    })
})

test('before the tenant is known only tenants, connections, keys and who signs in can be read, and only a tenant made', async () => {
  const grants = await rows(`
    select table_name || ' ' || privilege_type as grant from information_schema.role_table_grants
    where grantee = 'quittance_unscoped' order by 1`)
  expect(grants).toEqual([
    { grant: 'app_user SELECT' },
    { grant: 'connection SELECT' },
    { grant: 'credential SELECT' },
    { grant: 'session SELECT' },
    { grant: 'sign_in_link SELECT' },
    { grant: 'tenant INSERT' },
    { grant: 'tenant SELECT' },
  ])
  const roles = await rows(`
    select rolcanlogin, rolbypassrls, rolsuper from pg_roles where rolname like 'quittance\\_%'`)
  for (const role of roles)
    expect(role).toEqual({ rolcanlogin: false, rolbypassrls: false, rolsuper: false })
})

test('what happened can be added to and never changed, not even by the database’s owner', async () => {
  await rows(`insert into event (tenant_id, kind, actor, summary, at, previous_hash, hash)
    values ('t', 'k', 'a', 's', now(), '', '')`)
  await rows(`insert into event_checkpoint
    values ('t', 1, 0, 1, 1, '', '', now())`)
  for (const table of ['event', 'event_checkpoint']) {
    const refused = 'append-only'
    await expect(rows(`update ${table} set hash = 'x'`)).rejects.toThrow(refused)
    await expect(rows(`delete from ${table}`)).rejects.toThrow(refused)
    const granted = await rows(`
      select privilege_type as kind from information_schema.role_table_grants
      where grantee = 'quittance_tenant' and table_name = '${table}' order by 1`)
    expect(granted).toEqual([{ kind: 'INSERT' }, { kind: 'SELECT' }])
  }
})
