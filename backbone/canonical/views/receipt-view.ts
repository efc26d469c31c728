import { z } from 'zod'
import { IsoMoment } from '../document.ts'
import { Finding } from '../finding.ts'

/** A document that came out of a receipt, and the order it went to. */
const ReceiptDocument = z.object({
  documentId: z.string(),
  docType: z.string(),
  number: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  orderId: z.string().nullable(),
})

/** What arrived at the inbound door and what became of it. */
export const ReceiptView = z
  .object({
    receiptId: z.string(),
    connectionId: z.string(),
    channel: z.string(),
    transportId: z.string(),
    businessKey: z.string().nullable(),
    sha256: z.string(),
    status: z.string(),
    findings: z.array(Finding),
    contentType: z.string().nullable(),
    byteSize: z.int(),
    /** How often the same was delivered again. */
    duplicates: z.int(),
    /** The earlier receipt under the same id whose content differs. */
    conflictsWith: z.string().nullable(),
    receivedAt: IsoMoment,
    readAt: IsoMoment.nullable(),
    traceParent: z.string().nullable(),
    documents: z.array(ReceiptDocument),
  })
  .meta({ id: 'Receipt' })
export type ReceiptView = z.infer<typeof ReceiptView>

/** Input kept back until a person decides. */
export const QuarantineView = z
  .object({
    quarantineId: z.string(),
    receiptId: z.string().nullable(),
    documentId: z.string().nullable(),
    connectionId: z.string().nullable(),
    kind: z.string(),
    reason: z.string(),
    findings: z.array(Finding),
    status: z.string(),
    createdAt: IsoMoment,
    decidedAt: IsoMoment.nullable(),
    decidedBy: z.string().nullable(),
    /** The entry this was read again from, and could not be taken once more. */
    replayOf: z.string().nullable(),
    /** The call of ours that it is about, where a partner has refused a document or not acknowledged it. */
    transactionId: z.string().nullable(),
  })
  .meta({ id: 'QuarantineEntry' })
export type QuarantineView = z.infer<typeof QuarantineView>
