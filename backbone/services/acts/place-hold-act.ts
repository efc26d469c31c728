import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import { holdObjection, placeHold } from '../place-hold.ts'
import { personsHoldTypes } from '../ports.ts'
import type { Act, ActPicture } from './act.ts'
import { noSuchOrder, outcomeOf, reasonOf } from './seen-order.ts'
import { lookAtOrder, type OrderLook } from './settle-short-line.ts'

const PlaceHold = z.object({
  orderId: z.string().min(1).max(40),
  type: z.enum(personsHoldTypes),
  /** Only this line; the whole order when absent. */
  line: z.string().min(1).max(40).optional(),
  /** The day a customer asked for, as a moment. */
  until: IsoMoment.optional(),
})
type PlaceHold = z.infer<typeof PlaceHold>

/** What is held, without what was left out. */
function wishOf({ type, line, until }: PlaceHold) {
  return {
    type,
    ...(line === undefined ? {} : { line }),
    ...(until === undefined ? {} : { until }),
  }
}

/** What holding an order would do now. */
export function placePicture(
  look: OrderLook | undefined,
  payload: PlaceHold,
): ActPicture | { readonly gone: string } {
  if (look === undefined) return noSuchOrder
  const { order, subject, record } = look.seen
  const { setting } = look.book
  const gone = holdObjection(order, wishOf(payload), setting.now)
  if (gone !== undefined) return { gone }
  const { blocks } = setting.policy(holdsPolicy, order).settings[payload.type]
  const what =
    payload.line === undefined ? `order ${order.orderNumber}` : `line ${payload.line} of it`
  return {
    subject,
    title: `Hold ${what} (${payload.type})`,
    changes: [
      { label: `Hold ${payload.type}`, before: null, after: `stops ${blocks.join(', ')}` },
      ...(payload.until === undefined
        ? []
        : [{ label: 'Until', before: null, after: payload.until }]),
    ],
    evidence: order.findings.slice(0, 20).map(({ kind, message }) => ({
      weighs: 'for' as const,
      text: `${kind}: ${message}`.slice(0, 500),
      source: `order:${order.orderId}`,
    })),
    records: [record],
    money: { amountMinor: order.totalMinor, currency: order.currency },
    orderId: order.orderId,
  }
}

/** Holds an order or one of its lines until a person lifts it. */
export const placeHoldAct: Act<PlaceHold> = {
  kind: 'place-hold',
  payload: PlaceHold,
  picture: async (tx, payload) => placePicture(await lookAtOrder(tx, payload.orderId), payload),
  async execute(tx, payload, execution) {
    const { actor, effectKey, queue } = execution
    const act = {
      ...wishOf(payload),
      orderId: payload.orderId,
      actor,
      reason: reasonOf(execution),
      causeKey: `person:${effectKey}:${payload.type}`,
    }
    return outcomeOf(await placeHold(tx, act, queue))
  },
}
