import { acknowledgementHours } from '../../canonical/acknowledgement-term.ts'
import type { ControlNumbers, Operation } from '../../connectors/connector.ts'
import type { AwaitedAcknowledgement } from '../../store/outbox/awaited-acknowledgements.ts'
import type { ClaimedCall } from '../../store/outbox/claim-calls.ts'

// X12 element 479, GS01 of the group that each document travels in.
const functionalIds: Readonly<Partial<Record<Operation, string>>> = {
  'partner.acknowledgement': 'PR',
  'partner.ship-notice': 'SH',
  'partner.invoice': 'IN',
}

/** What a partner will acknowledge of a call that is about to go out; nothing for calls that nobody acknowledges. */
export function awaitedOf(
  { transactionId, connectionId, documentId, naturalKey }: ClaimedCall,
  sent: {
    readonly operation: Operation
    readonly numbers: ControlNumbers
    readonly settings: Readonly<Record<string, unknown>>
  },
): AwaitedAcknowledgement | undefined {
  const functionalId = functionalIds[sent.operation]
  if (functionalId === undefined) return undefined
  return {
    transactionId,
    connectionId,
    documentId,
    number: naturalKey,
    functionalId,
    groupNumber: String(sent.numbers.group),
    interchangeNumber: String(sent.numbers.interchange),
    isAwaited: acknowledgementHours(sent.settings) !== undefined,
  }
}
