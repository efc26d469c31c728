import { createHash } from 'node:crypto'
import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { Customer } from '../../canonical/master-data.ts'
import { lineAmountMinor, percentOfMinor, sumMinor } from '../../canonical/money.ts'
import type {
  HistoricApplication,
  HistoricInvoice,
  HistoricLine,
  HistoricOrder,
  HistoricPayment,
  OrderHistory,
} from '../../store/master-data/order-history.ts'
import { earlierOf, laterOf, momentOf, nextWeekday, workday } from './calendar.ts'
import { productRanges, seedProduct, skusOf } from './catalogue.ts'
import { draw } from './draw.ts'
import { historicId } from './historic-id.ts'
import type { seedPricing } from './prices.ts'

/** What the history is made of. */
export type HistoryFacts = {
  readonly tenantId: string
  readonly today: IsoDate
  readonly customers: readonly Customer[]
  /** Which partner sends the orders of a customer. */
  readonly partnerOf: ReadonlyMap<string, string>
  readonly priceOf: ReturnType<typeof seedPricing>
}

const orderCount = 3_000
const daysBack = 365
// The newest order left, was billed and paid before today.
const daysToClose = 6
// Only numbers that every class has and still sells, none sold in lots.
const soldNumbers = 54

type Deal = {
  readonly order: HistoricOrder
  readonly lines: readonly HistoricLine[]
  readonly invoice: HistoricInvoice
  readonly paidOn: IsoDate
}

const numbered = (prefix: string, place: number) => `${prefix}-H${String(place).padStart(5, '0')}`

// The smaller of two throws: the first customers order more than the last.
function buyerOf(place: number, customers: readonly Customer[]): Customer | undefined {
  const throws = ['a', 'b'].map((turn) => draw(`buyer ${place} ${turn}`, customers.length))
  return customers[Math.min(...throws)]
}

type Opening = {
  readonly facts: HistoryFacts
  readonly place: number
  readonly customer: Customer
  readonly orderId: string
  readonly orderedOn: IsoDate
}

function historicLine(opening: Opening, position: number): HistoricLine {
  const { facts, place, customer, orderId, orderedOn } = opening
  const label = `line ${place} ${position}`
  // One class a line, so that no order names a product twice.
  const range = productRanges[(draw(`class ${place}`, 8) + position * 3) % productRanges.length]
  const sku =
    range === undefined ? 'FAS-1001' : (skusOf(range)[draw(label, soldNumbers)] ?? 'FAS-1001')
  const quantities = range?.usualQuantities ?? [1]
  const quantityEach = quantities[draw(`quantity ${label}`, quantities.length)] ?? 1
  const { unitPrice, source } = facts.priceOf({ customer, sku, quantityEach, on: orderedOn })
  return {
    orderId,
    line: String(position),
    position,
    sku,
    item: { identifiers: [{ scheme: 'sku', value: sku }] },
    description: seedProduct(sku).name,
    quantityEach,
    unitPrice,
    priceSource: source,
    lineAmountMinor: lineAmountMinor(unitPrice, String(quantityEach), 'USD'),
    warehouse: ['DAL', 'DAL', 'CHI', 'ATL'][draw(`warehouse ${place}`, 4)] ?? 'DAL',
  }
}

function hashOf(lines: readonly HistoricLine[]): string {
  const spelled = lines.map(({ sku, quantityEach, unitPrice }) => [sku, quantityEach, unitPrice])
  return createHash('sha256').update(JSON.stringify(spelled.toSorted())).digest('hex')
}

function invoiceOf(
  { facts, place, customer, orderId, orderedOn }: Opening,
  totalMinor: number,
): HistoricInvoice {
  const { terms } = customer
  const invoiceNumber = numbered('INV', place)
  const invoicedOn = workday(addDays(orderedOn, 1 + draw(`shipped ${place}`, 3)))
  const hasDiscount = terms.discountPercent !== undefined && terms.discountDays !== undefined
  return {
    invoiceId: historicId('inv', {
      tenantId: facts.tenantId,
      number: invoiceNumber,
      moment: momentOf(invoicedOn, 20 * 60),
    }),
    invoiceNumber,
    orderId,
    customerNumber: customer.customerNumber,
    currency: 'USD',
    totalMinor,
    invoicedOn,
    dueOn: addDays(invoicedOn, terms.netDays ?? 30),
    discountUntil: hasDiscount ? addDays(invoicedOn, terms.discountDays ?? 0) : undefined,
    discountMinor: hasDiscount ? percentOfMinor(totalMinor, terms.discountPercent ?? '0') : 0,
  }
}

