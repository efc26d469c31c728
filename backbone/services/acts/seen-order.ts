import { createHash } from 'node:crypto'
import type { Evidence } from '../../canonical/decision.ts'
import {
  activeHolds,
  type CheckFinding,
  type HoldState,
  type OrderState,
} from '../../canonical/order-state.ts'
import type { RecordVersion, Subject } from '../../canonical/proposal.ts'
import type { TenantTx } from '../../store/database.ts'
import { readOrders } from '../../store/orders/load-orders.ts'
import type { OrderActionResult } from '../ports.ts'
import type { ActExecution, ActOutcome } from './act.ts'

/** An order as an act looks at it: with the name people know it by, and how it stands. */
export type SeenOrder = {
  readonly order: OrderState
  readonly subject: Subject
  readonly record: RecordVersion
}

/** Why nothing can be done about an order that is not there. */
export const noSuchOrder = { gone: 'There is no such order.' }

/**
 * How an order stands, as far as a decision about it rests on it: another standing makes the decision out of date. What
 * comes and goes without anybody (its cancel window, its acknowledgement, deliveries of documents) is no part of it.
 */
function standingOf(order: OrderState): string {
  const { stage, changeCount, erpRevision, customerNumber, currency, totalMinor, terms } = order
  const standing = {
    ...{ stage, changeCount, erpRevision, customerNumber, currency, totalMinor, terms },
    requestedOn: order.requestedOn,
    lines: order.lines.map((line) => ({
      ...{ line: line.line, sku: line.sku, unitPrice: line.unitPrice, sent: line.sentUnitPrice },
      ...{ amountMinor: line.lineAmountMinor, promisedOn: line.promisedOn, from: line.warehouse },
      each: [line.orderedEach, line.cancelledEach, line.allocatedEach, line.shippedEach],
    })),
    holds: activeHolds(order)
      .filter(({ type }) => type !== 'CANCEL_WINDOW')
      .map(({ holdId, reason }) => ({ holdId, reason })),
    findings: order.findings.map(({ kind, line, message }) => ({ kind, line, message })),
    picks: order.picks.map(({ pickId, status }) => ({ pickId, status })),
    invoices: order.invoices.map(({ invoiceId }) => invoiceId),
  }
  return createHash('sha256').update(JSON.stringify(standing)).digest('hex').slice(0, 32)
}

const longestVersion = 120

/** Facts that an act rests on as one version: in words where they are few, else as their hash. */
export function versionOf(...facts: readonly (string | number | undefined)[]): string {
  const text = facts.map((fact) => fact ?? '-').join('|')
  return text.length <= longestVersion ? text : createHash('sha256').update(text).digest('hex')
}

const seen = (order: OrderState): SeenOrder => ({
  order,
  subject: { kind: 'order', id: order.orderId, label: order.orderNumber },
  record: { record: `order:${order.orderId}`, version: standingOf(order) },
})

/** Reads orders for acts, held by nobody; without those that are not there. */
export async function seeOrders(tx: TenantTx, orderIds: readonly string[]): Promise<SeenOrder[]> {
  return (await readOrders(tx, orderIds)).map(seen)
}

/** Reads an order for an act, held by nobody. */
export async function seeOrder(tx: TenantTx, orderId: string): Promise<SeenOrder | undefined> {
  return (await seeOrders(tx, [orderId])).at(0)
}

/** What a check found that a hold stands for. */
function findingOfHold(order: OrderState, hold: HoldState): CheckFinding | undefined {
  if (hold.type === 'CREDIT') return order.findings.find(({ kind }) => kind === 'CREDIT_HOLD')
  return order.findings.find(({ message }) => message !== '' && hold.causeKey.endsWith(message))
}

/** Why a hold stands: what its check found, in the check's own evidence, else the reason it was placed for. */
export function evidenceOfHold(order: OrderState, hold: HoldState): Evidence[] {
  const finding = findingOfHold(order, hold)
  const reason: Evidence = {
    weighs: 'note',
    text: `Held (${hold.type}) by ${hold.placedBy}: ${hold.reason}`.slice(0, 500),
    source: `hold:${hold.holdId}`,
  }
  return [reason, ...(finding?.evidence ?? []).slice(0, 20)]
}

/** The reason that goes on the record: the words of whoever decided, else the proposal it was decided by. */
export function reasonOf({ reason, proposalId }: ActExecution): string {
  return reason ?? `Approved as proposal ${proposalId}.`
}

/** What became of an order's act, as the executor takes it; `transactionIds` are the calls it waits for. */
export function outcomeOf(
  result: OrderActionResult,
  transactionIds: readonly string[] = [],
): ActOutcome {
  switch (result.status) {
    case 'unknown':
      return { status: 'refused', message: 'What it was about is not there any more.' }
    case 'requested':
      return transactionIds.length === 0
        ? { status: 'done', message: result.message }
        : { status: 'requested', message: result.message, transactionIds }
    case 'done':
    case 'refused':
      return { status: result.status, message: result.message }
  }
}
