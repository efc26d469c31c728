import { moneyText } from '../../canonical/money.ts'
import { activeHolds, mayPass, type OrderState } from '../../canonical/order-state.ts'
import { type ProductFacts, productsByKey } from '../../store/checks/identity-facts.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision } from '../order-batch.ts'
import { type HoldWish, laterBy, placeHolds } from '../place-hold.ts'

function cancelWindow(order: OrderState, setting: FlowSetting): HoldWish[] {
  const seconds = setting.connection(order.connectionId)?.rules.cancelWindowSeconds ?? 0
  if (seconds === 0) return []
  return [
    {
      type: 'CANCEL_WINDOW',
      causeKey: 'cancel-window',
      reason: `The buyer may cancel for ${seconds} seconds.`,
      expiresAt: laterBy(setting.now, seconds * 1000),
    },
  ]
}

function conditionalHolds(
  order: OrderState,
  products: Map<string, ProductFacts>,
  setting: FlowSetting,
): HoldWish[] {
  const rules = setting.connection(order.connectionId)?.rules.conditionalHolds ?? []
  return rules.flatMap((rule) => {
    const reached = order.lines.filter((line) => {
      const productClass = products.get(line.sku ?? '')?.productClass
      return (
        rule.skus.includes(line.sku ?? '') ||
        (productClass !== undefined && rule.productClasses.includes(productClass))
      )
    })
    if (reached.length === 0) return []
    const expiresAt =
      rule.timeoutSeconds === undefined
        ? {}
        : { expiresAt: laterBy(setting.now, rule.timeoutSeconds * 1000) }
    return {
      type: 'CONDITIONAL' as const,
      causeKey: `conditional:${rule.conditions.join('+')}`,
      reason: `Waits for ${rule.conditions.join(', ')} (line ${reached.map((line) => line.line).join(', ')}).`,
      conditions: rule.conditions,
      ...expiresAt,
    }
  })
}

/** The checks are done: the order is held, with its cancel window and conditions, or ready for its release. */
export const settleChecks = defineStep<Map<string, ProductFacts>>({
  name: 'settle-checks',
  from: ['received'],
  isNeeded: () => true,
  async load(tx, orders, setting) {
    const needsClasses = orders.filter(
      (order) => (setting.connection(order.connectionId)?.rules.conditionalHolds.length ?? 0) > 0,
    )
    const skus = needsClasses.flatMap((order) => order.lines.flatMap((line) => line.sku ?? []))
    return skus.length === 0 ? new Map() : (await productsByKey(tx, skus, [])).products
  },
  decide(order, products, setting): Decision {
    const wishes = [...cancelWindow(order, setting), ...conditionalHolds(order, products, setting)]
    const held = placeHolds({ ...order, stage: 'validated' }, wishes, setting.now, 'order-flow')
    const found =
      ['nothing to object to', '1 finding'][order.findings.length] ??
      `${order.findings.length} findings`
    return {
      order: held.order,
      events: [
        {
          kind: 'order.validated',
          actor: 'order-flow',
          summary: `Checked: ${found}, total ${moneyText(order.totalMinor, order.currency)}.`,
          body: {
            findings: order.findings,
            totalMinor: order.totalMinor,
            customerNumber: order.customerNumber,
          },
        },
        ...held.events,
      ],
    }
  },
})

/** From the checks to waiting, or straight to ready; looks again when the earliest hold runs out. */
export const holdOrReady = defineStep({
  name: 'hold-or-ready',
  from: ['validated'],
  isNeeded: () => true,
  load: async () => undefined,
  decide(order): Decision {
    if (mayPass(order, 'release')) return { order: { ...order, stage: 'ready' }, events: [] }
    const [earliest] = activeHolds(order)
      .flatMap((hold) => (hold.timedOutAt === undefined ? (hold.expiresAt ?? []) : []))
      .sort()
    return {
      order: { ...order, stage: 'held' },
      events: [],
      ...(earliest === undefined ? {} : { wakeAt: earliest }),
    }
  },
})
