import type { Finding } from '../../backbone/canonical/finding.ts'
import { TechnicalAcknowledgement } from '../../backbone/canonical/instruction.ts'
import type { OrderView } from '../../backbone/canonical/views/order-view.ts'
import type { QuarantineView, ReceiptView } from '../../backbone/canonical/views/receipt-view.ts'
import type { TransactionSummary } from '../../backbone/canonical/views/transaction-view.ts'
import type { JobQueue } from '../../backbone/queue/job-queue.ts'
import { ordersReadService } from '../../backbone/services/orders-read.ts'
import { quarantineService } from '../../backbone/services/quarantine.ts'
import { receiptsService } from '../../backbone/services/receipts.ts'
import { transactionsService } from '../../backbone/services/transactions.ts'
import type { Database } from '../../backbone/store/database.ts'
import { demoTenantId } from '../demo-world.ts'
import type { Sent } from './sendings.ts'

/** A 997 or TA1 we sent for a receipt: what it says and how its sending stands. */
export type SentAcknowledgement = {
  readonly kind: string
  readonly verdict: string
  readonly status: string
}

/** What a sending came to: the door's word, the receipt, its orders, and what a person has to look at. */
export type Outcome = {
  readonly sent: Sent
  /** In the words of fixtures/README.md: accepted, duplicate, conflict, partly, rejected … */
  readonly answer: string
  readonly receipt: ReceiptView | undefined
  readonly findings: readonly Finding[]
  readonly orders: readonly OrderView[]
  readonly quarantine: readonly QuarantineView[]
  readonly acknowledgements: readonly SentAcknowledgement[]
}

/** Everything the demo knows at its end. */
export type DemoBooks = {
  readonly outcomes: readonly Outcome[]
  readonly orders: readonly OrderView[]
  readonly calls: readonly TransactionSummary[]
  /** Calls without a clear answer that had happened all the same, as a look-up showed. */
  readonly lookedUpCount: number
}

const tenantId = demoTenantId

/** Reads every page of a list. */
async function everyPage<Item>(
  read: (after: string | undefined) => Promise<{ items: readonly Item[]; next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = []
  let after: string | undefined
  do {
    const { items, next } = await read(after)
    all.push(...items)
    after = next ?? undefined
  } while (after !== undefined)
  return all
}

type Tools = { readonly database: Database; readonly queue: JobQueue }

async function acknowledgementsByReceipt(
  tools: Tools,
  calls: readonly TransactionSummary[],
): Promise<Map<string, SentAcknowledgement[]>> {
  const transactions = transactionsService(tools)
  const found = new Map<string, SentAcknowledgement[]>()
  for (const { operation, transactionId } of calls) {
    if (operation !== 'partner.technical-acknowledgement') continue
    const call = await transactions.get(tenantId, transactionId)
    const document = TechnicalAcknowledgement.safeParse(call?.document)
    if (call === undefined || !document.success) continue
    const receiptId = call.orderingKey?.replace('acknowledgements:', '') ?? ''
    const { kind, verdict } = document.data
    const sent = { kind, verdict, status: call.status }
    found.set(receiptId, [...(found.get(receiptId) ?? []), sent])
  }
  // The interchange comes before its groups: TA1, then 997.
  for (const sent of found.values()) sent.sort((a, b) => (a.kind > b.kind ? -1 : 1))
  return found
}

async function countLookedUp(tools: Tools, calls: readonly TransactionSummary[]): Promise<number> {
  const transactions = transactionsService(tools)
  let count = 0
  for (const { attempts, transactionId } of calls) {
    const call = attempts > 1 ? await transactions.get(tenantId, transactionId) : undefined
    if (call?.tries.some(({ outcome }) => outcome === 'looked-up') === true) count += 1
  }
  return count
}

// The word for what the reading came to, once the door had taken it.
function answerOf({ sending, answer }: Sent, receipt: ReceiptView | undefined): string {
  if (answer.status === 401) return 'unauthorised'
  if (answer.word !== 'accepted' || receipt === undefined)
    return answer.status === 422 ? 'rejected' : answer.word
  if (receipt.status === 'partly-read') return 'partly'
  // X12 says no by its own 997 or TA1; the other channels leave it to a person.
  if (receipt.status === 'quarantined')
    return sending.channel === 'x12' ? 'rejected' : 'quarantined'
  return 'accepted'
}

/** Reads what became of every sending. */
export async function readBooks(tools: Tools, sent: readonly Sent[]): Promise<DemoBooks> {
  const receipts = receiptsService(tools)
  const reading = ordersReadService(tools)
  const calls = await everyPage((after) =>
    transactionsService(tools).list({ tenantId, direction: 'out', page: { limit: 200, after } }),
  )
  const aside = await everyPage((after) =>
    quarantineService(tools).list({ tenantId, page: { limit: 200, after } }),
  )
  const acknowledgements = await acknowledgementsByReceipt(tools, calls)
  const orders = new Map<string, OrderView>()
  const orderOf = async (orderId: string): Promise<OrderView | undefined> => {
    const order = orders.get(orderId) ?? (await reading.get(tenantId, orderId))
    if (order !== undefined) orders.set(orderId, order)
    return order
  }
  const outcomes: Outcome[] = []
  for (const one of sent) {
    const { receiptId } = one.answer
    const receipt = receiptId === undefined ? undefined : await receipts.get(tenantId, receiptId)
    const orderIds = [...new Set(receipt?.documents.flatMap((document) => document.orderId ?? []))]
    const named = await Promise.all(orderIds.map(orderOf))
    outcomes.push({
      sent: one,
      answer: answerOf(one, receipt),
      receipt,
      findings: receipt?.findings ?? [],
      orders: named.filter((order) => order !== undefined),
      quarantine: aside.filter((entry) => receiptId !== undefined && entry.receiptId === receiptId),
      acknowledgements: acknowledgements.get(receiptId ?? '') ?? [],
    })
  }
  const lookedUpCount = await countLookedUp(tools, calls)
  return { outcomes, orders: [...orders.values()], calls, lookedUpCount }
}
