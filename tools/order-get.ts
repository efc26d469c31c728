import { z } from 'zod'
import { stages } from '../backbone/canonical/order-state.ts'
import type { OrderView } from '../backbone/canonical/views/order-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { findingOf, WireFinding } from './wire/finding.ts'
import { given } from './wire/given.ts'
import { holdOf, WireHold } from './wire/holds.ts'
import { invoiceOf, paymentOf, WireInvoice, WirePayment } from './wire/invoice.ts'
import { Money, moneyOf } from './wire/money.ts'
import { found } from './wire/not-found.ts'
import {
  callOf,
  documentOf,
  eventOf,
  lineOf,
  pickOf,
  shipmentOf,
  WireCall,
  WireDocument,
  WireEvent,
  WireLine,
  WirePick,
  WireShipment,
} from './wire/order-parts.ts'
import { reference, UntrustedText, untrusted } from './wire/outside-text.ts'
import { asOf, pageEnd, type Wanted } from './wire/page.ts'
import { sectionsOf } from './wire/section.ts'

const sections = [
  'holds',
  'findings',
  'lines',
  'timeline',
  'transactions',
  'documents',
  'picks',
  'shipments',
  'invoices',
  'payments',
] as const

const Counts = z.object({
  holds: z.int(),
  findings: z.int(),
  lines: z.int(),
  timeline: z.int(),
  transactions: z.int(),
  documents: z.int(),
  picks: z.int(),
  shipments: z.int(),
  invoices: z.int(),
  payments: z.int(),
})

const Output = z.object({
  ...asOf,
  order_id: z.string(),
  order_number: z.string(),
  stage: z.enum(stages),
  is_partly: z.boolean(),
  customer_number: z.string().optional(),
  customer_name: z.string().optional(),
  purchase_order_number: z.string().describe('As the buyer wrote it.'),
  total: Money,
  charges: Money,
  tax: Money,
  ordered_on: z.string().optional(),
  requested_on: z.string().optional(),
  received_at: z.string(),
  released_at: z.string().optional(),
  is_ship_complete: z.boolean(),
  is_acknowledged: z.boolean(),
  erp_id: z.string().optional(),
  untrusted_text: UntrustedText.optional().describe('Why it was cancelled, as it was told to us.'),
  version: z.int(),
  counts: Counts.describe('How many of each section there are.'),
  holds: z.array(WireHold).optional().describe('Those in force first.'),
  findings: z.array(WireFinding).optional(),
  lines: z.array(WireLine).optional(),
  timeline: z.array(WireEvent).optional().describe('The newest first.'),
  transactions: z.array(WireCall).optional().describe('Those that failed or wait first.'),
  documents: z.array(WireDocument).optional(),
  picks: z.array(WirePick).optional(),
  shipments: z.array(WireShipment).optional(),
  invoices: z.array(WireInvoice).optional(),
  payments: z.array(WirePayment).optional(),
  ...pageEnd,
})

function headOf(order: OrderView) {
  const { currency } = order
  return given({
    order_id: order.orderId,
    order_number: order.orderNumber,
    stage: order.stage,
    is_partly: order.isPartly,
    customer_number: order.customerNumber,
    customer_name: order.customerName,
    purchase_order_number: reference(order.purchaseOrderNumber),
    total: moneyOf(order.totalMinor, currency),
    charges: moneyOf(order.chargesMinor, currency),
    tax: moneyOf(order.taxMinor, currency),
    ordered_on: order.orderedOn,
    requested_on: order.requestedOn,
    received_at: order.receivedAt,
    released_at: order.releasedAt,
    is_ship_complete: order.isShipComplete,
    is_acknowledged: order.isAcknowledged,
    erp_id: order.erpId === null ? null : reference(order.erpId),
    untrusted_text: untrusted(order.cancelReason, 200) ?? null,
    version: order.version,
  })
}

const countsOf = (order: OrderView): z.input<typeof Counts> => ({
  holds: order.holds.length,
  findings: order.findings.length,
  lines: order.lines.length,
  timeline: order.timeline.length,
  transactions: order.transactions.length,
  documents: order.documents.length,
  picks: order.picks.length,
  shipments: order.shipments.length,
  invoices: order.invoices.length,
  payments: order.payments.length,
})

const isQuiet = (status: string) => status === 'succeeded' || status === 'dropped'

/** What needs looking at first: holds in force, calls that are not through, the newest events. */
function inTurn(order: OrderView) {
  return {
    holds: order.holds.toSorted(
      (a, b) => Number(a.releasedAt !== null) - Number(b.releasedAt !== null),
    ),
    timeline: order.timeline.toReversed(),
    transactions: order.transactions.toSorted(
      (a, b) => Number(isQuiet(a.status)) - Number(isQuiet(b.status)),
    ),
  }
}

function partsOf(order: OrderView, input: Wanted & { section?: string | undefined }) {
  const part = sectionsOf(input)
  const { holds, timeline, transactions } = inTurn(order)
  const lists = {
    holds: part.of('holds', holds, 6)?.map(holdOf),
    findings: part
      .of('findings', order.findings, 3)
      ?.map((finding) => findingOf(finding, order.currency)),
    lines: part.of('lines', order.lines, 5)?.map((line) => lineOf(line, order.currency)),
    timeline: part.of('timeline', timeline, 5)?.map(eventOf),
    transactions: part.of('transactions', transactions, 3)?.map(callOf),
    documents: part.of('documents', order.documents, 0)?.map(documentOf),
    picks: part.of('picks', order.picks, 2)?.map(pickOf),
    shipments: part.of('shipments', order.shipments, 2)?.map(shipmentOf),
    invoices: part.of('invoices', order.invoices, 2)?.map(invoiceOf),
    payments: part.of('payments', order.payments, 2)?.map(paymentOf),
  }
  return { ...lists, ...part.end() }
}

/** One order with everything on its way. */
export const orderGet = readTool({
  name: 'order_get',
  title: 'Look at an order',
  about:
    'One order by id or number: where it is, what holds it, what the checks found, lines, calls, goods, bills, money and timeline. Gives the first few of each section; a named section is given whole, page by page.',
  scope: 'o2c:read',
  publish: 'mcp',
  keeps: ['order_id', 'order_number'],
  input: z.strictObject({
    order: referenceArgument('The order id or order number.'),
    section: oneOf(sections, 'The one list to give whole.').optional(),
    fields: fieldsOf([
      'stage',
      'is_partly',
      'customer_number',
      'customer_name',
      'purchase_order_number',
      'total',
      'charges',
      'tax',
      'requested_on',
      'received_at',
      'released_at',
      'untrusted_text',
      'version',
      'counts',
      ...sections,
    ]),
    ...paging(20),
  }),
  output: Output,
  run: async ({ orders, now }, { tenantId }, input) => {
    const order = found(
      await orders.get(tenantId, input.order),
      'order',
      'order_search finds orders by any of their numbers.',
    )
    return { as_of: now(), ...headOf(order), counts: countsOf(order), ...partsOf(order, input) }
  },
})
