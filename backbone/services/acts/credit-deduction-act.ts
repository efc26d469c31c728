import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import { moneyText } from '../../canonical/money.ts'
import { issueCreditNote } from '../../flows/apply/issue-credit-note.ts'
import { useCredits } from '../../flows/apply/use-credits.ts'
import { advance } from '../../flows/order-to-cash.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import { moveDeductions } from '../../store/cash/deduction-rows.ts'
import { customerLabel } from '../../store/credits/owed-invoices.ts'
import type { TenantTx } from '../../store/database.ts'
import {
  type DeductionScene,
  holdDeduction,
  lookAtDeduction,
  recordsOf,
} from '../credits/deduction-scene.ts'
import type { Act, ActExecution, ActOutcome, ActPicture } from './act.ts'
import { reasonOf } from './seen-order.ts'
import { changedRecord, refusedAct } from './seen-records.ts'

const CreditDeduction = z.strictObject({
  deductionId: z.string().min(1).max(60),
  /** What the rule finds justified, or all that was kept back although the rule does not say so. */
  allow: z.enum(['justified', 'whole']),
})
type CreditDeduction = z.infer<typeof CreditDeduction>

/** What clears it: our credit note that the payer named, one that was made for it before, or a new one. */
type Means =
  | { readonly kind: 'named' | 'made-before'; readonly creditNoteId: string }
  | { readonly kind: 'new' }

type Settlement = {
  readonly scene: DeductionScene
  /** What is credited. */
  readonly amountMinor: number
  readonly means: Means
}

function meansOf(
  { madeBefore, namedCreditNoteId, verdict }: DeductionScene,
  allow: CreditDeduction['allow'],
): Means {
  if (madeBefore !== undefined)
    return { kind: 'made-before', creditNoteId: madeBefore.creditNoteId }
  if (allow === 'justified' && namedCreditNoteId !== undefined && verdict.justifiedMinor > 0)
    return { kind: 'named', creditNoteId: namedCreditNoteId }
  return { kind: 'new' }
}

/** How a deduction would be settled now; a sentence where it cannot be. */
function settlementOf(
  scene: DeductionScene,
  { allow }: CreditDeduction,
): Settlement | { readonly gone: string } {
  const { verdict, leftMinor, madeBefore, creditableMinor, row } = scene
  const means = meansOf(scene, allow)
  const ruledMinor = allow === 'justified' ? verdict.justifiedMinor : leftMinor
  const amountMinor =
    madeBefore === undefined ? ruledMinor : Math.min(madeBefore.openMinor, leftMinor)
  if (amountMinor <= 0)
    return { gone: `The rule finds nothing of this deduction on ${row.invoiceNumber} justified.` }
  if (allow === 'whole' && verdict.justifiedMinor === leftMinor)
    return { gone: 'All of it is justified by the rule: credit what is justified.' }
  if (means.kind === 'new' && amountMinor > creditableMinor)
    return { gone: `Invoice ${row.invoiceNumber} is credited as far as it was billed.` }
  return { scene, amountMinor, means }
}

// An agent proposes nothing of its own accord that has something against it.
function beyondRule({ verdict, row }: DeductionScene, allow: CreditDeduction['allow']): Evidence[] {
  if (allow === 'justified') return []
  const amount = moneyText(verdict.justifiedMinor, row.currency)
  const text = `The rule finds ${amount} of it justified: more is a person's goodwill.`
  return [{ weighs: 'against', text, source: 'policy:cash' }]
}

const meansText = {
  named: 'with the credit note that the payer named',
  'made-before': 'with the credit note that was made for it',
  new: 'with a new credit note',
} as const

function pictureOf(
  { scene, amountMinor, means }: Settlement,
  { allow }: CreditDeduction,
  name: string,
): ActPicture {
  const { row, verdict, leftMinor, invoiceOpenMinor, order } = scene
  const { currency, invoiceNumber, customerNumber, paymentNumber, code } = row
  const text = (minor: number) => moneyText(minor, currency)
  const restMinor = leftMinor - amountMinor
  const clearedMinor = Math.min(amountMinor, invoiceOpenMinor)
  return {
    subject: { kind: 'customer', id: customerNumber, label: name },
    title: `Credit ${text(amountMinor)} of the deduction on ${invoiceNumber} ${meansText[means.kind]}`,
    changes: [
      {
        label: `Deduction on ${invoiceNumber}`,
        before: `${text(leftMinor)} open`,
        after: restMinor > 0 ? `settled; ${text(restMinor)} are owed after all` : 'settled',
      },
      {
        label: `Open of invoice ${invoiceNumber}`,
        before: text(invoiceOpenMinor),
        after: text(invoiceOpenMinor - clearedMinor),
      },
    ],
    evidence: [
      ...beyondRule(scene, allow),
      {
        weighs: 'note',
        text: `Payment ${paymentNumber} kept back ${text(row.amountMinor)} of ${invoiceNumber}${code === null ? ', without a reason' : `, reason ${code}`}.`,
        source: `deduction:${row.deductionId}`,
      },
      ...verdict.evidence,
    ],
    records: recordsOf(scene),
    money: { amountMinor, currency },
    orderId: order.orderId,
    ...(allow === 'whole' ? { leastRole: 'approver' as const } : {}),
    isExact: allow === 'justified' && verdict.kind === 'valid',
  }
}

