import type { InboundDocument } from '../canonical/canonical-document.ts'
import type { Finding } from '../canonical/finding.ts'
import type { TechnicalAcknowledgement } from '../canonical/instruction.ts'

/**
 * What a format made of raw bytes: the documents it could read, in the order they stood, everything it
 * found wrong, and the technical acknowledgements its standard demands for exactly these findings.
 * A document with an `error` finding of its own is not among `documents`.
 */
export type Reading = {
  readonly documents: readonly InboundDocument[]
  readonly findings: readonly Finding[]
  readonly acknowledgements: readonly TechnicalAcknowledgement[]
  /** `read`: everything in; `partly`: some documents refused; `unreadable`: nothing could be taken. */
  readonly outcome: 'read' | 'partly' | 'unreadable'
}
