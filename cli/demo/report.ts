import type { Finding } from '../../backbone/canonical/finding.ts'
import type { OrderView } from '../../backbone/canonical/views/order-view.ts'
import type { DemoCounts } from './count.ts'
import type { DemoBooks, Outcome, SentAcknowledgement } from './outcome.ts'

type ReceiptDocument = NonNullable<Outcome['receipt']>['documents'][number]

// The standard's own codes are what the partner's EDI desk asks for; those of JSON say nothing more than the text.
const isX12Code = (codeList: string) => /^(AK|TA|IK)/.test(codeList)

function findingText(finding: Finding): string {
  const { codeList, code, segment, element, segmentPosition, message } = finding
  if (segment === undefined) return message
  const place = `${segment}${element === undefined ? '' : String(element).padStart(2, '0')}`
  const details = [
    ...(segmentPosition === undefined ? [] : [`segment ${segmentPosition}`]),
    ...(isX12Code(codeList) ? [`${codeList} ${code}`] : []),
  ]
  return `${place}${details.length === 0 ? '' : ` (${details.join(', ')})`}: ${message}`
}

const activeHolds = (order: OrderView) =>
  order.holds.filter(({ releasedAt }) => releasedAt === null)

function waitingLines(order: OrderView): string {
  const waiting = order.lines.filter(
    (line) => line.orderedEach - line.cancelledEach > line.shippedEach + line.allocatedEach,
  )
  return waiting.length === 0 || order.releasedAt === null
    ? ''
    : `, line ${waiting.map(({ line }) => line).join(', ')} waits for stock`
}

const sentNames: Readonly<Record<string, string>> = {
  'partner.acknowledgement': '855',
  'partner.ship-notice': '856',
  'partner.invoice': '810',
  'shop.fulfilment': 'fulfilment',
  'webhook.event': 'webhook',
}

function repliesOf(order: OrderView): string {
  const counts = new Map<string, number>()
  for (const { operation, status } of order.transactions) {
    const name = sentNames[operation]
    if (name === undefined) continue
    const shown = status === 'succeeded' ? name : `${name} ${status}`
    counts.set(shown, (counts.get(shown) ?? 0) + 1)
  }
  const shown = [...counts].map(([name, count]) => (count === 1 ? name : `${count} x ${name}`))
  return shown.length === 0 ? '' : `; sent ${shown.join(', ')}`
}

function orderText(order: OrderView): string {
  const { purchaseOrderNumber, orderNumber, stage, isPartly, cancelReason } = order
  const why = activeHolds(order).map(
    ({ type, line, reason }) => `${type}${line === null ? '' : ` line ${line}`}: ${reason}`,
  )
  const held = why.length === 0 || stage === 'cancelled' ? '' : ` by ${why.join(' / ')}`
  const cancelled = cancelReason === null ? '' : ` (${cancelReason})`
  const partly = isPartly ? 'partly ' : ''
  return `order ${purchaseOrderNumber} = ${orderNumber} ${partly}${stage}${cancelled}${held}${waitingLines(order)}${repliesOf(order)}`
}

function linesText(order: OrderView): string {
  const lines = order.lines.map(
    ({ line, orderedEach, cancelledEach }) => `line ${line}: ${orderedEach - cancelledEach}`,
  )
  return `now ${lines.join(', ')}`
}

function documentText(document: ReceiptDocument, orders: readonly OrderView[]): string {
  const { docType, number, status, reason, orderId } = document
  const order = orders.find((candidate) => candidate.orderId === orderId)
  if (status === 'applied' && order !== undefined) {
    if (docType === 'order') return orderText(order)
    const change = docType === 'order-change' && order.stage !== 'cancelled'
    const effect = change ? `, ${linesText(order)}` : ''
    return `${docType} applied to ${order.purchaseOrderNumber}${effect}; the order is ${order.stage}${order.cancelReason === null ? '' : ` (${order.cancelReason})`}`
  }
  return `${docType} ${number} ${status}${reason === null ? '' : `: ${reason}`}`
}

function acknowledgedText(sent: readonly SentAcknowledgement[]): string[] {
  return sent.map(
    ({ kind, verdict, status }) =>
      `${kind} ${verdict}${status === 'succeeded' ? '' : ` (${status})`}`,
  )
}

