import type { CashService } from '../backbone/services/cash.ts'
import type { CollectionsService } from '../backbone/services/collections.ts'
import type { CollectionsRecords } from '../backbone/services/collections-records.ts'
import type { ConnectionsService } from '../backbone/services/connections.ts'
import type { CreditReadService } from '../backbone/services/credit-read.ts'
import type { HoldsReadService } from '../backbone/services/holds-read.ts'
import type { InvoicesService } from '../backbone/services/invoices.ts'
import type { KpiService } from '../backbone/services/kpi.ts'
import type { MasterDataService } from '../backbone/services/master-data/master-data-service.ts'
import type { OrdersReadService } from '../backbone/services/orders-read.ts'
import type { PartnerSlaService } from '../backbone/services/partner-sla.ts'
import type { PaymentsService } from '../backbone/services/payments.ts'
import type { PoliciesService } from '../backbone/services/policies.ts'
import type { CheckOrder } from '../backbone/services/ports.ts'
import type { ProposalsService } from '../backbone/services/proposals/ports.ts'
import type { SlaForecastService } from '../backbone/services/sla-forecast.ts'
import type { StockOutlookService } from '../backbone/services/stock-outlook.ts'
import type { TransactionsService } from '../backbone/services/transactions.ts'
import type { ReplaySafetyService } from '../backbone/services/triage/replay-safety.ts'
import type { TriageService } from '../backbone/services/triage/triage-service.ts'

/** The services behind the tools; a tool calls one of them, beside the proposals that say what could be done. */
export type ToolServices = {
  readonly orders: OrdersReadService
  readonly holds: HoldsReadService
  readonly checkOrder: CheckOrder
  readonly transactions: TransactionsService
  readonly triage: TriageService
  readonly replaySafety: ReplaySafetyService
  readonly connections: Pick<ConnectionsService, 'list'>
  readonly invoices: InvoicesService
  readonly payments: PaymentsService
  readonly cash: Pick<CashService, 'unapplied'>
  readonly collections: CollectionsService
  readonly collectionsRecords: Pick<CollectionsRecords, 'promises' | 'disputes'>
  readonly credit: CreditReadService
  readonly masterData: MasterDataService
  readonly stock: StockOutlookService
  readonly kpis: KpiService
  readonly policies: Pick<PoliciesService, 'list' | 'get'>
  readonly slaForecast: SlaForecastService
  readonly partnerSla: PartnerSlaService
  readonly proposals: Pick<
    ProposalsService,
    'candidates' | 'candidatesOfMany' | 'propose' | 'get' | 'search'
  >
  /** Now, as an ISO moment. */
  now(): string
  /** Where people decide about a proposal. */
  dashboardUrl(proposalId: string): string
}
