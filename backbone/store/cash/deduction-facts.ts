import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A billed line whose agreed price is asked for. */
export type BilledLine = {
  readonly lineKey: string
  readonly customerNumber: string
  readonly sku: string
  readonly currency: string
  readonly orderedOn: string
  readonly quantityEach: number
}

/** A price agreed with a customer for a product. */
export type AgreedPrice = {
  readonly lineKey: string
  readonly unitPrice: string
  readonly agreementId: string
}

/** The price each agreement in force gave for billed lines, at the highest quantity step they reached. */
export async function agreedPrices(
  tx: TenantTx,
  lines: readonly BilledLine[],
): Promise<AgreedPrice[]> {
  if (lines.length === 0) return []
  return tx.rows<AgreedPrice>(sql`
    with billed as materialized (
      select row.*, 'sku:' || sku as target from jsonb_to_recordset(${asJson(lines)}) as row(
        "lineKey" text, "customerNumber" text, sku text, currency text, "orderedOn" date, "quantityEach" int)
    ), offer as materialized (
      select agreement_id, customer_number, currency, valid_from, valid_to from agreement
      where customer_number = any(array(select distinct "customerNumber" from billed))
    )
    select distinct on (billed."lineKey") billed."lineKey",
      trim_scale(agreement_price.unit_price)::text as "unitPrice", offer.agreement_id as "agreementId"
    from billed
    join offer on offer.customer_number = billed."customerNumber" and offer.currency = billed.currency
      and offer.valid_from <= billed."orderedOn"
      and (offer.valid_to is null or billed."orderedOn" < offer.valid_to)
    join agreement_price on agreement_price.agreement_id = offer.agreement_id
      and agreement_price.target = billed.target and agreement_price.unit_price is not null
      and agreement_price.minimum_quantity <= billed."quantityEach"
    order by billed."lineKey", agreement_price.minimum_quantity desc, offer.valid_from desc, offer.agreement_id`)
}

/** A credit note of ours with what is open of it and not set off on another payment already. */
export type OpenCreditNote = {
  readonly creditNoteId: string
  readonly number: string
  readonly customerNumber: string
  readonly currency: string
  readonly openMinor: number
}

type Named = Pick<OpenCreditNote, 'number' | 'customerNumber' | 'currency'>

const creditKey = ({ number, customerNumber, currency }: Named) =>
  [number, customerNumber, currency].join('\n')

/** Open credit notes by their numbers, less what open deductions have of them and have not used yet. */
export async function creditNotesNamed(
  tx: TenantTx,
  numbers: readonly string[],
  {
    isLocked,
    exceptDeductionIds = [],
  }: { readonly isLocked: boolean; readonly exceptDeductionIds?: readonly string[] | undefined },
): Promise<OpenCreditNote[]> {
  if (numbers.length === 0) return []
  const notes = await tx.rows<OpenCreditNote>(sql`
    select credit_note_id as "creditNoteId", credit_note_number as number, customer_number as "customerNumber", currency, open_minor as "openMinor"
    from credit_note where credit_note_number = any(${asTextList(numbers)}) and status = 'open'
    order by credit_note_id ${isLocked ? sql`for update` : sql``}`)
  if (notes.length === 0) return []
  // A statement of its own, so that it sees what whoever held the locks before has set off.
  const setOff = await tx.rows<Named & { readonly minor: number }>(sql`
    select reference as number, customer_number as "customerNumber", currency, sum(justified_minor - settled_minor)::bigint as minor
    from deduction
    where customer_number = any(${asTextList([...new Set(notes.map((note) => note.customerNumber))])})
      and status = 'open' and kind = 'credit-taken' and reference = any(${asTextList(numbers)})
      and deduction_id <> all(${asTextList(exceptDeductionIds)})
    group by reference, customer_number, currency`)
  const minorOf = new Map(setOff.map((row) => [creditKey(row), row.minor]))
  return notes.map((note) => ({
    ...note,
    openMinor: Math.max(0, note.openMinor - (minorOf.get(creditKey(note)) ?? 0)),
  }))
}
