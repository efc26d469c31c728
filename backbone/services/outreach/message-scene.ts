import { createHash } from 'node:crypto'
import type { IsoDate } from '../../canonical/document.ts'
import { OutreachSettings } from '../../canonical/outreach-settings.ts'
import {
  type CaseSetting,
  type CollectionCase,
  collectionCase,
} from '../../policies/collections/collection-case.ts'
import { type DraftSnapshot, draftSnapshot } from '../../policies/collections/draft-facts.ts'
import type { CollectionsSettings } from '../../policies/collections/settings.ts'
import { companyName } from '../../store/collections/company-name.ts'
import type { TenantTx } from '../../store/database.ts'
import { canonicalJson } from '../../store/events.ts'
import { outreachConnections } from '../../store/outreach/outreach-connections.ts'
import {
  type LedgerSetting,
  loadCustomerLedgers,
  type OpenLedger,
  openLedgerSetting,
} from '../collections-ledger.ts'

/** The connection a message would leave by. */
export type MessageWay = {
  readonly connectionId: string
  readonly settings: OutreachSettings
}

/** Everything a message about one ledger depends on, as it is now. */
export type MessageScene = {
  readonly ledger: OpenLedger
  readonly about: CaseSetting
  readonly decided: CollectionCase
  readonly company: string
  /** Absent where the tenant has no connection for messages. */
  readonly way?: MessageWay
  readonly timeZone: string
  /** The facts a message of a day may use, with the ledger as it is now. */
  snapshotOf(asOf: IsoDate): DraftSnapshot
}

/** The connection messages leave by now; absent where there is none. */
export async function wayOf(tx: TenantTx): Promise<MessageWay | undefined> {
  for (const { connectionId, settings } of await outreachConnections(tx)) {
    const read = OutreachSettings.safeParse(settings)
    if (read.success) return { connectionId, settings: read.data }
  }
  return undefined
}

// Whoever gets a message must have somewhere to complain: the address it comes from, where no other is named.
function withSender(settings: CollectionsSettings, way: MessageWay | undefined) {
  const { sender } = settings
  const email = sender.email ?? way?.settings.replyTo ?? way?.settings.from
  return email === undefined ? settings : { ...settings, sender: { ...sender, email } }
}

function sceneOf(
  ledger: OpenLedger,
  setting: LedgerSetting,
  house: { readonly company: string; readonly way: MessageWay | undefined },
): MessageScene {
  const { company, way } = house
  const about = setting.caseSetting(ledger)
  const settings = withSender(about.policy.settings, way)
  const decided = collectionCase(ledger, about)
  return {
    ledger,
    about,
    decided,
    company,
    ...(way === undefined ? {} : { way }),
    timeZone: setting.calendar(ledger).timeZone,
    snapshotOf(asOf) {
      const then = asOf === about.asOf ? decided : collectionCase(ledger, { ...about, asOf })
      return draftSnapshot(ledger, then, {
        asOf,
        company,
        language: ledger.language ?? 'en',
        settings,
      })
    },
  }
}

/** The scenes of a customer's ledgers, one a currency; none for a customer that owes nothing. */
export async function messageScenes(
  tx: TenantTx,
  customerNumber: string,
): Promise<readonly MessageScene[]> {
  const setting = await openLedgerSetting(tx, undefined)
  const found = await loadCustomerLedgers(tx, customerNumber, setting.asOf)
  if (found === undefined) return []
  const house = { company: await companyName(tx), way: await wayOf(tx) }
  return found.ledgers.map((ledger) => sceneOf(ledger, setting, house))
}

/** Digest of content of any shape. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 32)
}

/** Digest of the facts of a message: another one means that the ledger under it has changed. */
export function snapshotHash(snapshot: DraftSnapshot): string {
  return digestOf(snapshot.facts)
}

/** Why no message may be written about a ledger now; nothing when one may. */
export function messageObstacle({ decided }: Pick<MessageScene, 'decided'>): string | undefined {
  const { dueAct, contact, kind, isOnlyHours, evidence, level } = decided
  if (dueAct === null || level === null) return 'Nothing is due that a message could be about.'
  if (dueAct === 'call') return 'A call is due, not a message.'
  if (dueAct === 'escalation') return 'What follows now is decided by people: no message is due.'
  if (kind !== dueAct && !isOnlyHours) {
    const against = evidence.find(({ weighs }) => weighs === 'against')
    return against?.text ?? `What is to be done now is: ${kind}.`
  }
  return contact?.email === undefined ? 'No contact with an e-mail address fits.' : undefined
}
