import { z } from 'zod'
import { actKinds } from '../../../backbone/canonical/proposal.ts'
import { WireCandidate } from '../../../tools/wire/candidate.ts'
import { WireHold } from '../../../tools/wire/holds.ts'
import { Money } from '../../../tools/wire/money.ts'
import { type Finding, finding, type Option, together } from '../../shared/finding.ts'
import { type Investigation, look } from '../../shared/investigation.ts'
import { optionsOf } from '../../shared/options.ts'
import { asOfText, listed, localTime, sentence } from '../../shared/words.ts'
import { aboutOrders, type Clock, type Skill } from './records.ts'

const Order = z.object({
  as_of: z.string(),
  order_id: z.string(),
  order_number: z.string(),
  stage: z.string(),
  is_partly: z.boolean(),
  customer_number: z.string().optional(),
  customer_name: z.string().optional(),
  purchase_order_number: z.string(),
  total: Money,
  requested_on: z.string().optional(),
  holds: z.array(WireHold).default([]),
  findings: z.array(z.object({ kind: z.string(), message: z.string() })).default([]),
  lines: z.array(z.object({ line: z.string(), promised_on: z.string().optional() })).default([]),
  timeline: z.array(z.object({ at: z.string(), summary: z.string() })).default([]),
  transactions: z
    .array(
      z.object({
        operation: z.string(),
        status: z.string(),
        attempts: z.int(),
        error_class: z.string().optional(),
        transaction_id: z.string(),
      }),
    )
    .default([]),
  shipments: z
    .array(
      z.object({
        shipment_number: z.string(),
        shipped_at: z.string(),
        carrier: z.string().optional(),
        tracking_number: z.string().optional(),
        delivered_at: z.string().optional(),
      }),
    )
    .default([]),
  invoices: z
    .array(
      z.object({ invoice_number: z.string(), open: Money, due_on: z.string(), status: z.string() }),
    )
    .default([]),
})
type Order = z.output<typeof Order>

const stageWords: Readonly<Record<string, string>> = {
  received: 'received and not checked yet',
  validated: 'checked, and not released yet',
  held: 'held',
  ready: 'ready to be released',
  released: 'released to the ERP, and not picked yet',
  picking: 'being picked in the warehouse',
  shipped: 'shipped, and not invoiced yet',
  invoiced: 'shipped and invoiced, and not paid yet',
  paid: 'paid',
  closed: 'closed: shipped, invoiced and paid',
  cancelled: 'cancelled',
  rejected: 'rejected',
}

// Calls that are not through keep an order where it is.
const isTrouble = (status: string): boolean => status === 'failed' || status === 'in-doubt'

function holdWords(
  { type, line, reason, waits_for, expires_at }: Order['holds'][number],
  { timeZone }: Clock,
): string {
  const where = line === undefined ? '' : ` on line ${line}`
  const waits = waits_for === undefined ? '' : ` It waits for ${listed(waits_for)}.`
  const ends =
    expires_at === undefined
      ? ''
      : type === 'CANCEL_WINDOW'
        ? ` It ends by itself at ${localTime(expires_at, timeZone)}.`
        : ` Somebody must have looked by ${localTime(expires_at, timeZone)}.`
  return `- Hold ${type}${where}: ${sentence(reason)}${waits}${ends}`
}

function reasonsOf(order: Order, clock: Clock): string[] {
  const holds = order.holds
    .filter(({ is_in_force }) => is_in_force)
    .map((hold) => holdWords(hold, clock))
  const calls = order.transactions
    .filter(({ status }) => isTrouble(status))
    .map(
      ({ operation, status, attempts, error_class }) =>
        `- ${operation} is ${status} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${error_class === undefined ? '' : ` (${error_class})`}.`,
    )
  return [...holds, ...calls]
}

