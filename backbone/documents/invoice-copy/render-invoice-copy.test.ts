import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { pdfText } from '../../../testing/read-pdf.ts'
import { Invoice } from '../../canonical/invoice.ts'
import { renderInvoiceCopy } from './render-invoice-copy.ts'

const line = (number: number, description: string) => ({
  line: String(number),
  item: { identifiers: [{ scheme: 'sku', value: `FAS-${1000 + number}` }], description },
  quantity: { value: '720', uom: 'EA' },
  unitPrice: '9.6432',
  lineAmountMinor: 694_310,
})

const invoice = (lines: object[]) =>
  Invoice.parse({
    docType: 'invoice',
    currency: 'USD',
    invoiceNumber: 'INV-000123',
    invoicedOn: '2026-10-16',
    dueOn: '2026-11-15',
    orderNumber: 'SO-000077',
    purchaseOrderNumber: 'PO-4711',
    terms: { netDays: 30, text: 'Net 30' },
    parties: [
      {
        role: 'buyer',
        name: 'Zakłady Łódź',
        address: { street: ['1 Müller Street'], city: 'Austin', region: 'TX', postalCode: '78702' },
      },
    ],
    lines,
    allowancesCharges: [{ kind: 'charge', description: 'Freight', amountMinor: 2_500 }],
    taxes: [{ amountMinor: 1_190 }],
    linesTotalMinor: 694_310 * lines.length,
    totalMinor: 694_310 * lines.length + 3_690,
  })

test('a copy shows number, dates, buyer, lines and total, and says that it is a copy', async () => {
  const pdf = await renderInvoiceCopy(invoice([line(1, 'Hex cap screw M8 x 40')]), 'Meridian')
  expect(Buffer.from(pdf.slice(0, 5)).toString()).toBe('%PDF-')
  const text = pdfText(pdf)
  for (const said of [
    'COPY',
    'Invoice INV-000123',
    '2026-11-15',
    'PO-4711',
    'FAS-1001 · Hex cap screw M8 x 40',
    '720 EA',
    '9.6432',
    '6943.10 USD',
    'Freight',
    '6980.00 USD',
    'Zak?ady ?ódz',
    '1 Müller Street',
  ])
    expect(text).toContain(said)
})

test('the same invoice gives the same bytes, another one others', async () => {
  const one = await renderInvoiceCopy(invoice([line(1, 'Screw')]), 'Meridian')
  const again = await renderInvoiceCopy(invoice([line(1, 'Screw')]), 'Meridian')
  const other = await renderInvoiceCopy(invoice([line(2, 'Screw')]), 'Meridian')
  expect(Buffer.from(one).equals(Buffer.from(again))).toBe(true)
  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false)
})

test('an invoice of many lines goes over several pages, every line once', async () => {
  const lines = Array.from({ length: 120 }, (_, index) => line(index + 1, `Part ${index + 1}.`))
  const text = pdfText(await renderInvoiceCopy(invoice(lines), 'Meridian'))
  for (const { item } of lines) expect(text.split(`${item.description}`).length).toBe(2)
})
