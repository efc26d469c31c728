import { z } from 'zod'
import { readTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { invoiceOf, WireInvoice } from './wire/invoice.ts'
import { found } from './wire/not-found.ts'
import { asOf } from './wire/page.ts'

/** One invoice. */
export const invoiceGet = readTool({
  name: 'invoice_get',
  title: 'Look at an invoice',
  about:
    'One invoice by id or number: amount, what is open, when it is due, its order and customer.',
  scope: 'ar:read',
  publish: 'mcp',
  input: z.strictObject({ invoice: referenceArgument('The invoice id or invoice number.') }),
  output: z.object({ ...asOf, ...WireInvoice.shape }),
  run: async ({ invoices, now }, { tenantId }, { invoice: named }) => {
    const invoice = found(
      await invoices.get(tenantId, named),
      'invoice',
      'ar_aging lists what customers owe; order_get shows the invoices of an order.',
    )
    return { as_of: now(), ...invoiceOf(invoice) }
  },
})
