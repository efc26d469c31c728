import { lineAmountMinor, multiplyDecimal } from '../../canonical/money.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import { orderTotalMinor } from '../../canonical/order-amounts.ts'
import type { HoldType, OrderLineState, OrderState } from '../../canonical/order-state.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import { cancelPicks, giveBackStock } from '../compensate.ts'
import type { OrderBatch } from '../order-batch.ts'
import { liftHolds } from '../place-hold.ts'
import { changeInErp } from '../steps/release-to-erp.ts'
import type { Applied, ApplyScope, Waiting } from './applied.ts'
import { cancelOrder } from './cancel-order.ts'
import { changeLines, replaceLines } from './new-version.ts'
import { headerFromDocument } from './order-from-document.ts'

const isBeforeRelease = (order: OrderState) => order.erpRevision === 0

type NewVersion = Partial<OrderState> & {
  readonly lines: OrderLineState[]
  readonly changeCount: number
}

function changeEvent(document: Waiting<unknown>, changeCount: number, summary: string) {
  return {
    kind: 'order.changed',
    actor: `connection:${document.connectionId}`,
    summary,
    body: { documentId: document.documentId, changeCount },
  }
}

/** The total of the earlier version says nothing of the new one, which may state its own. */
function withoutStatedTotal({ statedTotalMinor: _, ...order }: OrderState): OrderState {
  return order
}

// What a person held for a reason of their own is theirs to lift.
const checkedAnew: ReadonlySet<HoldType> = new Set([
  'PRICE',
  'DATA_INCOMPLETE',
  'DUPLICATE_SUSPECT',
  'SHIP_COMPLETE',
])

/** Before its release a changed order goes back to the start, and every check runs again; its cancel window runs on. */
function restart(
  document: Waiting<unknown>,
  order: OrderState,
  version: NewVersion,
  batch: OrderBatch,
): Applied {
  const checksAgain = liftHolds(
    {
      ...withoutStatedTotal(order),
      ...version,
      stage: 'received',
      lines: version.lines.map((line) => ({ ...line, allocatedEach: 0 })),
    },
    (hold) =>
      checkedAnew.has(hold.type) && !hold.causeKey.startsWith('person:')
        ? 'The buyer changed the order; it is checked again.'
        : undefined,
    batch.setting.now,
    'order-flow',
  )
  batch.decide({
    order: checksAgain.order,
    events: [
      changeEvent(
        document,
        version.changeCount,
        'The buyer changed the order; it is checked again.',
      ),
      ...checksAgain.events,
    ],
    stock: giveBackStock(order.lines),
  })
  return { status: 'applied', orderId: order.orderId }
}

/** Why a new version cannot go on without a person once the order is released. */
function objection(order: OrderState, version: NewVersion): string | undefined {
  const byNumber = new Map(order.lines.map((line) => [line.line, line]))
  for (const line of version.lines) {
    const known = byNumber.get(line.line)
    if (line.sku === undefined || known === undefined)
      return `Line ${line.line} is new: after the release it needs an order of its own.`
    if (known.settled !== undefined && line.settled === undefined)
      return `Line ${line.line} was settled otherwise than the buyer wrote it: after the release a person must agree to a change of it.`
    if (line.sentUnitPrice !== known.sentUnitPrice)
      return `Line ${line.line} has a new price: after the release a person must agree to it.`
    if (line.uom !== known.uom)
      return `Line ${line.line} has a new unit: after the release a person must agree to it.`
  }
  return undefined
}

function withNewQuantity(line: OrderLineState, currency: string): OrderLineState {
  const orderedEach = Number(multiplyDecimal(line.quantity, String(line.uomFactor)))
  const wanted = Math.max(0, orderedEach - line.cancelledEach)
  const cancelledEach = Math.min(line.cancelledEach, orderedEach)
  return {
    ...line,
    orderedEach,
    cancelledEach,
    lineAmountMinor: lineAmountMinor(line.unitPrice ?? '0', String(wanted), currency),
  }
}

/** What the order becomes by a new version after its release. */
function revisedBy(version: NewVersion, order: OrderState): OrderState {
  const lines = version.lines.map((line) => withNewQuantity(line, order.currency))
  const changed: OrderState = { ...order, ...version, lines, erpRevision: order.erpRevision + 1 }
  const revised: OrderState = { ...changed, totalMinor: orderTotalMinor(changed) }
  return { ...revised, stage: stageAfterRelease(revised) }
}

/** After the release, with nothing at a warehouse: the ERP gets the new version. */
function resend(
  document: Waiting<unknown>,
  order: OrderState,
  version: NewVersion,
  batch: OrderBatch,
): Applied {
  const revised = revisedBy(version, order)
  const takenBack = order.lines.filter((line) =>
    version.lines.some((next) => next.line === line.line && next.allocatedEach === 0),
  )
  batch.decide({
    order: revised,
    events: [
      changeEvent(
        document,
        version.changeCount,
        'The buyer changed the released order; the ERP gets the new version.',
      ),
    ],
    stock: giveBackStock(takenBack),
    sends: changeInErp(revised, batch.setting),
  })
  return { status: 'applied', orderId: order.orderId }
}

function refuse(
  document: Waiting<unknown>,
  order: OrderState,
  reason: string,
  batch: OrderBatch,
): Applied {
  batch.decide({
    order: { ...order },
    events: [
      {
        kind: 'order.change-refused',
        actor: 'order-flow',
        summary: reason,
        body: { documentId: document.documentId },
      },
    ],
  })
  return { status: 'refused', reason, orderId: order.orderId }
}