/** What became of a sending, in one line, with the reason. */
function becameText(outcome: Outcome): string {
  const { answer, receipt, findings, orders, quarantine, acknowledgements, sent } = outcome
  if (answer === 'unauthorised') return 'refused at the door with 401; nothing is stored'
  if (answer === 'duplicate')
    return `known already: receipt ${receipt?.receiptId} again, nothing new`
  const errors = findings.filter(({ severity }) => severity === 'error').map(findingText)
  const documents = receipt?.documents.map((document) => documentText(document, orders)) ?? []
  const refused = sent.answer.status === 422 ? ['refused with 422, nothing is created'] : []
  const aside =
    answer === 'conflict' || (answer === 'quarantined' && errors.length === 0)
      ? quarantine.map(({ kind, reason }) => `quarantined (${kind}): ${reason}`)
      : []
  const kept = answer === 'quarantined' ? ['quarantined'] : []
  return [
    ...refused,
    ...kept,
    ...errors,
    ...aside,
    ...documents,
    ...acknowledgedText(acknowledgements),
  ].join('; ')
}

/** One printed line of a sending. */
export function sendingLine(outcome: Outcome): string {
  const { sent, answer } = outcome
  const place = String(sent.place).padStart(2)
  return `${place} ${sent.sending.file.padEnd(52)} ${answer.padEnd(12)} ${becameText(outcome)}`
}

const labels: Readonly<Record<keyof DemoCounts, string>> = {
  received: 'documents sent to the door',
  accepted: 'of these accepted, wholly or in part',
  rejected: 'rejected or set aside, each with its reason',
  duplicates: 'known already',
  released: 'orders released to the ERP',
  held: 'orders held, waiting for a person or an event',
  shipped: 'orders with goods that have left',
  invoiced: 'orders billed',
  paid: 'orders paid in full',
  failed_transactions: 'calls given up, waiting for a person to replay or drop them',
  lost: 'lost',
  duplicated_effects: 'effects that happened twice',
}

/** The closing table. */
export function countLines(counts: DemoCounts): string[] {
  const rows = Object.entries(labels)
  const named = new Map<string, number>(Object.entries(counts))
  return rows.map(([name, label]) => `${String(named.get(name) ?? 0).padStart(6)}  ${label}`)
}

/** What the outside systems' misbehaviour came to: repeated tries, and calls a person must look at. */
export function callLines({ calls, lookedUpCount }: DemoBooks): string[] {
  const repeated = calls.filter(({ attempts }) => attempts > 1).length
  const failed = calls.filter(({ status }) => status === 'failed')
  return [
    `The sandbox systems misbehaved: of ${calls.length} calls ${repeated} needed more than one try; ${lookedUpCount} had`,
    'no clear answer and had happened all the same: they were found by a look-up and not done again.',
    ...failed.map(
      ({ operation, naturalKey, errorClass, errorCode, errorMessage }) =>
        `Given up: ${operation} ${naturalKey} (${errorClass} ${errorCode}): ${errorMessage}`,
    ),
  ]
}

function orderJson(order: OrderView) {
  const { orderNumber, purchaseOrderNumber, stage, isPartly, cancelReason } = order
  return {
    ...{ orderNumber, purchaseOrderNumber, stage, isPartly, cancelReason },
    holds: activeHolds(order).map(({ type, line, reason }) => ({ type, line, reason })),
    lines: order.lines.map(
      ({ line, sku, orderedEach, cancelledEach, allocatedEach, shippedEach, invoicedEach }) => ({
        ...{ line, sku, orderedEach, cancelledEach, allocatedEach, shippedEach, invoicedEach },
      }),
    ),
    sent: order.transactions.map(({ operation, naturalKey, status, attempts }) => ({
      ...{ operation, naturalKey, status, attempts },
    })),
  }
}

/** What became of a sending, for programs. */
export function sendingJson(outcome: Outcome) {
  const { sent, answer, receipt, findings, orders, quarantine, acknowledgements } = outcome
  const { file, channel, connection, becomes } = sent.sending
  return {
    ...{ file, channel, connection, answer, becomes },
    httpStatus: sent.answer.status,
    receiptId: sent.answer.receiptId ?? null,
    became: becameText(outcome),
    findings,
    documents: receipt?.documents ?? [],
    quarantine: quarantine.map(({ kind, reason }) => ({ kind, reason })),
    acknowledgements,
    orders: orders.map(orderJson),
  }
}
