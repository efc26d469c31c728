import type { OrderState } from '../../canonical/order-state.ts'
import type { DeductionDraft } from '../../canonical/payment.ts'
import { judgeDeductions } from '../../flows/apply/judge-deductions.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import { type OrderBatch, openOrderBatch } from '../../flows/order-batch.ts'
import { cashPolicy } from '../../policies/cash-matching/cash-policy.ts'
import type { DeductionVerdict } from '../../policies/cash-matching/judge-deduction.ts'
import { type DeductionRow, lockDeduction, readDeduction } from '../../store/cash/deduction-rows.ts'
import {
  type CreditNoteRow,
  creditedToInvoice,
  creditNoteOfDeduction,
} from '../../store/credits/credit-notes.ts'
import type { TenantTx } from '../../store/database.ts'
import { lockOrders, readOrder } from '../../store/orders/load-orders.ts'

/** A deduction with everything its settlement is decided by, as the records are now. */
export type DeductionScene = {
  readonly row: DeductionRow
  readonly order: OrderState
  readonly batch: OrderBatch
  /** What the rule says of what is not settled yet. */
  readonly verdict: DeductionVerdict
  /** What of it no credit has cleared. */
  readonly leftMinor: number
  readonly invoiceOpenMinor: number
  /** What may still be credited to its invoice. */
  readonly creditableMinor: number
  /** The credit note that was made for it before, and taken off again. */
  readonly madeBefore: CreditNoteRow | undefined
  /** Our credit note that the payer set off, where it is still open. */
  readonly namedCreditNoteId: string | undefined
}

function draftOf(row: DeductionRow, leftMinor: number): DeductionDraft {
  const { invoiceId, invoiceNumber, customerNumber, currency, kind, route, code, reference } = row
  return {
    ...{ invoiceId, invoiceNumber, customerNumber, currency, kind, route, amountMinor: leftMinor },
    ...(code === null ? {} : { code }),
    ...(reference === null ? {} : { reference }),
  }
}

async function sceneWith(
  tx: TenantTx,
  { row, order, isLocked }: { row: DeductionRow; order: OrderState; isLocked: boolean },
): Promise<DeductionScene | { readonly gone: string }> {
  const { deductionId, invoiceId, customerNumber, paymentId } = row
  const leftMinor = row.amountMinor - row.settledMinor
  if (row.status !== 'open' || leftMinor <= 0)
    return { gone: `The deduction is not open any more: it is ${row.status}.` }
  const invoice = order.invoices.find((one) => one.invoiceId === invoiceId)
  if (invoice === undefined) return { gone: `Invoice ${row.invoiceNumber} is not there any more.` }
  const setting = await openFlowSetting(tx)
  const batch = openOrderBatch(setting, [order])
  const policy = setting.policy(cashPolicy, { customerNumber })
  const raised = { paymentId, draft: draftOf(row, leftMinor), policy }
  const looking = { isLocked, exceptDeductionIds: [deductionId] }
  const [judged] = await judgeDeductions(tx, [raised], { batch, looking })
  if (judged === undefined) return { gone: 'The deduction cannot be judged.' }
  const { billedMinor, creditedMinor } = await creditedToInvoice(tx, invoiceId)
  return {
    ...{ row, order, batch, leftMinor, verdict: judged.verdict },
    invoiceOpenMinor: invoice.openMinor,
    creditableMinor: Math.max(0, billedMinor - creditedMinor),
    madeBefore: await creditNoteOfDeduction(tx, deductionId),
    namedCreditNoteId: judged.creditNoteId,
  }
}

const noSuchDeduction = { gone: 'There is no such deduction.' }

/** Looks at a deduction, held by nobody. */
export async function lookAtDeduction(
  tx: TenantTx,
  deductionId: string,
): Promise<DeductionScene | { readonly gone: string }> {
  const row = await readDeduction(tx, deductionId)
  const order = row === undefined ? undefined : await readOrder(tx, row.orderId)
  if (row === undefined || order === undefined) return noSuchDeduction
  return sceneWith(tx, { row, order, isLocked: false })
}

/** Takes a deduction in hand: the order of its invoice and the deduction itself are locked. */
export async function holdDeduction(
  tx: TenantTx,
  deductionId: string,
): Promise<DeductionScene | { readonly gone: string }> {
  const known = await readDeduction(tx, deductionId)
  const [order] = known === undefined ? [] : await lockOrders(tx, [known.orderId])
  const row = order === undefined ? undefined : await lockDeduction(tx, deductionId)
  if (row === undefined || order === undefined) return noSuchDeduction
  return sceneWith(tx, { row, order, isLocked: true })
}

/** The records that a decision about a deduction rests on. */
export function recordsOf({ row, verdict, leftMinor, invoiceOpenMinor }: DeductionScene) {
  const { deductionId, invoiceId } = row
  return [
    {
      record: `deduction:${deductionId}`,
      version: `${row.status}, ${leftMinor} left, ${verdict.kind} ${verdict.justifiedMinor}`,
    },
    { record: `invoice:${invoiceId}`, version: `${invoiceOpenMinor} open` },
  ]
}
