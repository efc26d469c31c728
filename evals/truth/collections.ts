/** What is known about a customer that owes money: days are counted from today. */
export type Debt = {
  /** Days each open invoice is past due; below zero before the day. */
  readonly daysLate: readonly number[]
  readonly contacts: readonly { readonly daysAgo: number; readonly level: number }[]
  /** Days until which all of it is promised. */
  readonly promisedIn?: number | undefined
  /** Days ago promises were broken. */
  readonly brokenAgo: readonly number[]
  /** How much of the first invoice is disputed, in percent. */
  readonly disputedPercent: number
  readonly stop?: string | undefined
  /** The money is here, not put to the invoices. */
  readonly moneyIsHere: boolean
  readonly hasUnreadReply: boolean
}

/** What is to be done, and what may be asked for. */
export type RightThing = {
  readonly act: 'message' | 'no-message'
  readonly because:
    | 'stop'
    | 'cash'
    | 'promise'
    | 'dispute'
    | 'reply'
    | 'rest'
    | 'person'
    | 'call'
    | 'not-due'
    | 'due'
}

const offStops = ['insolvency', 'litigation', 'deceased', 'do-not-contact']

type Bar = readonly [because: RightThing['because'], isSo: (debt: Debt, oldest: number) => boolean]

const lastContact = ({ contacts }: Debt) => contacts.toSorted((a, b) => a.daysAgo - b.daysAgo)[0]

/** What keeps a letter from being written, the weightiest first. */
const bars: readonly Bar[] = [
  ['not-due', (_, oldest) => oldest < -5],
  ['stop', ({ stop = '' }) => offStops.includes(stop)],
  ['cash', ({ moneyIsHere }) => moneyIsHere],
  ['promise', ({ promisedIn }) => promisedIn !== undefined],
  ['dispute', ({ disputedPercent, daysLate }) => disputedPercent === 100 && daysLate.length === 1],
  ['stop', ({ stop }) => stop !== undefined],
  ['reply', ({ hasUnreadReply }) => hasUnreadReply],
  ['person', ({ brokenAgo }) => brokenAgo.filter((days) => days <= 90).length >= 2],
  ['rest', (debt) => (lastContact(debt)?.daysAgo ?? 7) < 7],
]

/** Domain rules 3.4 for an ordinary business: a letter from 3 days late on, no level skipped, a week between two. */
export function rightThingFor(debt: Debt): RightThing {
  const oldest = Math.max(...debt.daysLate)
  const bar = bars.find(([, isSo]) => isSo(debt, oldest))
  if (bar !== undefined) return { act: 'no-message', because: bar[0] }
  const byDays = [30, 20, 10, 3].findIndex((days) => oldest >= days)
  const level = Math.min(byDays === -1 ? 0 : 4 - byDays, (lastContact(debt)?.level ?? 0) + 1)
  if (level === 3) return { act: 'no-message', because: 'call' }
  return level > 0 || oldest <= 0
    ? { act: 'message', because: 'due' }
    : { act: 'no-message', because: 'not-due' }
}
