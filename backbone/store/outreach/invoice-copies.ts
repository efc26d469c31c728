import { sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** What an invoice can be written again from: the document we sent, or the record of an order billed in one piece. */
export type InvoiceSource = {
  readonly invoiceNumber: string
  readonly document: unknown
  readonly record: unknown
}

// As the bill itself has them: the discount first, then freight and what else outweighs or is outweighed by it.
const charged = sql`(orders.charges_minor + least(orders.allowance_minor, sold.granted))`
const ofTheWhole = sql`(
  case when sold.discount = 0 then '[]' else jsonb_build_array(jsonb_build_object(
    'kind', 'allowance', 'code', 'discount', 'description', 'Order discount', 'amountMinor', sold.discount)) end
  || case when ${charged} = 0 then '[]'
    when ${charged} > 0 then jsonb_build_array(jsonb_build_object(
      'kind', 'charge', 'code', 'freight', 'description', 'Freight', 'amountMinor', ${charged}))
    else jsonb_build_array(jsonb_build_object(
      'kind', 'allowance', 'description', 'Allowance', 'amountMinor', -${charged})) end)`

/** The sources of copies of invoices. Of invoices of the past there is no document; their order has all that they say. */
export function invoiceSources(
  tx: TenantTx,
  invoiceNumbers: readonly string[],
): Promise<InvoiceSource[]> {
  return tx.rows(sql`
    with wanted as materialized (
      select * from invoice where invoice_number = any(${asTextList(invoiceNumbers)})
    )
    select invoice_number as "invoiceNumber",
      (select canonical from document where document.document_id = wanted.document_id and doc_type = 'invoice') as document,
      (select jsonb_strip_nulls(jsonb_build_object('docType', 'invoice', 'currency', wanted.currency,
          'invoiceNumber', invoice_number, 'invoicedOn', invoiced_on, 'dueOn', due_on, 'orderNumber', order_number,
          'purchaseOrderNumber', purchase_order_number, 'orderedOn', orders.ordered_on, 'terms', orders.terms,
          'parties', orders.parties, 'linesTotalMinor', sold.lines_total, 'totalMinor', wanted.total_minor,
          'allowancesCharges', ${ofTheWhole},
          'taxes', case when orders.tax_minor = 0 then '[]'
            else jsonb_build_array(jsonb_build_object('category', 'S', 'amountMinor', orders.tax_minor)) end,
          'lines', (select jsonb_agg(jsonb_build_object('line', line, 'item',
              item || jsonb_strip_nulls(jsonb_build_object('description', coalesce(description, item ->> 'description'))),
              'quantity', jsonb_build_object('value', invoiced_each::text, 'uom', 'EA'),
              'unitPrice', trim_scale(coalesce(unit_price, 0))::text, 'lineAmountMinor', line_amount_minor)
              order by position)
            from order_line where order_line.order_id = orders.order_id and invoiced_each > 0)))
        from orders cross join lateral (
          select sum(line_amount_minor) as lines_total, sum(discount_minor) as granted,
            coalesce(sum(round(discount_minor::numeric * invoiced_each / nullif(discount_of_each, 0))), 0) as discount
          from order_line where order_line.order_id = orders.order_id and invoiced_each > 0
        ) as sold
        where orders.order_id = wanted.order_id
          -- In several pieces, the record does not say which line is in which invoice.
          and (select count(*) from invoice as other where other.order_id = wanted.order_id) = 1
          and orders.total_minor = wanted.total_minor) as record
    from wanted order by due_on, invoice_number`)
}
