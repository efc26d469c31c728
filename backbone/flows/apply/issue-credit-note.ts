import type { CreditNote } from '../../canonical/credit-note.ts'
import { newId } from '../../canonical/ids.ts'
import { sumMinor } from '../../canonical/money.ts'
import type { InvoiceState, OrderState } from '../../canonical/order-state.ts'
import { askCreditReviews } from '../../store/checks/credit-reviews.ts'
import { insertCreditNote } from '../../store/credits/credit-notes.ts'
import type { TenantTx } from '../../store/database.ts'
import { takeNumbers } from '../../store/orders/save-orders.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { replyTo } from '../replies.ts'

/** What a credit note gives back, and why. */
export type CreditNoteDraft = {
  readonly order: Pick<
    OrderState,
    'orderId' | 'orderNumber' | 'purchaseOrderNumber' | 'currency' | 'connectionId'
  >
  readonly invoice: Pick<InvoiceState, 'invoiceId' | 'invoiceNumber' | 'customerNumber'>
  readonly lines: CreditNote['lines']
  /** Given back beside the lines. */
  readonly otherMinor?: number
  readonly reasonCode?: string | undefined
  readonly returned?: { readonly returnId: string; readonly returnNumber: string }
  readonly deductionId?: string
  readonly issuedBy: string
}

/** A credit note as it was issued, with the calls that tell of it. */
export type IssuedCreditNote = {
  readonly creditNoteId: string
  readonly creditNoteNumber: string
  readonly totalMinor: number
  readonly sends: readonly OutboundIntent[]
}

/** Tells the ERP of a credit note; told twice it is one call. */
export function postCreditNote(note: CreditNote, setting: FlowSetting): OutboundIntent[] {
  const erp = setting.system('erp')
  if (erp === undefined) return []
  const { creditNoteNumber } = note
  return [
    {
      operation: 'erp.post-credit-note',
      connectionId: erp.connectionId,
      document: note,
      naturalKey: creditNoteNumber,
      orderingKey: creditNoteNumber,
      idempotencyKey: `${erp.connectionId}:credit-note:${creditNoteNumber}`,
      amountMinor: note.totalMinor,
    },
  ]
}

function documentOf(
  { order, invoice, lines, otherMinor = 0, reasonCode, returned }: CreditNoteDraft,
  creditNoteNumber: string,
  setting: FlowSetting,
): CreditNote {
  const sum = (key: 'netMinor' | 'taxMinor' | 'feeMinor') =>
    sumMinor(lines.map((line) => line[key]))
  const netMinor = sum('netMinor') + otherMinor
  const [taxMinor, feeMinor] = [sum('taxMinor'), sum('feeMinor')]
  const { orderNumber, purchaseOrderNumber, currency } = order
  const { invoiceNumber, customerNumber } = invoice
  return {
    docType: 'credit-note',
    ...{ creditNoteNumber, customerNumber, currency, issuedOn: setting.today, invoiceNumber },
    ...{ orderNumber, purchaseOrderNumber },
    ...(returned === undefined ? {} : { returnNumber: returned.returnNumber }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...{ lines, netMinor, taxMinor, feeMinor, totalMinor: netMinor + taxMinor - feeMinor },
  }
}

/**
 * Issues a credit note with a number of its own: all of it is open, orders held for credit are looked at again, and the
 * ERP and the buyer get it through the outbox. The caller holds the order and enqueues the calls.
 */
export async function issueCreditNote(
  tx: TenantTx,
  draft: CreditNoteDraft,
  setting: FlowSetting,
): Promise<IssuedCreditNote> {
  const [number = 0] = await takeNumbers(tx, 'credit-note', 1)
  const creditNoteNumber = `CN-${String(number).padStart(6, '0')}`
  const creditNoteId = newId('crn')
  const note = documentOf(draft, creditNoteNumber, setting)
  const { order, invoice, returned, deductionId, issuedBy } = draft
  const { customerNumber, currency, issuedOn, netMinor, taxMinor, feeMinor, totalMinor } = note
  await insertCreditNote(tx, {
    ...{ creditNoteId, creditNoteNumber, customerNumber, currency, issuedOn, issuedBy },
    ...{ netMinor, taxMinor, feeMinor, totalMinor, lines: note.lines },
    ...{ orderId: order.orderId, invoiceId: invoice.invoiceId },
    ...{ invoiceNumber: invoice.invoiceNumber, reasonCode: note.reasonCode ?? null },
    ...{ returnId: returned?.returnId, deductionId },
  })
  await askCreditReviews(tx, [{ customerNumber, cause: `credit-note:${creditNoteNumber}` }])
  const sends = [...postCreditNote(note, setting), ...replyTo(order, note, setting)]
  return { creditNoteId, creditNoteNumber, totalMinor, sends }
}
