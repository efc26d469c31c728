import { markDocument } from '../backbone/documents/marking/mark-document.ts'
import { cashService } from '../backbone/services/cash.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import { collectionsService } from '../backbone/services/collections.ts'
import { collectionsRecords } from '../backbone/services/collections-records.ts'
import { connectionsService } from '../backbone/services/connections.ts'
import { documentsService } from '../backbone/services/documents.ts'
import { eventFeed } from '../backbone/services/event-feed.ts'
import { thirdPartyAgentsService } from '../backbone/services/governance/third-party-agents.ts'
import { idempotencyService } from '../backbone/services/idempotency.ts'
import { invoicesService } from '../backbone/services/invoices.ts'
import { kpiService } from '../backbone/services/kpi.ts'
import { masterDataService } from '../backbone/services/master-data/master-data-service.ts'
import { mcpCallsService } from '../backbone/services/mcp-calls.ts'
import { orderActions } from '../backbone/services/order-actions.ts'
import { orderLinesService } from '../backbone/services/order-lines/explain-line.ts'
import { orderStandingService } from '../backbone/services/order-standing/order-standing.ts'
import { orderStoryService } from '../backbone/services/order-story.ts'
import { ordersReadService } from '../backbone/services/orders-read.ts'
import { messagesService } from '../backbone/services/outreach/messages.ts'
import { paymentsService } from '../backbone/services/payments.ts'
import { policiesService } from '../backbone/services/policies.ts'
import { policyTrial } from '../backbone/services/policy-trial.ts'
import { allActs, allCandidates } from '../backbone/services/proposals/all-acts.ts'
import { deputiesService } from '../backbone/services/proposals/deputies.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import { quarantineService } from '../backbone/services/quarantine.ts'
import { quarantineActions } from '../backbone/services/quarantine-actions.ts'
import { receiptsService } from '../backbone/services/receipts.ts'
import { returnsService } from '../backbone/services/returns.ts'
import { savedViewsService } from '../backbone/services/saved-views.ts'
import { slaForecastService } from '../backbone/services/sla-forecast.ts'
import { sourcingService } from '../backbone/services/sourcing.ts'
import { transactionsService } from '../backbone/services/transactions.ts'
import { triageService } from '../backbone/services/triage/triage-service.ts'
import type { Database } from '../backbone/store/database.ts'
import type { House } from './house.ts'

/** The services of a house, over a database that is asked again when its connection was lost. */
export function openServices(
  {
    queue,
    metrics,
    secretKey,
    connectors,
    connections,
  }: Pick<House, 'queue' | 'metrics' | 'secretKey' | 'connectors' | 'connections'>,
  database: Database,
) {
  return {
    idempotency: idempotencyService({ database }),
    receipts: receiptsService({ database }),
    documents: documentsService({ database, mark: markDocument }),
    quarantine: quarantineService({ database }),
    quarantineActions: quarantineActions({ database, queue }),
    orders: ordersReadService({ database }),
    orderLines: orderLinesService({ database }),
    orderStanding: orderStandingService({ database }),
    orderStory: orderStoryService({ database }),
    orderActions: orderActions({ database, queue }),
    checkOrder: checkOrder({ database, onStepPart: metrics.checkPartDone }),
    transactions: transactionsService({ database, queue, metrics }),
    triage: triageService({ database }),
    messages: messagesService({ database }),
    invoices: invoicesService({ database }),
    payments: paymentsService({ database }),
    cash: cashService({ database, queue }),
    collections: collectionsService({ database }),
    collectionsRecords: collectionsRecords({ database }),
    connections: connectionsService({
      database,
      secretKey,
      connectors,
      onChanged: (connectionId) => connections.forget(connectionId),
    }),
    masterData: masterDataService({ database }),
    mcpCalls: mcpCallsService({ database }),
    kpis: kpiService({ database }),
    policies: policiesService({ database }),
    tryPolicy: policyTrial({ database }),
    proposals: openProposals({ database, queue, acts: allActs, candidates: allCandidates }),
    deputies: deputiesService({ database }),
    savedViews: savedViewsService({ database }),
    thirdPartyAgents: thirdPartyAgentsService({ database }),
    returns: returnsService({ database, queue }),
    sourcing: sourcingService({ database }),
    slaForecast: slaForecastService({ database }),
    feed: eventFeed({ database }),
  }
}
