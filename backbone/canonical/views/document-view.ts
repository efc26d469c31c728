import { z } from 'zod'
import { IsoMoment } from '../document.ts'
import { Finding } from '../finding.ts'
import { Currency, MinorUnits } from '../money.ts'

/** How many lines of a document one answer shows at most. */
export const mostLines = 1000

/** How many findings one answer names at most. */
export const mostFindings = 500

/** A piece of a line: an element of a segment, a value, or what stands between them. */
const DocumentPart = z
  .object({
    text: z.string().meta({
      description:
        'As it stands there; control characters are shown as their pictures (U+2400 on).',
    }),
    place: z.string().max(160).optional().meta({
      description:
        'What people call the place: PO1-04, N1-02, SVC-01-2; absent for what stands between.',
    }),
    name: z.string().max(80).optional().meta({ description: 'What the place holds: unit price.' }),
    marks: z
      .array(z.int())
      .max(mostFindings)
      .meta({ description: 'The findings about it, by `mark`.' }),
    leftOut: z.int().optional().meta({ description: 'Characters that are not shown.' }),
  })
  .meta({ id: 'DocumentPart' })

/** A line as the screen shows it: an X12 segment, a value of JSON, or a line of text. */
const DocumentLine = z
  .object({
    number: z.int().min(1),
    indent: z.int().min(0).max(100),
    position: z.int().optional().meta({
      description: 'Position of the segment in its transaction set, ST = 1; absent outside of one.',
    }),
    path: z.string().max(200).optional().meta({ description: 'JSON path of the value.' }),
    parts: z.array(DocumentPart).max(1000),
    marks: z.array(z.int()).max(mostFindings).meta({
      description: 'The findings about the line as a whole, by `mark`.',
    }),
    leftOut: z.int().optional().meta({ description: 'Parts that are not shown.' }),
  })
  .meta({ id: 'DocumentLine' })
export type DocumentLine = z.infer<typeof DocumentLine>

/** A finding and where it stands in the document; `line` is null where the document has no place for it. */
const MarkedFinding = z
  .object({
    mark: z.int().min(0),
    severity: Finding.shape.severity,
    origin: z.enum(['reading', 'checks', 'partner']).meta({
      description:
        'Found while it was read, by the checks of its order, or by the partner it was sent to.',
    }),
    code: z.string().max(80),
    message: z.string().max(1000),
    value: z.string().max(120).optional(),
    line: z.int().min(1).nullable(),
    place: z.string().max(160).nullable(),
    orderId: z.string().optional(),
    deltaMinor: MinorUnits.optional(),
    currency: Currency.optional(),
  })
  .meta({ id: 'MarkedFinding' })
export type MarkedFinding = z.infer<typeof MarkedFinding>

/** What a document is written in, as far as its bytes say. */
const documentFormats = ['x12', 'json', 'xml', 'text', 'binary'] as const

/** A document laid out for a screen, with its findings where they belong. */
const MarkedDocument = z.object({
  format: z.enum(documentFormats),
  lineCount: z.int().min(0),
  from: z.int().min(1).meta({ description: 'The first line that is shown.' }),
  lines: z.array(DocumentLine).max(mostLines),
  findings: z.array(MarkedFinding).max(mostFindings),
  /** Findings beyond the most that are named. */
  findingsLeftOut: z.int().min(0),
  bytesLeftOut: z
    .int()
    .min(0)
    .meta({ description: 'Bytes of a huge document that were not laid out.' }),
  opensAt: z.int().min(1).meta({
    description: 'Where the document asked for begins in a delivery of several.',
  }),
})
export type MarkedDocument = z.infer<typeof MarkedDocument>

/** A document of a delivery, and the order it went to. */
const RelatedDocument = z.object({
  documentId: z.string(),
  docType: z.string(),
  number: z.string(),
  status: z.string(),
  orderId: z.string().nullable(),
  orderNumber: z.string().nullable(),
})

/** Input that was set aside: of this delivery, or because of it. */
const SetAsideEntry = z.object({
  quarantineId: z.string(),
  kind: z.string(),
  reason: z.string(),
  status: z.string(),
  receiptId: z.string().nullable().meta({ description: 'The delivery that it came in.' }),
  aboutDocumentId: z.string().nullable().meta({
    description: 'The document of ours that the partner speaks of.',
  }),
})

/** A receipt or document as it was sent, line by line, with its findings marked in place and what it belongs to. */
export const DocumentView = MarkedDocument.extend({
  id: z.string().meta({ description: 'The receipt or document asked for.' }),
  direction: z.enum(['in', 'out']),
  receiptId: z.string().nullable(),
  transactionId: z.string().nullable().meta({ description: 'The call that sent it.' }),
  connectionId: z.string().nullable(),
  status: z.string(),
  at: IsoMoment,
  byteSize: z.int().min(0),
  isWritten: z.boolean().meta({
    description:
      'False of a document of ours that is not written yet for its partner: its contents are shown.',
  }),
  documents: z.array(RelatedDocument).max(100),
  quarantine: z.array(SetAsideEntry).max(100),
}).meta({ id: 'DocumentView' })
export type DocumentView = z.infer<typeof DocumentView>
