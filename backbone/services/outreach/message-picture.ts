import type { Evidence } from '../../canonical/decision.ts'
import { moneyText } from '../../canonical/money.ts'
import type { Change, RecordVersion } from '../../canonical/proposal.ts'
import { checkDraft, type DraftVerdict } from '../../policies/collections/draft-check.ts'
import { daysBetween } from '../../policies/collections/ledger.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActPicture } from '../acts/act.ts'
import type { MessageDraft, MessagePayload } from './message-payload.ts'
import {
  digestOf,
  type MessageScene,
  messageObstacle,
  messageScenes,
  snapshotHash,
} from './message-scene.ts'

/** Reads words again against the ledger: every figure, date, name, address and link must be in it. */
export function checkWords(
  scene: MessageScene,
  draft: MessageDraft,
  asOf: MessagePayload['asOf'],
): DraftVerdict {
  const { subject, body } = draft
  return checkDraft({ subject, body }, scene.snapshotOf(asOf), scene.about.policy)
}

/** The invoices of the late rows, the oldest first, each once. */
export function invoicesMeant({ decided }: Pick<MessageScene, 'decided'>): string[] {
  return [...new Set(decided.rows.map(({ invoiceNumber }) => invoiceNumber))]
}

// Over a long weekend a message may wait for the customer's hours, not longer.
const mostDaysOld = 4

// Why a message does not fit its ledger any more; nothing when it does.
function misfit(scene: MessageScene, payload: MessagePayload): string | undefined {
  const obstacle = messageObstacle(scene)
  if (obstacle !== undefined) return obstacle
  const { level } = scene.decided
  if (level !== payload.level)
    return `Level ${level} is due now; the message is one of level ${payload.level}.`
  if (daysBetween(payload.asOf, scene.about.asOf) > mostDaysOld)
    return `Its figures are of ${payload.asOf}, too long ago.`
  const now = invoicesMeant(scene)
  const isSame =
    now.length === payload.invoiceNumbers.length &&
    now.every((number) => payload.invoiceNumbers.includes(number))
  return isSame
    ? undefined
    : 'The message is about other invoices than those it would be about now.'
}

/** The scene of a message as it is now, or why there is none any more. */
export async function sceneOfMessage(
  tx: TenantTx,
  payload: MessagePayload,
): Promise<MessageScene | { readonly gone: string }> {
  const scenes = await messageScenes(tx, payload.customerNumber)
  const scene = scenes.find(({ ledger }) => ledger.currency === payload.currency)
  if (scene === undefined) return { gone: 'The customer owes nothing in this currency any more.' }
  const gone = misfit(scene, payload)
  return gone === undefined ? scene : { gone }
}

function recordsOf(scene: MessageScene, payload: MessagePayload): RecordVersion[] {
  const { ledger, decided, about } = scene
  const { customerNumber, currency } = ledger
  const own = (what: string) => `${what}:${customerNumber}:${currency}`
  return [
    ...decided.rows.map((row) => ({
      record: `invoice:${row.invoiceNumber}:${row.instalment}`,
      version: `${row.openMinor}:${row.disputedMinor}:${row.promisedMinor}:${row.dueOn}`,
    })),
    {
      record: own('cash'),
      version: digestOf([ledger.unappliedMinor, ledger.creditsMinor, ledger.moneySeenOn ?? null]),
    },
    { record: own('promises'), version: digestOf([ledger.promises, ledger.brokenOn]) },
    { record: own('disputes'), version: digestOf(ledger.disputes) },
    { record: own('stops'), version: digestOf([ledger.stops, ledger.isInsolvent]) },
    { record: own('contact'), version: digestOf(decided.contact ?? null) },
    {
      record: own('contacts-made'),
      version: digestOf(ledger.contactsMade.map(({ contactId, outcome }) => [contactId, outcome])),
    },
    { record: own('replies'), version: digestOf(ledger.unreadReplies) },
    { record: own('facts'), version: snapshotHash(scene.snapshotOf(payload.asOf)) },
    { record: 'policy:collections', version: about.policy.version.slice(0, 120) },
  ]
}

/** What a message rests on as it is now, whether the message still fits it or not. */
export async function messageRecords(
  tx: TenantTx,
  payload: MessagePayload,
): Promise<readonly RecordVersion[]> {
  const scenes = await messageScenes(tx, payload.customerNumber)
  const scene = scenes.find(({ ledger }) => ledger.currency === payload.currency)
  return scene === undefined ? [] : recordsOf(scene, payload)
}

/** Until when the contact hours keep a message back; nothing when it may leave at once. */
export function hoursUntil({ decided, about }: MessageScene): string | undefined {
  return decided.isOnlyHours && !about.policy.settings.lettersAtAnyHour
    ? decided.notBefore
    : undefined
}

function whenEvidence(scene: MessageScene): Evidence[] {
  const until = hoursUntil(scene)
  return [
    ...(until === undefined
      ? []
      : [
          {
            weighs: 'note' as const,
            text: `Approved now, it leaves in the customer's contact hours, from ${until} on, if nothing has changed by then.`,
          },
        ]),
    ...(scene.way === undefined
      ? [
          {
            weighs: 'against' as const,
            text: 'No connection of kind outreach-mail is set up: nothing can leave yet.',
          },
        ]
      : []),
  ]
}

function lastContacts({ ledger }: MessageScene): Evidence[] {
  return ledger.contactsMade.slice(0, 5).map(({ contactId, madeOn, channel, level, outcome }) => ({
    weighs: 'note',
    text: `Contact of ${madeOn} by ${channel} at level ${level}: ${outcome}.`,
    source: `contact:${contactId}`,
  }))
}

function changesOf(scene: MessageScene, payload: MessagePayload): Change[] {
  const { contact, lastLevel } = scene.decided
  const name = contact?.name === undefined ? '' : `${contact.name} `
  const after = (label: string, text: string): Change => ({ label, before: null, after: text })
  return [
    after('To', `${name}<${contact?.email ?? ''}>`),
    {
      label: 'Level',
      before: lastLevel === null ? null : String(lastLevel),
      after: String(payload.level),
    },
    after('Subject', payload.subject),
    after('Text', payload.body),
    after('Copies attached', payload.invoiceNumbers.join(', ').slice(0, 4_000)),
  ]
}

/** The total that is open of the invoices a message is about. */
export function openTotalMinor({ decided }: Pick<MessageScene, 'decided'>): number {
  return decided.rows.reduce((sum, { openMinor }) => sum + openMinor, 0)
}

/** What a message would be, for whoever decides about it; the words must fit the ledger as it is. */
export function messagePicture(
  scene: MessageScene,
  payload: MessagePayload,
): ActPicture | { readonly gone: string } {
  const verdict = checkWords(scene, payload, payload.asOf)
  const [fault] = verdict.faults
  if (fault !== undefined)
    return { gone: `The words do not fit the ledger any more: ${fault.quote}: ${fault.text}` }
  const { ledger, decided } = scene
  const amountMinor = openTotalMinor(scene)
  const text = moneyText(amountMinor, ledger.currency)
  return {
    subject: { kind: 'customer', id: ledger.customerNumber, label: ledger.name.slice(0, 200) },
    title: `Message of level ${payload.level} to ${ledger.name.slice(0, 120)} about ${text}`,
    changes: changesOf(scene, payload),
    evidence: [
      ...decided.evidence,
      ...verdict.evidence,
      ...whenEvidence(scene),
      ...lastContacts(scene),
    ],
    records: recordsOf(scene, payload),
    money: { amountMinor, currency: ledger.currency },
  }
}
