import { Buffer } from 'node:buffer'
import type PDFDocument from 'pdfkit'
import type { Invoice, InvoiceLine } from '../../canonical/invoice.ts'
import { itemNumber } from '../../canonical/item.ts'
import { type Currency, moneyText, sumMinor } from '../../canonical/money.ts'
import type { Party } from '../../canonical/party.ts'

type Page = InstanceType<typeof PDFDocument>

const margin = 56
const width = 595 - 2 * margin
const columns = {
  line: { x: margin, width: 28 },
  item: { x: margin + 30, width: 230 },
  quantity: { x: margin + 262, width: 62, align: 'right' },
  price: { x: margin + 326, width: 72, align: 'right' },
  amount: { x: margin + 400, width: 83, align: 'right' },
} as const

// The built-in fonts know Windows-1252 only; other letters lose their marks or become a question mark.
const beyond = /[^\u0020-\u007E\u00A0-\u00FF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu

/** Text as the fonts of the page can show it. */
function shown(text: string): string {
  return text
    .replaceAll(beyond, (letter) => letter.normalize('NFD').replaceAll(/\p{M}/gu, ''))
    .replaceAll(beyond, '?')
}

function addressLines({ name, name2, address }: Party): string[] {
  const place = [address?.city, address?.region, address?.postalCode].filter(
    (part) => part !== undefined,
  )
  return [name, name2, ...(address?.street ?? []), place.join(' '), address?.country].flatMap(
    (line) => (line === undefined || line === '' ? [] : [shown(line)]),
  )
}

function head(page: Page, invoice: Invoice, company: string): void {
  page.font('Helvetica-Bold').fontSize(15).text(shown(company), margin, margin)
  page.fontSize(22).fillColor('#9a1c1c').text('COPY', margin, margin, { width, align: 'right' })
  page
    .fillColor('#000000')
    .fontSize(13)
    .text(`Invoice ${shown(invoice.invoiceNumber)}`, margin, 96)
  const facts: readonly (readonly [label: string, value: string | undefined])[] = [
    ['Invoice date', invoice.invoicedOn],
    ['Due date', invoice.dueOn],
    ['Your purchase order', invoice.purchaseOrderNumber],
    ['Our order', invoice.orderNumber],
    ['Shipment', invoice.shipmentNumber],
    ['Shipped on', invoice.shippedOn],
    ['Terms', invoice.terms?.text],
  ]
  page.fontSize(9)
  const known = facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]))
  for (const [index, [label = '', value = '']] of known.entries()) {
    const y = 122 + index * 13
    page.font('Helvetica-Bold').text(label, margin + 270, y, { width: 100 })
    page.font('Helvetica').text(shown(value), margin + 372, y, { width: 111, height: 11 })
  }
  const to =
    invoice.parties.find(({ role }) => role === 'bill-to') ??
    invoice.parties.find(({ role }) => role === 'buyer')
  page.font('Helvetica-Bold').text('Bill to', margin, 122)
  page.font('Helvetica')
  for (const [index, line] of (to === undefined ? [] : addressLines(to)).entries())
    page.text(line, margin, 135 + index * 12, { width: 250, height: 11 })
  page.y = 232
}

function cells(page: Page, y: number, texts: Readonly<Record<keyof typeof columns, string>>): void {
  const { line, item, quantity, price, amount } = columns
  page.text(texts.line, line.x, y, { width: line.width })
  page.text(texts.quantity, quantity.x, y, quantity)
  page.text(texts.price, price.x, y, price)
  page.text(texts.amount, amount.x, y, amount)
  // Last, so that what follows begins below the longest cell.
  page.text(texts.item, item.x, y, { width: item.width })
}

function tableHead(page: Page): void {
  page.font('Helvetica-Bold').fontSize(9)
  cells(page, page.y, {
    line: '#',
    item: 'Item',
    quantity: 'Quantity',
    price: 'Unit price',
    amount: 'Amount',
  })
  const y = page.y + 2
  page
    .moveTo(margin, y)
    .lineTo(margin + width, y)
    .lineWidth(0.5)
    .stroke()
  page.font('Helvetica')
  page.y = y + 5
}

function itemText({ item }: InvoiceLine): string {
  const sku = itemNumber(item, 'sku')
  return shown([sku, item.description].filter((part) => part !== undefined).join(' · '))
}

const lastLineY = 730

function lineRow(page: Page, line: InvoiceLine, currency: Currency): void {
  if (page.y > lastLineY) {
    page.addPage()
    page.y = margin
    tableHead(page)
  }
  const basis = line.priceBasis === '1' ? '' : ` / ${line.priceBasis}`
  cells(page, page.y, {
    line: shown(line.line),
    item: itemText(line),
    quantity: `${line.quantity.value} ${shown(line.quantity.uom)}`,
    price: `${line.unitPrice}${basis}`,
    amount: moneyText(line.lineAmountMinor, currency),
  })
  page.moveDown(0.3)
}

function totals(page: Page, invoice: Invoice): void {
  const { currency } = invoice
  const taxMinor = sumMinor(invoice.taxes.map(({ amountMinor }) => amountMinor))
  const rows: [string, number][] = [
    ['Lines', invoice.linesTotalMinor],
    ...invoice.allowancesCharges.map(({ kind, description, amountMinor }): [string, number] => [
      description ?? kind,
      kind === 'allowance' ? -amountMinor : amountMinor,
    ]),
    ...(taxMinor === 0 ? [] : [['Tax', taxMinor] satisfies [string, number]]),
    ['Total', invoice.totalMinor],
  ]
  if (page.y > lastLineY - rows.length * 14) page.addPage()
  page.moveDown(0.6)
  for (const [label, amountMinor] of rows) {
    const { y } = page
    page.font(label === 'Total' ? 'Helvetica-Bold' : 'Helvetica')
    page.text(shown(label), margin + 262, y, { width: 136, align: 'right', height: 11 })
    page.text(moneyText(amountMinor, currency), columns.amount.x, y, columns.amount)
    page.y = y + 14
  }
  page
    .font('Helvetica')
    .fontSize(8)
    .text(
      'This is a copy of an invoice issued earlier; it is not another claim.',
      margin,
      page.y + 14,
    )
}

/** The bytes of a document once it is whole. */
function bytesOf(page: Page): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    page.on('data', (chunk: Uint8Array) => void chunks.push(chunk))
    page.on('error', reject)
    page.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
    page.end()
  })
}

/** A readable A4 copy of an invoice, marked as a copy; the same invoice gives the same bytes. */
export async function renderInvoiceCopy(invoice: Invoice, company: string): Promise<Uint8Array> {
  // Loaded with the first copy: its fonts are a fifth of a start.
  const { default: Document } = await import('pdfkit')
  const page = new Document({
    size: 'A4',
    margin,
    info: {
      Title: `Copy of invoice ${invoice.invoiceNumber}`,
      Author: company,
      // Not the moment of writing: a copy made twice is one and the same.
      CreationDate: new Date(`${invoice.invoicedOn}T00:00:00Z`),
    },
  })
  head(page, invoice, company)
  tableHead(page)
  for (const line of invoice.lines) lineRow(page, line, invoice.currency)
  totals(page, invoice)
  return bytesOf(page)
}
