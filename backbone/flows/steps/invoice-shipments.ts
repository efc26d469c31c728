import { newId } from '../../canonical/ids.ts'
import type { Invoice, InvoiceLine } from '../../canonical/invoice.ts'
import { type MinorUnits, moneyText, sumMinor } from '../../canonical/money.ts'
import { toBillMinor } from '../../canonical/order-amounts.ts'
import {
  buyersLine,
  type InvoiceState,
  mayPass,
  type OrderState,
  type ShipmentState,
} from '../../canonical/order-state.ts'
import { dueTerms } from '../../policies/invoice-terms.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import { billedDiscountMinor, billedExtrasMinor } from '../../policies/order-totals.ts'
import { takeNumbers } from '../../store/orders/save-orders.ts'
import { untoldPrices } from '../acknowledged-prices.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { placeHolds } from '../place-hold.ts'
import { replyTo } from '../replies.ts'

const unbilled = (order: OrderState) => order.shipments.filter((shipment) => !shipment.isInvoiced)

function billedLines(order: OrderState, shipment: ShipmentState): InvoiceLine[] {
  return shipment.lines.flatMap((part) => {
    const { line: number, quantityEach } = part
    const line = order.lines.find((candidate) => candidate.line === number)
    if (line === undefined || quantityEach === 0) return []
    const unitPrice = part.unitPrice ?? line.unitPrice ?? '0'
    return {
      line: buyersLine(line),
      item: line.item,
      quantity: { value: String(quantityEach), uom: 'EA', uomScheme: 'rec20' as const },
      unitPrice,
      priceBasis: '1',
      lineAmountMinor: toBillMinor(line, part, order),
    }
  })
}

type OfTheWhole = Invoice['allowancesCharges']

function discountOf(discountMinor: MinorUnits): OfTheWhole {
  if (discountMinor === 0) return []
  const description = 'Order discount'
  return [{ kind: 'allowance', code: 'discount', description, amountMinor: discountMinor }]
}

// Freight is money on the bill; where allowances outweigh it, money off.
function freightOf(chargesMinor: MinorUnits): OfTheWhole {
  if (chargesMinor === 0) return []
  return chargesMinor > 0
    ? [{ kind: 'charge', code: 'freight', description: 'Freight', amountMinor: chargesMinor }]
    : [{ kind: 'allowance', description: 'Allowance', amountMinor: -chargesMinor }]
}

function invoiceDocument(
  order: OrderState,
  shipment: ShipmentState,
  number: string,
  setting: FlowSetting,
): Invoice {
  const lines = billedLines(order, shipment)
  const { chargesMinor, taxMinor } = billedExtrasMinor(order, shipment)
  const linesTotalMinor = sumMinor(lines.map((line) => line.lineAmountMinor))
  const discountMinor = billedDiscountMinor(order, shipment)
  const totalMinor = linesTotalMinor - discountMinor + chargesMinor + taxMinor
  const { dueOn } = dueTerms(setting.today, totalMinor, order.terms)
  return {
    docType: 'invoice',
    purpose: 'original',
    invoiceNumber: number,
    invoicedOn: setting.today,
    issuedOn: setting.today,
    dueOn,
    orderNumber: order.orderNumber,
    purchaseOrderNumber: order.purchaseOrderNumber,
    shipmentNumber: shipment.shipmentNumber,
    shippedOn: shipment.shippedAt.slice(0, 10),
    ...(order.orderedOn === undefined ? {} : { orderedOn: order.orderedOn }),
    currency: order.currency,
    terms: order.terms,
    parties: [...order.parties],
    lines,
    allowancesCharges: [...discountOf(discountMinor), ...freightOf(chargesMinor)],
    taxes: taxMinor === 0 ? [] : [{ category: 'S', amountMinor: taxMinor }],
    linesTotalMinor,
    totalMinor,
    isTest: false,
    references: [],
    notes: [],
    unknown: [],
  }
}

