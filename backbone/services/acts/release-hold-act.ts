import { z } from 'zod'
import { type HoldState, type OrderState, wantedEach } from '../../canonical/order-state.ts'
import type { Change } from '../../canonical/proposal.ts'
import { type HoldSettings, holdsPolicy } from '../../policies/holds.ts'
import { enteredBy } from '../../store/checks/hold-facts.ts'
import type { TenantTx } from '../../store/database.ts'
import { callsUnderWay } from '../../store/outbox/calls-under-way.ts'
import { refusedCall, releaseHold } from '../release-hold.ts'
import type { Act, ActPicture } from './act.ts'
import { evidenceOfHold, noSuchOrder, outcomeOf, reasonOf, seeOrder } from './seen-order.ts'
import { lookAtOrder, type OrderLook } from './settle-short-line.ts'

const ReleaseHold = z.object({
  orderId: z.string().min(1).max(40),
  holdId: z.string().min(1).max(40),
  /** One of the reason codes of the policy of holds; needed for holds of credit and fraud. */
  reasonCode: z.string().min(1).max(60).optional(),
})
type ReleaseHold = z.infer<typeof ReleaseHold>

/** Whether anything but this hold keeps the order from going on. */
function othersText(order: OrderState, hold: HoldState): string {
  const others = order.holds.filter(
    ({ holdId, releasedAt }) => releasedAt === undefined && holdId !== hold.holdId,
  )
  if (others.length === 0) return 'Nothing else holds the order: it goes on at once.'
  return `Still held by ${others.map(({ type }) => type).join(', ')}.`
}

function changesOf(order: OrderState, hold: HoldState, payload: ReleaseHold): Change[] {
  const { reasonCode } = payload
  return [
    { label: `Hold ${hold.type}`, before: hold.reason, after: 'lifted' },
    { label: 'Order', before: order.stage, after: othersText(order, hold) },
    ...(reasonCode === undefined ? [] : [{ label: 'Reason', before: null, after: reasonCode }]),
  ]
}

/** What the policy of holds asks that no proposal can give. */
function obstacle(hold: HoldState, payload: ReleaseHold, settings: HoldSettings) {
  const { needsEvidence, needsReasonCode } = settings[hold.type]
  const { reasonCode } = payload
  if (hold.releasedAt !== undefined) return `The hold was lifted before, by ${hold.releasedBy}.`
  if (needsEvidence)
    return `A hold of type ${hold.type} is lifted only with the document that it asks for: by the order's own page, where a person names it.`
  if (needsReasonCode && reasonCode === undefined)
    return `A hold of type ${hold.type} is lifted with a reason code: ${settings.reasonCodes.join(', ')}.`
  if (reasonCode !== undefined && !settings.reasonCodes.includes(reasonCode))
    return `There is no reason code ${reasonCode}.`
  return undefined
}

/** What lifting a hold would do now. */
export async function releasePicture(
  tx: TenantTx,
  look: OrderLook | undefined,
  payload: ReleaseHold,
): Promise<ActPicture | { gone: string }> {
  if (look === undefined) return noSuchOrder
  const { order, subject, record } = look.seen
  const hold = order.holds.find(({ holdId }) => holdId === payload.holdId)
  if (hold === undefined) return { gone: `Order ${order.orderNumber} has no such hold.` }
  const { settings } = look.book.setting.policy(holdsPolicy, order)
  const gone = obstacle(hold, payload, settings)
  if (gone !== undefined) return { gone }
  const { isFourEyes } = settings[hold.type]
  const entered = isFourEyes ? await enteredBy(tx, order.orderId) : undefined
  const units = order.lines.reduce((sum, line) => sum + wantedEach(line), 0)
  return {
    subject,
    title: `Lift the hold ${hold.type} of order ${order.orderNumber}`,
    changes: changesOf(order, hold, payload),
    evidence: [
      ...evidenceOfHold(order, hold),
      {
        weighs: 'note',
        text: `${units} units of ${order.lines.length} lines wait, held since ${hold.placedAt}.`,
        source: `order:${order.orderId}`,
      },
      ...(entered === undefined
        ? []
        : [
            {
              weighs: 'note' as const,
              text: `${entered} brought the order in and cannot lift this hold.`,
              source: 'policy:holds',
            },
          ]),
    ],
    records: [
      record,
      { record: `hold:${hold.holdId}`, version: `stands: ${hold.blocks.join(', ')}` },
    ],
    money: { amountMinor: order.totalMinor, currency: order.currency },
    orderId: order.orderId,
    ...(isFourEyes ? { leastRole: 'approver' as const } : {}),
  }
}

/** Lifts a hold of an order, as the order's own page does. */
export const releaseHoldAct: Act<ReleaseHold> = {
  kind: 'release-hold',
  payload: ReleaseHold,
  picture: async (tx, payload) =>
    releasePicture(tx, await lookAtOrder(tx, payload.orderId), payload),
  async execute(tx, { orderId, holdId, reasonCode }, execution) {
    const { actor, behind, queue } = execution
    const hold = (await seeOrder(tx, orderId))?.order.holds.find((one) => one.holdId === holdId)
    const asked = hold === undefined ? undefined : refusedCall(hold)
    const act = { orderId, holdId, actor, behind, reason: reasonOf(execution) }
    const result = await releaseHold(
      tx,
      { ...act, ...(reasonCode === undefined ? {} : { reasonCode }) },
      queue,
    )
    const underWay =
      asked === undefined
        ? []
        : await callsUnderWay(tx, orderId, ['erp.create-order', 'erp.change-order'])
    return outcomeOf(result, underWay)
  },
}
