import type { ContactChannel, ContactMade, DunningLevel } from '../../canonical/collections.ts'
import type { Evidence } from '../../canonical/decision.ts'
import type { Customer } from '../../canonical/master-data.ts'
import type { CollectionsSettings } from './settings.ts'

type Contact = Customer['contacts'][number]

/** Whom a message or call about open invoices goes to; nobody when no contact fits, which a person must mend. */
export type RightContact = {
  readonly contact?: Contact
  readonly evidence: readonly Evidence[]
}

const nameOf = (contact: Contact): string =>
  contact.name ?? contact.email ?? contact.phone ?? 'a contact without a name'

function rolesFor(level: DunningLevel, settings: CollectionsSettings): readonly string[] {
  return (
    settings.contactRoles
      .toSorted((a, b) => a.fromLevel - b.fromLevel)
      .findLast(({ fromLevel }) => fromLevel <= level)?.roles ?? []
  )
}

/** Why a contact is not the one to write to or call; nothing when it fits. */
function objection(
  contact: Contact,
  wanted: { roles: readonly string[]; channel: ContactChannel; bounced: ReadonlySet<string> },
): string | undefined {
  const { roles, channel, bounced } = wanted
  const role = contact.role?.toLowerCase().trim()
  if (role === undefined) return 'has no role'
  if (!roles.includes(role)) return `has the role ${role}, which is not asked about invoices here`
  if (channel === 'phone') return contact.phone === undefined ? 'has no phone number' : undefined
  if (contact.email === undefined) return 'has no e-mail address'
  return bounced.has(contact.email) ? 'has an address that bounced' : undefined
}

/** Chooses the contact by role for a level: invoice copies go to accounts payable, not to the head of the company. */
export function rightContact(
  contacts: readonly Contact[],
  wanted: {
    readonly level: DunningLevel
    readonly channel: ContactChannel
    readonly contactsMade: readonly ContactMade[]
  },
  settings: CollectionsSettings,
): RightContact {
  const roles = rolesFor(wanted.level, settings)
  const bounced = new Set(
    wanted.contactsMade.flatMap(({ outcome, addressee }) =>
      outcome === 'bounced' && addressee.email !== undefined ? [addressee.email] : [],
    ),
  )
  const judged = contacts.map((contact) => ({
    contact,
    objection: objection(contact, { roles, channel: wanted.channel, bounced }),
  }))
  const place = (contact: Contact) => roles.indexOf(contact.role?.toLowerCase().trim() ?? '')
  const [best] = judged
    .filter((candidate) => candidate.objection === undefined)
    .sort((a, b) => place(a.contact) - place(b.contact))
  const others = judged
    .filter((candidate) => candidate.objection !== undefined)
    .map(
      (candidate): Evidence => ({
        weighs: 'note',
        text: `${nameOf(candidate.contact)} ${candidate.objection}.`,
      }),
    )
  if (best === undefined)
    return {
      evidence: [
        {
          weighs: 'against',
          text: `No contact fits level ${wanted.level} by ${wanted.channel}; wanted is ${roles.join(', ')}.`,
        },
        ...others,
      ],
    }
  const { contact } = best
  return {
    contact,
    evidence: [
      { weighs: 'for', text: `${nameOf(contact)} (${contact.role}) is the right contact.` },
      ...others,
    ],
  }
}
