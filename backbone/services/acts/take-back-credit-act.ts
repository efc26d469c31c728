import { z } from 'zod'
import { moneyText, sumMinor } from '../../canonical/money.ts'
import { takeBackCredits } from '../../flows/apply/use-credits.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import { openOrderBatch } from '../../flows/order-batch.ts'
import { advance } from '../../flows/order-to-cash.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import {
  type CreditApplicationRow,
  standingCreditUses,
} from '../../store/credits/credit-applications.ts'
import { type CreditNoteRow, readCreditNote } from '../../store/credits/credit-notes.ts'
import { customerLabel } from '../../store/credits/owed-invoices.ts'
import type { TenantTx } from '../../store/database.ts'
import { lockOrders } from '../../store/orders/load-orders.ts'
import type { Act, ActExecution, ActOutcome, ActPicture } from './act.ts'
import { reasonOf } from './seen-order.ts'
import { changedRecord, refusedAct } from './seen-records.ts'

const TakeBackCredit = z.strictObject({ creditNoteId: z.string().min(1).max(80) })
type TakeBackCredit = z.infer<typeof TakeBackCredit>

const notUsed =
  'Nothing of this credit note is put to an invoice; what came with a payment goes back with that.'

/** The uses that people have made; what a payer set off belongs to its payment. */
async function usesOf(tx: TenantTx, creditNoteId: string): Promise<CreditApplicationRow[]> {
  const uses = await standingCreditUses(tx, { creditNoteIds: [creditNoteId] })
  return uses.filter(({ paymentId }) => paymentId === null)
}

const totalOf = (uses: readonly CreditApplicationRow[]) =>
  sumMinor(uses.map(({ amountMinor }) => amountMinor))

function pictureOf(
  note: CreditNoteRow,
  uses: readonly CreditApplicationRow[],
  name: string,
): ActPicture {
  const { creditNoteId, creditNoteNumber, currency, openMinor, customerNumber } = note
  const amountMinor = totalOf(uses)
  const text = (minor: number) => moneyText(minor, currency)
  return {
    subject: { kind: 'customer', id: customerNumber, label: name },
    title: `Take ${text(amountMinor)} of credit note ${creditNoteNumber} off its invoices again`,
    changes: [
      {
        label: `Open of credit note ${creditNoteNumber}`,
        before: text(openMinor),
        after: text(openMinor + amountMinor),
      },
      ...uses.map((use) => ({
        label: `Invoice ${use.invoiceNumber}`,
        before: `${text(use.amountMinor)} paid by it`,
        after: 'open again',
      })),
    ],
    evidence: [
      {
        weighs: 'note',
        text: `${creditNoteNumber} was put to ${uses.map((use) => use.invoiceNumber).join(', ')}.`.slice(
          0,
          500,
        ),
        source: `credit-note:${creditNoteNumber}`,
      },
    ],
    records: [
      {
        record: `credit-note:${creditNoteId}`,
        version: `${openMinor} open, ${uses.length} uses of ${amountMinor}`,
      },
    ],
    money: { amountMinor, currency },
  }
}

async function takeBack(
  tx: TenantTx,
  { creditNoteId }: TakeBackCredit,
  execution: ActExecution,
): Promise<ActOutcome> {
  const seen = await usesOf(tx, creditNoteId)
  const orders = await lockOrders(tx, [...new Set(seen.map(({ orderId }) => orderId))])
  const note = await readCreditNote(tx, creditNoteId)
  const known = new Set(seen.map((use) => use.creditApplicationId))
  const uses = (await usesOf(tx, creditNoteId)).filter((use) => known.has(use.creditApplicationId))
  if (note === undefined || uses.length === 0) return refusedAct(notUsed)
  const changed = changedRecord(execution.records, pictureOf(note, uses, '').records)
  if (changed !== undefined)
    return refusedAct(`What it rests on has changed at the last moment: ${changed}.`)
  const batch = openOrderBatch(await openFlowSetting(tx), orders)
  const by = { actor: execution.actor, reason: reasonOf(execution) }
  const { taken, sends } = await takeBackCredits(tx, uses, { by, batch })
  await advance(tx, batch)
  await batch.flush(tx, execution.queue)
  await enqueueCalls(tx, execution.queue, sends)
  return {
    status: 'done',
    message: `${moneyText(totalOf(taken), note.currency)} of credit note ${note.creditNoteNumber} are open again.`,
  }
}

/** Undoes the use of a credit note: it and the invoices are open as before. */
export const takeBackCreditAct: Act<TakeBackCredit> = {
  kind: 'take-back-credit',
  payload: TakeBackCredit,
  async picture(tx, { creditNoteId }) {
    const note = await readCreditNote(tx, creditNoteId)
    const uses = note === undefined ? [] : await usesOf(tx, creditNoteId)
    if (note === undefined || uses.length === 0) return { gone: notUsed }
    return pictureOf(note, uses, await customerLabel(tx, note.customerNumber))
  },
  execute: takeBack,
}