function goodsOf(order: Order, { timeZone }: Clock): string[] {
  const promised = order.lines.flatMap(({ promised_on }) => promised_on ?? []).toSorted()
  const sent = order.shipments.map(
    ({ shipment_number, shipped_at, carrier, tracking_number, delivered_at }) => {
      const by = carrier === undefined ? '' : ` by ${carrier}`
      const track = tracking_number === undefined ? '' : `, tracking ${tracking_number}`
      const there =
        delivered_at === undefined ? '' : `, delivered ${localTime(delivered_at, timeZone)}`
      return `Shipment ${shipment_number} left ${localTime(shipped_at, timeZone)}${by}${track}${there}.`
    },
  )
  const bills = order.invoices.map(
    ({ invoice_number, open, due_on, status }) =>
      `Invoice ${invoice_number} is ${status}, ${open.text} open, due ${due_on}.`,
  )
  const last = promised.at(-1)
  return [
    ...(last === undefined || order.shipments.length > 0 ? [] : [`Promised for ${last}.`]),
    ...sent,
    ...bills,
  ]
}

function wordsOf(order: Order, clock: Clock): string {
  const {
    order_number,
    purchase_order_number,
    customer_name,
    customer_number,
    total,
    stage,
    is_partly,
  } = order
  const who = customer_name ?? customer_number ?? 'customer not known'
  const partly = is_partly ? ', and partly further' : ''
  const reasons = reasonsOf(order, clock)
  const newest = order.timeline[0]
  const isOver = stage === 'cancelled' || stage === 'rejected' || stage === 'closed'
  return [
    `Order ${order_number} (PO ${purchase_order_number}, ${who}, ${total.text}) is ${stageWords[stage] ?? stage}${partly}.`,
    ...(reasons.length > 0
      ? ['What stops it:', ...reasons]
      : isOver
        ? []
        : ['Nothing holds it, and no call for it has failed.']),
    ...goodsOf(order, clock),
    ...(newest === undefined
      ? []
      : [
          `Last on its timeline, ${localTime(newest.at, clock.timeZone)}: ${sentence(newest.summary)}`,
        ]),
    asOfText(order.as_of, clock.timeZone),
  ].join('\n')
}

const Candidates = z.object({ items: z.array(WireCandidate) })

/** What could be done about an order now. */
function* optionsOfOrder(orderId: string, label: string): Investigation<Option[]> {
  const looked = yield* look(
    { name: 'candidates_list', args: { subject_kind: 'order', subject_id: orderId } },
    Candidates,
  )
  if (looked.outcome === 'refused') return []
  return optionsOf(looked.value.items, { subject: { kind: 'order', id: orderId }, label }, actKinds)
}

/** What the rules would do first about each of several orders, by id and number. */
export function* bestOfOrders(orders: ReadonlyMap<string, string>): Investigation<Option[]> {
  const subject_ids = [...orders.keys()]
  if (subject_ids.length === 0) return []
  const looked = yield* look(
    { name: 'candidates_list', args: { subject_kind: 'order', subject_ids } },
    Candidates,
  )
  if (looked.outcome === 'refused') return []
  return looked.value.items.flatMap((candidate) => {
    const { subject_id: id } = candidate
    const about = { subject: { kind: 'order', id }, label: orders.get(id) ?? id } as const
    return optionsOf([candidate], about, actKinds)
  })
}

/** Where an order is, and what stops it. */
export function* statusOfOrder(order: string, clock: Clock): Investigation<Finding> {
  const looked = yield* look({ name: 'order_get', args: { order } }, Order)
  if (looked.outcome === 'refused') return finding(`${order}: ${looked.why}`)
  const { order_id, order_number } = looked.value
  return finding(wordsOf(looked.value, clock), {
    options: yield* optionsOfOrder(order_id, order_number),
    questions: [
      `Is the price on ${order_number} right?`,
      `What can we ship instead on ${order_number}?`,
      `Is the customer good for ${order_number}?`,
    ],
    listed: [`order:${order_number}`],
  })
}

/** Where is order X and why is it stuck? */
export const orderStatus: Skill = function* (asked, clock) {
  return together(
    yield* aboutOrders(asked, 'Which order do you mean?', (order) => statusOfOrder(order, clock)),
  )
}
