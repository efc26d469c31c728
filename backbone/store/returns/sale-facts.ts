import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** A line of an invoice as it was sold, with what earlier returns took of it. */
export type SoldLine = {
  readonly line: string
  readonly sku: string | null
  readonly productClass: string | null
  readonly unitPrice: string | null
  /** All that was ordered of it and not cancelled. */
  readonly lineAmountMinor: number
  /** Its share of the discount on the whole order, and of how many base units that is. */
  readonly discountMinor: number
  readonly discountOfEach: number
  /** Billed by all invoices of the order. */
  readonly invoicedEach: number
  /** Of returns that were not turned down, the one asked about left out. */
  readonly returnedEach: number
  readonly creditedEach: number
  readonly creditedNetMinor: number
  readonly creditedTaxMinor: number
  /** The prices of the list or agreement it was priced by, from a quantity on. */
  readonly breaks: readonly { readonly fromEach: number; readonly unitPrice: string }[]
}

/** An invoice with everything a return of it asks for. */
export type SaleFacts = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly customerNumber: string
  readonly partnerId: string | null
  readonly currency: string
  /** The day the goods arrived; the invoice's where no arrival was reported. */
  readonly deliveredOn: string
  /** What the buyer took off the whole order beyond the discount that its lines bear, and its tax. */
  readonly allowanceMinor: number
  readonly taxMinor: number
  /** Whether the order has no other invoice: what it billed is then what the invoice says. */
  readonly isOnlyInvoice: boolean
  /** The invoice as it was sent; null where it went nowhere and was not kept. */
  readonly invoice: unknown
  readonly lines: readonly SoldLine[]
}

/** Which sale is asked for. */
export type SaleQuestion = {
  readonly invoiceNumber: string
  /** The return that is decided itself. */
  readonly exceptReturnId?: string
  /** Whether something is to be decided: two returns of one line then wait for each other. */
  readonly isLocked: boolean
}

/** The invoice with a number, with its lines as they were sold. */
export async function saleFacts(
  tx: TenantTx,
  { invoiceNumber, exceptReturnId, isLocked }: SaleQuestion,
): Promise<SaleFacts | undefined> {
  if (isLocked)
    await tx.run(sql`
      select 1 from orders where order_id = (
        select order_id from invoice where invoice_number = ${invoiceNumber}) for update`)
  const [sale] = await tx.rows<SaleFacts>(sql`
    with sold as materialized (
      select invoice.*, orders.partner_id, orders.allowance_minor, orders.tax_minor, document.canonical,
        not exists (select 1 from invoice other where other.order_id = invoice.order_id
          and other.invoice_id <> invoice.invoice_id) as is_only,
        coalesce((shipment.delivered_at at time zone (select time_zone from tenant))::date, invoiced_on) as delivered_on
      from invoice
      join orders on orders.order_id = invoice.order_id
      left join document on document.document_id = invoice.document_id
      left join shipment on shipment.shipment_id = invoice.shipment_id
      where invoice_number = ${invoiceNumber}
    ), line as materialized (
      select line, order_line.sku, product_class, trim_scale(unit_price)::text as unit_price, price_source,
        line_amount_minor, discount_minor, discount_of_each, invoiced_each,
        'sku:' || order_line.sku as target
      from order_line left join product on product.sku = order_line.sku
      where order_id = (select order_id from sold)
    ), back as (
      select rma_line.line, sum(quantity_each) as returned,
        sum(case when rma.status = 'credited' then accepted_each else 0 end) as credited,
        sum(credited_net_minor) as net, sum(credited_tax_minor) as tax
      from rma join rma_line on rma_line.return_id = rma.return_id
      where invoice_id = (select invoice_id from sold) and rma.status <> 'rejected'
        and rma.return_id is distinct from ${exceptReturnId ?? null}::text
      group by rma_line.line
    ), priced as (
      select line, minimum_quantity, trim_scale(agreement_price.unit_price)::text as price
      from line join agreement_price on agreement_price.target = line.target
        and line.price_source = 'agreement-item:' || agreement_id
      where agreement_price.unit_price is not null
      union all
      select line, minimum_quantity, trim_scale(price.unit_price)::text
      from line join price on price.sku = line.sku
        and line.price_source in ('list:' || price_list_id, 'tier-list:' || price_list_id)
    )
    select invoice_id as "invoiceId", invoice_number as "invoiceNumber", order_id as "orderId",
      customer_number as "customerNumber", partner_id as "partnerId", currency, delivered_on as "deliveredOn",
      greatest(0, allowance_minor - (select coalesce(sum(discount_minor), 0) from line))::bigint as "allowanceMinor", tax_minor as "taxMinor", is_only as "isOnlyInvoice",
      canonical as invoice,
      coalesce((select json_agg(json_build_object('line', line.line, 'sku', line.sku, 'productClass', product_class,
          'unitPrice', unit_price, 'lineAmountMinor', line_amount_minor,
          'discountMinor', discount_minor, 'discountOfEach', discount_of_each,
          'invoicedEach', invoiced_each, 'returnedEach', coalesce(returned, 0), 'creditedEach', coalesce(credited, 0),
          'creditedNetMinor', coalesce(net, 0), 'creditedTaxMinor', coalesce(tax, 0),
          'breaks', coalesce((select json_agg(json_build_object('fromEach', minimum_quantity, 'unitPrice', price))
            from priced where priced.line = line.line), '[]')))
        from line left join back on back.line = line.line), '[]') as lines
    from sold`)
  return sale
}
