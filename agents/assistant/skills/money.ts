import { z } from 'zod'
import { WireInvoice, WirePayment } from '../../../tools/wire/invoice.ts'
import { finding } from '../../shared/finding.ts'
import { look } from '../../shared/investigation.ts'
import { asOfText, counted, sentence } from '../../shared/words.ts'
import { findCustomer, findOrder, ordersNamed, referencesOf, type Skill } from './records.ts'

const Payment = z.object({
  ...WirePayment.shape,
  why: z.string().optional(),
  tried: z.array(z.string()).default([]),
  matches: z.array(z.object({ confidence_percent: z.int(), summary: z.string() })).default([]),
})
type Payment = z.output<typeof Payment>

const Unapplied = z.object({
  as_of: z.string(),
  items: z.array(Payment),
  next_cursor: z.string().optional(),
})

function paymentWords(payment: Payment, place: number): string {
  const { payment_number, customer_number, unapplied, amount, booked_on, why, tried, matches } =
    payment
  const who = customer_number ?? 'payer not known'
  const part = unapplied.amount_minor === amount.amount_minor ? '' : ` of ${amount.text}`
  const reason = why === undefined ? '' : ` Why: ${sentence(why)}`
  const passes = tried.slice(0, 2).map(sentence).join(' ')
  const best = matches[0]
  const could =
    best === undefined
      ? ' No invoice it could be for was found.'
      : ` It could be: ${best.summary.replace(/\.$/, '')} (${best.confidence_percent} %).`
  return `${place + 1}. ${payment_number}, ${who}, booked ${booked_on}: ${unapplied.text}${part} not applied.${reason}${passes === '' ? '' : ` ${passes}`}${could}`
}

/** What is unapplied and why? */
export const unapplied: Skill = function* (asked, { timeZone }) {
  const customer = yield* findCustomer(asked)
  if (customer !== undefined && 'ask' in customer) return customer.ask
  const args = customer === undefined ? { limit: 10 } : { customer_number: customer.id, limit: 10 }
  const looked = yield* look({ name: 'cash_unapplied', args }, Unapplied)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf, next_cursor: next } = looked.value
  const whose = customer === undefined ? '' : ` of ${customer.id}`
  if (items.length === 0)
    return finding(`No money${whose} is unapplied. ${asOfText(asOf, timeZone)}`)
  const words = [
    `${counted(items.length, 'payment')}${whose} ${items.length === 1 ? 'is' : 'are'} not applied whole, the newest first.${next === undefined ? '' : ' More follow.'}`,
    ...items.map(paymentWords),
    'Money is put to invoices on the cash page by a person; here it is only looked at.',
    asOfText(asOf, timeZone),
  ].join('\n')
  const payers = items.flatMap(({ customer_number }) => customer_number ?? [])
  return finding(words, {
    questions: [...new Set(payers)].slice(0, 2).map((payer) => `How much does ${payer} owe?`),
    listed: items.map(({ payment_number }) => payment_number),
  })
}

const Invoice = z.object({ as_of: z.string(), ...WireInvoice.shape })
const Invoices = z.object({ as_of: z.string(), items: z.array(WireInvoice) })

function invoiceWords(invoice: z.output<typeof WireInvoice>): string {
  const {
    invoice_number,
    customer_number,
    order_number,
    status,
    total,
    open,
    due_on,
    discount_until,
    discount,
  } = invoice
  const order = order_number === undefined ? '' : ` for order ${order_number}`
  const off =
    discount_until === undefined || discount === undefined || discount.amount_minor === 0
      ? ''
      : ` Until ${discount_until} ${discount.text} may be taken off.`
  return `Invoice ${invoice_number} to ${customer_number}${order} is ${status}: ${open.text} of ${total.text} open, due ${due_on}.${off}`
}

/** How an invoice stands, or those of an order. */
export const invoice: Skill = function* (asked, { timeZone }) {
  const [named] = referencesOf(asked, ['invoice'])
  if (named !== undefined) {
    const looked = yield* look({ name: 'invoice_get', args: { invoice: named.text } }, Invoice)
    if (looked.outcome === 'refused') return finding(`${named.text}: ${looked.why}`)
    const { customer_number: id } = looked.value
    return finding(`${invoiceWords(looked.value)} ${asOfText(looked.value.as_of, timeZone)}`, {
      questions: [`How much does ${id} owe?`],
      listed: [`customer:${id}`],
    })
  }
  const [order] = ordersNamed(asked)
  if (order === undefined) return finding('Which invoice? Give me an invoice or order number.')
  const meant = yield* findOrder(order)
  if ('ask' in meant) return meant.ask
  const looked = yield* look({ name: 'invoice_search', args: { order_number: meant.id } }, Invoices)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf } = looked.value
  const words =
    items.length === 0 ? [`Order ${meant.id} has no invoice yet.`] : items.map(invoiceWords)
  return finding([...words, asOfText(asOf, timeZone)].join('\n'))
}
