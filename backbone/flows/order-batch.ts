import type { IsoMoment } from '../canonical/document.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { calendarOf, calendarPolicy } from '../policies/calendar/calendar.ts'
import { callDeadline } from '../policies/call-deadline.ts'
import { promisedTimes, type SlaTarget, slaPolicy } from '../policies/sla/sla-policy.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import { appendToChains, type EventDraft, type OrderEventDraft } from '../store/events.ts'
import { wakeParkedDocuments } from '../store/flow/inbound-documents.ts'
import { moveStock, type StockMove, saveOrders } from '../store/orders/save-orders.ts'
import { type StartedClock, startClocks, stopClocks } from '../store/sla/clocks.ts'
import type { FlowSetting } from './flow-setting.ts'
import { enqueueCalls } from './outbox/enqueue-calls.ts'
import type { OutboundIntent } from './outbox/outbound-intent.ts'
import { assertTransition } from './transitions.ts'

/** What a step or an applied document decided for one order. */
export type Decision = {
  /** The order as it stands now. */
  readonly order: OrderState
  readonly events: readonly EventDraft[]
  readonly sends?: readonly OutboundIntent[]
  readonly stock?: readonly StockMove[]
  /** Looks at the order again at this moment, for example at the end of its cancel window. */
  readonly wakeAt?: IsoMoment
}

/**
 * The orders a transaction works on. Decisions change them in memory; `flush` writes everything that
 * changed in set-based statements, inside the same transaction: orders, stock, events, calls and jobs.
 */
export type OrderBatch = {
  readonly setting: FlowSetting
  all(): OrderState[]
  find(matches: (order: OrderState) => boolean): OrderState | undefined
  /** Takes a decision, having checked the move against the transition table. */
  decide(decision: Decision): void
  flush(tx: TenantTx, queue: JobQueue): Promise<void>
}

/** A promise that begins with an order: as its policy says, else so many seconds round the clock. */
function promise(
  order: OrderState,
  { target, withinSeconds }: { readonly target: SlaTarget; readonly withinSeconds: number },
  setting: FlowSetting,
): StartedClock {
  const { orderNumber, orderId, receivedAt: startedAt, customerNumber, partnerId } = order
  const whose = {
    ...(customerNumber === undefined ? {} : { customerNumber }),
    ...(partnerId === undefined ? {} : { partnerId }),
  }
  const times = promisedTimes(target, startedAt, {
    settings: setting.policy(slaPolicy, whose).settings,
    calendar: () => calendarOf(setting.policy(calendarPolicy, whose).settings, setting.timeZone),
  })
  return {
    ...{ subject: `order:${orderNumber}`, target, orderId, startedAt },
    ...(times ?? { withinSeconds }),
  }
}

function momentOf(clock: StartedClock): IsoMoment {
  if ('breachAt' in clock) return clock.breachAt
  return new Date(Date.parse(clock.startedAt) + clock.withinSeconds * 1_000).toISOString()
}

function deadlineOf(
  order: OrderState,
  { document }: OutboundIntent,
  setting: FlowSetting,
): Pick<OutboundIntent, 'deadlineAt'> {
  const { now, timeZone, rules } = setting
  const within = { target: 'acknowledge', withinSeconds: rules.acknowledgeWithinSeconds } as const
  const acknowledgeBy = () => momentOf(promise(order, within, setting))
  const deadlineAt = callDeadline(document, { now, timeZone, acknowledgeBy })
  return deadlineAt === undefined ? {} : { deadlineAt }
}

function clockChanges(before: OrderState | undefined, after: OrderState, setting: FlowSetting) {
  const { acknowledgeWithinSeconds, releaseWithinSeconds } = setting.rules
  const subject = `order:${after.orderNumber}`
  const isOver = after.stage === 'cancelled' || after.stage === 'rejected'
  const started =
    before === undefined
      ? [
          promise(
            after,
            { target: 'acknowledge', withinSeconds: acknowledgeWithinSeconds },
            setting,
          ),
          promise(after, { target: 'release', withinSeconds: releaseWithinSeconds }, setting),
        ]
      : []
  const stopped = [
    ...(after.isAcknowledged || isOver ? [{ subject, target: 'acknowledge' }] : []),
    ...(after.releasedAt !== undefined || isOver ? [{ subject, target: 'release' }] : []),
  ]
  return { started, stopped: before !== undefined && before.stage === after.stage ? [] : stopped }
}

/** Opens a batch over locked orders. */
export function openOrderBatch(setting: FlowSetting, locked: readonly OrderState[]): OrderBatch {
  const before = new Map(locked.map((order) => [order.orderId, order]))
  const current = new Map(before)
  const events: OrderEventDraft[] = []
  const sends: OutboundIntent[] = []
  const stock: StockMove[] = []
  const wakeUps: { orderId: string; at: IsoMoment }[] = []

  async function writeWakeUps(tx: TenantTx, queue: JobQueue): Promise<void> {
    for (const { orderId, at } of wakeUps)
      await queue.enqueue(tx, 'advance-order', [orderId], { startAt: new Date(at) })
  }
  async function writeClocks(tx: TenantTx, changed: readonly OrderState[]): Promise<void> {
    const clocks = changed.map((order) => clockChanges(before.get(order.orderId), order, setting))
    await startClocks(
      tx,
      clocks.flatMap((change) => change.started),
    )
    await stopClocks(
      tx,
      clocks.flatMap((change) => change.stopped),
      setting.now,
    )
  }
  return {
    setting,
    all: () => [...current.values()],
    find: (matches) => [...current.values()].find(matches),
    decide({ order, events: newEvents, sends: newSends = [], stock: moves = [], wakeAt }) {
      const was = current.get(order.orderId)
      if (was !== undefined) assertTransition(order.orderNumber, was.stage, order.stage)
      current.set(order.orderId, order)
      const { orderId, traceParent } = order
      events.push(...newEvents.map((event) => ({ traceParent, ...event, orderId })))
      const traced = traceParent === undefined ? {} : { traceParent }
      sends.push(
        ...newSends.map((send) => ({
          ...traced,
          ...deadlineOf(order, send, setting),
          ...send,
          orderId,
        })),
      )
      stock.push(...moves)
      if (wakeAt !== undefined) wakeUps.push({ orderId, at: wakeAt })
    },
    async flush(tx, queue) {
      const changed = [...current.values()].filter((order) => before.get(order.orderId) !== order)
      if (changed.length === 0 && events.length === 0) return
      const chains = new Map(changed.map(({ orderId, chain }) => [orderId, chain]))
      const moved = await appendToChains(tx, events, chains, setting.now)
      await saveOrders(
        tx,
        changed.map((order) => ({
          order: { ...order, chain: moved.get(order.orderId) ?? order.chain },
          before: before.get(order.orderId),
        })),
      )
      await moveStock(tx, stock)
      await enqueueCalls(tx, queue, sends)
      await writeWakeUps(tx, queue)
      await writeClocks(tx, changed)
      const woken = await wakeParkedDocuments(tx, changed.flatMap(wakeKeys))
      await queue.enqueue(tx, 'apply-document', woken)
    },
  }
}

/** What documents may be waiting for in an order: its stream, its numbers, its invoices. */
function wakeKeys(order: OrderState): string[] {
  return [
    order.streamKey,
    `order:${order.orderNumber}`,
    `po:${order.poNormalised}`,
    ...order.invoices.map((invoice) => `invoice:${invoice.invoiceNumber}`),
  ]
}
