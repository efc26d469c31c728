import type { IsoDate } from '../../canonical/document.ts'
import type { RuleTerms } from '../../canonical/pricing-data.ts'
import type { LineToPrice, OrderToPrice, PriceRule } from './order-to-price.ts'
import type { PricingSettings } from './pricing-policy.ts'

/** The days an order knows that prices may be of. */
type OrderDays = Pick<OrderToPrice, 'orderedOn' | 'receivedOn' | 'requestedOn' | 'shippedOn'>

/** The day whose prices count for a line; goods that have not left yet are priced as if they left when asked for. */
export function pricingDay(
  which: RuleTerms['pricingDate'],
  order: OrderDays,
  line: Pick<LineToPrice, 'requestedOn'>,
): IsoDate {
  switch (which) {
    case 'received':
      return order.receivedOn
    case 'purchase-order':
      return order.orderedOn ?? order.receivedOn
    case 'actual-ship':
      return order.shippedOn ?? line.requestedOn ?? order.requestedOn ?? order.receivedOn
    case 'requested-ship':
      return line.requestedOn ?? order.requestedOn ?? order.receivedOn
  }
}

/** The day whose prices count for a rule. */
export function dayOfRule(
  rule: PriceRule,
  order: OrderDays,
  line: LineToPrice,
  settings: PricingSettings,
): IsoDate {
  const isList = rule.level === 'list' || rule.level === 'tier-list'
  const which = isList ? settings.listPricingDate : (rule.terms?.pricingDate ?? 'purchase-order')
  return pricingDay(which, order, line)
}

/** Whether something with a start and an end holds on a day: the first day counts, the last does not. */
export function holdsOn(
  { validFrom, validTo }: { readonly validFrom: IsoDate; readonly validTo?: IsoDate },
  day: IsoDate,
): boolean {
  return validFrom <= day && (validTo === undefined || day < validTo)
}

/** How documents and people name a rule: `agreement-item:AG-7`. */
export function sourceOf(rule: PriceRule): string {
  return `${rule.level}:${rule.ruleId}`
}
