import type { Customer } from '../../backbone/canonical/master-data.ts'
import {
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  multiplyDecimal,
  sumMinor,
} from '../../backbone/canonical/money.ts'
import { productRanges, seedProduct, skusOf } from '../../backbone/services/seed/catalogue.ts'
import { seedCustomers } from '../../backbone/services/seed/customers.ts'
import { draw } from '../../backbone/services/seed/draw.ts'
import { seedAgreements, seedPriceLists, seedPricing } from '../../backbone/services/seed/prices.ts'
import { soldOutSkus } from '../../backbone/services/seed/stock.ts'
import type { DemoDocument } from './send-document.ts'

/** One more demo order, ready to be sent by its sender. */
export type TrickleOrder = Omit<DemoDocument, 'secret' | 'body'> & {
  readonly purchaseOrderNumber: string
  readonly text: string
}

type Line = {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly unitPrice: DecimalText
}

type Draft = {
  readonly purchaseOrderNumber: string
  readonly customer: Customer
  readonly moment: Date
  readonly lines: readonly Line[]
}

// 1001 to 1054 of a class are sold singly; the conditional hold on this pump belongs to the samples.
const lastPlainNumber = 1_054
const heldPump = 'PMP-1003'

const isPlain = (sku: string) =>
  Number(sku.slice(-4)) <= lastPlainNumber && !soldOutSkus.includes(sku) && sku !== heldPump

// A shop writes prices with two decimals.
const shopRanges = productRanges.filter(({ priceDecimals }) => priceDecimals <= 2)

function customerNumbered(customerNumber: string): Customer {
  const customer = seedCustomers().find((known) => known.customerNumber === customerNumber)
  if (customer === undefined) throw new RangeError(`The seed has no customer ${customerNumber}.`)
  return customer
}

const northwind = customerNumbered('C-10001')
const peachtree = customerNumbered('C-10005')
// Those who pay the list price: with tier or agreement the price would have four decimals.
const shoppers = seedCustomers()
  .slice(15)
  .filter(({ tier, keys }) => tier === undefined && keys.some((key) => key.startsWith('shopify:')))

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

type PriceOf = ReturnType<typeof seedPricing>

function drawLines(
  label: string,
  customer: Customer,
  on: string,
  priceOf: PriceOf,
  ranges = productRanges,
): Line[] {
  const count = 1 + draw(`${label} lines`, 4)
  const drawn = Array.from({ length: count }, (_, place) => {
    const range = ranges[draw(`${label} class ${place}`, ranges.length)]
    const skus = range === undefined ? [] : skusOf(range).filter(isPlain)
    const sku = skus[draw(`${label} sku ${place}`, skus.length)] ?? 'FAS-1001'
    const usual = range?.usualQuantities ?? [1]
    const quantity = usual[draw(`${label} quantity ${place}`, usual.length)] ?? 1
    const { unitPrice } = priceOf({ customer, sku, quantityEach: quantity, on })
    return { sku, name: seedProduct(sku).name, quantity, unitPrice }
  })
  // The same product twice would be one line in a real order.
  return drawn.filter(({ sku }, place) => drawn.findIndex((line) => line.sku === sku) === place)
}

/** Now and then something is wrong: a price far below the agreement, or a product nobody has. */
function withOddity(lines: readonly Line[], turn: number): Line[] {
  const odd = turn % 24
  return lines.map((line, place) => {
    if (place !== 0) return line
    if (odd === 5)
      return { ...line, unitPrice: divideDecimal(multiplyDecimal(line.unitPrice, '82'), '100', 2) }
    return odd === 11 ? { ...line, sku: 'FAS-9999', name: 'Hex Cap Screw, special' } : line
  })
}

const amountMinor = ({ unitPrice, quantity }: Line) =>
  lineAmountMinor(unitPrice, String(quantity), 'USD')

const dollars = (minor: number) => divideDecimal(String(minor), '100', 2)

function totalOf({ lines }: Draft): string {
  return dollars(sumMinor(lines.map(amountMinor)))
}

function x12Order(draft: Draft): TrickleOrder {
  const { purchaseOrderNumber, moment, lines } = draft
  const day = dayOf(moment).replaceAll('-', '')
  const time = moment.toISOString().slice(11, 16).replace(':', '')
  // Nine digits that no earlier run has used: the seconds of the clock.
  const control = String(Math.floor(moment.getTime() / 1000) % 1_000_000_000).padStart(9, '0')
  const set = [
    'ST*850*0001',
    `BEG*00*SA*${purchaseOrderNumber}**${day}`,
    'CUR*BY*USD',
    'ITD*05*3*****30*****Net 30',
    'N1*BY*Northwind Tools Inc.*91*C-10001',
    'N1*ST*Northwind Tools Plant 2*92*NW-PLANT2',
    'N3*88 Foundry Road',
    'N4*Fort Worth*TX*76102*US',
    ...lines.flatMap(({ sku, name, quantity, unitPrice }, place) => [
      `PO1*${place + 1}*${quantity}*EA*${unitPrice}*PE*VN*${sku}`,
      `PID*F****${name.slice(0, 80)}`,
    ]),
    `CTT*${lines.length}`,
    `AMT*TT*${totalOf(draft)}`,
  ]
  const segments = [
    `ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*QUITTANCE      *${day.slice(2)}*${time}*U*00401*${control}*1*P*>`,
    `GS*PO*NORTHWIND*QUITTANCE*${day}*${time}*${Number(control)}*X*004010`,
    ...set,
    `SE*${set.length + 1}*0001`,
    `GE*1*${Number(control)}`,
    `IEA*1*${control}`,
  ]
  return {
    channel: 'x12',
    connectionId: 'northwind-tools',
    purchaseOrderNumber,
    text: segments.map((segment) => `${segment}~\n`).join(''),
  }
}

