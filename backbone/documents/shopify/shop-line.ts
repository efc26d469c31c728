import type { Note, Reference } from '../../canonical/document.ts'
import type { Item } from '../../canonical/item.ts'
import { compareDecimal, type DecimalText, subtractDecimal } from '../../canonical/money.ts'
import type { OrderLine } from '../../canonical/order.ts'
import type { JsonValue } from '../json/parse-json.ts'
import { type DiscountNames, readLineDiscounts, readTaxes } from './shop-money.ts'
import { isObject, type ShopObject } from './shop-object.ts'
import { known } from './shop-party.ts'

// What repeats another field, or is the shop's own count of what it still has to do.
const repeats = [
  'admin_graphql_api_id',
  'current_quantity',
  'fulfillable_quantity',
  'fulfillment_status',
  'pre_tax_price',
  'price_set',
  'product_exists',
  'total_discount_set',
  'variant_inventory_management',
]
const usual = {
  custom: false,
  fulfillment_service: 'manual',
  gift_card: false,
  grams: 0,
  requires_shipping: true,
  taxable: true,
}

function noteOf(name: string | undefined, value: JsonValue): Note {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (name === undefined) return { text: text.slice(0, 4000) }
  if (name.length <= 20) return { qualifier: name, text: text.slice(0, 4000) }
  return { text: `${name}: ${text}`.slice(0, 4000) }
}

function attributeNote(entry: JsonValue): Note[] {
  if (entry === null || entry === '') return []
  if (!isObject(entry)) return [noteOf(undefined, entry)]
  if (Object.keys(entry).length === 0) return []
  const { name, value = null, ...others } = entry
  if (typeof name !== 'string' || Object.keys(others).length > 0) return [noteOf(undefined, entry)]
  return value === null || value === '' ? [] : [noteOf(name, value)]
}

/** Reads the name-and-value pairs that shops and their apps write in several shapes. */
export function readAttributes(holder: ShopObject, key: string): Note[] {
  const value = holder.take(key) ?? null
  return (Array.isArray(value) ? value : [value]).flatMap(attributeNote)
}

function readItem(line: ShopObject): Item {
  const sku = line.text('sku', 80)
  const title = line.text('title')
  const description = line.text('name', 500) ?? title
  const variant = line.text('variant_title')
  line.skip([
    'title',
    ...(variant === undefined || description?.includes(variant) ? ['variant_title'] : []),
  ])
  const named = known({ description })
  if (sku !== undefined) return { identifiers: [{ scheme: 'sku', value: sku }], ...named }
  line.find('no-sku', 'sku', 'The line has no SKU: a person must say which item it is.', {
    severity: 'warning',
    ...known({ found: title }),
  })
  const value = line.text('variant_id', 80) ?? title?.slice(0, 80) ?? 'unnamed item'
  return { identifiers: [{ scheme: 'other', value }], ...named }
}

function readReferences(line: ShopObject): Reference[] {
  const ids = [
    { qualifier: 'shop-line', value: line.text('id') },
    { qualifier: 'shop-variant', value: line.text('variant_id') },
    { qualifier: 'shop-product', value: line.text('product_id') },
  ]
  return ids.flatMap(({ qualifier, value }) => (value === undefined ? [] : [{ qualifier, value }]))
}

/** How much of each line the shop has given back already, by the shop's line id. */
export type RefundedByLine = ReadonlyMap<string, DecimalText>

/** Reads what was refunded, for shops whose API does not count the current quantity of a line. */
export function readRefunds(order: ShopObject): RefundedByLine {
  const refunded = new Map<string, DecimalText>()
  for (const refund of order.objects('refunds'))
    for (const line of refund.objects('refund_line_items')) {
      const id = line.text('line_item_id')
      const quantity = line.decimal('quantity')
      line.giveBack()
      line.skip(['line_item'])
      if (id === undefined || quantity === undefined) continue
      refunded.set(id, subtractDecimal(quantity, subtractDecimal('0', refunded.get(id) ?? '0')))
    }
  return refunded
}

type LineQuantity = { readonly ordered: DecimalText; readonly current: DecimalText }

function readQuantity(line: ShopObject, refunds: RefundedByLine): LineQuantity | undefined {
  const ordered = line.decimal('quantity')
  if (ordered === undefined) {
    line.find('missing', 'quantity', 'The line has no quantity that can be read.')
    return undefined
  }
  const refunded = refunds.get(line.text('id') ?? '') ?? '0'
  const current = line.decimal('current_quantity') ?? subtractDecimal(ordered, refunded)
  if (compareDecimal(current, ordered) !== 0)
    line.find('reduced', 'current_quantity', `Of ${ordered} ordered, ${current} are left.`, {
      severity: 'note',
      found: current,
    })
  return { ordered, current }
}

/** A line as it stands now, or none where the shop took it out or it cannot be read. */
export function readLine(
  line: ShopObject,
  number: string,
  facts: { readonly refunds: RefundedByLine; readonly discounts: DiscountNames },
): OrderLine[] {
  const quantity = readQuantity(line, facts.refunds)
  const isRemoved = quantity?.current === '0' && quantity.ordered !== '0'
  if (quantity === undefined || isRemoved) {
    line.giveBack()
    return []
  }
  const value = quantity.current
  if (value !== quantity.ordered) line.giveBack('quantity')
  line.skip(repeats)
  line.skipUsual(usual)
  const item = readItem(line)
  const references = readReferences(line)
  const unitPrice = line.decimal('price')
  return [
    {
      line: number,
      item,
      quantity: { value, uom: 'EA', uomScheme: 'rec20' },
      ...known({ unitPrice }),
      priceBasis: '1',
      allowancesCharges: readLineDiscounts(line, facts.discounts),
      taxes: readTaxes(line),
      references,
      notes: readAttributes(line, 'properties'),
      unknown: line.leftOver(),
    },
  ]
}
