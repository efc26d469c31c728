import { arAging } from './ar-aging.ts'
import { candidatesList } from './candidates-list.ts'
import { cashUnapplied } from './cash-unapplied.ts'
import { collectionsCustomer } from './collections-customer.ts'
import { collectionsWorklist } from './collections-worklist.ts'
import { customerCredit } from './customer-credit.ts'
import { customerSearch } from './customer-search.ts'
import { failureSearch } from './failure-search.ts'
import { failureTriage } from './failure-triage.ts'
import { holdWorklist } from './hold-worklist.ts'
import { integrationHealth } from './integration-health.ts'
import { invoiceGet } from './invoice-get.ts'
import { invoiceSearch } from './invoice-search.ts'
import { kpiSummary } from './kpi-summary.ts'
import { orderAlternatives } from './order-alternatives.ts'
import { orderGet } from './order-get.ts'
import { orderSearch } from './order-search.ts'
import { orderValidate } from './order-validate.ts'
import { partnerSla } from './partner-sla.ts'
import { policyRead } from './policy-read.ts'
import { productSearch } from './product-search.ts'
import { proposalGet } from './proposal-get.ts'
import { proposalSearch } from './proposal-search.ts'
import { proposeCollectionsEmail } from './propose-collections-email.ts'
import { proposeOrderChange } from './propose-order-change.ts'
import { proposeRetry } from './propose-retry.ts'
import { replaySafety } from './replay-safety.ts'
import { runbookGet } from './runbook-get.ts'
import { slaForecast } from './sla-forecast.ts'
import { stockOutlook } from './stock-outlook.ts'
import type { Tool } from './tool.ts'
import { transactionGet } from './transaction-get.ts'

/** Every tool there is: those agent hosts see first, then those of our own agents. */
export const catalog: readonly Tool[] = [
  orderSearch,
  orderGet,
  orderValidate,
  orderAlternatives,
  failureSearch,
  failureTriage,
  integrationHealth,
  invoiceGet,
  arAging,
  proposeOrderChange,
  proposeRetry,
  proposeCollectionsEmail,
  proposalGet,
  proposalSearch,
  holdWorklist,
  candidatesList,
  customerSearch,
  productSearch,
  stockOutlook,
  customerCredit,
  policyRead,
  transactionGet,
  replaySafety,
  runbookGet,
  slaForecast,
  partnerSla,
  kpiSummary,
  invoiceSearch,
  cashUnapplied,
  collectionsWorklist,
  collectionsCustomer,
]
