import { z } from 'zod'
import { readTool } from './tool.ts'
import { dayArgument, fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { invoiceOf, WireInvoice } from './wire/invoice.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

/** Finds invoices. */
export const invoiceSearch = readTool({
  name: 'invoice_search',
  title: 'Find invoices',
  about: 'Finds invoices by customer, order, status or due date; the newest first.',
  scope: 'ar:read',
  publish: 'internal',
  keeps: ['invoice_id', 'invoice_number'],
  input: z.strictObject({
    customer_number: referenceArgument('Our number of the customer.', 40).optional(),
    order_number: referenceArgument('Our order number.', 60).optional(),
    status: oneOf(['open', 'partly-paid', 'paid'], 'How it stands.').optional(),
    due_before: dayArgument('Open and due before.').optional(),
    fields: fieldsOf([
      'order_id',
      'order_number',
      'customer_number',
      'status',
      'total',
      'open',
      'invoiced_on',
      'due_on',
      'discount_until',
      'discount',
    ]),
    ...paging(15),
  }),
  output: listOf(WireInvoice),
  run: async ({ invoices, now }, { tenantId }, input) =>
    pageAnswer(
      now(),
      await invoices.list({
        tenantId,
        page: pageQuery(input),
        status: input.status,
        customerNumber: input.customer_number,
        orderNumber: input.order_number,
        dueBefore: input.due_before,
      }),
      invoiceOf,
    ),
})
