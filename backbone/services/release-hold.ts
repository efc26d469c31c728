import type { HoldRelease, HoldState, OrderState } from '../canonical/order-state.ts'
import { giveBackStock } from '../flows/compensate.ts'
import { creditPolicyOf, openCreditBook } from '../flows/credit-book.ts'
import type { FlowSetting } from '../flows/flow-setting.ts'
import type { OrderBatch } from '../flows/order-batch.ts'
import { advance } from '../flows/order-to-cash.ts'
import { liftHolds } from '../flows/place-hold.ts'
import { releaseReach } from '../policies/credit/clearance.ts'
import { type HoldSettings, holdsPolicy } from '../policies/holds.ts'
import { replayObstacle } from '../policies/retry.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { enteredBy } from '../store/checks/hold-facts.ts'
import type { TenantTx } from '../store/database.ts'
import { lockLanes } from '../store/outbox/lanes.ts'
import { connectionsOfEnded, lockCalls, replayCalls } from '../store/outbox/replay-calls.ts'
import { openBatch, stateIn } from './opened-order.ts'
import type { OrderActionResult, OrderActions } from './ports.ts'

type Release = Omit<Parameters<OrderActions['releaseHold']>[0], 'tenantId'> & {
  /** Whoever stands behind the act besides its actor: asked for it, approved it. */
  readonly behind?: readonly string[]
}

/** What is missing cannot be let pass: the order goes back to the start and every check runs again. */
function checkAgain(order: OrderState, act: Release, batch: OrderBatch): void {
  batch.decide({
    order: {
      ...order,
      stage: 'received',
      lines: order.lines.map((line) => ({ ...line, allocatedEach: 0 })),
    },
    events: [
      {
        kind: 'order.check-requested',
        actor: act.actor,
        summary: `The order is checked again: ${act.reason}`,
        body: { holdId: act.holdId },
      },
    ],
    stock: giveBackStock(order.lines),
  })
}

function lift(order: OrderState, act: Release, release: HoldRelease, batch: OrderBatch): void {
  const isSaid = Object.keys(release).length > 0
  const lifted = liftHolds(
    order,
    (hold) => (hold.holdId === act.holdId ? act.reason : undefined),
    batch.setting.now,
    act.actor,
    isSaid ? release : undefined,
  )
  const isWatched = act.validUntil !== undefined
  batch.decide({ ...lifted, ...(isWatched ? { wakeAt: act.validUntil } : {}) })
}

/** What a person must say before a hold of this type is lifted, or why it is not theirs to lift. */
async function objection(
  tx: TenantTx,
  { order, hold, act }: { order: OrderState; hold: HoldState; act: Release },
  { settings }: { settings: HoldSettings },
): Promise<string | undefined> {
  const { needsReasonCode, needsEvidence, isFourEyes } = settings[hold.type]
  const { reasonCode, evidence, actor, behind = [], validUntil } = act
  const codes = settings.reasonCodes.join(', ')
  if (reasonCode === undefined && needsReasonCode)
    return `A hold of type ${hold.type} is lifted with a reason code: ${codes}.`
  if (reasonCode !== undefined && !settings.reasonCodes.includes(reasonCode))
    return `There is no reason code ${reasonCode}; there are ${codes}.`
  if (evidence === undefined && needsEvidence)
    return `A hold of type ${hold.type} is lifted only with the document that it asks for, named as evidence.`
  if (validUntil !== undefined && hold.type !== 'PAYMENT')
    return 'Only the authorisation of a payment runs out.'
  if (isFourEyes && [actor, ...behind].includes((await enteredBy(tx, order.orderId)) ?? ''))
    return `Whoever entered the order cannot lift its hold of type ${hold.type}: somebody else must.`
  return undefined
}

