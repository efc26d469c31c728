import type { CashDecision } from '../../policies/cash-matching/match-cash.ts'
import { numbersNamed } from '../../policies/cash-matching/read-remittance.ts'
import { invoicesNamed } from '../../store/cash/matching-facts.ts'
import { type PaymentRow, readPayments } from '../../store/cash/payments.ts'
import { paymentDocuments } from '../../store/cash/proposals.ts'
import { replaceProposals } from '../../store/cash/record-matching.ts'
import type { TenantTx } from '../../store/database.ts'
import { openFlowSetting } from '../flow-setting.ts'
import type { CashPayment } from './cash-batch.ts'
import { payersOf, planCash, unknownPayer } from './open-cash.ts'

async function withDocuments(tx: TenantTx, rows: readonly PaymentRow[]): Promise<CashPayment[]> {
  const documents = await paymentDocuments(
    tx,
    rows.map((row) => row.paymentId),
  )
  const payers = await payersOf(tx, documents)
  return rows.flatMap((row) => {
    const document = documents.find((candidate) => candidate.paymentId === row.paymentId)
    if (document === undefined) return []
    const payer = payers.get(document.documentId) ?? unknownPayer
    return [{ row, document, payer }]
  })
}

/** What unapplied money could be for as the books stand now. Nothing is written or locked. */
export async function decideNow(
  tx: TenantTx,
  paymentIds: readonly string[],
): Promise<Map<string, CashDecision>> {
  if (paymentIds.length === 0) return new Map()
  const payments = await withDocuments(tx, await readPayments(tx, paymentIds))
  const named = await invoicesNamed(
    tx,
    payments.flatMap(({ document }) => numbersNamed(document.canonical)),
  )
  const setting = await openFlowSetting(tx)
  const { decisions } = await planCash(tx, setting, { payments, named })
  return new Map([...decisions].map(([paymentId, { decision }]) => [paymentId, decision]))
}

/** Keeps what a payment could be for now in the place of what was proposed before. The caller holds its lock. */
export async function proposeAgain(tx: TenantTx, paymentId: string): Promise<void> {
  const decision = (await decideNow(tx, [paymentId])).get(paymentId)
  await replaceProposals(
    tx,
    [paymentId],
    (decision?.candidates ?? []).map(({ text, onlyProposedBecause, ...candidate }) => ({
      ...candidate,
      ...{ paymentId, summary: text, policyVersion: decision?.policyVersion ?? '' },
    })),
  )
}
