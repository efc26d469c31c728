import { compareDecimal } from '../../canonical/money.ts'
import { type OrderLineState, type OrderState, wantedEach } from '../../canonical/order-state.ts'
import type { OrderLineExplanation } from '../../canonical/views/order-line-explanation.ts'
import { type LineBook, openLineBook } from '../../flows/apply/line-book.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import { amountAtSent, pricePerBaseUnit } from '../../policies/pricing/comparison.ts'
import { pricingPolicy } from '../../policies/pricing/pricing-policy.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { readOrder } from '../../store/orders/load-orders.ts'
import { findOrderId } from '../../store/reading/get-order.ts'
import { lineEvents } from '../../store/reading/line-events.ts'
import { quantityStory } from './line-story.ts'
import { lineAlternatives, lineDates } from './line-supply.ts'
import { recordedPolicy, recordedPrice } from './recorded-price.ts'

/** The lines of stored orders, explained one at a time to whoever opens one. */
export type OrderLinesService = {
  /** By the order's id or number and the line's; undefined when there is no such order or line. */
  explain(question: {
    readonly tenantId: string
    readonly order: string
    readonly line: string
  }): Promise<OrderLineExplanation | undefined>
}

function buyersPrice(line: OrderLineState, { order, setting }: LineBook) {
  const { sentUnitPrice, priceBasis, uomFactor, uom, unitPrice, lineAmountMinor: ours } = line
  if (sentUnitPrice === undefined) return null
  const each = pricePerBaseUnit(sentUnitPrice, priceBasis, uomFactor)
  const { rounding } = setting.policy(pricingPolicy, order).settings
  const amountMinor = amountAtSent(
    {
      quantity: line.quantity,
      quantityEach: line.orderedEach,
      wantedEach: wantedEach(line),
      priceBasis,
    },
    { sent: sentUnitPrice, sentUnitPrice: each },
    { currency: order.currency, rounding },
  )
  return {
    ...{ asWritten: sentUnitPrice, per: priceBasis, uom, unitPrice: each, amountMinor },
    differenceMinor: unitPrice === undefined ? null : amountMinor - ours,
  }
}

function toleranceOf(
  buyer: OrderLineExplanation['buyer'],
  recorded: OrderLineExplanation['recorded'],
  { order, setting }: LineBook,
): OrderLineExplanation['tolerance'] {
  if (buyer === null || recorded.unitPrice === null) return null
  const off = compareDecimal(buyer.unitPrice, recorded.unitPrice)
  if (off === 0) return null
  const { settings, version } = setting.policy(pricingPolicy, order)
  const { percent, amounts } = off < 0 ? settings.underpaid : settings.overpaid
  const bounds = amounts[order.currency]
  return {
    direction: off < 0 ? 'below' : 'above',
    percent,
    lineMinor: bounds?.lineMinor ?? null,
    orderMinor: bounds?.orderMinor ?? null,
    policyVersion: version,
    isAsRecorded: recordedPolicy(recorded) === version,
  }
}

const isSame = (one: string | undefined, other: string | undefined) =>
  one === undefined || other === undefined ? one === other : compareDecimal(one, other) === 0

async function priceNow(
  line: OrderLineState,
  book: LineBook,
): Promise<OrderLineExplanation['now']> {
  const desk = await book.prices(line.line)
  const verdict = desk?.judged.lines.find((judged) => judged.line === line.line)
  if (verdict === undefined) return null
  const { decision, kind, message, unitPrice, source, evidence, policyVersion } = verdict
  return {
    ...{ decision, kind, message, policyVersion, evidence: [...evidence] },
    unitPrice: unitPrice ?? null,
    source: source ?? null,
    isAsRecorded: isSame(unitPrice, line.unitPrice) && source === line.priceSource,
  }
}

async function explained(
  tx: TenantTx,
  order: OrderState,
  line: OrderLineState,
): Promise<OrderLineExplanation> {
  // Nothing of it is kept, and nothing is locked for it.
  const [setting, events] = await Promise.all([
    openFlowSetting(tx, { isDryRun: true }),
    lineEvents(tx, order.orderId, line.line),
  ])
  const book = openLineBook(tx, order, setting)
  const recorded = recordedPrice(order, line, events)
  const buyer = buyersPrice(line, book)
  return {
    ...{ orderId: order.orderId, orderNumber: order.orderNumber, stage: order.stage },
    ...{ line: line.line, sku: line.sku ?? null, currency: order.currency },
    ...{ workedOutAt: setting.now, recorded, buyer },
    tolerance: toleranceOf(buyer, recorded, book),
    now: await priceNow(line, book),
    quantities: quantityStory(order, line),
    dates: await lineDates(tx, line, { order, setting, events }),
    alternatives: await lineAlternatives(line, book),
  }
}

/** Explains lines from what is on record, and apart from that from what the rules say now. */
export function orderLinesService({
  database,
}: {
  readonly database: Database
}): OrderLinesService {
  return {
    explain: ({ tenantId, order: reference, line: number }) =>
      database.inTenant(tenantId, async (tx) => {
        const orderId = await findOrderId(tx, reference)
        const order = orderId === undefined ? undefined : await readOrder(tx, orderId)
        const line = order?.lines.find((one) => one.line === number)
        return order === undefined || line === undefined ? undefined : explained(tx, order, line)
      }),
  }
}