function postToErp(invoice: Invoice, documentId: string, setting: FlowSetting): OutboundIntent[] {
  const erp = setting.system('erp')
  if (erp === undefined) return []
  return [
    {
      operation: 'erp.post-invoice',
      connectionId: erp.connectionId,
      document: invoice,
      documentId,
      naturalKey: invoice.invoiceNumber,
      orderingKey: invoice.orderNumber,
      idempotencyKey: `${erp.connectionId}:invoice:${invoice.invoiceNumber}`,
      amountMinor: invoice.totalMinor,
    },
  ]
}

function billShipment(
  order: OrderState,
  shipment: ShipmentState,
  number: string,
  setting: FlowSetting,
): Required<Pick<Decision, 'order' | 'events' | 'sends'>> {
  const invoice = invoiceDocument(order, shipment, number, setting)
  const documentId = newId('doc')
  const due = dueTerms(invoice.invoicedOn, invoice.totalMinor, order.terms)
  const state: InvoiceState = {
    invoiceId: newId('inv'),
    invoiceNumber: number,
    shipmentId: shipment.shipmentId,
    customerNumber: order.customerNumber ?? '',
    totalMinor: invoice.totalMinor,
    openMinor: invoice.totalMinor,
    invoicedOn: invoice.invoicedOn,
    ...due,
    documentId,
  }
  const billedEach = new Map(shipment.lines.map((line) => [line.line, line.quantityEach]))
  const billed: OrderState = {
    ...order,
    lines: order.lines.map((line) => ({
      ...line,
      invoicedEach: line.invoicedEach + (billedEach.get(line.line) ?? 0),
    })),
    shipments: order.shipments.map((other) =>
      other === shipment ? { ...other, isInvoiced: true } : other,
    ),
    invoices: [...order.invoices, state],
  }
  return {
    order: { ...billed, stage: stageAfterRelease(billed) },
    events: [
      {
        kind: 'invoice.issued',
        actor: 'order-flow',
        summary: `Invoice ${number} for shipment ${shipment.shipmentNumber}: ${moneyText(invoice.totalMinor, order.currency)}, due ${due.dueOn}.`,
        body: { invoiceNumber: number, totalMinor: invoice.totalMinor, dueOn: due.dueOn },
      },
    ],
    sends: [
      ...postToErp(invoice, documentId, setting),
      ...replyTo(billed, invoice, setting, documentId),
    ],
  }
}

/** Every shipment is billed once; an order shipped in parts has an invoice for each part. */
export const invoiceShipments = defineStep<{ numbers: number[] }>({
  name: 'invoice-shipments',
  from: ['released', 'picking', 'shipped'],
  isNeeded: (order) => unbilled(order).length > 0 && mayPass(order, 'invoice'),
  async load(tx, orders) {
    const count = orders.reduce((sum, order) => sum + unbilled(order).length, 0)
    return { numbers: await takeNumbers(tx, 'invoice', count) }
  },
  decide(order, facts, setting) {
    let current: Required<Pick<Decision, 'order' | 'events' | 'sends'>> = {
      order,
      events: [],
      sends: [],
    }
    // Prices that were decided are told by now: any other that the buyer does not know keeps the bill back.
    const untold = untoldPrices(order)
    if (untold.length > 0) return placeHolds(order, untold, setting, 'order-flow')
    for (const { shipmentId } of unbilled(order)) {
      const shipment = current.order.shipments.find(
        (candidate) => candidate.shipmentId === shipmentId,
      )
      const number = facts.numbers.shift()
      if (shipment === undefined || number === undefined) continue
      const billed = billShipment(
        current.order,
        shipment,
        `INV-${String(number).padStart(6, '0')}`,
        setting,
      )
      current = {
        order: billed.order,
        events: [...current.events, ...billed.events],
        sends: [...current.sends, ...billed.sends],
      }
    }
    return current
  },
})