/** What the decision says and how far it reaches: of credit for a tenth more and some days. */
async function decided(
  tx: TenantTx,
  { order, hold, act }: { order: OrderState; hold: HoldState; act: Release },
  setting: FlowSetting,
): Promise<HoldRelease> {
  const { reasonCode, evidence, validUntil } = act
  const said = {
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(validUntil === undefined ? {} : { until: new Date(validUntil).toISOString() }),
  }
  if (hold.type !== 'CREDIT') return said
  const book = await openCreditBook(tx, { judged: [order], others: [] }, setting)
  const { settings } = creditPolicyOf(order, setting)
  const reach = { settings, now: setting.now }
  return { ...said, ...releaseReach(order.totalMinor, book.accountsOf(order), reach) }
}

/** The call whose refusal by the ERP placed a hold: its cause names it, `erp:<transaction>:<code>`. */
export function refusedCall(hold: HoldState): string | undefined {
  const [system, transactionId] = hold.causeKey.split(':')
  return hold.type === 'MANUAL' && system === 'erp' ? transactionId : undefined
}

/**
 * Sends the call that was refused or dropped once more, with its first key: lifting the hold alone would leave the
 * order waiting.
 */
async function askErpAgain(
  tx: TenantTx,
  { transactionId, order, actor }: { transactionId: string; order: OrderState; actor: string },
  { queue, batch }: { queue: JobQueue; batch: OrderBatch },
): Promise<boolean> {
  const calls = await lockCalls(tx, [transactionId], ['failed', 'dropped'])
  const again = calls.filter((call) => replayObstacle(call) === undefined)
  const ids = again.map((call) => call.transactionId)
  if (ids.length === 0) return false
  await replayCalls(tx, ids, batch.setting.now)
  await queue.enqueue(tx, 'deliver-transaction', ids)
  const events = again.map(({ operation, naturalKey, idempotencyKey }) => ({
    kind: 'transaction.replayed',
    actor,
    summary: `${operation} for ${naturalKey} is sent again with its first key.`,
    body: { transactionId, operation, naturalKey, replayOf: idempotencyKey },
  }))
  batch.decide({ order: { ...stateIn(batch, order) }, events })
  return true
}

function heldResult(after: OrderState, hold: HoldState, isAskedAgain: boolean): OrderActionResult {
  const now = after.holds.find((candidate) => candidate.holdId === hold.holdId)
  if (now?.releasedAt === undefined)
    return { status: 'refused', message: `Still missing, so the hold stands: ${hold.reason}` }
  if (isAskedAgain)
    return { status: 'requested', message: 'The hold is lifted; the ERP is asked once more.' }
  const others = after.holds.filter((candidate) => candidate.releasedAt === undefined)
  const rest =
    others.length === 0 ? '' : ` ${others.length} more ${others.length === 1 ? 'stands' : 'stand'}.`
  return {
    status: 'done',
    message: `The hold is lifted; order ${after.orderNumber} is ${after.stage}.${rest}`,
  }
}

/** Lifts a hold as a person decided; the order goes on where nothing else holds it. */
export async function releaseHold(
  tx: TenantTx,
  act: Release,
  queue: JobQueue,
): Promise<OrderActionResult> {
  // Lanes before orders before calls, like everybody who takes several of them.
  await lockLanes(tx, await connectionsOfEnded(tx, act.orderId))
  const opened = await openBatch(tx, act.orderId)
  const hold = opened?.order.holds.find((candidate) => candidate.holdId === act.holdId)
  if (opened === undefined || hold === undefined) return { status: 'unknown' }
  const { order, batch } = opened
  if (hold.releasedAt !== undefined)
    return { status: 'refused', message: `The hold was lifted before, by ${hold.releasedBy}.` }
  const settings = batch.setting.policy(holdsPolicy, order)
  const why = await objection(tx, { order, hold, act }, settings)
  if (why !== undefined) return { status: 'refused', message: why }
  if (hold.type === 'DATA_INCOMPLETE') checkAgain(order, act, batch)
  else lift(order, act, await decided(tx, { order, hold, act }, batch.setting), batch)
  const transactionId = refusedCall(hold)
  const isAskedAgain =
    transactionId !== undefined &&
    (await askErpAgain(tx, { transactionId, order, actor: act.actor }, { queue, batch }))
  await advance(tx, batch)
  await batch.flush(tx, queue)
  return heldResult(stateIn(batch, order), hold, isAskedAgain)
}
