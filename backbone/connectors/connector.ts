import type { OutboundDocument } from '../canonical/canonical-document.ts'
import type { FailureClass } from '../canonical/failures/failure-class.ts'

/** Why a call failed, in the classes ops people triage by (domain rules 3.3.1). */
export type ErrorClass = FailureClass

/** What we ask an outside system to do. One operation is one effect with one natural key. */
export type Operation =
  | 'erp.create-order'
  | 'erp.change-order'
  | 'erp.cancel-order'
  | 'erp.post-invoice'
  | 'erp.post-payment'
  | 'erp.post-credit-note'
  | 'erp.apply-credit'
  | 'wms.request-pick'
  | 'wms.cancel-pick'
  | 'partner.acknowledgement'
  | 'partner.ship-notice'
  | 'partner.invoice'
  | 'partner.technical-acknowledgement'
  | 'shop.fulfilment'
  | 'webhook.event'
  | 'notify.people'
  | 'customer.message'

/** A connection opened for a call: its settings are checked by the connector's own schema. */
export type OpenConnection = {
  readonly connectionId: string
  readonly tenantId: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Decrypted secrets, the current one first. Never logged, never in an error. */
  readonly secrets: readonly string[]
}

/** One call of the outbox. The same transaction always carries the same key and the same rendered bytes. */
export type OutboundCall = {
  readonly transactionId: string
  readonly operation: Operation
  readonly idempotencyKey: string
  readonly document: OutboundDocument
  /** Bytes made by `render` once and kept; absent for connectors without `render`. */
  readonly rendered?: string
  readonly traceparent?: string
  /** 1 for the first try. */
  readonly attempt: number
}

/** What became of a call. `unknown` means: it may have happened; look it up before trying again. */
export type CallOutcome =
  | { readonly outcome: 'done'; readonly externalId?: string; readonly response?: string }
  | {
      /** Not done, and the same call will not be done later either: a person or a fix is needed. */
      readonly outcome: 'refused'
      readonly errorClass: ErrorClass
      readonly code: string
      readonly message: string
      readonly response?: string
    }
  | {
      /** Not done for certain; worth another try. */
      readonly outcome: 'failed'
      readonly errorClass: ErrorClass
      readonly code: string
      readonly message: string
      readonly retryAfterMs?: number
      readonly response?: string
    }
  | { readonly outcome: 'unknown'; readonly code: string; readonly message: string }

/** What a look-up by natural key says. `isSame` false: something else sits under our number. */
export type LookUp =
  | { readonly found: true; readonly externalId?: string; readonly isSame: boolean }
  | { readonly found: false }

/** Numbers of an outgoing interchange, counted per connection and never used twice. */
export type ControlNumbers = {
  readonly interchange: number
  readonly group: number
  readonly issuedAt: Date
}

/** One kind of outside system: how to call it, find out what became of a call, and test it. */
export type Connector = {
  readonly kind: string
  readonly operations: readonly Operation[]
  /** The call's own time-out; a look-up waits this long plus a margin after a crash. */
  readonly timeoutMs: number
  /** Checks a connection's settings; returns what is wrong in words, or nothing. */
  checkSettings(settings: Readonly<Record<string, unknown>>): readonly string[]
  /** Makes the bytes to send, once; the outbox keeps them for every later try. */
  render?(call: OutboundCall, connection: OpenConnection, numbers: ControlNumbers): string
  send(call: OutboundCall, connection: OpenConnection, signal: AbortSignal): Promise<CallOutcome>
  /** Finds the effect of an earlier call by its natural key; throws RetryLater when it cannot tell. */
  lookUp?(call: OutboundCall, connection: OpenConnection, signal: AbortSignal): Promise<LookUp>
  /** The test button: reaches the system without any effect. */
  test(
    connection: OpenConnection,
    signal: AbortSignal,
  ): Promise<{ readonly isReachable: boolean; readonly detail: string }>
}
