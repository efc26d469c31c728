import { z } from 'zod'
import { partText, type Split, splitLine } from '../../flows/apply/split-line.ts'
import type { TenantTx } from '../../store/database.ts'
import type { Act, ActPicture } from './act.ts'
import { type SeenOrder, versionOf } from './seen-order.ts'
import {
  lookAtOrder,
  type OrderLook,
  pictureOfWay,
  takeWay,
  type WayOutOfLine,
} from './settle-short-line.ts'
import { evidenceOfWays, shortLineChanges } from './short-line-picture.ts'

const SplitLine = z.object({
  orderId: z.string().min(1).max(40),
  line: z.string().min(1).max(40),
})
type SplitLine = z.infer<typeof SplitLine>

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

const wayOf = ({ line }: SplitLine): WayOutOfLine<Pick<Settled, 'parts' | 'way'>> => ({
  line,
  skus: [],
  settle: splitLine,
  picture: pictureOf,
  message: ({ parts }) => `Line ${line} is delivered in parts: ${parts.map(partText).join(', ')}.`,
})

/** What delivering a line in parts would do now. */
export const splitPicture = (tx: TenantTx, look: OrderLook | undefined, payload: SplitLine) =>
  pictureOfWay(tx, look, wayOf(payload))

/** Delivers a short line in parts: from several warehouses, or what is there now and the rest when it comes. */
export const splitLineAct: Act<SplitLine> = {
  kind: 'split-line',
  payload: SplitLine,
  picture: async (tx, payload) => splitPicture(tx, await lookAtOrder(tx, payload.orderId), payload),
  execute: (tx, payload, execution) => takeWay(tx, payload.orderId, wayOf(payload), execution),
}
