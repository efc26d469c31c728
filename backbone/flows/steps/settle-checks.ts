import { moneyText } from '../../canonical/money.ts'
import {
  activeHolds,
  type HoldState,
  mayPass,
  type OrderState,
} from '../../canonical/order-state.ts'
import { calendarOf, calendarPolicy } from '../../policies/calendar/calendar.ts'
import {
  cancelWindowSeconds,
  nextLookAt,
  shipToKey,
  timeoutAt,
} from '../../policies/holds/hold-moments.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import { segmentsOf } from '../../store/checks/hold-facts.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision } from '../order-batch.ts'
import { type HoldWish, laterBy, liftHolds, placeHolds } from '../place-hold.ts'

/** The segments of customers. */
type Segments = ReadonlyMap<string, string>

const holdSettings = (order: OrderState, setting: FlowSetting) =>
  setting.policy(holdsPolicy, order).settings

const isAnyIn = (record: Readonly<Record<string, unknown>>) => Object.keys(record).length > 0

function cancelWindow(order: OrderState, segments: Segments, setting: FlowSetting): HoldWish[] {
  const settings = holdSettings(order, setting)
  const { bySku, byProductClass } = settings.cancelWindow
  const isByProduct = isAnyIn(bySku) || isAnyIn(byProductClass)
  const seconds = cancelWindowSeconds(
    {
      connectionSeconds: setting.connection(order.connectionId)?.rules.cancelWindowSeconds ?? 0,
      segment: segments.get(order.customerNumber ?? ''),
      products: (isByProduct ? order.lines : []).map(({ sku = '' }) => ({
        sku,
        productClass: setting.products.get(sku)?.productClass,
      })),
    },
    settings,
  )
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

function conditionalHolds(order: OrderState, setting: FlowSetting): HoldWish[] {
  const rules = setting.connection(order.connectionId)?.rules.conditionalHolds ?? []
  return rules.flatMap((rule) => {
    const reached = order.lines.filter((line) => {
      const productClass = setting.products.get(line.sku ?? '')?.productClass
      return (
        rule.skus.includes(line.sku ?? '') ||
        (productClass !== undefined && rule.productClasses.includes(productClass))
      )
    })
    if (reached.length === 0) return []
    const expiresAt =
      rule.timeoutSeconds === undefined
        ? conditionalTimeout(order, setting)
        : laterBy(setting.now, rule.timeoutSeconds * 1000)
    return {
      type: 'CONDITIONAL' as const,
      causeKey: `conditional:${rule.conditions.join('+')}`,
      reason: `Waits for ${rule.conditions.join(', ')} (line ${reached.map((line) => line.line).join(', ')}).`,
      conditions: rule.conditions,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }
  })
}

/** Business days of the tenant, the partner or the customer, whoever has a calendar of its own. */
function conditionalTimeout(order: OrderState, setting: FlowSetting): string | undefined {
  const calendar = setting.policy(calendarPolicy, order).settings
  const rule = holdSettings(order, setting).CONDITIONAL
  return timeoutAt(rule, setting.now, calendarOf(calendar, setting.timeZone))
}

/** An address in doubt that the buyer has corrected is in doubt no more. */
function isAddressCorrected(hold: HoldState, order: OrderState): boolean {
  return (
    hold.type === 'ADDRESS' &&
    hold.causeKey.startsWith('person:') &&
    !hold.causeKey.endsWith(`:${shipToKey(order.parties)}`)
  )
}

/** The checks are done: the order is held, with its cancel window and conditions, or ready for its release. */
export const settleChecks = defineStep<Segments>({
  name: 'settle-checks',
  from: ['received'],
  isNeeded: () => true,
  load(tx, orders, setting) {
    const ofSegments = orders.filter((order) =>
      isAnyIn(holdSettings(order, setting).cancelWindow.bySegment),
    )
    return segmentsOf(
      tx,
      ofSegments.flatMap((order) => order.customerNumber ?? []),
    )
  },
  decide(order, segments, setting): Decision {
    const wishes = [...cancelWindow(order, segments, setting), ...conditionalHolds(order, setting)]
    const corrected = liftHolds(
      { ...order, stage: 'validated' },
      (hold) =>
        isAddressCorrected(hold, order) ? 'The customer has corrected the address.' : undefined,
      setting.now,
      'order-flow',
    )
    const held = placeHolds(corrected.order, wishes, setting, 'order-flow')
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
        ...corrected.events,
        ...held.events,
      ],
    }
  },
})

/** From the checks to waiting, or straight to ready; looks again when the earliest hold comes to its moment. */
export const holdOrReady = defineStep({
  name: 'hold-or-ready',
  from: ['validated'],
  isNeeded: () => true,
  load: async () => undefined,
  decide(order, _facts, setting): Decision {
    if (mayPass(order, 'release')) return { order: { ...order, stage: 'ready' }, events: [] }
    const next = nextLookAt(activeHolds(order), holdSettings(order, setting), setting.now)
    return {
      order: { ...order, stage: 'held' },
      events: [],
      ...(next === undefined ? {} : { wakeAt: next }),
    }
  },
})
