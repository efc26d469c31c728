import { z } from 'zod'
import type { RunSubject } from '../canonical/agent-run.ts'
import type { ChatEvent } from '../canonical/chat.ts'
import { Alternative, decisions, Evidence } from '../canonical/decision.ts'
import type { Order } from '../canonical/order.ts'
import { blockableSteps, type HoldType, holdTypes, stages } from '../canonical/order-state.ts'
import type { ChatMessage, ChatThreadSummary } from '../canonical/views/chat-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { TenantTx } from '../store/database.ts'
import type { Principal } from './api-principal.ts'

/** A document as it knocks at the inbound door: raw bytes and headers, nobody authenticated yet. */
export type InboundDelivery = {
  readonly channel: string
  readonly connectionId: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly traceparent: string | undefined
}

/** The channel's own answer to the sender. */
type InboundAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Takes a document in: authenticated by its connection's secret, durable before it is answered. */
export type ReceiveDocument = (delivery: InboundDelivery) => Promise<InboundAnswer>

/** Keeps the HTTP door from letting in what cannot be kept. */
export type DoorPressure = {
  /** A place for one more delivery, before its body is read; throws the refusal. */
  enter(
    connectionId: string,
    declaredBytes: number,
  ): {
    /** Takes room for bytes before they are read; throws the refusal when there is none. */
    hold(bytes: number): void
    leave(): void
  }
  /** Throws when the database is away and nothing can be answered from it. */
  assertDatabase(): void
}

/** What a person asks to be done with an order; `actor` goes on the timeline. */
type OrderAct = {
  readonly tenantId: string
  readonly orderId: string
  readonly actor: string
  readonly reason: string
}

/** What became of it. A refusal is a result with its reason; `unknown` is an order or hold that is not there. */
export type OrderActionResult =
  | { readonly status: 'done'; readonly message: string; readonly holdId?: string }
  /** Passed on to the ERP or warehouse, whose answer will be on the timeline. */
  | { readonly status: 'requested'; readonly message: string }
  | { readonly status: 'refused'; readonly message: string }
  | { readonly status: 'unknown' }

/** What people do to orders. */
export type OrderActions = {
  cancel(act: OrderAct): Promise<OrderActionResult>
  placeHold(act: OrderAct & NewHold): Promise<OrderActionResult>
  releaseHold(act: OrderAct & HoldDecision): Promise<OrderActionResult>
}

/** The types of hold a person may place; the others come from checks. */
export const personsHoldTypes = [
  'MANUAL',
  'CUSTOMER_REQUEST',
  'FRAUD',
  'COMPLIANCE',
  'ADDRESS',
  'PAYMENT',
] as const satisfies readonly HoldType[]

/** A hold a person wants to place. */
type NewHold = {
  readonly type: (typeof personsHoldTypes)[number]
  /** Only this line; the whole order when absent. */
  readonly line?: string
  /** The day a customer asked for, as a moment; of any other hold when somebody is told. */
  readonly until?: string
  /** What documents must report before it is lifted by itself; the type's own unless said. */
  readonly conditions?: readonly string[]
}

/** What a person decides when they lift a hold. */
type HoldDecision = {
  readonly holdId: string
  readonly reasonCode?: string
  /** The document or number they rely on. */
  readonly evidence?: string
  /** Of a payment: when its authorisation runs out. */
  readonly validUntil?: string
}

/** A result of a check that people should see, for one line or the whole order. */
const OrderCheckFinding = z.object({
  kind: z.string(),
  line: z.string().optional(),
  lines: z.array(z.string()).optional(),
  message: z.string(),
  deltaMinor: z.int().optional(),
  evidence: z.array(Evidence).optional(),
  alternatives: z.array(Alternative).optional(),
  policyVersion: z.string().optional(),
})

/** What one rule decided, also where nobody need act: which fact gave which number, and why the others did not. */
const OrderCheckDecision = z.object({
  policy: z.string(),
  line: z.string().optional(),
  decision: z.enum(decisions),
  kind: z.string(),
  money: z.object({ amountMinor: z.int(), currency: z.string() }).optional(),
  evidence: z.array(Evidence),
  alternatives: z.array(Alternative),
  policyVersion: z.string(),
})

