import { z } from 'zod'
import { type Backordered, backorderLine } from '../../flows/apply/backorder-line.ts'
import type { TenantTx } from '../../store/database.ts'
import type { Act, ActPicture } from './act.ts'
import type { SeenOrder } from './seen-order.ts'
import {
  lookAtOrder,
  type OrderLook,
  pictureOfWay,
  takeWay,
  type WayOutOfLine,
} from './settle-short-line.ts'
import { evidenceOfWays, shortLineChanges } from './short-line-picture.ts'

const BackorderLine = z.object({
  orderId: z.string().min(1).max(40),
  line: z.string().min(1).max(40),
})
type BackorderLine = z.infer<typeof BackorderLine>

type Settled = Extract<Backordered, { status: 'settled' }>

function pictureOf({ order, subject, record }: SeenOrder, settled: Settled): ActPicture {
  const { short, completeOn } = settled
  const { state } = short
  return {
    subject,
    title: `Wait until ${completeOn} for all of line ${state.line} of order ${order.orderNumber}`,
    changes: shortLineChanges(order, settled, `all of it in one go on ${completeOn}`),
    evidence: evidenceOfWays(short),
    records: [record, { record: `supply:${state.sku}`, version: completeOn }],
    money: { amountMinor: state.lineAmountMinor, currency: order.currency },
    orderId: order.orderId,
  }
}

const wayOf = ({ line }: BackorderLine): WayOutOfLine<Pick<Settled, 'completeOn' | 'way'>> => ({
  line,
  skus: [],
  settle: backorderLine,
  picture: pictureOf,
  message: ({ completeOn }) => `Line ${line} waits until ${completeOn} and leaves in one go.`,
})

/** What waiting for a line would do now. */
export const backorderPicture = (
  tx: TenantTx,
  look: OrderLook | undefined,
  payload: BackorderLine,
) => pictureOfWay(tx, look, wayOf(payload))

/** Waits for all of a short line, to the day that known supply brings it. */
export const backorderLineAct: Act<BackorderLine> = {
  kind: 'backorder-line',
  payload: BackorderLine,
  picture: async (tx, payload) =>
    backorderPicture(tx, await lookAtOrder(tx, payload.orderId), payload),
  execute: (tx, payload, execution) => takeWay(tx, payload.orderId, wayOf(payload), execution),
}
