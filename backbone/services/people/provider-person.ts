import { z } from 'zod'
import { EmailAddress, type Person, type PersonRole } from '../../canonical/person.ts'
import { CallerMistake } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { readPerson, tieToProvider } from '../../store/people/user-rows.ts'
import {
  type FoundPerson,
  findPeopleByEmail,
  findPeopleBySubject,
} from '../../store/unscoped/find-session.ts'
import { addPerson } from './people.ts'

/** Whom the provider's people are here. */
export type ProviderRules = {
  readonly issuer: string
  readonly roleClaim: string
  /** The first that fits; absent: roles are kept here. */
  readonly roles?: readonly (readonly [told: string, role: PersonRole])[]
  readonly trustsEmail: boolean
  /** The tenant that unknown people are added to; absent: they are not. */
  readonly newPeopleIn?: string
}

/** What the provider says of somebody. */
export const Claims = z.looseObject({
  sub: z.string().min(1).max(255),
  email: z.string().optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
})
export type Claims = z.infer<typeof Claims>

const notKnown = () =>
  new CallerMistake(
    403,
    'not-known-here',
    'The provider vouches for you, but nobody here has let you in; ask an administrator for an invitation.',
  )

/** The role the provider gives, where it is the one who decides. */
function roleOf({ roles, roleClaim }: ProviderRules, claims: Claims): PersonRole | undefined {
  if (roles === undefined) return undefined
  const told = z.union([z.string(), z.array(z.string())]).safeParse(claims[roleClaim])
  const has = new Set(told.success ? [told.data].flat() : [])
  const found = roles.find(([name]) => has.has(name))
  if (found === undefined)
    throw new CallerMistake(
      403,
      'no-role-here',
      'The provider vouches for you, but gives you no role that counts here.',
    )
  return found[1]
}

/** The address, where the provider is sure that it is theirs. */
function surely({ trustsEmail }: ProviderRules, claims: Claims): string | undefined {
  const isSure = claims.email_verified === true || (trustsEmail && claims.email_verified !== false)
  const email = EmailAddress.safeParse(claims.email)
  return isSure && email.success ? email.data : undefined
}

async function whoKnown(
  database: Database,
  { subject, email }: { readonly subject: string; readonly email: string | undefined },
): Promise<FoundPerson[]> {
  const bySubject = await findPeopleBySubject(database, subject)
  if (bySubject.length > 0 || email === undefined) return bySubject
  // An address that is tied to somebody else at the provider has been given to a new person there.
  return (await findPeopleByEmail(database, email)).filter(
    ({ oidcSubject }) => oidcSubject === null,
  )
}

async function recordRole(tx: TenantTx, before: Person, role: PersonRole): Promise<void> {
  const draft = {
    kind: 'person.changed',
    actor: 'provider',
    summary: `${before.name} was changed: role ${before.role} to ${role}, as the provider says.`,
    body: { userId: before.userId, before, after: { ...before, role } },
  }
  await appendTenantEvents(tx, [draft], await databaseNow(tx))
}

async function tie(
  database: Database,
  { userId, tenantId }: Pick<FoundPerson, 'userId' | 'tenantId'>,
  { subject, role }: { readonly subject: string; readonly role: PersonRole | undefined },
): Promise<void> {
  await database.inTenant(tenantId, async (tx) => {
    const before = await readPerson(tx, userId)
    await tieToProvider(tx, { userId, subject, role })
    if (before !== undefined && role !== undefined && before.role !== role)
      await recordRole(tx, before, role)
  })
}

/** The person here for whom the provider vouches: known by their subject, else by a sure address, else new. */
export async function providersPerson(
  database: Database,
  rules: ProviderRules,
  { claims, tenantId }: { readonly claims: Claims; readonly tenantId: string | undefined },
): Promise<{ readonly tenantId: string; readonly userId: string }> {
  const subject = `${rules.issuer}#${claims.sub}`
  const role = roleOf(rules, claims)
  const email = surely(rules, claims)
  const known = await whoKnown(database, { subject, email })
  const active = known.filter(
    (person) => person.isActive && (tenantId === undefined || person.tenantId === tenantId),
  )
  const [person] = active
  if (active.length > 1)
    throw new CallerMistake(
      409,
      'several-tenants',
      'You work for several tenants: say which with ?tenantId=',
      {},
      active.map((one) => ({ path: one.tenantId, message: one.tenantName })),
    )
  if (person !== undefined) {
    await tie(database, person, { subject, role })
    return { tenantId: person.tenantId, userId: person.userId }
  }
  const { newPeopleIn } = rules
  if (known.length > 0 || newPeopleIn === undefined || role === undefined || email === undefined)
    throw notKnown()
  const name = (claims.name ?? email).slice(0, 120)
  return database.inTenant(newPeopleIn, async (tx) => {
    const { userId } = await addPerson(tx, 'provider', { name, email, role, locale: 'en' })
    await tieToProvider(tx, { userId, subject, role })
    return { tenantId: newPeopleIn, userId }
  })
}
