import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** An invoice that money may be for. */
export type InvoiceFact = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly customerNumber: string
  readonly currency: string
  readonly openMinor: number
  readonly invoicedOn: string
  readonly dueOn: string
  readonly discountUntil: string | null
  /** What of the discount has not been taken. */
  readonly discountMinor: number
}

const invoiceColumns = sql`
  invoice_id as "invoiceId", invoice_number as "invoiceNumber", order_id as "orderId",
  customer_number as "customerNumber", currency, open_minor as "openMinor", invoiced_on as "invoicedOn",
  due_on as "dueOn", discount_until as "discountUntil",
  greatest(0, discount_minor - coalesce((select sum(taken.discount_minor) from payment_application taken
    where taken.invoice_id = invoice.invoice_id), 0))::bigint as "discountMinor"`

/** Invoices that payments name, open or not. */
export async function invoicesNamed(
  tx: TenantTx,
  numbers: readonly string[],
): Promise<InvoiceFact[]> {
  if (numbers.length === 0) return []
  return tx.rows<InvoiceFact>(
    sql`select ${invoiceColumns} from invoice where invoice_number = any(${asTextList(numbers)})`,
  )
}

/** The open invoices of customers. */
export async function openInvoicesOf(
  tx: TenantTx,
  customerNumbers: readonly string[],
): Promise<InvoiceFact[]> {
  if (customerNumbers.length === 0) return []
  return tx.rows<InvoiceFact>(sql`
    select ${invoiceColumns} from invoice
    where customer_number = any(${asTextList(customerNumbers)}) and status in ('open', 'partly-paid')`)
}

/** What the books know of payers: accounts and names learned, customers named by number or key, and their children. */
export type PayerRows = {
  readonly known: ReadonlyMap<
    string,
    { readonly customerNumber: string; readonly isCertain: boolean }
  >
  readonly named: readonly { readonly by: string; readonly customerNumber: string }[]
  readonly childrenOf: ReadonlyMap<string, readonly string[]>
}

type PayerRow = {
  readonly what: 'confirmed' | 'learned' | 'named' | 'child'
  readonly by: string
  readonly customerNumber: string
}

/** Looks up payers by everything payments say about them, in one statement. */
export async function payerRows(
  tx: TenantTx,
  keys: {
    readonly payerKeys: readonly string[]
    readonly customerNumbers: readonly string[]
    readonly customerKeys: readonly string[]
  },
): Promise<PayerRows> {
  const rows = await tx.rows<PayerRow>(sql`
    with found as materialized (
      select case learned_from when 'person' then 'confirmed' else 'learned' end as what, payer_key as by,
        customer_number
      from payer_account where learned_from <> 'several' and payer_key = any(${asTextList(keys.payerKeys)})
      union all
      select 'named', customer_number, customer_number from customer
      where customer_number = any(${asTextList(keys.customerNumbers)})
      union all
      select 'named', key, customer_number from customer_key
      where key = any(${asTextList(keys.customerKeys)})
    )
    select what, by, customer_number as "customerNumber" from found
    union all
    select 'child', parent_number, customer_number from customer
    where parent_number = any(array(select customer_number from found))`)
  const childrenOf = new Map<string, string[]>()
  for (const { what, by, customerNumber } of rows)
    if (what === 'child') childrenOf.set(by, [...(childrenOf.get(by) ?? []), customerNumber])
  const ofKind = (kind: PayerRow['what']) => rows.filter((row) => row.what === kind)
  return {
    known: new Map(
      [...ofKind('learned'), ...ofKind('confirmed')].map(({ what, by, customerNumber }) => [
        by,
        { customerNumber, isCertain: what === 'confirmed' },
      ]),
    ),
    named: ofKind('named'),
    childrenOf,
  }
}

/** A payment with the references of another. */
export type SameReference = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly referenceKey: string
  readonly payerKey: string | null
  readonly customerNumber: string | null
  readonly currency: string
  readonly amountMinor: number
  readonly bookedOn: string
}

/** Payments with these references that nobody took back. */
export async function paymentsWithReference(
  tx: TenantTx,
  referenceKeys: readonly string[],
): Promise<SameReference[]> {
  if (referenceKeys.length === 0) return []
  return tx.rows<SameReference>(sql`
    select payment_id as "paymentId", payment_number as "paymentNumber", reference_key as "referenceKey",
      payer_key as "payerKey", customer_number as "customerNumber", currency, amount_minor as "amountMinor",
      booked_on as "bookedOn"
    from payment
    where reference_key = any(${asTextList(referenceKeys)}) and not is_reversal and reversed_by is null`)
}

/** What was written off for a customer in a month, and the bank fees borne for it. */
export type WrittenOff = {
  readonly customerNumber: string
  readonly month: string
  readonly currency: string
  readonly writtenOffMinor: number
  readonly feeMinor: number
}

/** Whose months are asked for; `isLocked` keeps others from adding to them before this transaction is over. */
export type WrittenOffQuestion = {
  readonly customerNumbers: readonly string[]
  readonly months: readonly string[]
  /** Those of the invoices. */
  readonly currencies: readonly string[]
  readonly isLocked: boolean
}

/** What was written off for customers in months. Locks are taken after those of orders. */
export async function writtenOff(
  tx: TenantTx,
  { customerNumbers, months, currencies, isLocked }: WrittenOffQuestion,
): Promise<WrittenOff[]> {
  if (customerNumbers.length === 0) return []
  // A month that nothing was let go in yet has no row to lock: two at once would both have all of it.
  if (isLocked)
    await tx.run(sql`
      insert into small_difference_month (tenant_id, customer_number, month, currency)
      select ${tx.tenantId}, customer_number, month::date, currency
      from unnest(${asTextList(customerNumbers)}) as customer_number, unnest(${asTextList(months)}) as month,
        unnest(${asTextList(currencies)}) as currency
      order by 2, 3, 4 on conflict do nothing`)
  return tx.rows<WrittenOff>(sql`
    select customer_number as "customerNumber", month::text as month, currency, written_off_minor as "writtenOffMinor",
      fee_minor as "feeMinor"
    from small_difference_month
    where customer_number = any(${asTextList(customerNumbers)}) and month::text = any(${asTextList(months)})
    order by customer_number, month, currency ${isLocked ? sql`for update` : sql``}`)
}
