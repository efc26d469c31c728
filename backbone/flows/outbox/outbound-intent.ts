import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import type { Operation } from '../../connectors/connector.ts'
import type { TenantTx } from '../../store/database.ts'

/** A decision to send something outside, made inside the transaction that decided it. */
export type OutboundIntent = {
  readonly operation: Operation
  readonly connectionId: string
  readonly document: OutboundDocument
  /** Given when several calls send one and the same document, or when its id is already referred to. */
  readonly documentId?: string
  readonly orderId?: string
  /** The number the outside system knows the effect by: order, pick, invoice, shipment or control number. */
  readonly naturalKey: string
  /** Calls of one key to one connection go out strictly in turn; one stuck key never blocks another. */
  readonly orderingKey: string
  /** Same effect, same key: a second intent with a known key changes nothing. */
  readonly idempotencyKey: string
  /** What is at stake, for triage by value. */
  readonly amountMinor?: number
  /** Business deadline: after it a person decides whether it still goes. */
  readonly deadlineAt?: string
  readonly traceParent?: string
}

/** What the outbox tells the flow when a call has come to an end. */
export type FinishedCall = {
  readonly transactionId: string
  readonly operation: Operation
  readonly connectionId: string
  readonly orderId?: string
  readonly documentId: string
  readonly naturalKey: string
  readonly result:
    | { readonly status: 'succeeded'; readonly externalId?: string; readonly wasLookedUp: boolean }
    | {
        readonly status: 'failed'
        readonly errorClass: string
        readonly code: string
        readonly message: string
      }
    /** A person has taken it out of the way. */
    | { readonly status: 'dropped'; readonly actor: string; readonly reason: string }
}

/** What the flow does when calls end, in the same transaction that records their end. */
export type OnFinished = (tx: TenantTx, calls: readonly FinishedCall[]) => Promise<void>
