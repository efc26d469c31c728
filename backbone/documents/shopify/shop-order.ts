import type { PaymentTerms, Reference, SourceEnvelope } from '../../canonical/document.ts'
import type { Order, OrderLine } from '../../canonical/order.ts'
import { utcMoment } from './peek-shopify.ts'
import { readAttributes, readLine, readRefunds } from './shop-line.ts'
import { readDiscountNames, readOrderDiscount, readShipping, readTaxes } from './shop-money.ts'
import type { ShopObject } from './shop-object.ts'
import { known, readAddressParty, readBuyer } from './shop-party.ts'

/** What the shop's webhook says about itself in its headers. */
export type ShopifyHeaders = {
  /** `X-Shopify-Topic`: orders/create, orders/updated or orders/cancelled. */
  readonly topic: string
  readonly shopDomain: string
  readonly webhookId?: string | undefined
  readonly apiVersion?: string | undefined
}

/** A shop's order as read so far: everything but its lines. */
export type ShopOrderHeader = Omit<
  Order,
  'docType' | 'lines' | 'parties' | 'allowancesCharges' | 'taxes' | 'unknown'
> & { readonly source: SourceEnvelope }

// How the buyer came to the shop, secrets of the checkout, and sums that repeat what the lines say.
const sayNothing = [
  'admin_graphql_api_id',
  'app_id',
  'browser_ip',
  'buyer_accepts_marketing',
  'cart_token',
  'checkout_id',
  'checkout_token',
  'client_details',
  'current_subtotal_price',
  'current_total_discounts',
  'current_total_tax',
  'device_id',
  'invoice_url',
  'landing_site',
  'landing_site_ref',
  'number',
  'order_number',
  'order_status_url',
  'processed_at',
  'referring_site',
  'subtotal_price',
  'token',
  'total_line_items_price',
  'total_price',
  'total_tax',
  'total_weight',
  'user_id',
]
// The same amounts once more in the currency the buyer saw; news only when that is another currency.
const presentmentAmounts = [
  'current_shipping_price_set',
  'current_subtotal_price_set',
  'current_total_additional_fees_set',
  'current_total_discounts_set',
  'current_total_duties_set',
  'current_total_price_set',
  'current_total_tax_set',
  'original_total_additional_fees_set',
  'original_total_duties_set',
  'presentment_currency',
  'subtotal_price_set',
  'total_cash_rounding_payment_adjustment_set',
  'total_cash_rounding_refund_adjustment_set',
  'total_discounts_set',
  'total_line_items_price_set',
  'total_price_set',
  'total_shipping_price_set',
  'total_tax_set',
]

function skipRepeats(order: ShopObject, currency: string): void {
  order.skip(sayNothing)
  order.skipUsual({ confirmed: true, tax_exempt: false, taxes_included: false })
  const shown = order.text('presentment_currency') ?? currency
  if (shown === currency) order.skip(presentmentAmounts)
  else order.giveBack('presentment_currency')
}

function readMoment(order: ShopObject, key: string): string | undefined {
  const text = order.text(key)
  if (text === undefined) return undefined
  const moment = utcMoment(text)
  if (moment === undefined) {
    order.giveBack(key)
    order.find('moment', key, `Field ${key} must be a moment such as 2026-11-02T09:30:00-05:00.`, {
      severity: 'warning',
      found: text,
    })
  }
  return moment
}

// The business date is the day the shop's own clock showed: 23:30-05:00 is not the next day.
function readIssue(order: ShopObject): { issuedOn?: string; issuedAt?: string } {
  const issuedAt = readMoment(order, 'created_at')
  const issuedOn = issuedAt === undefined ? undefined : order.text('created_at')?.slice(0, 10)
  return known({ issuedOn, issuedAt })
}

