import { EmailAddress, type Person } from '../../canonical/person.ts'
import { NeedsPerson } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { listPeople } from '../../store/people/user-rows.ts'
import { addTenant, listTenantIds } from '../../store/unscoped/tenants.ts'
import { addPerson, linkLifeMs, makeLink, type SignInLink } from './people.ts'

/** A link for whoever sits at the machine itself. */
export type HouseLink = SignInLink & Pick<Person, 'name' | 'email' | 'role'>

/** For whom a link is wanted: nobody named is the administrator. */
export type HouseLinkWish = {
  readonly tenantId?: string | undefined
  readonly email?: string | undefined
}

/** Links made on the machine itself, whose owner may let anybody in. */
export type HouseLinks = {
  /** The first administrator's link, until somebody has signed in; nothing when there is nobody to let in. */
  first(): Promise<HouseLink | undefined>
  /** A link for a person; the first one of a tenant without people becomes its administrator. */
  make(wish: HouseLinkWish): Promise<HouseLink>
}

const command = 'quittance sign-in-link'

async function linkFor(tx: TenantTx, person: Person, nowMs: number): Promise<HouseLink> {
  const { userId, name, email, role } = person
  const link = await makeLink(tx, { userId, nowMs, lifeMs: linkLifeMs })
  const draft = {
    kind: 'person.link-made',
    actor: 'command line',
    summary: `A sign-in link for ${name} was made on the machine itself.`,
    body: { userId, expiresAt: link.expiresAt },
  }
  await appendTenantEvents(tx, [draft], await databaseNow(tx))
  return { ...link, name, email, role }
}

const mayComeIn = (person: Person): boolean => person.isActive

const spoken = (people: readonly Person[]): string =>
  people.map(({ email, role }) => `${email} (${role})`).join(', ')

async function newAdministrator(tx: TenantTx, email: string): Promise<Person> {
  const parsed = EmailAddress.safeParse(email)
  if (!parsed.success) throw new NeedsPerson(`${email} is no e-mail address.`)
  const [name = 'Administrator'] = parsed.data.split('@')
  return addPerson(tx, 'command line', { name, email: parsed.data, role: 'admin', locale: 'en' })
}

/** Whose link it is; a person at a terminal is told who there is. */
async function whoIsMeant(tx: TenantTx, email: string | undefined): Promise<Person> {
  const people = await listPeople(tx)
  if (email === undefined) {
    const admins = people.filter((person) => person.role === 'admin' && mayComeIn(person))
    const [admin] = admins
    if (admin !== undefined && admins.length === 1) return admin
    const known = spoken(people.filter(mayComeIn))
    throw new NeedsPerson(
      known === ''
        ? `Nobody can sign in yet. Say who is the first administrator: ${command} --user EMAIL`
        : `Say for whom: ${command} --user EMAIL. There are ${known}.`,
    )
  }
  const found = people.find((person) => person.email === email.trim().toLowerCase())
  if (found === undefined && people.length === 0) return newAdministrator(tx, email)
  if (found === undefined)
    throw new NeedsPerson(`Nobody here has the address ${email}. There are ${spoken(people)}.`)
  if (!mayComeIn(found)) throw new NeedsPerson(`${found.name} is locked out.`)
  return found
}

async function tenantOf(database: Database, { tenantId, email }: HouseLinkWish): Promise<string> {
  const tenants = await listTenantIds(database)
  const [only] = tenants
  if (tenantId === undefined && only !== undefined && tenants.length === 1) return only
  if (tenantId !== undefined && tenants.includes(tenantId)) return tenantId
  if (tenants.length > 0)
    throw new NeedsPerson(`Say of which tenant with --tenant: ${tenants.join(', ')}.`)
  if (tenantId === undefined || email === undefined)
    throw new NeedsPerson(
      `There is no tenant yet. Make the first one and its administrator: ${command} --tenant NAME --user EMAIL`,
    )
  if (!/^[a-z0-9][a-z0-9-]{1,60}$/.test(tenantId))
    throw new NeedsPerson('A tenant is named in small letters, digits and hyphens.')
  await addTenant(database, tenantId)
  return tenantId
}

/** Opens the making of links on the machine itself. */
export function houseLinks({
  database,
  nowMs = Date.now,
}: {
  readonly database: Database
  readonly nowMs?: () => number
}): HouseLinks {
  return {
    async first() {
      const tenants = await listTenantIds(database)
      const [tenantId] = tenants
      if (tenantId === undefined || tenants.length > 1) return undefined
      return database.inTenant(tenantId, async (tx) => {
        const people = await listPeople(tx)
        if (people.some(({ lastSignedInAt }) => lastSignedInAt !== null)) return undefined
        const admin = people.find((person) => person.role === 'admin' && mayComeIn(person))
        return admin === undefined ? undefined : linkFor(tx, admin, nowMs())
      })
    },
    async make(wish) {
      const tenantId = await tenantOf(database, wish)
      return database.inTenant(tenantId, async (tx) =>
        linkFor(tx, await whoIsMeant(tx, wish.email), nowMs()),
      )
    },
  }
}
