import { sql } from 'drizzle-orm'
import type { AgentProfile, ProfileDraft, ProfileTest } from '../../canonical/agent-profile.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A version of a profile as it is kept. */
export type ProfileRow = Pick<
  AgentProfile,
  'profileId' | 'version' | 'status' | 'template' | 'lastTest' | 'changedBy' | 'changedAt'
> & { readonly settings: ProfileDraft }

const columns = sql`profile_id as "profileId", version, status, template, settings, last_test as "lastTest",
  changed_by as "changedBy", changed_at as "changedAt"`

/** The latest version of every profile, by name. */
export function latestProfiles(tx: TenantTx): Promise<ProfileRow[]> {
  return tx.rows<ProfileRow>(
    sql`select ${columns} from agent_profile where is_latest order by name, profile_id`,
  )
}

/** Every version of one profile, the newest first. */
export function profileVersions(tx: TenantTx, profileId: string): Promise<ProfileRow[]> {
  return tx.rows<ProfileRow>(
    sql`select ${columns} from agent_profile where profile_id = ${profileId} order by version desc`,
  )
}

/** The version of a profile that runs; undefined where none does. */
export async function activeProfile(
  tx: TenantTx,
  profileId: string,
): Promise<ProfileRow | undefined> {
  const [found] = await tx.rows<ProfileRow>(
    sql`select ${columns} from agent_profile where profile_id = ${profileId} and status = 'active'`,
  )
  return found
}

/** The versions that run. */
export function activeProfiles(tx: TenantTx): Promise<ProfileRow[]> {
  return tx.rows<ProfileRow>(
    sql`select ${columns} from agent_profile where status = 'active' order by name, profile_id`,
  )
}

/** Whether another profile has the name already. */
export async function isNameTaken(tx: TenantTx, name: string, profileId: string): Promise<boolean> {
  const found = await tx.rows(
    sql`select from agent_profile where name = ${name} and profile_id <> ${profileId}
      and (is_latest and status <> 'retired' or status = 'active')`,
  )
  return found.length > 0
}

/** Holds changes of one profile one after the other until the transaction ends. */
export async function lockProfile(tx: TenantTx, profileId: string): Promise<void> {
  const key = `agent-profile:${tx.tenantId}:${profileId}`
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}

/** Adds a version, a draft; it is the latest from now on. */
export async function addProfileVersion(
  tx: TenantTx,
  added: {
    readonly profileId: string
    readonly version: number
    readonly settings: ProfileDraft
    readonly template: string | null
    readonly changedBy: string
  },
): Promise<void> {
  const { profileId, version, settings, template, changedBy } = added
  await tx.run(
    sql`update agent_profile set is_latest = false where profile_id = ${profileId} and is_latest`,
  )
  await tx.run(sql`
    insert into agent_profile (tenant_id, profile_id, version, name, status, settings, template, changed_by)
    values (${tx.tenantId}, ${profileId}, ${version}, ${settings.name}, 'draft', ${asJson(settings)}, ${template}, ${changedBy})`)
}

/** Keeps what a test of a version found. */
export async function recordTest(
  tx: TenantTx,
  profileId: string,
  test: ProfileTest,
): Promise<void> {
  await tx.run(sql`
    update agent_profile set last_test = ${asJson(test)}
    where profile_id = ${profileId} and version = ${test.version}`)
}

/** Makes one version the one that runs, and its predecessor history; with no version, none runs. */
export async function setActive(
  tx: TenantTx,
  profileId: string,
  { version, changedBy }: { readonly version: number | null; readonly changedBy: string },
): Promise<void> {
  await tx.run(sql`
    update agent_profile set changed_by = ${changedBy}, changed_at = now(),
      status = case when version = ${version}::int then 'active' else 'retired' end
    where profile_id = ${profileId} and (version = ${version}::int or status = 'active' or ${version}::int is null)`)
}
