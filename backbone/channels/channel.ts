import type { InboundDocument } from '../canonical/canonical-document.ts'
import type { Finding } from '../canonical/finding.ts'
import type { Reading } from '../documents/reading.ts'
import type { PartnerAnswer } from '../store/outbox/awaited-acknowledgements.ts'
import type { FoundConnection } from '../store/unscoped/find-connection.ts'

/** A delivery as it came: header names in lower case, the body's bytes untouched. */
export type InboundRequest = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What reading a document needs of its connection: never the secrets. */
export type ReadConnection = Pick<FoundConnection, 'connectionId' | 'kind' | 'settings'>

/** What can be told from a delivery before it is read: its ids, and the order streams it belongs to. */
export type Peeked = {
  /** The sender's own id of this delivery; a delivery without one is known by its content. */
  readonly transportId: string
  /** The sender's version of the object, where the channel has one. */
  readonly businessKey?: string
  /** A place in each of these streams is taken at intake, in this order. */
  readonly streamKeys: readonly string[]
}

/** What became of a delivery at the door. */
export type IntakeResult =
  | {
      readonly verdict: 'accepted'
      readonly receiptId: string
      readonly findings: readonly Finding[]
    }
  | { readonly verdict: 'duplicate'; readonly receiptId: string }
  | { readonly verdict: 'conflict'; readonly receiptId: string; readonly conflictsWith: string }
  | { readonly verdict: 'rejected'; readonly receiptId: string; readonly reading: Reading }

/** An answer of the door. */
export type DoorAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One way for documents to come in: it authenticates, names, reads and answers in its own manner. */
export type Channel = {
  readonly kind: string
  /** Whether one of the connection's secrets vouches for the delivery. */
  isAuthentic(request: InboundRequest, connection: FoundConnection): boolean
  /** Names the delivery before it is read; throws CallerMistake when its headers lack what the channel demands. */
  peek(request: InboundRequest, connection: FoundConnection): Peeked
  /** For a channel that answers about the content at once: what is wrong, or undefined when it may come in. */
  refuse?(request: InboundRequest, connection: FoundConnection): Reading | undefined
  /** What a channel that has looked already can say of a delivery it takes. */
  findings?(request: InboundRequest): readonly Finding[]
  read(
    request: InboundRequest,
    connection: ReadConnection,
  ): Reading & { readonly remarks?: readonly Remark[] }
  /** What the standard answers to a delivery under a known id with other content, where it has an answer. */
  refuseConflict?(request: InboundRequest, connection: ReadConnection): Reading
  /** Whether a sender mends a delivery nobody could read and sends it again under the same id. */
  readonly mayMendUnderSameId: boolean
  /** The stream of one order that a document belongs to; its documents are applied in turn. */
  streamKey(document: InboundDocument, connection: ReadConnection): string
  answer(result: IntakeResult): DoorAnswer
}

/** Something a partner tells us about a document of ours, for the record or for a person. */
export type Remark = {
  readonly summary: string
  readonly needsPerson: boolean
  /** What is wrong with our document, place by place. */
  readonly findings?: readonly Finding[]
  /** By which number they name our document. */
  readonly answers?: NamedDocument
}

/** A document of ours as a partner names it: by our group's or interchange's control number, or by its own. */
export type NamedDocument = Pick<PartnerAnswer, 'by' | 'number' | 'functionalId' | 'verdict'>
