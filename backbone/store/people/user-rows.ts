import { sql } from 'drizzle-orm'
import type { Person, PersonRole } from '../../canonical/person.ts'
import type { TenantTx } from '../database.ts'

const person = sql`
  user_id as "userId", name, email, role, is_active as "isActive", locale, time_zone as "timeZone",
  password_hash is not null as "hasPassword", created_at as "createdAt", last_signed_in_at as "lastSignedInAt"`

/** All people of the tenant, by name. */
export function listPeople(tx: TenantTx): Promise<Person[]> {
  return tx.rows(sql`select ${person} from app_user order by lower(name), user_id`)
}

/** One person of the tenant. */
export async function readPerson(tx: TenantTx, userId: string): Promise<Person | undefined> {
  const [found] = await tx.rows<Person>(
    sql`select ${person} from app_user where user_id = ${userId}`,
  )
  return found
}

/** Writes a new person; nothing when somebody of the tenant has the address already. */
export async function insertPerson(
  tx: TenantTx,
  user: Pick<Person, 'userId' | 'name' | 'email' | 'role' | 'locale' | 'timeZone'>,
): Promise<Person | undefined> {
  const [written] = await tx.rows<Person>(sql`
    insert into app_user (user_id, tenant_id, name, email, role, locale, time_zone)
    values (${user.userId}, ${tx.tenantId}, ${user.name}, ${user.email}, ${user.role}, ${user.locale}, ${user.timeZone})
    on conflict (tenant_id, email) do nothing
    returning ${person}`)
  return written
}

/** Writes what people see of a person again. */
export async function updatePerson(
  tx: TenantTx,
  user: Pick<Person, 'userId' | 'name' | 'role' | 'isActive' | 'locale' | 'timeZone'>,
): Promise<Person | undefined> {
  const [written] = await tx.rows<Person>(sql`
    update app_user set name = ${user.name}, role = ${user.role}, is_active = ${user.isActive}, locale = ${user.locale},
      time_zone = ${user.timeZone}, updated_at = now()
    where user_id = ${user.userId} returning ${person}`)
  return written
}

/** How many administrators may sign in. */
export async function countActiveAdmins(tx: TenantTx): Promise<number> {
  const [row] = await tx.rows<{ admins: number }>(
    sql`select count(*)::int as admins from app_user where role = 'admin' and is_active`,
  )
  return row?.admins ?? 0
}

/** How many people may sign in. */
export async function countActivePeople(tx: TenantTx): Promise<number> {
  const [row] = await tx.rows<{ people: number }>(
    sql`select count(*)::int as people from app_user where is_active`,
  )
  return row?.people ?? 0
}

/** Locks the administrators who may sign in, so that two of them cannot shut each other out; their ids. */
export async function lockActiveAdmins(tx: TenantTx): Promise<string[]> {
  const rows = await tx.rows<{ userId: string }>(sql`
    select user_id as "userId" from app_user where role = 'admin' and is_active
    order by user_id for update`)
  return rows.map(({ userId }) => userId)
}

/** The hash of a person's password, locked for a change; null where they have none. */
export async function lockPasswordHash(tx: TenantTx, userId: string): Promise<string | null> {
  const [row] = await tx.rows<{ hash: string | null }>(
    sql`select password_hash as hash from app_user where user_id = ${userId} for update`,
  )
  return row?.hash ?? null
}

/** Keeps the hash of a person's password, or takes it away. */
export async function writePasswordHash(
  tx: TenantTx,
  userId: string,
  passwordHash: string | null,
): Promise<void> {
  await tx.run(sql`
    update app_user set password_hash = ${passwordHash}, updated_at = now() where user_id = ${userId}`)
}

/** Notes that a person came in. */
export async function noteSignIn(tx: TenantTx, userId: string, at: string): Promise<void> {
  await tx.run(
    sql`update app_user set last_signed_in_at = ${at}::timestamptz where user_id = ${userId}`,
  )
}

/** Ties a person to who they are at the provider, and gives them the role it tells when it tells one. */
export async function tieToProvider(
  tx: TenantTx,
  {
    userId,
    subject,
    role,
  }: { readonly userId: string; readonly subject: string; readonly role: PersonRole | undefined },
): Promise<void> {
  await tx.run(sql`
    update app_user set oidc_subject = ${subject}, role = coalesce(${role ?? null}, role), updated_at = now()
    where user_id = ${userId}
      and (oidc_subject is distinct from ${subject} or role <> coalesce(${role ?? null}, role))`)
}
