import { newId } from '../../canonical/ids.ts'
import type { NewPerson, Person, PersonChange } from '../../canonical/person.ts'
import { CallerMistake, OurBug } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow, type EventDraft } from '../../store/events.ts'
import { insertLink, voidLinksOf } from '../../store/people/link-rows.ts'
import { deleteSessionsOf } from '../../store/people/session-rows.ts'
import { readTenantProfile, type TenantView } from '../../store/people/tenant-profile.ts'
import {
  insertPerson,
  listPeople,
  lockActiveAdmins,
  readPerson,
  updatePerson,
} from '../../store/people/user-rows.ts'
import { newToken } from './secret-token.ts'

/** A link that signs one person in once; the token is in this answer and nowhere else. */
export type SignInLink = { readonly token: string; readonly expiresAt: string }

/** Who lets people in; `actor` goes on the record. */
type Who = { readonly tenantId: string; readonly actor: string }

/** The people of a tenant. */
export type PeopleService = {
  list(who: Pick<Who, 'tenantId'>): Promise<Person[]>
  get(who: Pick<Who, 'tenantId'>, userId: string): Promise<Person>
  /** Adds somebody, with the link by which they come in for the first time. */
  invite(
    who: Who,
    draft: NewPerson,
  ): Promise<{ readonly person: Person; readonly invitation: SignInLink }>
  /** A new link for somebody who has never come in; nobody gets one into another person's account. */
  inviteAgain(
    who: Who,
    userId: string,
  ): Promise<{ readonly person: Person; readonly invitation: SignInLink }>
  change(who: Who, userId: string, change: PersonChange): Promise<Person>
  /** The tenant a person works for, as the console shows it. */
  tenant(tenantId: string): Promise<TenantView>
}

/** How long a link made at a terminal is good, for somebody who sits there. */
export const linkLifeMs = 15 * 60_000
// An invitation lies in a mailbox over night.
const invitationLifeMs = 24 * 3_600_000

const unknown = () => new CallerMistake(404, 'not-found', 'There is no such person.')

async function record(tx: TenantTx, draft: EventDraft): Promise<void> {
  await appendTenantEvents(tx, [draft], await databaseNow(tx))
}

/** Makes a one-time link for a person; earlier ones that nobody used are void. */
export async function makeLink(
  tx: TenantTx,
  {
    userId,
    nowMs,
    lifeMs,
  }: { readonly userId: string; readonly nowMs: number; readonly lifeMs: number },
): Promise<SignInLink> {
  const { token, tokenHash } = newToken('ql')
  const at = new Date(nowMs).toISOString()
  const expiresAt = new Date(nowMs + lifeMs).toISOString()
  await voidLinksOf(tx, userId)
  await insertLink(tx, { linkId: newId('lnk', nowMs), userId, tokenHash, at, expiresAt })
  return { token, expiresAt }
}

/** Adds a person to the tenant, on the record. */
export async function addPerson(tx: TenantTx, actor: string, draft: NewPerson): Promise<Person> {
  const { timeZone = null, ...rest } = draft
  const person = await insertPerson(tx, { userId: newId('usr'), ...rest, timeZone })
  if (person === undefined)
    throw new CallerMistake(409, 'address-taken', 'Somebody here has this address already.', {
      email: draft.email,
    })
  const { userId, name, role } = person
  await record(tx, {
    kind: 'person.added',
    actor,
    summary: `${name} was added as ${role}.`,
    body: { userId, name, email: person.email, role },
  })
  return person
}

/** What changed, in words for the record. */
function differences(before: Person, after: Person): string[] {
  const told = [
    before.name === after.name ? '' : `name ${before.name} to ${after.name}`,
    before.role === after.role ? '' : `role ${before.role} to ${after.role}`,
    before.isActive === after.isActive ? '' : after.isActive ? 'let in again' : 'locked out',
    before.locale === after.locale ? '' : `language ${before.locale} to ${after.locale}`,
    before.timeZone === after.timeZone
      ? ''
      : `time zone ${before.timeZone ?? 'of the tenant'} to ${after.timeZone ?? 'of the tenant'}`,
  ]
  return told.filter((words) => words !== '')
}

async function change(
  tx: TenantTx,
  { actor }: Who,
  userId: string,
  wanted: PersonChange,
): Promise<Person> {
  const admins = await lockActiveAdmins(tx)
  const before = await readPerson(tx, userId)
  if (before === undefined) throw unknown()
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  )
  const next: Person = { ...before, ...given }
  const staysAdmin = next.role === 'admin' && next.isActive
  if (!staysAdmin && admins.includes(userId) && admins.length === 1)
    throw new CallerMistake(
      409,
      'last-admin',
      `${before.name} is the only administrator; make somebody else one first.`,
    )
  const told = differences(before, next)
  if (told.length === 0) return before
  const after = await updatePerson(tx, next)
  if (after === undefined) throw new OurBug('A locked person was not written.')
  if (!after.isActive) {
    await deleteSessionsOf(tx, [userId])
    await voidLinksOf(tx, userId)
  }
  await record(tx, {
    kind: 'person.changed',
    actor,
    summary: `${after.name} was changed: ${told.join(', ')}.`,
    body: { userId, before, after },
  })
  return after
}

async function inviteAgain(tx: TenantTx, { actor }: Who, userId: string, nowMs: number) {
  const person = await readPerson(tx, userId)
  if (person === undefined) throw unknown()
  if (!person.isActive)
    throw new CallerMistake(409, 'locked-out', `${person.name} is locked out; let them in first.`)
  if (person.lastSignedInAt !== null)
    throw new CallerMistake(
      409,
      'has-signed-in',
      `${person.name} has signed in before. A link for them is made on the machine itself: quittance sign-in-link --user ${person.email}`,
    )
  const invitation = await makeLink(tx, { userId, nowMs, lifeMs: invitationLifeMs })
  await record(tx, {
    kind: 'person.invited',
    actor,
    summary: `${person.name} was invited.`,
    body: { userId, expiresAt: invitation.expiresAt },
  })
  return { person, invitation }
}

/** Opens the service of people. */
export function peopleService({
  database,
  nowMs = Date.now,
}: {
  readonly database: Database
  readonly nowMs?: () => number
}): PeopleService {
  return {
    list: ({ tenantId }) => database.inTenant(tenantId, (tx) => listPeople(tx)),
    async get({ tenantId }, userId) {
      const person = await database.inTenant(tenantId, (tx) => readPerson(tx, userId))
      if (person === undefined) throw unknown()
      return person
    },
    invite: (who, draft) =>
      database.inTenant(who.tenantId, async (tx) => {
        const { userId } = await addPerson(tx, who.actor, draft)
        return inviteAgain(tx, who, userId, nowMs())
      }),
    inviteAgain: (who, userId) =>
      database.inTenant(who.tenantId, (tx) => inviteAgain(tx, who, userId, nowMs())),
    change: (who, userId, wanted) =>
      database.inTenant(who.tenantId, (tx) => change(tx, who, userId, wanted)),
    tenant: (tenantId) => database.inTenant(tenantId, (tx) => readTenantProfile(tx)),
  }
}
