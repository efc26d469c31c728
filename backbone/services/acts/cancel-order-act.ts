import { z } from 'zod'
import type { OrderState, Stage } from '../../canonical/order-state.ts'
import { callsUnderWay } from '../../store/outbox/calls-under-way.ts'
import { cancelByPerson } from '../cancel-by-person.ts'
import type { Act, ActPicture } from './act.ts'
import { noSuchOrder, outcomeOf, reasonOf, type SeenOrder, seeOrder } from './seen-order.ts'

const CancelOrder = z.object({ orderId: z.string().min(1).max(40) })
type CancelOrder = z.infer<typeof CancelOrder>

const past: ReadonlySet<Stage> = new Set(['shipped', 'invoiced', 'paid', 'closed'])

/** Why an order cannot be cancelled any more; undefined while it can. */
function cancelObstacle({ stage, picks, orderNumber }: OrderState): string | undefined {
  if (stage === 'cancelled' || stage === 'rejected') return `Order ${orderNumber} is ${stage}.`
  if (past.has(stage))
    return `Order ${orderNumber} is ${stage}: what arrives must come back as a return.`
  if (picks.some(({ status }) => status === 'picking'))
    return `The warehouse is picking order ${orderNumber}: what arrives must come back as a return.`
  return undefined
}

const withOthers = ['erp.cancel-order', 'erp.change-order', 'wms.cancel-pick']

/** What cancelling an order would do now. */
export function cancelPicture(seen: SeenOrder | undefined): ActPicture | { readonly gone: string } {
  if (seen === undefined) return noSuchOrder
  const { order, subject, record } = seen
  const gone = cancelObstacle(order)
  if (gone !== undefined) return { gone }
  const after =
    order.erpRevision === 0
      ? 'cancelled; its stock is given back'
      : 'the warehouse and the ERP are asked to give it back; then it is cancelled'
  return {
    subject,
    title: `Cancel order ${order.orderNumber}`,
    changes: [{ label: 'Order', before: order.stage, after }],
    evidence: order.findings.slice(0, 20).map(({ kind, message }) => ({
      weighs: 'note' as const,
      text: `${kind}: ${message}`.slice(0, 500),
      source: `order:${order.orderId}`,
    })),
    records: [record],
    money: { amountMinor: order.totalMinor, currency: order.currency },
    orderId: order.orderId,
  }
}

/** Cancels an order as far as it still can be. */
export const cancelOrderAct: Act<CancelOrder> = {
  kind: 'cancel-order',
  payload: CancelOrder,
  picture: async (tx, { orderId }) => cancelPicture(await seeOrder(tx, orderId)),
  async execute(tx, { orderId }, execution) {
    const { actor, queue } = execution
    const result = await cancelByPerson(tx, { orderId, actor, reason: reasonOf(execution) }, queue)
    return outcomeOf(result, await callsUnderWay(tx, orderId, withOthers))
  },
}
