import type { BlockableStep, OrderState, Stage } from '../canonical/order-state.ts'
import type { FlowSetting } from '../flows/flow-setting.ts'
import { placeHolds } from '../flows/place-hold.ts'
import { nextLookAt, shipToKey } from '../policies/holds/hold-moments.ts'
import { holdsPolicy } from '../policies/holds.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import { openBatch } from './opened-order.ts'
import type { OrderActionResult, OrderActions } from './ports.ts'

type Place = Omit<Parameters<OrderActions['placeHold']>[0], 'tenantId'> & {
  /** Names the cause of one wish, so that the same wish twice holds once; each is one of its own without it. */
  readonly causeKey?: string
}

const ended: ReadonlySet<Stage> = new Set(['invoiced', 'paid', 'closed', 'cancelled', 'rejected'])

/** Why an order cannot be held like that; undefined when it can. */
export function holdObjection(
  order: OrderState,
  act: Pick<Place, 'line' | 'type' | 'until'>,
  now: string,
): string | undefined {
  if (ended.has(order.stage)) return `The order is ${order.stage}: there is nothing left to hold.`
  if (act.line !== undefined && !order.lines.some(({ line }) => line === act.line))
    return `The order has no line ${act.line}.`
  if (act.type === 'CUSTOMER_REQUEST' && act.until === undefined)
    return 'A hold the customer asked for needs the moment until which they asked for it.'
  if (act.until !== undefined && Date.parse(act.until) <= Date.parse(now))
    return 'The moment it is to hold until is past.'
  return undefined
}

// Every hold a person places is a cause of its own; one of an address ends with the address it is about.
function causeOf(order: OrderState, { type, causeKey }: Place): string {
  if (causeKey !== undefined) return causeKey
  const about = type === 'ADDRESS' ? shipToKey(order.parties) : type
  return `person:${order.holds.length + 1}:${about}`
}

/** What the hold stops of what is left of the order's way. */
function stopped(order: OrderState, blocks: readonly BlockableStep[]): string {
  if (order.releasedAt === undefined && order.erpRevision === 0) return `stops ${blocks.join(', ')}`
  const left = blocks.filter((step) => step !== 'release' && step !== 'confirm')
  const picked = order.picks.some(({ status }) => status !== 'cancelled')
    ? ' What the warehouse was asked for already is not called back.'
    : ''
  return `is released already, so it stops ${left.join(', ') || 'nothing'}.${picked}`
}

function placed(order: OrderState, act: Place, setting: FlowSetting) {
  const { settings } = setting.policy(holdsPolicy, order)
  const conditions = act.conditions ?? settings[act.type].conditions
  return placeHolds(
    order,
    [
      {
        type: act.type,
        causeKey: causeOf(order, act),
        reason: act.reason,
        conditions,
        ...(act.line === undefined ? {} : { line: act.line }),
        ...(act.until === undefined ? {} : { expiresAt: new Date(act.until).toISOString() }),
      },
    ],
    setting,
    act.actor,
  )
}

/** Holds an order, or one of its lines, because a person says so. */
export async function placeHold(
  tx: TenantTx,
  act: Place,
  queue: JobQueue,
): Promise<OrderActionResult> {
  const opened = await openBatch(tx, act.orderId)
  if (opened === undefined) return { status: 'unknown' }
  const { order, batch } = opened
  const { now } = batch.setting
  if (order.holds.some(({ causeKey }) => causeKey === act.causeKey))
    return { status: 'done', message: 'The hold was placed before.' }
  const why = holdObjection(order, act, now)
  if (why !== undefined) return { status: 'refused', message: why }
  const { settings } = batch.setting.policy(holdsPolicy, order)
  const { order: after, events } = placed(order, act, batch.setting)
  const hold = after.holds.at(-1)
  const next = nextLookAt(after.holds, settings, now)
  const isStopped = order.stage === 'ready' && order.erpRevision === 0
  batch.decide({
    order: isStopped ? { ...after, stage: 'held' } : after,
    events,
    ...(next === undefined ? {} : { wakeAt: next }),
  })
  await batch.flush(tx, queue)
  return {
    status: 'done',
    message: `The hold ${stopped(order, hold?.blocks ?? [])}`,
    ...(hold === undefined ? {} : { holdId: hold.holdId }),
  }
}
