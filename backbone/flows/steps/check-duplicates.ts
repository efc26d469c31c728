import { addDays } from '../../canonical/calendar.ts'
import { groupBy } from '../../canonical/group-by.ts'
import { lineAmountMinor, sumMinor } from '../../canonical/money.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { pricePerBaseUnit } from '../../policies/pricing/comparison.ts'
import {
  bareNumber,
  judgeDuplicate,
  numbersToLookFor,
  type RepeatableOrder,
} from '../../policies/pricing/duplicate-order.ts'
import { pricingPolicy } from '../../policies/pricing/pricing-policy.ts'
import {
  type DuplicateQuestion,
  type EarlierOrderFact,
  earlierOrders,
} from '../../store/checks/earlier-orders.ts'
import { spelledParty } from '../apply/order-from-document.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { placeHolds } from '../place-hold.ts'

const byArrival = (a: OrderState, b: OrderState) =>
  a.receivedAt.localeCompare(b.receivedAt) ||
  a.orderNumber.localeCompare(b.orderNumber, 'en', { numeric: true })

const shipToOf = ({ parties }: Pick<OrderState, 'parties'>) =>
  spelledParty(parties.find((party) => party.role === 'ship-to'))

/** What the order comes to at the buyer's prices; undefined when a line has none. */
function buyersTotalMinor(order: OrderState): number | undefined {
  const amounts = order.lines.map(({ sentUnitPrice, quantity, priceBasis }) => {
    if (sentUnitPrice === undefined) return undefined
    const price =
      priceBasis === '1' ? sentUnitPrice : pricePerBaseUnit(sentUnitPrice, priceBasis, 1)
    return lineAmountMinor(price, quantity, order.currency)
  })
  const known = amounts.flatMap((amount) => amount ?? [])
  if (known.length < amounts.length) return undefined
  return sumMinor([...known, order.chargesMinor, order.taxMinor])
}

function repeatable(order: OrderState): RepeatableOrder {
  const totalMinor = buyersTotalMinor(order)
  return {
    orderNumber: order.orderNumber,
    purchaseOrderNumber: order.purchaseOrderNumber,
    ...(order.releaseNumber === undefined ? {} : { releaseNumber: order.releaseNumber }),
    receivedAt: order.receivedAt,
    shipTo: shipToOf(order),
    lines: order.lines.map((line) => ({
      item: line.sku ?? line.item.identifiers.map(({ value }) => value).join(','),
      quantityEach: line.orderedEach,
      unitPrice:
        line.sentUnitPrice === undefined
          ? ''
          : pricePerBaseUnit(line.sentUnitPrice, line.priceBasis, line.uomFactor),
      requestedOn: line.requestedOn ?? order.requestedOn ?? '',
    })),
    ...(totalMinor === undefined ? {} : { totalMinor }),
    contentHash: order.lineHash,
  }
}

function repeatableFact(fact: EarlierOrderFact): RepeatableOrder {
  return {
    orderNumber: fact.orderNumber,
    purchaseOrderNumber: fact.purchaseOrderNumber,
    ...(fact.releaseNumber === null ? {} : { releaseNumber: fact.releaseNumber }),
    receivedAt: fact.receivedAt,
    shipTo: shipToOf(fact),
    lines: fact.lines.map((line) => ({
      item: line.sku ?? '',
      quantityEach: line.orderedEach,
      unitPrice:
        line.sentUnitPrice === null
          ? ''
          : pricePerBaseUnit(line.sentUnitPrice, line.priceBasis, line.uomFactor),
      requestedOn: line.requestedOn ?? '',
    })),
    totalMinor: fact.totalMinor,
    contentHash: fact.lineHash,
  }
}

const pricingOf = (order: OrderState, setting: FlowSetting) => setting.policy(pricingPolicy, order)

function question(order: OrderState, setting: FlowSetting): DuplicateQuestion {
  const { orderId, orderNumber, customerNumber = '', receivedAt } = order
  const { nearDuplicate, orderDiscounts } = pricingOf(order, setting).settings
  const { withinDays, totalPercent } = nearDuplicate
  const totalMinor = buyersTotalMinor(order)
  const asked = {
    orderId,
    orderNumber,
    customerNumber,
    receivedAt,
    numbers: numbersToLookFor(order.poNormalised),
  }
  if (totalMinor === undefined || totalMinor <= 0) return asked
  // A little wide: the rule says which of them are near enough. In the books an order stands less its discount.
  const widthMinor = Math.ceil((totalMinor * totalPercent) / 50) + 1
  const percentOff = Math.max(0, ...orderDiscounts.map((discount) => Number(discount.percentOff)))
  const offMinor = Math.ceil((totalMinor * percentOff) / 100)
  const since = `${addDays(receivedAt.slice(0, 10), -withinDays)}T00:00:00.000Z`
  return {
    ...asked,
    near: {
      since,
      fromMinor: totalMinor - widthMinor - offMinor,
      toMinor: totalMinor + widthMinor,
    },
  }
}

type Earlier = { readonly orderId: string; readonly order: RepeatableOrder }

/** Worth a look: the rule says whether one is the other again. */
function isAlike(order: RepeatableOrder, earlier: RepeatableOrder): boolean {
  if (bareNumber(order.purchaseOrderNumber) === bareNumber(earlier.purchaseOrderNumber)) return true
  const [total, before] = [order.totalMinor, earlier.totalMinor]
  return total !== undefined && before !== undefined && Math.abs(total - before) * 10 <= before
}

/** Orders that came in together are not in the books yet: the earlier ones among them count too. */
function earlierInBatch(orders: readonly OrderState[]): Earlier[] {
  const groups = groupBy(orders, (order) => order.customerNumber ?? '')
  return [...groups.values()].flatMap((group) => {
    if (group.length === 1) return []
    const inTurn = group
      .toSorted(byArrival)
      .map((order) => ({ orderId: order.orderId, order: repeatable(order) }))
    return inTurn.flatMap(({ orderId, order }, index) =>
      inTurn
        .slice(0, index)
        .flatMap((earlier) =>
          isAlike(order, earlier.order) ? [{ orderId, order: earlier.order }] : [],
        ),
    )
  })
}

/** An order that came before, by whatever channel, holds the new one; one that only looks alike is shown. */
export const checkDuplicates = defineStep<Map<string, Earlier[]>>({
  name: 'check-duplicates',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  async load(tx, orders, setting) {
    const facts = await earlierOrders(
      tx,
      orders.map((order) => question(order, setting)),
    )
    const earlier = facts.map((fact) => ({ orderId: fact.orderId, order: repeatableFact(fact) }))
    return groupBy([...earlier, ...earlierInBatch(orders)], ({ orderId }) => orderId)
  },
  decide(order, facts, setting) {
    const policy = pricingOf(order, setting)
    const earlier = (facts.get(order.orderId) ?? []).map((fact) => fact.order)
    const judgement = judgeDuplicate(repeatable(order), earlier, policy)
    const { kind, message, of = '', decision, evidence, alternatives, policyVersion } = judgement
    setting.onDecision({
      policy: 'pricing',
      orderId: order.orderId,
      decision,
      kind,
      evidence,
      alternatives,
      policyVersion,
    })
    if (kind === 'NEW_ORDER') return undefined
    const found = {
      ...order,
      findings: [...order.findings, { kind, message, evidence, alternatives, policyVersion }],
    }
    if (decision === 'accept') return { order: found, events: [] }
    return placeHolds(
      found,
      [{ type: 'DUPLICATE_SUSPECT', causeKey: `duplicate:${of}`, reason: message }],
      setting,
      'order-check',
    )
  },
})
