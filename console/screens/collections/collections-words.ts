import type { Account, WorklistLine } from '../../api/collections-queries.ts'

/** What is to be done about a customer's debt, or why nothing is, as collectors say it. */
export const caseWords: Readonly<Record<string, string>> = {
  courtesy: 'Courtesy note',
  message: 'Write',
  call: 'Call',
  'final-notice': 'Final notice',
  escalation: 'Decide about agency or court',
  wait: 'Wait',
  'person-first': 'A person looks first',
  'clear-cash-first': 'Match the cash first',
  'too-small': 'Too small',
  'nothing-due': 'Nothing due',
  'automation-off': 'Not by itself',
}

/** A kind of case in words; a kind that is new here is shown as it is. */
export const caseText = (kind: string): string => caseWords[kind] ?? kind.replaceAll('-', ' ')

/** What the ladder asks for, though something speaks against it now. */
export function dueText({ dueAct }: WorklistLine['case']): string | undefined {
  return dueAct === null ? undefined : caseText(dueAct)
}

/** What an answer of a customer is taken for. */
export const replyWords: Readonly<Record<Account['unreadReplies'][number]['replyClass'], string>> =
  {
    promise: 'Promises to pay',
    'paid-claim': 'Says it is paid',
    dispute: 'Contests an invoice',
    'copy-request': 'Asks for copies',
    'wrong-contact': 'Wrong contact',
    hardship: 'Cannot pay now',
    'out-of-office': 'Out of office',
    legal: 'Names lawyers or courts',
    'stop-contact': 'Wants no more mail',
    unknown: 'Not known',
  }

/** Why nobody writes to a customer by itself. */
export const stopWords: Readonly<Record<Account['stops'][number]['kind'], string>> = {
  litigation: 'Legal hold: courts or lawyers',
  insolvency: 'Insolvency',
  'do-not-contact': 'They want no contact',
  'payment-in-process': 'A payment is on its way',
  'contact-change': 'The contact changes',
  'bounced-address': 'The address bounced',
  deceased: 'Deceased',
  other: 'Another reason',
}

/** What became of a promise. */
export const promiseWords: Readonly<Record<Account['promises'][number]['status'], string>> = {
  pending: 'Open',
  kept: 'Kept',
  broken: 'Broken',
  cancelled: 'Cancelled',
}

/** What became of a dispute. */
export const disputeWords: Readonly<Record<Account['disputes'][number]['status'], string>> = {
  open: 'Open',
  accepted: 'Settled: they are right',
  rejected: 'Settled: we are right',
  withdrawn: 'Withdrawn',
}
