import { createSecretKey, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { newId } from '../backbone/canonical/ids.ts'
import type { HoldState, OrderState } from '../backbone/canonical/order-state.ts'
import { openJobQueue } from '../backbone/queue/job-queue.ts'
import { cashService } from '../backbone/services/cash.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import { collectionsService } from '../backbone/services/collections.ts'
import { collectionsRecords } from '../backbone/services/collections-records.ts'
import { connectionsService } from '../backbone/services/connections.ts'
import { invoicesService } from '../backbone/services/invoices.ts'
import { kpiService } from '../backbone/services/kpi.ts'
import { masterDataService } from '../backbone/services/master-data/master-data-service.ts'
import { ordersReadService } from '../backbone/services/orders-read.ts'
import { paymentsService } from '../backbone/services/payments.ts'
import { policiesService } from '../backbone/services/policies.ts'
import { allActs, allCandidates } from '../backbone/services/proposals/all-acts.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import { seedCollections } from '../backbone/services/seed/collections.ts'
import { seedDistributor } from '../backbone/services/seed/seed-distributor.ts'
import { slaForecastService } from '../backbone/services/sla-forecast.ts'
import { transactionsService } from '../backbone/services/transactions.ts'
import { triageService } from '../backbone/services/triage/triage-service.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { startClocks } from '../backbone/store/sla/clocks.ts'
import { openTools } from '../cli/tools.ts'
import { type ToolCaller, toolScopes } from '../tools/tool.ts'
import { openTestDatabase } from './test-database.ts'
import { insertWholeOrder, orderOnItsWay } from './whole-order.ts'

const hourMs = 3_600_000

function priceHold(place: number): HoldState {
  return {
    holdId: newId('hld'),
    type: place % 2 === 0 ? 'PRICE' : 'MANUAL',
    blocks: ['confirm', 'release'],
    reason: 'Line 1 is ordered at 12.50, agreed are 11.90.',
    causeKey: `test-${place}`,
    conditions: {},
    placedAt: '2026-11-20T11:00:00.000Z',
    placedBy: 'price-check',
  }
}

/** The time in which a buyer may still cancel: it ends by itself. */
function cancelWindow(): HoldState {
  return {
    ...priceHold(0),
    ...{ holdId: newId('hld'), type: 'CANCEL_WINDOW', causeKey: 'cancel-window' },
    ...{ reason: 'The buyer may cancel for a day.', expiresAt: '2099-01-01T00:00:00.000Z' },
  }
}

/** An order of a seeded customer that waits for a decision. */
function heldOrder(change: Partial<OrderState>): OrderState {
  const order = orderOnItsWay({
    stage: 'held',
    customerNumber: 'C-10001',
    erpRevision: 0,
    picks: [],
    shipments: [],
    invoices: [],
    ...change,
  })
  const { releasedAt: _released, ...waiting } = order
  return waiting
}

/** Calls that were given up for one reason. */
async function failedCalls(
  tx: TenantTx,
  { count, connectionId }: { readonly count: number; readonly connectionId: string },
): Promise<void> {
  for (let place = 0; place < count; place += 1) {
    const transactionId = newId('txn')
    await tx.run(sql`
      insert into transaction (transaction_id, tenant_id, connection_id, operation, document_id, natural_key,
        ordering_key, idempotency_key, status, error_class, error_code, error_message, fingerprint, finished_at)
      values (${transactionId}, ${tx.tenantId}, ${connectionId}, 'erp.post-invoice', ${newId('doc')},
        ${`INV-${place}`}, ${`INV-${place}`}, ${transactionId}, 'failed', 'MAPPING', 'UNKNOWN_ITEM',
        ${`Item FAS-100${place % 3} is unknown.`}, ${`77aa5c7e9b0d/item FAS-100${place % 3}`}, now())`)
  }
}

/** What a tenant of the tools' tests holds. */
export type ToolsTenant = Awaited<ReturnType<typeof furnishForTools>>

/**
 * The seeded distributor and its debts, with what the demo brings in while it runs: orders that are held, promises that
 * run out, calls that failed, an order with its whole way behind it.
 */
export async function furnishForTools(
  database: Database,
  tenantId: string,
  { held = 5, failed = 9, isSeeded = true } = {},
) {
  const today = new Date().toISOString().slice(0, 10)
  if (isSeeded) {
    await seedDistributor(database, { tenantId, today })
    await seedCollections(database, { tenantId, today })
  }
  const whole = await insertWholeOrder(database, tenantId)
  const orders: OrderState[] = []
  for (let place = 0; place < held; place += 1) {
    const holds = place === 4 ? [priceHold(place), cancelWindow()] : [priceHold(place)]
    const order = heldOrder({ holds })
    await insertWholeOrder(database, tenantId, order)
    orders.push(order)
  }
  const startedAt = new Date(Date.now() - hourMs).toISOString()
  await database.inTenant(tenantId, async (tx) => {
    await startClocks(
      tx,
      orders.map(({ orderId, orderNumber }, place) => ({
        ...{ subject: `order:${orderNumber}`, target: 'release', orderId, startedAt },
        withinSeconds: 1_800 * (place + 1),
      })),
    )
    await failedCalls(tx, { count: failed, connectionId: whole.connectionId })
  })
  return { tenantId, whole, held: orders }
}

/** An order as large as they come: every text at its longest, more of everything than a page holds. */
export function hugeOrder() {
  const plain = orderOnItsWay()
  const text = 'A rule was held against the facts of this line, and this is what it found. '.repeat(
    6,
  )
  const evidence = Array.from({ length: 12 }, () => ({
    ...{ weighs: 'against' as const, text: text.slice(0, 500), source: 'agreement:AGR-7' },
  }))
  const alternatives = Array.from({ length: 9 }, (_, place) => ({
    ...{ candidateId: `way:${place}`, kind: 'wait', text: text.slice(0, 500) },
  }))
  const [line] = plain.lines
  const [hold] = plain.holds
  if (line === undefined || hold === undefined) throw new Error('The sample order has both.')
  return {
    ...plain,
    lines: Array.from({ length: 60 }, (_, place) => ({
      ...{ ...line, line: String(place + 1), position: place + 1 },
      description: 'Hex bolt '.repeat(40),
    })),
    findings: Array.from({ length: 24 }, (_, place) => ({
      ...{ kind: 'price-mismatch', line: String(place + 1), message: text, deltaMinor: 60 },
      ...{ evidence, alternatives },
    })),
    holds: Array.from({ length: 12 }, (_, place) => ({
      ...{
        ...hold,
        holdId: `${hold.holdId.slice(0, 24)}${place}`,
        causeKey: `cause-${place}`,
        reason: text,
      },
    })),
  }
}

/** Somebody of a tenant who may call every tool. */
export function callerOf(tenantId: string, scopes: ToolCaller['scopes'] = toolScopes): ToolCaller {
  return {
    tenantId,
    requester: { kind: 'person', id: `usr_${randomBytes(4).toString('hex')}`, name: 'Dana' },
    scopes,
  }
}

/** The tools of a house over a real database; surprises are kept for the test to look at. */
export async function openToolsHouse() {
  const { database, newTenant, close } = await openTestDatabase()
  const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
  const secretKey = createSecretKey(randomBytes(32))
  const surprises: unknown[] = []
  const tools = openTools(
    {
      database,
      log: { debug: () => undefined, error: (facts) => void surprises.push(facts) },
      signingKey: randomBytes(32),
      consoleUrl: 'https://quittance.example',
    },
    {
      orders: ordersReadService({ database }),
      checkOrder: checkOrder({ database }),
      transactions: transactionsService({ database, queue }),
      triage: triageService({ database }),
      connections: connectionsService({ database, secretKey, connectors: [] }),
      invoices: invoicesService({ database }),
      payments: paymentsService({ database }),
      cash: cashService({ database, queue }),
      collections: collectionsService({ database }),
      collectionsRecords: collectionsRecords({ database }),
      masterData: masterDataService({ database }),
      kpis: kpiService({ database }),
      policies: policiesService({ database }),
      slaForecast: slaForecastService({ database }),
      proposals: openProposals({ database, queue, acts: allActs, candidates: allCandidates }),
    },
  )
  return {
    ...{ ...tools, database, newTenant, surprises },
    async close() {
      await queue.stop()
      await close()
    },
  }
}

/** What `openToolsHouse` gives. */
export type ToolsHouse = Awaited<ReturnType<typeof openToolsHouse>>
