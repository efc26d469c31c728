import { Invoice } from '../../canonical/invoice.ts'
import type { TenantTx } from '../../store/database.ts'
import { invoiceSources } from '../../store/outreach/invoice-copies.ts'

// A mail with more is refused by many a server, and read by nobody.
const mostCopies = 10
const mostLines = 500

/** The invoices a message brings copies of, the oldest first; those we cannot write again whole are left out. */
export async function invoicesToCopy(
  tx: TenantTx,
  invoiceNumbers: readonly string[],
): Promise<Invoice[]> {
  const sources = await invoiceSources(tx, invoiceNumbers)
  return sources
    .flatMap(({ document, record }) => {
      const read = Invoice.safeParse(document ?? record)
      return read.success && read.data.lines.length <= mostLines ? [read.data] : []
    })
    .slice(0, mostCopies)
}
