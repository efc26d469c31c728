import { PaymentTerms } from '../../canonical/document.ts'
import { type CreditUse, type OwedRow, planCredits } from '../../policies/credits/plan-credits.ts'
import { openSchedule, paymentSchedule } from '../../policies/invoice-terms.ts'
import { type CreditNoteRow, usableCreditNotes } from '../../store/credits/credit-notes.ts'
import { type OwedInvoice, owedInvoices } from '../../store/credits/owed-invoices.ts'
import type { TenantTx } from '../../store/database.ts'

/** Whose credits are to be put to their invoices. */
export type CreditAccount = { readonly customerNumber: string; readonly currency: string }

/** What the credits of a customer in one currency would pay, with the records it is worked out from. */
export type CreditPlan = {
  readonly uses: readonly CreditUse[]
  readonly notes: readonly CreditNoteRow[]
  readonly invoices: readonly OwedInvoice[]
}

const Instalments = PaymentTerms.required({ instalments: true })

function rowsOf({ terms, ...invoice }: OwedInvoice): OwedRow[] {
  const { invoiceId, invoiceNumber, dueOn, invoicedOn, totalMinor, openMinor } = invoice
  const inParts = terms === null ? undefined : Instalments.safeParse(terms).data
  if (inParts === undefined) return [{ invoiceId, invoiceNumber, dueOn, openMinor }]
  return openSchedule(paymentSchedule(invoicedOn, totalMinor, inParts), openMinor).map((row) => ({
    ...{ invoiceId, invoiceNumber, dueOn: row.dueOn, openMinor: row.openMinor },
  }))
}

// What a person looks through at once; the rest follows when this is done.
const usesAtMost = 40

/** Works out what the open credits of a customer would pay now. */
export async function creditPlan(
  tx: TenantTx,
  account: CreditAccount,
  { isLocked }: { readonly isLocked: boolean },
): Promise<CreditPlan> {
  const all = await usableCreditNotes(tx, account.customerNumber, { isLocked })
  const notes = all.filter(({ currency }) => currency === account.currency)
  const invoices = notes.length === 0 ? [] : await owedInvoices(tx, account)
  const uses = planCredits(notes, invoices.flatMap(rowsOf)).slice(0, usesAtMost)
  return { uses, notes, invoices }
}