// Most pay around the due date in their weekly pay run, some late, takers of the discount within its days.
function paidOn(invoice: HistoricInvoice, customer: Customer, today: IsoDate): IsoDate {
  const lateness = draw(`habit ${customer.customerNumber}`, 20) - 6
  const takesDiscount =
    invoice.discountUntil !== undefined && draw(`discount ${invoice.invoiceNumber}`, 10) < 7
  const meant = takesDiscount
    ? addDays(invoice.invoicedOn, 3)
    : addDays(invoice.dueOn, lateness + draw(`late ${invoice.invoiceNumber}`, 6))
  return earlierOf(nextWeekday(laterOf(meant, invoice.invoicedOn), 2), addDays(today, -1))
}

function dealOf(facts: HistoryFacts, place: number): Deal[] {
  const customer = buyerOf(place, facts.customers)
  if (customer === undefined) return []
  const span = daysBack - daysToClose
  const dayNumber = Math.floor(((place - 1) * span) / orderCount)
  const orderedOn = addDays(facts.today, dayNumber - daysBack)
  const orderNumber = numbered('SO', place)
  const receivedAt = momentOf(orderedOn, 13 * 60 + draw(`hour ${place}`, 9 * 60))
  const orderId = historicId('ord', {
    tenantId: facts.tenantId,
    number: orderNumber,
    moment: receivedAt,
  })
  const opening = { facts, place, customer, orderId, orderedOn }
  const lines = Array.from({ length: 1 + draw(`lines ${place}`, 4) }, (_, index) =>
    historicLine(opening, index + 1),
  )
  const totalMinor = sumMinor(lines.map((line) => line.lineAmountMinor))
  const invoice = invoiceOf(opening, totalMinor)
  const paid = paidOn(invoice, customer, facts.today)
  const purchaseOrderNumber = `${customer.customerNumber.slice(2)}-${orderedOn.slice(2, 4)}-${String(place).padStart(5, '0')}`
  const order: HistoricOrder = {
    orderId,
    orderNumber,
    partnerId: facts.partnerOf.get(customer.customerNumber),
    customerNumber: customer.customerNumber,
    purchaseOrderNumber,
    poNormalised: purchaseOrderNumber.replaceAll('-', ''),
    currency: 'USD',
    orderedOn,
    requestedOn: addDays(orderedOn, 5),
    parties: [{ role: 'buyer', name: customer.name, identifiers: [], contacts: [] }],
    terms: customer.terms,
    lineHash: hashOf(lines),
    totalMinor,
    receivedAt,
    releasedAt: new Date(Date.parse(receivedAt) + 31 * 60_000).toISOString(),
    closedAt: momentOf(paid, 21 * 60),
  }
  return [{ order, lines, invoice, paidOn: paid }]
}

const isDiscountTaken = ({ invoice, paidOn: paid }: Deal) =>
  invoice.discountUntil !== undefined && paid <= invoice.discountUntil

// A customer's invoices paid on one day come as one payment.
function paymentsOf(
  tenantId: string,
  deals: readonly Deal[],
): Pick<OrderHistory, 'payments' | 'applications'> {
  const payRuns = new Map<string, Deal[]>()
  for (const deal of deals.toSorted((a, b) => Date.parse(a.paidOn) - Date.parse(b.paidOn))) {
    const payRun = `${deal.paidOn} ${deal.order.customerNumber}`
    payRuns.set(payRun, [...(payRuns.get(payRun) ?? []), deal])
  }
  const payments: HistoricPayment[] = []
  const applications: HistoricApplication[] = []
  for (const run of payRuns.values()) {
    const [first] = run
    if (first === undefined) continue
    const paymentNumber = numbered('PMT', payments.length + 1)
    const moment = momentOf(first.paidOn, 21 * 60)
    const paymentId = historicId('pay', { tenantId, number: paymentNumber, moment })
    const applied = run.map((deal) => {
      const discountMinor = isDiscountTaken(deal) ? deal.invoice.discountMinor : 0
      return {
        paymentId,
        invoiceId: deal.invoice.invoiceId,
        appliedMinor: deal.invoice.totalMinor - discountMinor,
        discountMinor,
        at: moment,
      }
    })
    applications.push(...applied)
    payments.push({
      paymentId,
      paymentNumber,
      customerNumber: first.order.customerNumber,
      currency: 'USD',
      amountMinor: sumMinor(applied.map(({ appliedMinor }) => appliedMinor)),
      bookedOn: first.paidOn,
      receivedAt: moment,
    })
  }
  return { payments, applications }
}

/** A year of closed orders with their invoices and payments, up to the days before today. */
export function seedHistory(facts: HistoryFacts): OrderHistory {
  const deals = Array.from({ length: orderCount }, (_, index) => dealOf(facts, index + 1)).flat()
  return {
    orders: deals.map(({ order }) => order),
    lines: deals.flatMap(({ lines }) => lines),
    invoices: deals.map(({ invoice }) => invoice),
    ...paymentsOf(facts.tenantId, deals),
  }
}
