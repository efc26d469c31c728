import type { IsoDate } from '../../canonical/document.ts'
import type { MinorUnits } from '../../canonical/money.ts'

/** A credit note of a customer with what may be used of it. */
export type UsableCredit = {
  readonly creditNoteId: string
  readonly creditNoteNumber: string
  /** The invoice it was made for. */
  readonly invoiceId: string | null
  readonly openMinor: MinorUnits
  readonly issuedOn: IsoDate
}

/** A row of what a customer owes: an invoice, or an instalment of it. */
export type OwedRow = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly dueOn: IsoDate
  readonly openMinor: MinorUnits
}

/** What of a credit note goes to an invoice. */
export type CreditUse = {
  readonly creditNoteId: string
  readonly creditNoteNumber: string
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly amountMinor: MinorUnits
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const olderCredit = (a: UsableCredit, b: UsableCredit) =>
  byText(a.issuedOn, b.issuedOn) || byText(a.creditNoteNumber, b.creditNoteNumber)

const olderRow = (a: OwedRow, b: OwedRow) =>
  byText(a.dueOn, b.dueOn) || byText(a.invoiceNumber, b.invoiceNumber)

/** One use for each credit note and invoice, however many instalments it paid. */
function merged(uses: readonly CreditUse[]): CreditUse[] {
  const sums = new Map<string, CreditUse>()
  for (const use of uses) {
    const key = `${use.creditNoteId}\n${use.invoiceId}`
    const amountMinor = (sums.get(key)?.amountMinor ?? 0) + use.amountMinor
    sums.set(key, { ...use, amountMinor })
  }
  return [...sums.values()]
}

/**
 * Puts credits to what a customer owes: each to the invoice it was made for first, what is left of them to what is due
 * longest. Credits and rows are of one customer and one currency; no cent is used twice.
 */
export function planCredits(
  credits: readonly UsableCredit[],
  rows: readonly OwedRow[],
): readonly CreditUse[] {
  const owed = rows.toSorted(olderRow).map((row) => ({ row, leftMinor: row.openMinor }))
  const usable = credits
    .toSorted(olderCredit)
    .map((credit) => ({ credit, leftMinor: credit.openMinor }))
  const uses: CreditUse[] = []
  const put = (isWanted: (credit: UsableCredit, row: OwedRow) => boolean) => {
    for (const from of usable)
      for (const to of owed) {
        const amountMinor = Math.min(from.leftMinor, to.leftMinor)
        if (amountMinor <= 0 || !isWanted(from.credit, to.row)) continue
        from.leftMinor -= amountMinor
        to.leftMinor -= amountMinor
        const { creditNoteId, creditNoteNumber } = from.credit
        const { invoiceId, invoiceNumber } = to.row
        uses.push({ creditNoteId, creditNoteNumber, invoiceId, invoiceNumber, amountMinor })
      }
  }
  put((credit, row) => credit.invoiceId === row.invoiceId)
  put(() => true)
  return merged(uses)
}
