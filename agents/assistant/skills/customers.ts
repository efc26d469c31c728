import { z } from 'zod'
import { WireAgeing } from '../../../tools/wire/ageing.ts'
import { WireAlternative } from '../../../tools/wire/alternative.ts'
import { WireEvidence } from '../../../tools/wire/evidence.ts'
import { Money } from '../../../tools/wire/money.ts'
import { planCollections, planCustomer } from '../../collections/plan-collections.ts'
import { type Finding, finding } from '../../shared/finding.ts'
import { type Investigation, look } from '../../shared/investigation.ts'
import { asOfText, counted, sentence } from '../../shared/words.ts'
import type { Asked } from '../understanding/in-context.ts'
import {
  type Clock,
  findCustomer,
  findOrder,
  notTheirs,
  ordersNamed,
  type Skill,
} from './records.ts'

const Credit = z.object({
  as_of: z.string(),
  customer_number: z.string(),
  name: z.string(),
  status: z.string(),
  order_number: z.string().optional(),
  order_total: Money.optional(),
  is_good: z.boolean(),
  kind: z.string(),
  over: Money.optional(),
  accounts: z.array(
    z.object({
      customer_number: z.string(),
      limit: Money.optional(),
      exposure: Money.optional(),
      free: Money.optional(),
      overdue: Money.optional(),
    }),
  ),
  evidence: z.array(WireEvidence),
  alternatives: z.array(WireAlternative),
})
type Credit = z.output<typeof Credit>

function accountWords({
  customer_number,
  limit,
  exposure,
  free,
  overdue,
}: Credit['accounts'][number]): string {
  const parts = [
    limit === undefined ? 'no limit' : `limit ${limit.text}`,
    ...(exposure === undefined ? [] : [`exposure ${exposure.text}`]),
    ...(free === undefined ? [] : [`free ${free.text}`]),
    ...(overdue === undefined ? [] : [`overdue ${overdue.text}`]),
  ]
  return `- ${customer_number}: ${parts.join(', ')}.`
}

function creditWords(credit: Credit, { timeZone }: Clock): string {
  const { name, customer_number, order_number, order_total, is_good, over, accounts } = credit
  const forWhat =
    order_number === undefined
      ? ''
      : ` for order ${order_number}${order_total === undefined ? '' : ` (${order_total.text})`}`
  const verdict = is_good ? 'Yes' : 'No'
  const needs = over === undefined || is_good ? '' : ` ${over.text} must be paid or secured first.`
  const facts = credit.evidence
    .filter(({ weighs }) => weighs !== 'note')
    .slice(0, 4)
    .map(({ text }) => `- ${sentence(text)}`)
  const ways = is_good
    ? []
    : credit.alternatives.slice(0, 4).map(({ text }) => `- ${sentence(text)}`)
  return [
    `${verdict}: by the rules of credit ${name} (${customer_number}) is ${is_good ? '' : 'not '}good${forWhat} now.${needs}`,
    ...accounts.map(accountWords),
    ...facts,
    ...(ways.length === 0 ? [] : ['Ways out:', ...ways]),
    asOfText(credit.as_of, timeZone),
  ].join('\n')
}

function* creditOf(
  args: { readonly order?: string; readonly customer_number?: string },
  clock: Clock,
): Investigation<Finding> {
  const looked = yield* look({ name: 'customer_credit', args }, Credit)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { customer_number: id, order_number: order } = looked.value
  return finding(creditWords(looked.value, clock), {
    questions: [
      `How much does ${id} owe?`,
      ...(order === undefined ? [] : [`What can I do about ${order}?`]),
    ],
    listed: [order === undefined ? `customer:${id}` : `order:${order}`],
  })
}

/** The question with the customer it names by name. */
const withCustomer = (asked: Asked, text: string): Asked => ({
  ...asked,
  references: [...asked.references, { kind: 'customer', text, at: 0 }],
})

/** Is customer Z good for this order? */
export const credit: Skill = function* (asked, clock) {
  const [order] = ordersNamed(asked)
  const customer = yield* findCustomer(asked, { isAboutOne: true })
  if (customer !== undefined && 'ask' in customer) return customer.ask
  if (order !== undefined) {
    const meant = yield* findOrder(order)
    if ('ask' in meant) return meant.ask
    const named = customer === undefined ? asked : withCustomer(asked, customer.id)
    return (yield* notTheirs(named, meant.id)) ?? (yield* creditOf({ order: meant.id }, clock))
  }
  if (customer === undefined)
    return finding(
      'Whose credit? Give me a customer number such as C-10001, a name, or an order number.',
    )
  return yield* creditOf({ customer_number: customer.id }, clock)
}

const Ageing = z.object({
  as_of: z.string(),
  on: z.string(),
  totals: z
    .array(z.object({ currency: z.string(), customers: z.int(), ...WireAgeing.shape }))
    .default([]),
  items: z.array(
    z.object({
      customer_number: z.string(),
      name: z.string(),
      currency: z.string(),
      ...WireAgeing.shape,
    }),
  ),
})

type Owed = Pick<
  z.output<typeof Ageing>['items'][number],
  'open' | 'overdue' | 'disputed' | 'promised' | 'unapplied' | 'buckets'
>

function owedWords({ open, overdue, disputed, promised, unapplied, buckets }: Owed): string {
  const parts = [
    `${open.text} open, ${overdue.text} of it overdue`,
    ...(disputed.amount_minor === 0 ? [] : [`${disputed.text} disputed`]),
    ...(promised.amount_minor === 0 ? [] : [`${promised.text} promised`]),
    ...(unapplied.amount_minor === 0 ? [] : [`${unapplied.text} paid and not applied`]),
  ]
  const ages = buckets
    .filter(({ amount }) => amount.amount_minor !== 0)
    .map(({ days, amount }) => `${days}: ${amount.text}`)
  return `${parts.join(', ')}${ages.length === 0 ? '' : ` (days past due ${ages.join('; ')})`}`
}

/** What is owed, by age: by one customer, or by all. */
export const owed: Skill = function* (asked, clock) {
  const customer = yield* findCustomer(asked, { isAboutOne: true })
  if (customer !== undefined && 'ask' in customer) return customer.ask
  const args = customer === undefined ? { limit: 10 } : { customer_number: customer.id }
  const looked = yield* look({ name: 'ar_aging', args }, Ageing)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { totals, items, on, as_of: asOf } = looked.value
  const nobody = customer === undefined ? 'Nobody owes anything.' : `${customer.id} owes nothing.`
  const words = [
    ...(items.length === 0 ? [nobody] : []),
    ...totals.map(
      (total) =>
        `In all, ${counted(total.customers, 'customer')} in ${total.currency}: ${owedWords(total)}.`,
    ),
    ...(customer === undefined && items.length > 0 ? ['The most overdue first:'] : []),
    ...items.map(
      (line, place) =>
        `${customer === undefined ? `${place + 1}. ` : ''}${line.name} (${line.customer_number}): ${owedWords(line)}.`,
    ),
    `Ledger of ${on}. ${asOfText(asOf, clock.timeZone)}`,
  ].join('\n')
  return finding(words, {
    questions: ['Whom do we chase today, with what words?', 'What is unapplied and why?'],
    listed: items.map(({ customer_number: id }) => `customer:${id}`),
  })
}

/** Whom do we chase today, with what words? */
export const chase: Skill = function* (asked, { timeZone }) {
  const customer = yield* findCustomer(asked)
  if (customer === undefined) return yield* planCollections({ timeZone })
  return 'ask' in customer ? customer.ask : yield* planCustomer(customer.id, { timeZone })
}
