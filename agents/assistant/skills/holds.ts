import { z } from 'zod'
import { Money } from '../../../tools/wire/money.ts'
import { finding, type Option } from '../../shared/finding.ts'
import { type Investigation, look } from '../../shared/investigation.ts'
import { asOfText, counted, localTime, sentence, span } from '../../shared/words.ts'
import { bestOfOrders } from './order-status.ts'
import type { Clock, Skill } from './records.ts'

const Held = z.object({
  order_id: z.string(),
  order_number: z.string(),
  line: z.string().optional(),
  type: z.string(),
  reason: z.string(),
  customer_name: z.string().optional(),
  total: Money,
  expires_at: z.string().optional(),
  promise: z.string().optional(),
  promise_ends_at: z.string().optional(),
  is_resting: z.boolean(),
})
type Held = z.output<typeof Held>

const Holds = z.object({
  as_of: z.string(),
  items: z.array(Held),
  next_cursor: z.string().optional(),
})

const deadlineOf = ({ promise_ends_at, expires_at }: Held): string | undefined =>
  promise_ends_at ?? expires_at

function deadlineWords(held: Held, { now, timeZone }: Clock): string {
  const at = deadlineOf(held)
  if (held.is_resting) return 'its promise rests while the customer is asked'
  if (at === undefined) return 'no deadline runs'
  const what = held.promise === undefined ? 'to be looked at' : `promise "${held.promise}"`
  return Date.parse(at) < Date.parse(now)
    ? `${what} broken since ${localTime(at, timeZone)}`
    : `${what} by ${localTime(at, timeZone)}, in ${span(now, at)}`
}

function wordsOf(held: Held, place: number, clock: Clock): string {
  const { order_number, line, type, reason, customer_name, total } = held
  const where = line === undefined ? '' : ` line ${line}`
  return `${place + 1}. ${order_number}${where}, ${customer_name ?? 'customer not known'}, ${total.text}: ${type}, ${deadlineWords(held, clock)}. ${sentence(reason)}`
}

/** A hold that lifts itself needs nobody. */
const needsSomebody = ({ type }: Held): boolean => type !== 'CANCEL_WINDOW'

const mostLookedInto = 4

// Of each order the best only: the list is for choosing orders, not ways.
function optionsOf(held: readonly Held[]): Investigation<Option[]> {
  const orders = new Map(held.map((one) => [one.order_id, one.order_number]))
  return bestOfOrders(new Map([...orders].slice(0, mostLookedInto)))
}

const isLate = (held: Held, { now }: Clock): boolean => {
  const at = deadlineOf(held)
  return at !== undefined && !held.is_resting && Date.parse(at) < Date.parse(now)
}

function openingOf(work: readonly Held[], waiting: number, clock: Clock): string {
  const late = work.filter((held) => isLate(held, clock)).length
  const lateWords =
    late === 0 ? '' : ` ${late} ${late === 1 ? 'is' : 'are'} past the deadline already.`
  const first =
    work.length === 0
      ? 'No hold needs anybody now.'
      : `${counted(work.length, 'hold')} ${work.length === 1 ? 'needs' : 'need'} somebody, the nearest deadline first.`
  const alone =
    waiting === 0
      ? ''
      : ` ${counted(waiting, 'order')} in the cancel window ${waiting === 1 ? 'goes' : 'go'} on without anybody.`
  return `${first}${lateWords}${alone}`
}

/** What must I release before cut-off? */
export const releaseFirst: Skill = function* (_, clock) {
  const looked = yield* look({ name: 'hold_worklist', args: { limit: 20 } }, Holds)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf, next_cursor: next } = looked.value
  const work = items.filter(needsSomebody)
  const words = [
    `${openingOf(work, items.length - work.length, clock)}${next === undefined ? '' : ' More follow.'}`,
    ...work.map((held, place) => wordsOf(held, place, clock)),
    asOfText(asOf, clock.timeZone),
  ].join('\n')
  return finding(words, {
    options: yield* optionsOf(work),
    questions: [
      ...work.slice(0, 1).map(({ order_number }) => `Why is ${order_number} stuck?`),
      'What failed since yesterday and what fixes most?',
    ],
    listed: work.map(({ order_number }) => `order:${order_number}`),
  })
}
