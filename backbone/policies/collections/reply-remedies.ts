import type { ReplyClass } from '../../canonical/collections.ts'
import type { Alternative } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import { disputeCode } from './dispute-codes.ts'

/** What an answer says, as far as its wording gives it. */
type ReplyContent = {
  readonly currency: Currency
  readonly amountMinor?: MinorUnits
  readonly isInFull: boolean
  readonly day?: IsoDate
  readonly disputeCode?: string
  readonly isInsolvency: boolean
  readonly invoiceNumbers: readonly string[]
}

const invoicesText = (numbers: readonly string[]): string =>
  numbers.length === 0 ? 'the invoices it is about' : numbers.slice(0, 20).join(', ')

const amountOf = ({ amountMinor, currency }: ReplyContent) =>
  amountMinor === undefined ? {} : { amountMinor, currency }

type Remedy = (said: ReplyContent) => Alternative

const promise: Remedy = (said) => {
  const { amountMinor, currency, day, isInFull } = said
  const what = amountMinor === undefined ? 'the whole amount' : moneyText(amountMinor, currency)
  const isComplete = day !== undefined && (amountMinor !== undefined || isInFull)
  return {
    candidateId: isComplete ? 'record-promise' : 'ask-for-promise',
    kind: isComplete ? 'record-promise' : 'ask-customer',
    text: isComplete
      ? `Record a promise of ${what} for ${day}.`
      : 'Ask for what the promise lacks: the amount or the day.',
    ...amountOf(said),
    values: { day: day ?? null, isInFull },
  }
}

const dispute: Remedy = (said) => {
  const known = said.disputeCode === undefined ? undefined : disputeCode(said.disputeCode)
  return {
    candidateId: known === undefined ? 'ask-for-reason' : `open-dispute:${known.code}`,
    kind: known === undefined ? 'ask-customer' : 'open-dispute',
    text:
      known === undefined
        ? 'Ask what exactly is contested, and of which invoice.'
        : `Open a dispute ${known.code} (${known.name}) of ${invoicesText(said.invoiceNumbers)}; ${known.route} looks into it.`,
    ...amountOf(said),
    values: { code: known?.code ?? null, route: known?.route ?? null },
  }
}

const remedies: Readonly<Record<ReplyClass, Remedy>> = {
  promise,
  dispute,
  'paid-claim': (said) => ({
    candidateId: 'trace-payment',
    kind: 'place-stop',
    text: 'Pause as a payment in process, and ask for the proof or trace number of the payment.',
    ...amountOf(said),
    values: { stop: 'payment-in-process', day: said.day ?? null },
  }),
  'copy-request': ({ invoiceNumbers }) => ({
    candidateId: 'prepare-copies',
    kind: 'prepare-copies',
    text: `Prepare copies of ${invoicesText(invoiceNumbers)} for an answer.`,
  }),
  'wrong-contact': () => ({
    candidateId: 'change-contact',
    kind: 'place-stop',
    text: 'Pause until the right contact is in the customer file.',
    values: { stop: 'contact-change' },
  }),
  hardship: () => ({
    candidateId: 'plan-request',
    kind: 'decide-plan',
    text: 'Decide about a payment plan; a plan agreed is recorded as promises.',
  }),
  'out-of-office': ({ day }) => ({
    candidateId: 'try-later',
    kind: 'wait',
    text: day === undefined ? 'Try again later, or another contact.' : `Try again after ${day}.`,
    values: { day: day ?? null },
  }),
  legal: ({ isInsolvency }) => ({
    candidateId: isInsolvency ? 'stop-insolvency' : 'stop-litigation',
    kind: 'place-stop',
    text: 'Stop all automation and hand it to the manager.',
    values: { stop: isInsolvency ? 'insolvency' : 'litigation' },
  }),
  'stop-contact': () => ({
    candidateId: 'stop-contact',
    kind: 'place-stop',
    text: 'Write no more until a person has agreed how to go on.',
    values: { stop: 'do-not-contact' },
  }),
  unknown: () => ({
    candidateId: 'read',
    kind: 'read',
    text: 'Read it and say what it is.',
  }),
}

/** What could be done about an answer that is taken for a class, for a person to choose. */
export function replyRemedy(replyClass: ReplyClass, said: ReplyContent): Alternative {
  return remedies[replyClass](said)
}
