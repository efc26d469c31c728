import { z } from 'zod'
import { Alternative, decisions, Evidence } from '../decision.ts'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'

/** The states of a return (RMA). */
export const returnStatuses = [
  'requested',
  'authorised',
  'received',
  'inspected',
  'credited',
  'replaced',
  'rejected',
] as const
export type ReturnStatus = (typeof returnStatuses)[number]

/** In which condition goods come back. */
export const ReturnCondition = z.enum(['unopened', 'opened', 'used', 'damaged'])
export type ReturnCondition = z.infer<typeof ReturnCondition>

const Each = z.int().min(0).max(2_147_483_647)
const LineNumber = z.string().min(1).max(40)

/** What a customer wants to send back of one invoice. */
export const ReturnRequest = z
  .object({
    invoiceNumber: z.string().min(1).max(60),
    lines: z
      .array(
        z.object({
          line: LineNumber,
          quantityEach: Each.min(1),
          reason: z.string().min(1).max(40),
          condition: ReturnCondition.default('unopened'),
        }),
      )
      .min(1)
      .max(500)
      .refine(
        (lines) => new Set(lines.map(({ line }) => line)).size === lines.length,
        'a line is named twice',
      ),
    note: z.string().max(500).optional(),
  })
  .meta({ id: 'ReturnRequest' })
export type ReturnRequest = z.infer<typeof ReturnRequest>

/** How many of each line came, or passed inspection; a line left out counts none. */
export const ReturnCount = z
  .object({
    lines: z.array(z.object({ line: LineNumber, quantityEach: Each })).max(500),
    reason: z.string().trim().min(1).max(500).optional(),
  })
  .meta({ id: 'ReturnCount' })
export type ReturnCount = z.infer<typeof ReturnCount>

/** Crediting a return: by the price that was billed, or with the kept quantity priced anew; the policy's way unless said. */
export const ReturnCreditChoice = z
  .object({
    way: z.enum(['simple', 'rerated']).optional(),
    reason: z.string().trim().min(1).max(500),
  })
  .meta({ id: 'ReturnCreditChoice' })
export type ReturnCreditChoice = z.infer<typeof ReturnCreditChoice>

const ReturnDecision = z.object({
  decision: z.enum(decisions),
  kind: z.string(),
  evidence: z.array(Evidence),
  alternatives: z.array(Alternative),
  policyVersion: z.string(),
})

const CreditParts = z.object({
  netMinor: MinorUnits,
  taxMinor: MinorUnits,
  feeMinor: MinorUnits,
  totalMinor: MinorUnits,
})

/** A credit note: net plus tax less the restocking fee. */
export const CreditNoteView = CreditParts.extend({
  creditNoteId: z.string(),
  creditNoteNumber: z.string(),
  customerNumber: z.string(),
  currency: Currency,
  openMinor: MinorUnits,
  status: z.enum(['open', 'used', 'void']),
  reasonCode: z.string().nullable().meta({ description: 'X12 element 426.' }),
  invoiceNumber: z.string().nullable(),
  issuedOn: IsoDate,
  issuedBy: z.string(),
}).meta({ id: 'CreditNote' })
export type CreditNoteView = z.infer<typeof CreditNoteView>

/** A credit note with what it was made for and what it was put to, undone uses included. */
export const CreditNoteUseView = CreditNoteView.extend({
  returnId: z.string().nullable(),
  deductionId: z.string().nullable(),
  uses: z.array(
    z.object({
      invoiceNumber: z.string(),
      amountMinor: MinorUnits,
      /** The payment it was set off with. */
      paymentNumber: z.string().nullable(),
      appliedBy: z.string(),
      reason: z.string(),
      appliedAt: IsoMoment,
      undoneAt: IsoMoment.nullable(),
      undoneBy: z.string().nullable(),
    }),
  ),
}).meta({ id: 'CreditNoteUse' })
export type CreditNoteUseView = z.infer<typeof CreditNoteUseView>

/** One line of a return, with what the rules say about it and its credit. */
const ReturnLineView = z.object({
  line: z.string(),
  sku: z.string().nullable(),
  reason: z.string(),
  disputeCode: z.string().nullable(),
  disputeId: z.string().nullable(),
  condition: ReturnCondition,
  quantityEach: z.int(),
  receivedEach: z.int().nullable(),
  acceptedEach: z.int().nullable(),
  creditedNetMinor: MinorUnits,
  creditedTaxMinor: MinorUnits,
  feeMinor: MinorUnits,
  eligibility: ReturnDecision,
  /** What it would be credited as things stand; absent once it is decided. */
  credit: ReturnDecision.extend({
    simple: CreditParts,
    rerated: CreditParts.optional(),
  }).optional(),
})

/** A return with its lines, decisions and credit note. */
export const ReturnView = z
  .object({
    returnId: z.string(),
    returnNumber: z.string(),
    status: z.enum(returnStatuses),
    orderId: z.string(),
    invoiceNumber: z.string(),
    customerNumber: z.string(),
    currency: Currency,
    requestedOn: IsoDate,
    requestedBy: z.string(),
    note: z.string().nullable(),
    lines: z.array(ReturnLineView),
    creditNote: CreditNoteView.nullable(),
    createdAt: IsoMoment,
    updatedAt: IsoMoment,
  })
  .meta({ id: 'Return' })
export type ReturnView = z.infer<typeof ReturnView>

/** A return as lists show it. */
export const ReturnSummary = ReturnView.omit({ lines: true, creditNote: true }).meta({
  id: 'ReturnSummary',
})
export type ReturnSummary = z.infer<typeof ReturnSummary>
