import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { masterDataService } from '../services/master-data/master-data-service.ts'
import { type Database, type Driver, openDatabase } from './database.ts'
import { DatabaseAway, doneAgainWhenLost, LostToOthers } from './database-trouble.ts'

let store: TestDatabase
let door: TestDoor
let current: Database

beforeAll(async () => {
  store = await openTestDatabase()
  const database: Database = {
    ...store.database,
    inTenant: (tenantId, work) => current.inTenant(tenantId, work),
  }
  door = await openTestDoor({ ports: { masterData: masterDataService({ database }) } })
})
afterAll(async () => {
  await door.close()
  await store.close()
})

/** The real driver, whose transactions fail so many times, with this code, just before they would commit. */
function failingDatabase(driver: Driver, code: string, times: number) {
  let left = times
  const failing: Driver = {
    ...driver,
    transaction: (work) =>
      driver.transaction(async (run, savepoint) => {
        const result = await work(run, savepoint)
        left -= 1
        if (left >= 0) throw Object.assign(new Error('The driver says no.'), { code })
        return result
      }),
  }
  return openDatabase(failing)
}

const Problem = z.object({ type: z.string(), detail: z.string() })

/** A change over HTTP, in a house over this database: its answer, and how often it was written. */
async function putProduct(database: Database) {
  current = database
  const tenantId = await door.newTenant()
  await store.database.beforeTenant((tx) =>
    tx.run(sql`insert into tenant (tenant_id, name) values (${tenantId}, ${tenantId})`),
  )
  const answer = await door.request('/v1/products/FAS-1', await door.newKey(tenantId), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sku: 'FAS-1', name: 'Hex Cap Screw', productClass: 'FAS' }),
  })
  const written = await store.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`select 1 from product`),
  )
  return { answer, written: written.length }
}

test.each(['40P01', '40001'])(
  'a change over HTTP that met another one (%s) is done again and has its effect once',
  async (code) => {
    const { answer, written } = await putProduct(
      doneAgainWhenLost(failingDatabase(store.database.driver, code, 2)),
    )
    expect(answer.status).toBeLessThan(300)
    expect(written).toBe(1)
  },
)

test('a change that meets others again and again is asked to come back in a second', async () => {
  const { answer, written } = await putProduct(
    doneAgainWhenLost(failingDatabase(store.database.driver, '40P01', 1_000)),
  )
  expect([answer.status, answer.headers.get('retry-after'), written]).toEqual([503, '1', 0])
  expect(Problem.parse(await answer.json()).type).toContain('try-again-later')
})

test.each(['57P01', 'ECONNREFUSED', '53300'])(
  'a change while the database is in trouble (%s) is asked to come back, not told of a mistake of ours',
  async (code) => {
    const { answer, written } = await putProduct(
      doneAgainWhenLost(failingDatabase(store.database.driver, code, 1)),
    )
    expect([answer.status, answer.headers.get('retry-after'), written]).toEqual([503, '5', 0])
  },
)

test('trouble says who acts: nobody, it passes; what is wrong with a statement stays as it is', async () => {
  const trouble = async (code: string) => {
    const broken = failingDatabase(store.database.driver, code, 1_000)
    return broken.inTenant('a-tenant', async () => undefined).catch((error: unknown) => error)
  }
  for (const code of ['08006', '57P03', '53100', '25006', '28P01', 'CONNECT_TIMEOUT', 'EPIPE'])
    expect(await trouble(code), code).toBeInstanceOf(DatabaseAway)
  for (const code of ['40001', '40P01', '55P03'])
    expect(await trouble(code), code).toBeInstanceOf(LostToOthers)
  for (const code of ['23505', '22021', '42P01', '54000'])
    expect(await trouble(code), code).toMatchObject({ code })
})

test('two transactions that really lock each other out both come through', async (context) => {
  // The built-in database has one connection: transactions follow each other and never meet.
  if (store.database.kind !== 'postgres') return context.skip()
  const tenantId = await store.newTenant()
  const database = doneAgainWhenLost(store.database)
  await database.jobs.executeSql('create table meeting (place int primary key, visits int)')
  await database.jobs.executeSql('insert into meeting values (1, 0), (2, 0)')
  await database.jobs.executeSql('grant all on meeting to quittance_tenant')
  let arrived = 0
  let bothThere: () => void = () => undefined
  const met = new Promise<void>((resolve) => {
    bothThere = resolve
  })
  const visit = (first: number, second: number) =>
    database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`update meeting set visits = visits + 1 where place = ${first}::int`)
      arrived += 1
      if (arrived === 2) bothThere()
      await met
      await tx.run(sql`update meeting set visits = visits + 1 where place = ${second}::int`)
    })
  await Promise.all([visit(1, 2), visit(2, 1)])
  expect(arrived).toBe(3)
  const { rows } = await database.jobs.executeSql('select visits from meeting')
  expect(rows).toEqual([{ visits: 2 }, { visits: 2 }])
})
