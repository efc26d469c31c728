import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import { Currency, moneyText, sumMinor } from '../../canonical/money.ts'
import type { Change } from '../../canonical/proposal.ts'
import { useCredits } from '../../flows/apply/use-credits.ts'
import { openFlowSetting } from '../../flows/flow-setting.ts'
import { openOrderBatch } from '../../flows/order-batch.ts'
import { advance } from '../../flows/order-to-cash.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import { ordersOfInvoices } from '../../store/cash/proposals.ts'
import { customerLabel } from '../../store/credits/owed-invoices.ts'
import type { TenantTx } from '../../store/database.ts'
import { lockOrders } from '../../store/orders/load-orders.ts'
import { type CreditPlan, creditPlan } from '../credits/credit-plan.ts'
import type { Act, ActExecution, ActOutcome, ActPicture } from './act.ts'
import { reasonOf } from './seen-order.ts'
import { changedRecord, refusedAct } from './seen-records.ts'

const ApplyCredit = z.strictObject({
  customerNumber: z.string().min(1).max(40),
  currency: Currency,
})
type ApplyCredit = z.infer<typeof ApplyCredit>

const nothingToApply = (currency: string) =>
  `There is no open credit in ${currency} that an open invoice could use.`

type Moved = { readonly label: string; readonly openMinor: number; readonly usedMinor: number }

function movedBy({ uses, notes, invoices }: CreditPlan): Moved[] {
  const used = (isOwn: (use: CreditPlan['uses'][number]) => boolean) =>
    sumMinor(uses.filter(isOwn).map(({ amountMinor }) => amountMinor))
  return [
    ...notes.map(({ creditNoteId, creditNoteNumber, openMinor }) => ({
      ...{ label: `Open of credit note ${creditNoteNumber}`, openMinor },
      usedMinor: used((use) => use.creditNoteId === creditNoteId),
    })),
    ...invoices.map(({ invoiceId, invoiceNumber, openMinor }) => ({
      ...{ label: `Open of invoice ${invoiceNumber}`, openMinor },
      usedMinor: used((use) => use.invoiceId === invoiceId),
    })),
  ].filter(({ usedMinor }) => usedMinor > 0)
}

function evidenceOf({ uses, notes }: CreditPlan, currency: string): Evidence[] {
  return uses.map(({ creditNoteId, creditNoteNumber, invoiceId, invoiceNumber, amountMinor }) => {
    const isOwn = notes.some(
      (note) => note.creditNoteId === creditNoteId && note.invoiceId === invoiceId,
    )
    const why = isOwn ? 'it was made for that invoice' : 'that is due longest'
    return {
      weighs: 'for',
      text: `${moneyText(amountMinor, currency)} of ${creditNoteNumber} to ${invoiceNumber}: ${why}.`,
      source: `credit-note:${creditNoteNumber}`,
    }
  })
}

/** What putting the credits of a customer to its invoices would do now. */
function pictureOf(
  { customerNumber, currency }: ApplyCredit,
  plan: CreditPlan,
  name: string,
): ActPicture {
  const { uses, notes, invoices } = plan
  const amountMinor = sumMinor(uses.map((use) => use.amountMinor))
  const changes = movedBy(plan).map(
    ({ label, openMinor, usedMinor }): Change => ({
      label,
      before: moneyText(openMinor, currency),
      after: moneyText(openMinor - usedMinor, currency),
    }),
  )
  const touched = new Set(uses.flatMap((use) => [use.creditNoteId, use.invoiceId]))
  return {
    subject: { kind: 'customer', id: customerNumber, label: name },
    title: `Put ${moneyText(amountMinor, currency)} of open credits of ${name} to its invoices`,
    changes,
    evidence: evidenceOf(plan, currency),
    records: [
      ...notes
        .filter(({ creditNoteId }) => touched.has(creditNoteId))
        .map((note) => ({
          record: `credit-note:${note.creditNoteId}`,
          version: `${note.openMinor} open`,
        })),
      ...invoices
        .filter(({ invoiceId }) => touched.has(invoiceId))
        .map((invoice) => ({
          record: `invoice:${invoice.invoiceId}`,
          version: `${invoice.openMinor} open`,
        })),
    ],
    money: { amountMinor, currency },
    isExact: uses.every((use) =>
      notes.some(
        (note) => note.creditNoteId === use.creditNoteId && note.invoiceId === use.invoiceId,
      ),
    ),
  }
}

async function apply(
  tx: TenantTx,
  payload: ApplyCredit,
  execution: ActExecution,
): Promise<ActOutcome> {
  const { customerNumber, currency } = payload
  const seen = await creditPlan(tx, payload, { isLocked: false })
  const invoiceIds = seen.uses.map(({ invoiceId }) => invoiceId)
  const orders = await lockOrders(tx, await ordersOfInvoices(tx, invoiceIds))
  const plan = await creditPlan(tx, payload, { isLocked: true })
  if (plan.uses.length === 0) return refusedAct(nothingToApply(currency))
  const isHeld = plan.uses.every(({ invoiceId }) => invoiceIds.includes(invoiceId))
  const picture = pictureOf(payload, plan, customerNumber)
  const changed = isHeld ? changedRecord(execution.records, picture.records) : 'its invoices'
  if (changed !== undefined)
    return refusedAct(`What it rests on has changed at the last moment: ${changed}.`)
  const batch = openOrderBatch(await openFlowSetting(tx), orders)
  const by = { actor: execution.actor, reason: reasonOf(execution) }
  const sends = await useCredits(tx, plan.uses, { by, batch })
  await advance(tx, batch)
  await batch.flush(tx, execution.queue)
  await enqueueCalls(tx, execution.queue, sends)
  const amount = moneyText(picture.money?.amountMinor ?? 0, currency)
  return {
    status: 'done',
    message: `${amount} of credits are put to ${plan.uses.length === 1 ? 'one invoice' : 'invoices'}.`,
  }
}

/** Puts the open credits of a customer to its invoices: to those they were made for first, then to the oldest. */
export const applyCreditAct: Act<ApplyCredit> = {
  kind: 'apply-credit',
  payload: ApplyCredit,
  async picture(tx, payload) {
    const plan = await creditPlan(tx, payload, { isLocked: false })
    if (plan.uses.length === 0) return { gone: nothingToApply(payload.currency) }
    return pictureOf(payload, plan, await customerLabel(tx, payload.customerNumber))
  },
  execute: apply,
}
