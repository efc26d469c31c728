import type { OrderState } from '../../canonical/order-state.ts'
import { type LineSettled, type LineWish, lockShelves } from '../../flows/apply/short-line.ts'
import { type FlowSetting, openFlowSetting } from '../../flows/flow-setting.ts'
import type { TenantTx } from '../../store/database.ts'
import { openBatch } from '../opened-order.ts'
import type { ActExecution, ActOutcome, ActPicture } from './act.ts'
import { goOnWith } from './change-line.ts'
import { noSuchOrder, reasonOf, type SeenOrder, seeOrder } from './seen-order.ts'

/** A way out of a short line: how it is worked out, and how it is shown. */
export type WayOutOfLine<Facts> = {
  /** The line it is about. */
  readonly line: string
  /** Products beside the order's own whose shelves it touches. */
  readonly skus: readonly string[]
  settle(
    tx: TenantTx,
    order: OrderState,
    wish: LineWish,
    setting: FlowSetting,
  ): Promise<LineSettled<Facts>>
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

/** What a way out of a short line would do now. */
export async function pictureOfWay<Facts>(
  tx: TenantTx,
  orderId: string,
  way: WayOutOfLine<Facts>,
): Promise<ActPicture | { readonly gone: string }> {
  const seen = await seeOrder(tx, orderId)
  if (seen === undefined) return noSuchOrder
  const wish = { line: way.line, by: 'nobody yet', reason: '' }
  const settled = await way.settle(tx, seen.order, wish, await openFlowSetting(tx))
  return settled.status === 'refused' ? { gone: settled.reason } : way.picture(seen, settled)
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
export async function takeWay<Facts>(
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
  const settled = await way.settle(tx, order, wish, batch.setting)
  if (settled.status === 'refused') return { status: 'refused', message: settled.reason }
  const changed = await changedSince(tx, { orderId, way }, { settled, execution })
  if (changed !== undefined) return { status: 'refused', message: changed }
  await way.record?.(tx, order, settled, by)
  const after = await goOnWith(tx, { order, batch, queue }, settled.decision)
  const message = `${way.message(settled)} Order ${after.orderNumber} is ${after.stage}.`
  return { status: 'done', message }
}
