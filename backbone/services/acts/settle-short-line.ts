import { z } from 'zod'
import type { OrderState } from '../../canonical/order-state.ts'
import type { ActKind } from '../../canonical/proposal.ts'
import { type LineBook, openLineBook } from '../../flows/apply/line-book.ts'
import type { LineWish } from '../../flows/apply/settle-line.ts'
import { type LineSettled, lockShelves } from '../../flows/apply/short-line.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import type { TenantTx } from '../../store/database.ts'
import { openBatch } from '../opened-order.ts'
import type { Act, ActExecution, ActOutcome, ActPicture } from './act.ts'
import { goOnWith } from './change-line.ts'
import { noSuchOrder, reasonOf, type SeenOrder, seeOrder, seeOrders } from './seen-order.ts'

/** A way out of a short line: how it is worked out, and how it is shown. */
export type WayOutOfLine<Facts> = {
  /** The line it is about. */
  readonly line: string
  /** Products beside the order's own whose shelves it touches. */
  readonly skus: readonly string[]
  settle(tx: TenantTx, book: LineBook, wish: LineWish): Promise<LineSettled<Facts>>
  picture(seen: SeenOrder, settled: Extract<LineSettled<Facts>, { status: 'settled' }>): ActPicture
  /** What came of it, in a sentence. */
  message(settled: Extract<LineSettled<Facts>, { status: 'settled' }>): string
  /** Puts on record what was offered and taken. */
  record?(
    tx: TenantTx,
    order: OrderState,
    settled: Extract<LineSettled<Facts>, { status: 'settled' }>,
    by: string,
  ): Promise<void>
}

/** An order with the book of its lines, opened once for all that is asked of them. */
export type OrderLook = { readonly seen: SeenOrder; readonly book: LineBook }

/** Looks at orders and opens the books of their lines. */
export async function lookAtOrders(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<OrderLook[]> {
  // Asked for together: they travel in one go.
  const [found, setting] = await Promise.all([seeOrders(tx, orderIds), openFlowSetting(tx)])
  return found.map((seen) => ({ seen, book: openLineBook(tx, seen.order, setting) }))
}

/** Looks at an order and opens the book of its lines. */
export async function lookAtOrder(tx: TenantTx, orderId: string): Promise<OrderLook | undefined> {
  return (await lookAtOrders(tx, [orderId])).at(0)
}

/** Nobody has decided yet: what it would come to is worked out all the same. */
export const nobodyYet = { by: 'nobody yet', reason: '' }

/** What a way out of a short line would do now. */
async function pictureOfWay<Facts>(
  tx: TenantTx,
  look: OrderLook | undefined,
  way: WayOutOfLine<Facts>,
): Promise<ActPicture | { readonly gone: string }> {
  if (look === undefined) return noSuchOrder
  const settled = await way.settle(tx, look.book, { line: way.line, ...nobodyYet })
  return settled.status === 'refused' ? { gone: settled.reason } : way.picture(look.seen, settled)
}

/** Under the locks the way out must be the one that was decided, not merely one like it. */
async function changedSince<Facts>(
  tx: TenantTx,
  { orderId, way }: { orderId: string; way: WayOutOfLine<Facts> },
  {
    settled,
    execution,
  }: {
    settled: Extract<LineSettled<Facts>, { status: 'settled' }>
    execution: ActExecution
  },
): Promise<string | undefined> {
  const { records } = execution
  const seen = records === undefined ? undefined : await seeOrder(tx, orderId)
  if (seen === undefined || records === undefined) return undefined
  const was = new Map(records.map(({ record, version }) => [record, version]))
  const other = way
    .picture(seen, settled)
    .records.find((now) => was.get(now.record) !== now.version)
  return other === undefined
    ? undefined
    : `What it rests on has changed at the last moment: ${other.record}.`
}

/**
 * Takes a way out of a short line. The shelves are locked before it is worked out once more: what it takes is there,
 * or it is refused; two who want the last unit never both get it.
 */
async function takeWay<Facts>(
  tx: TenantTx,
  orderId: string,
  way: WayOutOfLine<Facts>,
  execution: ActExecution,
): Promise<ActOutcome> {
  const opened = await openBatch(tx, orderId)
  if (opened === undefined) return { status: 'refused', message: noSuchOrder.gone }
  const { order, batch } = opened
  const { actor: by, queue } = execution
  await lockShelves(tx, order, way.skus)
  const wish = { line: way.line, by, reason: reasonOf(execution) }
  const settled = await way.settle(tx, openLineBook(tx, order, batch.setting), wish)
  if (settled.status === 'refused') return { status: 'refused', message: settled.reason }
  const changed = await changedSince(tx, { orderId, way }, { settled, execution })
  if (changed !== undefined) return { status: 'refused', message: changed }
  await way.record?.(tx, order, settled, by)
  const after = await goOnWith(tx, { order, batch, queue }, settled.decision)
  const message = `${way.message(settled)} Order ${after.orderNumber} is ${after.stage}.`
  return { status: 'done', message }
}

/** The payload of an act about one line of an order. */
export const LineOfOrder = z.object({
  orderId: z.string().min(1).max(40),
  line: z.string().min(1).max(40),
})
export type LineOfOrder = z.infer<typeof LineOfOrder>

/** The act that takes a way out of a short line, and its picture for whoever has looked at the order already. */
export function actOfWay<Payload extends LineOfOrder, Facts>({
  kind,
  payload: schema,
  wayOf,
}: {
  readonly kind: ActKind
  readonly payload: z.ZodType<Payload>
  readonly wayOf: (payload: Payload) => WayOutOfLine<Facts>
}) {
  const picture = (tx: TenantTx, look: OrderLook | undefined, payload: Payload) =>
    pictureOfWay(tx, look, wayOf(payload))
  const act: Act<Payload> = {
    kind,
    payload: schema,
    picture: async (tx, payload) => picture(tx, await lookAtOrder(tx, payload.orderId), payload),
    execute: (tx, payload, execution) => takeWay(tx, payload.orderId, wayOf(payload), execution),
  }
  return { act, picture }
}