/** The credit note that clears it, made now where there is none. */
async function creditNoteFor(
  tx: TenantTx,
  { scene, amountMinor, means }: Settlement,
  { actor }: ActExecution,
): Promise<string> {
  if (means.kind !== 'new') return means.creditNoteId
  const { row, order, batch, verdict } = scene
  const ofLines = verdict.lines.filter((line) => line.amountMinor > 0)
  const ruledMinor = ofLines.reduce((sum, line) => sum + line.amountMinor, 0)
  const { creditNoteId, creditNoteNumber, totalMinor, sends } = await issueCreditNote(
    tx,
    {
      order,
      invoice: row,
      lines: ofLines.map(({ line, amountMinor: netMinor }) => ({
        ...{ line, netMinor, taxMinor: 0, feeMinor: 0 },
      })),
      otherMinor: amountMinor - ruledMinor,
      reasonCode: row.code ?? undefined,
      deductionId: row.deductionId,
      issuedBy: actor,
    },
    batch.setting,
  )
  batch.decide({
    order: { ...order },
    events: [
      {
        kind: 'credit.issued',
        actor,
        summary: `Credit note ${creditNoteNumber}: ${moneyText(totalMinor, row.currency)} for the deduction on ${row.invoiceNumber}${row.code === null ? '' : ` (reason ${row.code})`}.`,
        body: { creditNoteNumber, totalMinor, deductionId: row.deductionId, reasonCode: row.code },
      },
    ],
    sends,
  })
  return creditNoteId
}

async function settle(
  tx: TenantTx,
  payload: CreditDeduction,
  execution: ActExecution,
): Promise<ActOutcome> {
  const scene = await holdDeduction(tx, payload.deductionId)
  const settlement = 'gone' in scene ? scene : settlementOf(scene, payload)
  if ('gone' in settlement) return refusedAct(settlement.gone)
  const { row, batch, invoiceOpenMinor } = settlement.scene
  const changed = changedRecord(execution.records, recordsOf(settlement.scene))
  if (changed !== undefined)
    return refusedAct(`What it rests on has changed at the last moment: ${changed}.`)
  const { deductionId, invoiceId, currency, invoiceNumber } = row
  const by = { actor: execution.actor, reason: reasonOf(execution) }
  const creditNoteId = await creditNoteFor(tx, settlement, execution)
  const amountMinor = Math.min(settlement.amountMinor, invoiceOpenMinor)
  const use = { creditNoteId, invoiceId, amountMinor, deductionId }
  const sends = await useCredits(tx, [use], { by, batch })
  const move = { deductionId, settledMinor: amountMinor, status: 'settled' as const }
  await moveDeductions(tx, [{ ...move, by: by.actor, reason: by.reason }], batch.setting.now)
  await advance(tx, batch)
  await batch.flush(tx, execution.queue)
  await enqueueCalls(tx, execution.queue, sends)
  const credited = moneyText(settlement.amountMinor, currency)
  return {
    status: 'done',
    message: `${credited} of the deduction on ${invoiceNumber} are credited.`,
  }
}

/** What crediting a deduction would do, for whoever has looked at it already. */
export async function creditDeductionPicture(
  tx: TenantTx,
  scene: DeductionScene | { readonly gone: string },
  payload: CreditDeduction,
): Promise<ActPicture | { readonly gone: string }> {
  const settlement = 'gone' in scene ? scene : settlementOf(scene, payload)
  if ('gone' in settlement) return settlement
  const name = await customerLabel(tx, settlement.scene.row.customerNumber)
  return pictureOf(settlement, payload, name)
}

/**
 * Settles what a payer kept back rightly: a credit note over what the rule finds, with the payer's reason, clears it
 * (domain rules C4). What it does not cover is owed after all.
 */
export const creditDeductionAct: Act<CreditDeduction> = {
  kind: 'credit-deduction',
  payload: CreditDeduction,
  picture: async (tx, payload) =>
    creditDeductionPicture(tx, await lookAtDeduction(tx, payload.deductionId), payload),
  execute: settle,
}
