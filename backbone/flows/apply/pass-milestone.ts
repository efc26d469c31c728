import type { Milestone } from '../../canonical/milestone.ts'
import { activeHolds, type OrderState } from '../../canonical/order-state.ts'
import type { OrderBatch } from '../order-batch.ts'
import { pickGivenBack, pickRefused } from '../pick-outcome.ts'
import type { Applied, Waiting } from './applied.ts'

type Passing = (document: Waiting<Milestone>, order: OrderState, batch: OrderBatch) => Applied

function parkedFor(order: OrderState, reason: string): Applied {
  return {
    status: 'parked',
    waitsFor: `order:${order.orderNumber}`,
    reason,
    orderId: order.orderId,
  }
}

const event = (document: Waiting<Milestone>, kind: string, summary: string) => ({
  kind,
  actor: `connection:${document.connectionId}`,
  summary,
  body: { documentId: document.documentId, detail: document.canonical.detail },
})

const meetCondition: Passing = (document, order, batch) => {
  if (order.stage === 'received' || order.stage === 'validated')
    return parkedFor(order, 'The order is not checked yet, so nothing waits for the condition.')
  const { condition = '', happenedAt } = document.canonical
  const waiting = activeHolds(order).filter((hold) => condition in hold.conditions)
  const holds = order.holds.map((hold) =>
    waiting.includes(hold)
      ? { ...hold, conditions: { ...hold.conditions, [condition]: happenedAt } }
      : hold,
  )
  batch.decide({
    order: { ...order, holds },
    events: [event(document, 'condition.met', `Condition met: ${condition}.`)],
  })
  return { status: 'applied', orderId: order.orderId }
}

/** The picks a warehouse speaks of: those it names, or every one of the order when it names none. */
function picksMeant({ canonical }: Waiting<Milestone>, order: OrderState): OrderState['picks'] {
  const named = canonical.references.flatMap(({ qualifier, value }) =>
    qualifier === 'pick' ? [value] : [],
  )
  return named.length === 0
    ? order.picks
    : order.picks.filter((pick) => named.includes(pick.pickNumber))
}

const startPicking: Passing = (document, order, batch) => {
  const meant = picksMeant(document, order)
  const isAsked = meant.some(
    (pick) => pick.status === 'requested' || pick.status === 'cancel-requested',
  )
  if (order.picks.length === 0) return parkedFor(order, 'No pick has been requested yet.')
  if (!isAsked)
    return {
      status: 'ignored',
      reason: 'Every pick of the order has gone further already.',
      orderId: order.orderId,
    }
  const picks = order.picks.map((pick) =>
    pick.status === 'requested' && meant.includes(pick)
      ? { ...pick, status: 'picking' as const }
      : pick,
  )
  batch.decide({
    order: { ...order, picks },
    events: [event(document, 'pick.started', 'The warehouse has begun to pick.')],
  })
  return { status: 'applied', orderId: order.orderId }
}

const deliver: Passing = (document, order, batch) => {
  if (order.shipments.length === 0) return parkedFor(order, 'Nothing has been shipped yet.')
  const { happenedAt } = document.canonical
  const shipments = order.shipments.map((shipment) =>
    shipment.deliveredAt === undefined ? { ...shipment, deliveredAt: happenedAt } : shipment,
  )
  batch.decide({
    order: { ...order, shipments },
    events: [event(document, 'order.delivered', 'The carrier has delivered.')],
  })
  return { status: 'applied', orderId: order.orderId }
}

const noteDelay: Passing = (document, order, batch) => {
  const detail = document.canonical.detail ?? 'no reason given'
  batch.decide({
    order: { ...order },
    events: [event(document, 'order.delayed', `The carrier reports a delay: ${detail}.`)],
  })
  return { status: 'applied', orderId: order.orderId }
}

const askedBack = (document: Waiting<Milestone>, order: OrderState) =>
  picksMeant(document, order).filter((pick) => pick.status === 'cancel-requested')

const giveBack: Passing = (document, order, batch) => {
  for (const pick of askedBack(document, order)) {
    const current = batch.find((candidate) => candidate.orderId === order.orderId) ?? order
    pickGivenBack(current, pick.pickNumber, batch)
  }
  return {
    status: 'applied',
    orderId: order.orderId,
    reason: `Reported by ${document.connectionId}.`,
  }
}

const refuseToGiveBack: Passing = (document, order, batch) => {
  for (const pick of askedBack(document, order)) {
    const current = batch.find((candidate) => candidate.orderId === order.orderId) ?? order
    pickRefused(
      current,
      pick.pickNumber,
      document.canonical.detail ?? 'The warehouse is picking already.',
      batch,
    )
  }
  return { status: 'applied', orderId: order.orderId }
}

const passings: Readonly<Record<Milestone['kind'], Passing>> = {
  'condition-met': meetCondition,
  'picking-started': startPicking,
  'pick-cancelled': giveBack,
  'pick-cancel-refused': refuseToGiveBack,
  delivered: deliver,
  delayed: noteDelay,
}

/** Something that happened outside moves the order on, or waits until the order is there for it. */
export const passMilestone: Passing = (document, order, batch) =>
  passings[document.canonical.kind](document, order, batch)