/** What would become of an order if it came in now; nothing is kept of the question. */
export const OrderCheck = z
  .object({
    wouldBecome: z.enum(stages),
    customerNumber: z.string().nullable(),
    currency: z.string(),
    totalMinor: z.int(),
    lines: z.array(
      z.object({
        line: z.string(),
        sku: z.string().nullable(),
        quantityEach: z.int(),
        unitPrice: z.string().nullable(),
        priceSource: z.string().nullable(),
        lineAmountMinor: z.int(),
        /** Its share of the discount on the whole order. */
        discountMinor: z.int(),
        /** Base units that could be promised now. */
        availableEach: z.int().nullable(),
        promisedOn: z.string().nullable(),
      }),
    ),
    holds: z.array(
      z.object({
        type: z.enum(holdTypes),
        line: z.string().optional(),
        blocks: z.array(z.enum(blockableSteps)),
        reason: z.string(),
      }),
    ),
    findings: z.array(OrderCheckFinding),
    decisions: z.array(OrderCheckDecision),
  })
  .meta({ id: 'OrderCheck' })
export type OrderCheck = z.infer<typeof OrderCheck>

/** The dry run of an order: customer, price, stock and duplicates, without a trace. */
export type CheckOrder = (question: {
  readonly tenantId: string
  readonly order: Order
}) => Promise<OrderCheck>

/** What a person decides about a quarantined document. */
type QuarantineDecision = {
  readonly tenantId: string
  readonly quarantineId: string
  readonly actor: string
  readonly reason: string
}

/** Lets quarantined input go its way again, or leaves it out for good. */
export type QuarantineActions = {
  release(decision: QuarantineDecision): Promise<'done' | 'already-decided' | 'unknown'>
  discard(decision: QuarantineDecision): Promise<'done' | 'already-decided' | 'unknown'>
}

/** Whether work can be taken on, and what stands against it. */
export const Readiness = z
  .object({
    isReady: z.boolean(),
    checks: z.array(z.object({ name: z.string(), isOk: z.boolean(), message: z.string() })),
  })
  .meta({ id: 'Readiness' })
export type Readiness = z.infer<typeof Readiness>

/** What the front page says of the running house; nothing that belongs to one tenant. */
export type FrontPage = {
  readonly version: string
  /** How this process runs, for example "embedded database, server and worker in one". */
  readonly mode: string
  readonly counts: readonly { readonly label: string; readonly count: number }[]
}

/** One question to the assistant, in its thread, with what its asker looks at. */
export type NewTurn = {
  readonly who: Principal
  readonly threadId: string
  readonly text: string
  readonly subject: RunSubject | undefined
}

/** The question with what was said before, and the signal that ends its answer. */
export type AskedTurn = NewTurn & {
  readonly history: readonly { readonly from: 'person' | 'assistant'; readonly text: string }[]
  readonly signal: AbortSignal
}

/** The assistant's answer to a question that is kept. */
export type BegunTurn = {
  /** Tells the answer piece by piece. */
  tell(turn: AskedTurn): AsyncIterable<ChatEvent>
  /** Notes what came of it, within the transaction that keeps the end of the answer. */
  end(tx: TenantTx): Promise<void>
}

/** The assistant: begins its answer within the transaction that keeps the question. */
export type BeginTurn = (tx: TenantTx, turn: NewTurn) => Promise<BegunTurn>

/** Conversations with the assistant; each belongs to one caller, and nobody else finds it. */
export type ChatService = {
  /** Asks in a thread, a new one unless said; what is told is kept while it is read. */
  ask(question: {
    readonly who: Principal
    readonly threadId?: string | undefined
    readonly text: string
    readonly screen?: RunSubject | undefined
    /** Aborted when the reader goes or the process stops. */
    readonly signal: AbortSignal
  }): Promise<AsyncIterable<ChatEvent>>
  threads(who: Principal, page: PageQuery): Promise<Page<ChatThreadSummary>>
  /** A thread and a page of its messages, oldest first; pages go back in time. */
  thread(
    who: Principal,
    threadId: string,
    page: PageQuery,
  ): Promise<
    { readonly thread: ChatThreadSummary; readonly messages: Page<ChatMessage> } | undefined
  >
  remove(who: Principal, threadId: string): Promise<boolean>
  stop(who: Principal, threadId: string): Promise<'stopping' | 'nothing-to-stop' | 'unknown'>
}
