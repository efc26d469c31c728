import type { InvoiceView } from '../canonical/views/invoice-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { Database } from '../store/database.ts'
import { getInvoice, type InvoiceFilter, listInvoices } from '../store/reading/list-invoices.ts'

/** What we billed. */
export type InvoicesService = {
  list(
    query: InvoiceFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<InvoiceView>>
  /** By id or invoice number. */
  get(tenantId: string, reference: string): Promise<InvoiceView | undefined>
}

/** Reads invoices from the store. */
export function invoicesService({ database }: { readonly database: Database }): InvoicesService {
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listInvoices(tx, filter, page)),
    get: (tenantId, reference) => database.inTenant(tenantId, (tx) => getInvoice(tx, reference)),
  }
}
