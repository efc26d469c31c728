import type { CashService } from '../backbone/services/cash.ts'
import type { CollectionsService } from '../backbone/services/collections.ts'
import type { CollectionsRecords } from '../backbone/services/collections-records.ts'
import type { ConnectionsService } from '../backbone/services/connections.ts'
import type { InvoicesService } from '../backbone/services/invoices.ts'
import type { KpiService } from '../backbone/services/kpi.ts'
import type { MasterDataService } from '../backbone/services/master-data/master-data-service.ts'
import type { OrdersReadService } from '../backbone/services/orders-read.ts'
import type { PaymentsService } from '../backbone/services/payments.ts'
import type { CheckOrder } from '../backbone/services/ports.ts'
import type { ProposalsService } from '../backbone/services/proposals/ports.ts'
import type { SlaForecastService } from '../backbone/services/sla-forecast.ts'
import type { TransactionsService } from '../backbone/services/transactions.ts'
import type { TriageService } from '../backbone/services/triage/triage-service.ts'

/** The services behind the tools; a tool calls one of them. */
export type ToolServices = {
  readonly orders: OrdersReadService
  readonly checkOrder: CheckOrder
  readonly transactions: TransactionsService
  readonly triage: TriageService
  readonly connections: ConnectionsService
  readonly invoices: InvoicesService
  readonly payments: PaymentsService
  readonly cash: CashService
  readonly collections: CollectionsService
  readonly collectionsRecords: CollectionsRecords
  readonly masterData: MasterDataService
  readonly kpis: KpiService
  readonly slaForecast: SlaForecastService
  readonly proposals: ProposalsService
}