function changeReleased(
  document: Waiting<unknown>,
  order: OrderState,
  version: NewVersion,
  scope: ApplyScope,
): Applied {
  const { batch } = scope
  const wait = {
    status: 'parked' as const,
    waitsFor: `order:${order.orderNumber}`,
    orderId: order.orderId,
  }
  if (order.releasedAt === undefined)
    return { ...wait, reason: 'The ERP has yet to take the order; then the change goes there.' }
  if (order.stage !== 'released' && order.stage !== 'picking')
    return refuse(
      document,
      order,
      `The order is ${order.stage}: what has left is settled by a return or a credit.`,
      batch,
    )
  const isUnderWay = order.picks.some(({ status }) => status === 'picking' || status === 'done')
  if (isUnderWay || order.shipments.length > 0)
    return refuse(
      document,
      order,
      'The warehouse is picking or has shipped: the order cannot be changed any more.',
      batch,
    )
  // Told before the warehouse is troubled: what is refused leaves its pick alone.
  const why = objection(order, version) ?? scope.creditOfChange?.(order, revisedBy(version, order))
  if (why !== undefined) return refuse(document, order, why, batch)
  if (order.picks.some((pick) => pick.status === 'cancel-requested'))
    return { ...wait, reason: 'The warehouse is asked to give the pick back.' }
  if (order.picks.some((pick) => pick.status === 'requested')) {
    batch.decide(cancelPicks(order, 'The buyer changed the order.', batch.setting))
    return { ...wait, reason: 'The warehouse is asked to give the pick back.' }
  }
  return resend(document, order, version, batch)
}

function applyVersion(
  document: Waiting<unknown>,
  order: OrderState,
  version: NewVersion,
  scope: ApplyScope,
): Applied {
  if (order.stage === 'cancelled' || order.stage === 'rejected' || order.stage === 'closed')
    return refuse(document, order, `The order is ${order.stage} and takes no change.`, scope.batch)
  return isBeforeRelease(order)
    ? restart(document, order, version, scope.batch)
    : changeReleased(document, order, version, scope)
}

/** What of a version decides about goods and money, apart from its lines as they stand. */
function whatCounts(version: ReturnType<typeof headerFromDocument> | OrderState): string {
  const { lineHash, currency, customerKeys, isShipComplete } = version
  const { chargesMinor, allowanceMinor, taxMinor } = version
  const money = [chargesMinor, allowanceMinor, taxMinor]
  return JSON.stringify([lineHash, currency, customerKeys, isShipComplete, ...money])
}

/** Puts a whole new version in the place of an order. */
export function applyReplacement(
  document: Waiting<unknown>,
  next: Order,
  order: OrderState,
  scope: ApplyScope,
): Applied {
  const version = next.source?.version
  if (version !== undefined && order.sourceVersion !== undefined && version <= order.sourceVersion)
    return {
      status: 'superseded',
      reason: 'A later version of this order was applied before.',
      orderId: order.orderId,
    }
  const header = headerFromDocument(next)
  const lines = replaceLines(order.lines, next)
  // Shops tell of every payment and fulfilment with the whole order. Lines changed one by one since are no repetition.
  if (
    whatCounts(header) === whatCounts(order) &&
    lines.every((line) => order.lines.includes(line))
  ) {
    scope.batch.decide({
      order: { ...order, ...header },
      events: [
        changeEvent(
          document,
          order.changeCount,
          'The buyer sent the order again without a change that matters.',
        ),
      ],
    })
    return { status: 'applied', orderId: order.orderId }
  }
  return applyVersion(
    document,
    order,
    { ...header, lines, changeCount: order.changeCount + 1 },
    scope,
  )
}

/** Applies a buyer's change: whole replacement, single lines, or a cancel. Out of turn it waits. */
export function changeOrder(
  document: Waiting<OrderChange>,
  order: OrderState,
  scope: ApplyScope,
): Applied {
  const change = document.canonical
  const expected = order.changeCount + 1
  if (change.revision !== undefined && change.revision > expected)
    return {
      status: 'parked',
      waitsFor: document.streamKey,
      reason: `Waits for change ${expected} of this order.`,
      orderId: order.orderId,
    }
  if (change.revision !== undefined && change.revision < expected)
    return {
      status: 'superseded',
      reason: `Change ${change.revision} of this order was applied before.`,
      orderId: order.orderId,
    }
  if (change.purpose === 'cancel')
    return cancelOrder(
      order,
      `connection:${document.connectionId}`,
      change.reason ?? 'Cancelled by the buyer.',
      scope.batch,
    )
  if (change.replacement !== undefined)
    return applyReplacement(document, change.replacement, order, scope)
  const lines = changeLines(order.lines, change.changes)
  const applied = applyVersion(document, order, { lines, changeCount: expected }, scope)
  if (applied.status === 'refused') countRefused(order.orderId, expected, scope.batch)
  return applied
}

// A refused change has had its answer: the next one waits for it no longer.
function countRefused(orderId: string, changeCount: number, batch: OrderBatch): void {
  const order = batch.find((candidate) => candidate.orderId === orderId)
  if (order !== undefined) batch.decide({ order: { ...order, changeCount }, events: [] })
}
