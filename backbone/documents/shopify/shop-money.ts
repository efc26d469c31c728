import type { AllowanceCharge, Tax } from '../../canonical/document.ts'
import { type MinorUnits, multiplyDecimal, sumMinor } from '../../canonical/money.ts'
import type { ShopObject } from './shop-object.ts'

/** How the shop calls each discount of an order, in the order its allocations count them. */
export type DiscountNames = readonly (string | undefined)[]

/** Reads the names of an order's discounts. */
export function readDiscountNames(order: ShopObject): DiscountNames {
  return order.objects('discount_applications').map((discount) => {
    const names = [discount.text('title'), discount.text('code'), discount.text('description')]
    return names.find((name) => name !== undefined)
  })
}

function allowance(amountMinor: MinorUnits | undefined, description?: string): AllowanceCharge[] {
  if (amountMinor === undefined || amountMinor === 0) return []
  return [
    {
      // An allowance is never negative: a discount below zero is money on.
      kind: amountMinor > 0 ? 'allowance' : 'charge',
      amountMinor: Math.abs(amountMinor),
      ...(description === undefined ? {} : { description }),
    },
  ]
}

/** Reads what is off a line: its share of each discount, or its total discount where no shares are given. */
export function readLineDiscounts(line: ShopObject, names: DiscountNames): AllowanceCharge[] {
  const total = line.minor('total_discount')
  const shares = readShares(line, names)
  if (shares.length > 0) return shares
  const custom = line.object('applied_discount')
  return allowance(
    total ?? custom.minor('amount'),
    custom.text('description') ?? custom.text('title'),
  )
}

function readShares(discounted: ShopObject, names: DiscountNames): AllowanceCharge[] {
  return discounted.objects('discount_allocations').flatMap((share) => {
    share.skip(['amount_set'])
    return allowance(share.minor('amount'), names[Number(share.text('discount_application_index'))])
  })
}

/** Reads what shipping costs: a charge for each shipping line, and what is off it. */
export function readShipping(order: ShopObject, names: DiscountNames): AllowanceCharge[] {
  const drafted = order.object('shipping_line')
  return [...order.objects('shipping_lines'), ...(drafted.isEmpty ? [] : [drafted])].flatMap(
    (shipping) => {
      shipping.skip(['price_set', 'discounted_price', 'discounted_price_set', 'id'])
      shipping.skipUsual({ source: 'shopify', is_removed: false })
      const amountMinor = shipping.minor('price') ?? 0
      const code = shipping.text('code', 20)
      const description = shipping.text('title')
      const charge: AllowanceCharge = {
        kind: 'charge',
        amountMinor: Math.max(0, amountMinor),
        ...(code === undefined ? {} : { code }),
        ...(description === undefined ? {} : { description }),
      }
      return [...(amountMinor > 0 ? [charge] : []), ...readShares(shipping, names)]
    },
  )
}

function sumAllowances(allowances: readonly AllowanceCharge[]): MinorUnits {
  return sumMinor(
    allowances.map((one) => (one.kind === 'allowance' ? one.amountMinor : -one.amountMinor)),
  )
}

/** Reads what is off the order as a whole: its total discount without what its lines and shipping carry. */
export function readOrderDiscount(
  order: ShopObject,
  carried: { lines: readonly AllowanceCharge[]; shipping: readonly AllowanceCharge[] },
): AllowanceCharge[] {
  const codes = order.objects('discount_codes').map((discount) => discount.text('code'))
  const custom = order.object('applied_discount')
  const total = order.minor('total_discounts')
  const name = codes.find((code) => code !== undefined) ?? custom.text('description')
  if (total === undefined) return allowance(custom.minor('amount'), name)
  const shippingDiscounts = carried.shipping.filter((one) => one.kind === 'allowance')
  const rest = total - sumAllowances(carried.lines) - sumAllowances(shippingDiscounts)
  return rest > 0 ? allowance(rest, name) : []
}

/** Reads the taxes of an order, a line or a shipping line. */
export function readTaxes(taxed: ShopObject): Tax[] {
  return taxed.objects('tax_lines').flatMap((tax) => {
    tax.skip(['price_set'])
    tax.skipUsual({ channel_liable: false })
    const amountMinor = tax.minor('price')
    const rate = tax.decimal('rate')
    const jurisdiction = tax.text('title', 120)
    if (amountMinor === undefined) return []
    return [
      {
        // UNCL5305: S standard rate, Z zero rated.
        category: rate === '0' ? 'Z' : 'S',
        ...(rate === undefined ? {} : { ratePercent: multiplyDecimal(rate, '100') }),
        amountMinor,
        ...(jurisdiction === undefined ? {} : { jurisdiction }),
      },
    ]
  })
}