function readTerms(order: ShopObject): { terms?: PaymentTerms } {
  const source = order.object('payment_terms')
  const text = source.text('payment_terms_name')
  const days = Number(source.text('due_in_days') ?? Number.NaN)
  source.skip(['id', 'created_at', 'updated_at'])
  source.skipUsual({ payment_terms_type: 'net' })
  const netDays = Number.isInteger(days) && days >= 0 ? days : undefined
  const terms = known({ netDays, text })
  return Object.keys(terms).length === 0 ? {} : { terms }
}

function readTags(order: ShopObject): Reference[] {
  const tags = order.text('tags', 4000)?.split(',') ?? []
  return tags.flatMap((tag) => {
    const value = tag.trim().slice(0, 200)
    return value === '' ? [] : [{ qualifier: 'shop-tag', value }]
  })
}

function readNumber(order: ShopObject): { purchaseOrderNumber: string; references: Reference[] } {
  const own = order.text('po_number', 60)
  const shopName = order.text('name', 60) ?? order.text('order_number', 60)
  const purchaseOrderNumber = own ?? shopName ?? ''
  if (purchaseOrderNumber === '')
    order.find('missing', 'name', 'The order has neither a purchase order number nor a name.')
  const isNamedTwice = own !== undefined && shopName !== undefined && own !== shopName
  const named = isNamedTwice ? [{ qualifier: 'shop-order', value: shopName }] : []
  return { purchaseOrderNumber, references: [...named, ...readTags(order)] }
}

function readTotal(order: ShopObject): { statedTotalMinor?: number } {
  // The current total goes with the current quantities of the lines.
  const current = order.minor('current_total_price')
  return known({ statedTotalMinor: current ?? order.minor('total_price') })
}

function headerText(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text.slice(0, 40)
}

/** Reads everything of a shop's order but its lines, parties and money off. */
export function readHeader(
  order: ShopObject,
  headers: ShopifyHeaders,
  currency: string,
): ShopOrderHeader {
  // A draft has an id of its own and names the order it became.
  const objectKey = order.text('order_id', 120) ?? order.text('id', 120)
  if (objectKey === undefined) order.find('missing', 'id', 'The order has no id.')
  const { issuedOn, issuedAt } = readIssue(order)
  const note = order.text('note', 4000)
  const source: SourceEnvelope = {
    format: 'shopify',
    sender: headers.shopDomain.slice(0, 120),
    ...known({
      formatVersion: headerText(headers.apiVersion),
      transactionControlNumber: headerText(headers.webhookId),
      objectKey,
      customerKey: order.object('customer').text('id', 120),
      issuedAt,
      version: readMoment(order, 'updated_at'),
    }),
  }
  const header = {
    purpose: 'original' as const,
    ...readNumber(order),
    currency,
    ...known({ issuedOn }),
    isTest: order.isTrue('test'),
    isShipComplete: false,
    notes: [
      ...(note === undefined ? [] : [{ text: note }]),
      ...readAttributes(order, 'note_attributes'),
    ],
    ...readTerms(order),
    ...readTotal(order),
    source,
  }
  skipRepeats(order, currency)
  return header
}

/** Reads the lines as they stand now; a line keeps its number when another one before it was taken out. */
export function readOrder(order: ShopObject, header: ShopOrderHeader): Order {
  const discounts = readDiscountNames(order)
  const facts = { refunds: readRefunds(order), discounts }
  const lines: OrderLine[] = order
    .objects('line_items')
    .flatMap((line, index) => readLine(line, String(index + 1), facts))
  const shipping = readShipping(order, discounts)
  const carried = { lines: lines.flatMap((line) => line.allowancesCharges), shipping }
  return {
    ...header,
    docType: 'order',
    parties: [
      ...readBuyer(order, order.object('customer')),
      ...readAddressParty(order.object('shipping_address'), 'ship-to'),
      ...readAddressParty(order.object('billing_address'), 'bill-to'),
    ],
    allowancesCharges: [...readOrderDiscount(order, carried), ...shipping],
    taxes: readTaxes(order),
    lines,
    unknown: order.leftOver(),
  }
}