function shopAddress({ name, addresses }: Customer) {
  const [first] = addresses
  return {
    company: name,
    address1: first?.address.street?.[0] ?? null,
    city: first?.address.city ?? null,
    zip: first?.address.postalCode ?? null,
    province_code: first?.address.region ?? null,
    country_code: 'US',
  }
}

/** The shop knows net days and no discount for paying early. */
function shopTerms({ terms }: Customer) {
  const { netDays, discountPercent } = terms
  if (netDays === undefined || discountPercent !== undefined) return {}
  return {
    payment_terms: {
      payment_terms_name: `Net ${netDays}`,
      payment_terms_type: 'net',
      due_in_days: netDays,
    },
  }
}

function shopOrder(draft: Draft): TrickleOrder {
  const { customer, purchaseOrderNumber, moment, lines } = draft
  const id = moment.getTime() * 100
  const at = moment.toISOString()
  const total = totalOf(draft)
  const customerKey = customer.keys.find((key) => key.startsWith('shopify:')) ?? ''
  const order = {
    id,
    name: `#${Math.floor(moment.getTime() / 1000)}`,
    created_at: at,
    processed_at: at,
    updated_at: at,
    currency: 'USD',
    presentment_currency: 'USD',
    financial_status: 'pending',
    po_number: purchaseOrderNumber,
    test: false,
    subtotal_price: total,
    total_line_items_price: total,
    total_price: total,
    total_tax: '0.00',
    total_discounts: '0.00',
    taxes_included: false,
    customer: { id: Number(customerKey.replace('shopify:', '')) },
    billing_address: shopAddress(customer),
    shipping_address: shopAddress(customer),
    ...shopTerms(customer),
    line_items: lines.map(({ sku, name, quantity, unitPrice }, place) => ({
      id: id * 10 + place + 1,
      sku,
      name,
      title: name,
      quantity,
      current_quantity: quantity,
      price: unitPrice,
      requires_shipping: true,
      total_discount: '0.00',
    })),
  }
  return {
    channel: 'shopify',
    connectionId: 'meridian-shop',
    purchaseOrderNumber,
    topic: 'orders/create',
    webhookId: `trickle-${id}`,
    text: JSON.stringify(order),
  }
}

function jsonOrder({ customer, purchaseOrderNumber, moment, lines }: Draft): TrickleOrder {
  const [first] = customer.addresses
  const order = {
    docType: 'order',
    purchaseOrderNumber,
    issuedOn: dayOf(moment),
    currency: 'USD',
    parties: [
      {
        role: 'buyer',
        name: customer.name,
        identifiers: [{ scheme: 'seller-assigned', value: customer.customerNumber }],
      },
      { role: 'ship-to', name: `${customer.name} Receiving`, address: first?.address },
    ],
    terms: customer.terms,
    lines: lines.map(({ sku, name, quantity, unitPrice }, place) => ({
      line: String((place + 1) * 10),
      item: { identifiers: [{ scheme: 'sku', value: sku }], description: name },
      quantity: { value: String(quantity), uom: 'EA' },
      unitPrice,
    })),
  }
  return {
    channel: 'json',
    connectionId: 'partner-json',
    purchaseOrderNumber,
    text: JSON.stringify(order),
  }
}

// The moment is in the number: no run of the demo has used it before.
function numberOf(prefix: string, moment: Date): string {
  const digits = moment.toISOString().replaceAll(/\D/g, '')
  return `${prefix}-${digits.slice(2, 8)}-${digits.slice(8, 14)}`
}

const senders = [
  { prefix: 'NW', customer: () => northwind, write: x12Order, ranges: productRanges },
  {
    prefix: 'WEB',
    customer: (label: string) => shoppers[draw(`${label} shopper`, shoppers.length)] ?? peachtree,
    write: shopOrder,
    ranges: shopRanges,
  },
  { prefix: 'PRJ', customer: () => peachtree, write: jsonOrder, ranges: productRanges },
] as const

/** Writes believable orders for a day's prices: in turn by X12, from the shop, and as JSON, now and then an odd one. */
export function trickleOrders(today: string): (turn: number, moment: Date) => TrickleOrder {
  const priceOf = seedPricing(seedAgreements(today, seedCustomers()), seedPriceLists(today))
  return (turn, moment) => {
    const sender = senders[turn % senders.length] ?? senders[0]
    const purchaseOrderNumber = numberOf(sender.prefix, moment)
    const customer = sender.customer(purchaseOrderNumber)
    const on = dayOf(moment)
    const lines = drawLines(purchaseOrderNumber, customer, on, priceOf, sender.ranges)
    return sender.write({ purchaseOrderNumber, customer, moment, lines: withOddity(lines, turn) })
  }
}
