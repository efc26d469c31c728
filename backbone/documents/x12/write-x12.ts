import type { Acknowledgement } from '../../canonical/acknowledgement.ts'
import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import type { Invoice } from '../../canonical/invoice.ts'
import type { Shipment } from '../../canonical/shipment.ts'
import { invoiceSet } from './810.ts'
import { acknowledgementSet } from './855.ts'
import { shipNoticeSet } from './856.ts'
import { type OutSet, wrapSet, type X12Envelope } from './envelope.ts'
import { renderAcknowledgement } from './render-acknowledgement.ts'

/** What we send partners as X12: 855, 856, 810, and the TA1 and 997 we owe them. */
export type X12Document = Acknowledgement | Shipment | Invoice | TechnicalAcknowledgement

/**
 * Writes a document as one interchange. Throws NeedsPerson when it does not fit X12, naming the element:
 * nothing that identifies is ever cut short.
 */
export function writeX12(document: X12Document, envelope: X12Envelope): string {
  if (document.docType === 'technical-acknowledgement')
    return renderAcknowledgement(document, envelope)
  const isTest = document.isTest || envelope.isTest === true
  return wrapSet(documentSet(document, envelope), { ...envelope, isTest })
}

function documentSet(
  document: Exclude<X12Document, TechnicalAcknowledgement>,
  envelope: X12Envelope,
): OutSet {
  switch (document.docType) {
    case 'acknowledgement':
      return acknowledgementSet(document, envelope.issuedAt.toISOString(), envelope.version)
    case 'shipment':
      return shipNoticeSet(document, envelope.version)
    case 'invoice':
      return invoiceSet(document, envelope.version)
  }
}
