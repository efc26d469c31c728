import { z } from 'zod'
import { moneyText } from '../../canonical/money.ts'
import { advance } from '../../flows/order-to-cash.ts'
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

const ChargeBackDeduction = z.strictObject({ deductionId: z.string().min(1).max(60) })
type ChargeBackDeduction = z.infer<typeof ChargeBackDeduction>

/** What the rule found justified is credited, never asked for again. */
function obstacle({ verdict, row }: DeductionScene): string | undefined {
  return verdict.justifiedMinor === 0
    ? undefined
    : `The rule finds ${moneyText(verdict.justifiedMinor, row.currency)} of it justified: credit that first.`
}

const factsOf = ({ verdict }: DeductionScene): string =>
  verdict.evidence.map(({ text }) => text).join(' ')

function pictureOf(scene: DeductionScene, name: string): ActPicture {
  const { row, verdict, leftMinor, order } = scene
  const { currency, invoiceNumber, customerNumber, paymentNumber } = row
  const amount = moneyText(leftMinor, currency)
  return {
    subject: { kind: 'customer', id: customerNumber, label: name },
    title: `Ask for ${amount} of ${invoiceNumber} again that payment ${paymentNumber} kept back`,
    changes: [
      {
        label: `Deduction on ${invoiceNumber}`,
        before: `${amount} open`,
        after: 'refused: owed and collected with the invoice',
      },
    ],
    evidence: verdict.evidence,
    records: recordsOf(scene),
    money: { amountMinor: leftMinor, currency },
    orderId: order.orderId,
    isExact: verdict.kind === 'invalid',
  }
}

async function chargeBack(
  tx: TenantTx,
  { deductionId }: ChargeBackDeduction,
  execution: ActExecution,
): Promise<ActOutcome> {
  const scene = await holdDeduction(tx, deductionId)
  if ('gone' in scene) return refusedAct(scene.gone)
  const against = obstacle(scene)
  if (against !== undefined) return refusedAct(against)
  const changed = changedRecord(execution.records, recordsOf(scene))
  if (changed !== undefined)
    return refusedAct(`What it rests on has changed at the last moment: ${changed}.`)
  const { row, order, batch, leftMinor } = scene
  const amount = moneyText(leftMinor, row.currency)
  const facts = factsOf(scene)
  const reason = `${facts} ${reasonOf(execution)}`.trim().slice(0, 1_000)
  const ended = { status: 'charged-back' as const, by: execution.actor, reason }
  await moveDeductions(tx, [{ deductionId, settledMinor: 0, ...ended }], batch.setting.now)
  batch.decide({
    order: { ...order },
    events: [
      {
        kind: 'deduction.charged-back',
        actor: execution.actor,
        summary: `${amount} of ${row.invoiceNumber} are asked for again: ${facts}`,
        body: { deductionId, invoiceNumber: row.invoiceNumber, amountMinor: leftMinor, reason },
      },
    ],
  })
  await advance(tx, batch)
  await batch.flush(tx, execution.queue)
  return { status: 'done', message: `${amount} of ${row.invoiceNumber} are collected again.` }
}

/** What refusing a deduction would do, for whoever has looked at it already. */
export async function chargeBackPicture(
  tx: TenantTx,
  scene: DeductionScene | { readonly gone: string },
): Promise<ActPicture | { readonly gone: string }> {
  if ('gone' in scene) return scene
  const gone = obstacle(scene)
  return gone === undefined
    ? pictureOf(scene, await customerLabel(tx, scene.row.customerNumber))
    : { gone }
}

/** Refuses what a payer kept back without right: the invoice is collected for it again, with what the records say. */
export const chargeBackDeductionAct: Act<ChargeBackDeduction> = {
  kind: 'charge-back-deduction',
  payload: ChargeBackDeduction,
  picture: async (tx, { deductionId }) =>
    chargeBackPicture(tx, await lookAtDeduction(tx, deductionId)),
  execute: chargeBack,
}
