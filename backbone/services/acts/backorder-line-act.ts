import { type Backordered, backorderLine } from '../../flows/apply/backorder-line.ts'
import type { ActPicture } from './act.ts'
import type { SeenOrder } from './seen-order.ts'
import { actOfWay, LineOfOrder, type WayOutOfLine } from './settle-short-line.ts'
import { evidenceOfWays, shortLineChanges } from './short-line-picture.ts'

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

const wayOf = ({ line }: LineOfOrder): WayOutOfLine<Pick<Settled, 'completeOn' | 'way'>> => ({
  line,
  skus: [],
  settle: backorderLine,
  picture: pictureOf,
  message: ({ completeOn }) => `Line ${line} waits until ${completeOn} and leaves in one go.`,
})

/** Waits for all of a short line, to the day that known supply brings it. */
export const { act: backorderLineAct, picture: backorderPicture } = actOfWay({
  kind: 'backorder-line',
  payload: LineOfOrder,
  wayOf,
})
