import type { TenantTx } from '../store/database.ts'
import type { Step } from './define-step.ts'
import type { OrderBatch } from './order-batch.ts'
import { checkCompliance } from './steps/check-compliance.ts'
import { checkCredit } from './steps/check-credit.ts'
import { checkDuplicates } from './steps/check-duplicates.ts'
import { closeOrder } from './steps/close-order.ts'
import { identifyOrder } from './steps/identify-order.ts'
import { invoiceShipments } from './steps/invoice-shipments.ts'
import { liftDueHolds } from './steps/lift-holds.ts'
import { priceLines } from './steps/price-lines.ts'
import { priceShipments } from './steps/price-shipments.ts'
import { promiseStock } from './steps/promise-stock.ts'
import { releaseToErp } from './steps/release-to-erp.ts'
import { requestPick } from './steps/request-pick.ts'
import { holdOrReady, settleChecks } from './steps/settle-checks.ts'

/** What an order must pass before it is held or ready; a dry run of an order is these steps and no more. */
export const checkSteps: readonly Step[] = [
  identifyOrder,
  checkDuplicates,
  priceLines,
  checkCredit,
  checkCompliance,
  promiseStock,
  settleChecks,
  holdOrReady,
]

/** The way of an order, at a glance. Between the steps stand the transition table and the holds. */
const orderToCash: readonly Step[] = [
  ...checkSteps,
  liftDueHolds,
  releaseToErp,
  requestPick,
  priceShipments,
  invoiceShipments,
  closeOrder,
]

/** Takes every order of the batch as far as it can go now: to a hold, to an outside answer, or to its end. */
export async function advance(tx: TenantTx, batch: OrderBatch): Promise<void> {
  for (const step of orderToCash) await step.run(tx, batch)
}
