import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import { moneyText } from '../../canonical/money.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { openLineBook } from '../../flows/apply/line-book.ts'
import { type Repriced, repriceLine } from '../../flows/apply/reprice-line.ts'
import type { LineVerdict } from '../../policies/pricing/price-judgement.ts'
import { openBatch } from '../opened-order.ts'
import type { Act, ActPicture } from './act.ts'
import { goOnWith, orderChanges } from './change-line.ts'
import { noSuchOrder, reasonOf, type SeenOrder, versionOf } from './seen-order.ts'
import { lookAtOrder, nobodyYet, type OrderLook } from './settle-short-line.ts'

const RepriceLine = z.object({
  orderId: z.string().min(1).max(40),
  line: z.string().min(1).max(40),
  /** Whose price is billed: the one we expect, or the one the buyer wrote. */
  to: z.enum(['ours', 'buyers']),
})
type RepriceLine = z.infer<typeof RepriceLine>

type Settled = Extract<Repriced, { status: 'settled' }>

const floorOf = ({ also }: LineVerdict) => also.find(({ kind }) => kind === 'MARGIN_FLOOR')

/** Whether the verdict on the settled price is that it is below the floor. */
const isBelowFloor = (after: LineVerdict) =>
  after.kind === 'MARGIN_FLOOR' || floorOf(after) !== undefined

function floorEvidence(after: LineVerdict): Evidence[] {
  if (!isBelowFloor(after)) return []
  const floor = after.kind === 'MARGIN_FLOOR' ? after : floorOf(after)
  return [
    ...(floor?.evidence.slice(0, 1) ?? []),
    {
      weighs: 'against',
      text: 'It is below the margin floor: only an approver may decide it, and the order stays held for its margin until that is let pass too.',
      source: 'policy:pricing',
    },
  ]
}

const text = (amountMinor: number, order: OrderState) => moneyText(amountMinor, order.currency)

function changesOf(order: OrderState, { decision, before, after }: Settled) {
  const { line } = before
  const was = order.lines.find((candidate) => candidate.line === line)
  const from = was?.unitPrice ?? 'none'
  const amount =
    was !== undefined && was.lineAmountMinor !== after.lineAmountMinor
      ? [
          {
            label: `Amount of line ${line}`,
            before: text(was.lineAmountMinor, order),
            after: text(after.lineAmountMinor, order),
          },
        ]
      : []
  return [
    {
      label: `Price of line ${line}`,
      before: `${from}, in question`,
      after: `${after.unitPrice}, settled`,
    },
    ...amount,
    ...orderChanges(order, decision.order),
  ]
}

function pictureOf(
  { order, subject, record }: SeenOrder,
  { line, to }: RepriceLine,
  settled: Settled,
): ActPicture {
  const { before, after } = settled
  const whose = to === 'ours' ? 'our price' : 'the buyer’s price'
  const { expected, sentUnitPrice, deltaMinor } = before
  const facts = [expected?.unitPrice, sentUnitPrice, deltaMinor, before.kind, before.policyVersion]
  return {
    subject,
    title: `Bill line ${line} of order ${order.orderNumber} at ${whose} ${after.unitPrice}`,
    changes: changesOf(order, settled),
    evidence: [
      { weighs: 'note', text: before.message.slice(0, 500), source: `order:${order.orderId}` },
      ...before.evidence.slice(0, 20),
      ...floorEvidence(after),
    ],
    records: [record, { record: `price:${order.orderId}:${line}`, version: versionOf(...facts) }],
    money: { amountMinor: Math.abs(deltaMinor), currency: order.currency },
    orderId: order.orderId,
    ...(before.kind === 'WITHIN_TOLERANCE' && !isBelowFloor(after) ? { isExact: true } : {}),
    ...(isBelowFloor(after) ? { leastRole: 'approver' as const } : {}),
  }
}

/** What settling the price of a line would do now. */
export async function repricePicture(
  look: OrderLook | undefined,
  payload: RepriceLine,
): ReturnType<Act<RepriceLine>['picture']> {
  if (look === undefined) return noSuchOrder
  const { line, to } = payload
  const repriced = await repriceLine(look.book, { line, to, ...nobodyYet })
  return repriced.status === 'refused'
    ? { gone: repriced.reason }
    : pictureOf(look.seen, payload, repriced)
}

/** Settles the price that holds a line: ours is billed and the buyer told, or the buyer's is accepted. */
export const repriceLineAct: Act<RepriceLine> = {
  kind: 'reprice-line',
  payload: RepriceLine,
  picture: async (tx, payload) => repricePicture(await lookAtOrder(tx, payload.orderId), payload),
  async execute(tx, { orderId, line, to }, execution) {
    const opened = await openBatch(tx, orderId)
    if (opened === undefined) return { status: 'refused', message: noSuchOrder.gone }
    const { order, batch } = opened
    const wish = { line, to, by: execution.actor, reason: reasonOf(execution) }
    const repriced = await repriceLine(openLineBook(tx, order, batch.setting), wish)
    if (repriced.status === 'refused') return { status: 'refused', message: repriced.reason }
    const { queue } = execution
    const after = await goOnWith(tx, { order, batch, queue }, repriced.decision)
    return {
      status: 'done',
      message: `Line ${line} is billed at ${repriced.after.unitPrice}; order ${after.orderNumber} is ${after.stage}.`,
    }
  },
}
