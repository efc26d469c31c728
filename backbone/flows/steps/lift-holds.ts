import {
  activeHolds,
  type HoldState,
  mayPass,
  type OrderState,
  openEach,
} from '../../canonical/order-state.ts'
import {
  lapsedAuthorisation,
  nextLookAt,
  stockKeptUntil,
  timeoutTask,
} from '../../policies/holds/hold-moments.ts'
import { type HoldSettings, holdsPolicy, isTimedOut, liftReason } from '../../policies/holds.ts'
import type { TenantTx } from '../../store/database.ts'
import type { EventDraft } from '../../store/events.ts'
import type { StockMove } from '../../store/orders/save-orders.ts'
import { closeNotices, type NoticeDraft, openNotices } from '../../store/outbox/notices.ts'
import { giveBackStock } from '../compensate.ts'
import type { Step } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision, OrderBatch } from '../order-batch.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

type Change = {
  readonly order: OrderState
  readonly events: readonly EventDraft[]
  readonly stock?: readonly StockMove[]
}
type Look = { readonly setting: FlowSetting; readonly settings: HoldSettings }

/** An authorisation that ran out before the goods left holds the order again. */
function watchAuthorisation(order: OrderState, { setting, settings }: Look): Change {
  const lapsed = lapsedAuthorisation(order.holds, setting.now)
  if (lapsed === undefined || !order.lines.some((line) => openEach(line) > 0))
    return { order, events: [] }
  const wish = {
    type: 'PAYMENT' as const,
    causeKey: `authorisation:${lapsed.holdId}`,
    reason: `The authorisation of the payment ran out at ${lapsed.release?.until ?? ''}.`,
    conditions: settings.PAYMENT.conditions,
  }
  return placeHolds(order, [wish], setting, 'order-flow')
}

/** Holds past their time are marked once; whose matter that is stands in the event. */
function markTimedOut(order: OrderState, { setting, settings }: Look): Change {
  const late = new Set(activeHolds(order).filter((hold) => isTimedOut(hold, setting.now)))
  if (late.size === 0) return { order, events: [] }
  return {
    order: {
      ...order,
      holds: order.holds.map((hold) =>
        late.has(hold) ? { ...hold, timedOutAt: setting.now } : hold,
      ),
    },
    events: [...late].map((hold) => ({
      kind: 'hold.timed-out',
      actor: 'order-flow',
      summary: `Hold (${hold.type}) stands past its time: ${hold.reason}`,
      body: {
        holdId: hold.holdId,
        type: hold.type,
        action: settings[hold.type].onTimeout,
        owner: settings[hold.type].owner,
      },
    })),
  }
}

/** Stock an order on credit hold has kept long enough goes back, and comes again with its credit. */
function giveBackKeptStock(order: OrderState, { setting, settings }: Look): Change {
  const isOver = (hold: HoldState) => {
    const until = stockKeptUntil(hold, settings)
    return until !== undefined && until <= setting.now
  }
  const over = new Set(activeHolds(order).filter(isOver))
  if (over.size === 0) return { order, events: [] }
  return {
    order: {
      ...order,
      holds: order.holds.map((hold) =>
        over.has(hold) ? { ...hold, blocks: [...hold.blocks, 'allocate' as const] } : hold,
      ),
      lines: order.lines.map((line) => ({ ...line, allocatedEach: 0 })),
    },
    events: [
      {
        kind: 'stock.given-back',
        actor: 'order-flow',
        summary: `No credit for ${settings.reserveStockHours} hours: the order’s stock is given back.`,
      },
    ],
    stock: giveBackStock(order.lines),
  }
}

function lookAt(order: OrderState, look: Look): Decision | undefined {
  const { setting, settings } = look
  const lifted = liftHolds(
    order,
    (hold) => liftReason(hold, setting.now),
    setting.now,
    'order-flow',
  )
  const watched = watchAuthorisation(lifted.order, look)
  const marked = markTimedOut(watched.order, look)
  const isBefore = order.stage === 'held'
  const kept: Change = isBefore ? giveBackKeptStock(marked.order, look) : { ...marked, events: [] }
  const events = [...lifted.events, ...watched.events, ...marked.events, ...kept.events]
  if (isBefore && mayPass(kept.order, 'release'))
    return { order: { ...kept.order, stage: 'ready' }, events }
  const isNew = activeHolds(kept.order).some((hold) => hold.placedAt === setting.now)
  if (events.length === 0 && !isNew) return undefined
  const next = nextLookAt(kept.order.holds, settings, setting.now)
  return {
    order: kept.order,
    events,
    ...(kept.stock === undefined ? {} : { stock: kept.stock }),
    ...(next === undefined ? {} : { wakeAt: next }),
  }
}

function notice(order: OrderState, hold: HoldState, settings: HoldSettings): NoticeDraft {
  const { onTimeout, owner } = settings[hold.type]
  return {
    kind: 'hold-timeout',
    cause: `hold:${hold.holdId}`,
    severity: hold.type === 'FRAUD' ? 'critical' : 'warning',
    subject: `Order ${order.orderNumber}: hold ${hold.type} stands past its time`,
    body: `${timeoutTask(onTimeout)} ${hold.reason} Desk: ${owner}.`,
  }
}

/** People are told of what stands past its time, and need not look any more at what was lifted since. */
async function tellPeople(tx: TenantTx, batch: OrderBatch): Promise<void> {
  const { setting } = batch
  const late = batch.all().flatMap((order) => {
    const { settings } = setting.policy(holdsPolicy, order)
    return order.holds.flatMap((hold) =>
      hold.timedOutAt === setting.now && hold.releasedAt === undefined
        ? notice(order, hold, settings)
        : [],
    )
  })
  const over = batch
    .all()
    .flatMap((order) =>
      order.holds.flatMap((hold) =>
        hold.timedOutAt !== undefined && hold.releasedAt === setting.now
          ? `hold:${hold.holdId}`
          : [],
      ),
    )
  await openNotices(tx, late)
  await closeNotices(tx, over)
}

const onItsWay: ReadonlySet<string> = new Set(['held', 'released', 'picking', 'shipped'])

/**
 * Holds whose condition has come true are lifted; what stands past its time is marked once, and people are
 * told; time alone never lifts any but a window or a requested day. An order that nothing holds any more
 * becomes ready.
 */
export const liftDueHolds: Step = {
  name: 'lift-due-holds',
  async run(tx, batch) {
    const { setting } = batch
    const held = batch
      .all()
      .filter(({ stage, holds }) => onItsWay.has(stage) && (stage === 'held' || holds.length > 0))
    for (const order of held) {
      const { settings } = setting.policy(holdsPolicy, order)
      const decision = lookAt(order, { setting, settings })
      if (decision !== undefined) batch.decide(decision)
    }
    await tellPeople(tx, batch)
  },
}
