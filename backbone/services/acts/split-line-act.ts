import { partText, type Split, splitLine } from '../../flows/apply/split-line.ts'
import type { ActPicture } from './act.ts'
import { type SeenOrder, versionOf } from './seen-order.ts'
import { actOfWay, LineOfOrder, type WayOutOfLine } from './settle-short-line.ts'
import { evidenceOfWays, shortLineChanges } from './short-line-picture.ts'

type Settled = Extract<Split, { status: 'settled' }>

function pictureOf({ order, subject, record }: SeenOrder, settled: Settled): ActPicture {
  const { short, parts } = settled
  const { state } = short
  return {
    subject,
    title: `Deliver line ${state.line} of order ${order.orderNumber} in ${parts.length} parts`,
    changes: shortLineChanges(
      order,
      settled,
      `${parts.map(partText).join(', ')}: lines of their own`,
    ),
    evidence: evidenceOfWays(short),
    records: [
      record,
      { record: `supply:${state.sku}`, version: versionOf(...parts.map(partText)) },
    ],
    money: { amountMinor: state.lineAmountMinor, currency: order.currency },
    orderId: order.orderId,
  }
}

const wayOf = ({ line }: LineOfOrder): WayOutOfLine<Pick<Settled, 'parts' | 'way'>> => ({
  line,
  skus: [],
  settle: splitLine,
  picture: pictureOf,
  message: ({ parts }) => `Line ${line} is delivered in parts: ${parts.map(partText).join(', ')}.`,
})

/** Delivers a short line in parts: from several warehouses, or what is there now and the rest when it comes. */
export const { act: splitLineAct, picture: splitPicture } = actOfWay({
  kind: 'split-line',
  payload: LineOfOrder,
  wayOf,
})
