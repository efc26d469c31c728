import { newId } from '../../canonical/ids.ts'
import {
  buyersLine,
  type OrderLineState,
  type OrderState,
  type ShipmentState,
} from '../../canonical/order-state.ts'
import type { DeductionDraft } from '../../canonical/payment.ts'
import type { CashSettings } from '../../policies/cash-matching/cash-policy.ts'
import {
  type DeductionVerdict,
  judgeDeduction,
} from '../../policies/cash-matching/judge-deduction.ts'
import type { PolicyInForce } from '../../policies/policy-in-force.ts'
import {
  agreedPrices,
  type BilledLine,
  creditNotesNamed,
  type OpenCreditNote,
} from '../../store/cash/deduction-facts.ts'
import { priceCredited, returnedUnits } from '../../store/cash/deduction-rows.ts'
import { type NewDeduction, openDeductions } from '../../store/cash/record-matching.ts'
import type { TenantTx } from '../../store/database.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { shipDayOf } from '../ship-prices.ts'
import { orderOfInvoice } from './post-cash.ts'
import { useCredits, type WantedUse } from './use-credits.ts'

/** A deduction of a payment, with the policy it is judged by. */
export type RaisedDeduction = {
  readonly paymentId: string
  readonly draft: DeductionDraft
  readonly policy: PolicyInForce<CashSettings>
}

type BilledOnInvoice = BilledLine & {
  readonly invoiceId: string
  readonly line: string
  /** As the invoice calls it. */
  readonly invoiceLine: string
  readonly billedPrice: string
}

/** What an invoice billed of a line: of its shipment what left in it, else all; with the day whose agreement counts. */
function partBilled(
  { line: number, invoicedEach, unitPrice }: OrderLineState,
  { order, shipment, batch }: { order: OrderState; shipment?: ShipmentState; batch: OrderBatch },
) {
  const boughtOn = order.orderedOn ?? order.receivedAt.slice(0, 10)
  const ofOrder = { billedPrice: unitPrice, orderedOn: boughtOn }
  if (shipment === undefined) return { ...ofOrder, quantityEach: invoicedEach }
  const part = shipment.lines.find(({ line }) => line === number)
  const quantityEach = part?.quantityEach ?? 0
  if (part?.unitPrice === undefined) return { ...ofOrder, quantityEach }
  const leftOn = shipDayOf(shipment, batch.setting)
  return { billedPrice: part.unitPrice, orderedOn: leftOn, quantityEach }
}

/** What an invoice of the batch billed, line by line. */
function billedLines(invoiceId: string, batch: OrderBatch): BilledOnInvoice[] {
  const order = orderOfInvoice(batch, invoiceId)
  const invoice = order?.invoices.find((candidate) => candidate.invoiceId === invoiceId)
  if (order === undefined || invoice === undefined) return []
  const shipment = order.shipments.find(({ shipmentId }) => shipmentId === invoice.shipmentId)
  const of = shipment === undefined ? { order, batch } : { order, batch, shipment }
  return order.lines.flatMap((sold) => {
    const { line, sku, settled } = sold
    const { quantityEach, billedPrice, orderedOn } = partBilled(sold, of)
    if (sku === undefined || billedPrice === undefined || quantityEach === 0) return []
    return [
      {
        ...{ invoiceId, line, sku, quantityEach, billedPrice, orderedOn },
        invoiceLine: buyersLine(settled === undefined ? { line } : { line, settled }),
        lineKey: `${invoiceId}\n${line}`,
        customerNumber: invoice.customerNumber,
        currency: order.currency,
      },
    ]
  })
}

/** Credit notes as the deductions of a batch use them up, one after the other. */
function openCredits(credits: readonly OpenCreditNote[]) {
  const left = new Map(credits.map((credit) => [credit, credit.openMinor]))
  return (draft: DeductionDraft) => {
    const credit = credits.find(
      ({ number, customerNumber, currency }) =>
        number === draft.reference &&
        customerNumber === draft.customerNumber &&
        currency === draft.currency,
    )
    if (credit === undefined) return { credit: undefined, openMinor: 0, setOff: () => {} }
    const openMinor = left.get(credit) ?? 0
    return {
      ...{ credit, openMinor },
      setOff: (minor: number) => {
        left.set(credit, openMinor - minor)
      },
    }
  }
}

/** What was given back on invoice lines, each cent counted on one line only. */
function givenBack<Row extends { readonly invoiceId: string; readonly line: string }>(
  rows: readonly Row[],
  amountOf: (row: Row) => number,
) {
  const left = new Map(rows.map((row) => [`${row.invoiceId}\n${row.line}`, amountOf(row)]))
  return ({ invoiceId, invoiceLine }: BilledOnInvoice, most: number): number => {
    const key = `${invoiceId}\n${invoiceLine}`
    const amount = Math.min(most, left.get(key) ?? 0)
    left.set(key, (left.get(key) ?? 0) - amount)
    return amount
  }
}

/** How deductions are looked at: under locks where they are about to be settled. */
type Looking = {
  readonly isLocked: boolean
  /** Deductions that are judged again: what they have set off is theirs. */
  readonly exceptDeductionIds?: readonly string[]
}

/** The lines of invoices with what was agreed for them and what was given back of them. */
async function pricedLines(tx: TenantTx, invoiceIds: readonly string[], batch: OrderBatch) {
  const billed = invoiceIds.flatMap((invoiceId) => billedLines(invoiceId, batch))
  const agreed = new Map((await agreedPrices(tx, billed)).map((price) => [price.lineKey, price]))
  const returned = givenBack(await returnedUnits(tx, invoiceIds), ({ each }) => each)
  const credited = givenBack(await priceCredited(tx, invoiceIds), ({ netMinor }) => netMinor)
  return billed.map((line) => {
    const { invoiceId, quantityEach, billedPrice } = line
    const price = agreed.get(line.lineKey)
    return {
      ...{ invoiceId, line: line.invoiceLine, billedPrice },
      quantityEach: quantityEach - returned(line, quantityEach),
      creditedMinor: credited(line, Number.MAX_SAFE_INTEGER),
      contractPrice: price?.unitPrice,
      source: price === undefined ? undefined : `agreement:${price.agreementId}`,
    }
  })
}

/** What is found out about a deduction, and the credit note of ours that it names. */
type JudgedDeduction = {
  readonly raised: RaisedDeduction
  readonly verdict: DeductionVerdict
  readonly creditNoteId?: string
}

/**
 * Judges deductions against the agreements their invoices should have been billed by, less what was credited for that
 * before, and against the credit notes they name.
 */
export async function judgeDeductions(
  tx: TenantTx,
  raised: readonly RaisedDeduction[],
  { batch, looking }: { readonly batch: OrderBatch; readonly looking: Looking },
): Promise<JudgedDeduction[]> {
  if (raised.length === 0) return []
  const invoiceIds = [...new Set(raised.map(({ draft }) => draft.invoiceId))]
  const priced = await pricedLines(tx, invoiceIds, batch)
  const references = raised.flatMap(({ draft }) => draft.reference ?? [])
  const creditOf = openCredits(await creditNotesNamed(tx, references, looking))
  return raised.map((one) => {
    const { draft, policy } = one
    const { credit, openMinor, setOff } = creditOf(draft)
    const lines = priced.filter(({ invoiceId }) => invoiceId === draft.invoiceId)
    const creditNote = credit === undefined ? undefined : { number: credit.number, openMinor }
    const verdict = judgeDeduction({ ...draft, lines, creditNote }, policy)
    setOff(verdict.justifiedMinor)
    const named = credit === undefined ? {} : { creditNoteId: credit.creditNoteId }
    return { raised: one, verdict, ...named }
  })
}

function newDeduction({ raised, verdict }: JudgedDeduction): NewDeduction {
  const { invoiceNumber, ...kept } = raised.draft
  const { kind, justifiedMinor, evidence, alternatives, policyVersion } = verdict
  return {
    ...{ deductionId: newId('ddn'), paymentId: raised.paymentId, ...kept, verdict: kind },
    ...{ justifiedMinor, evidence, alternatives, policyVersion },
  }
}

/** The credits that payers set off rightly, as far as they and the invoices are open: used with the payment. */
function setOffNow(
  opened: readonly { readonly row: NewDeduction; readonly judged: JudgedDeduction }[],
  batch: OrderBatch,
): WantedUse[] {
  const left = new Map<string, number>()
  return opened.flatMap(({ row, judged: { creditNoteId } }) => {
    const { invoiceId, deductionId, paymentId } = row
    const order = orderOfInvoice(batch, invoiceId)
    const invoice = order?.invoices.find((one) => one.invoiceId === invoiceId)
    const openMinor = left.get(invoiceId) ?? invoice?.openMinor ?? 0
    const amountMinor = Math.min(row.justifiedMinor, openMinor)
    if (creditNoteId === undefined || amountMinor <= 0) return []
    left.set(invoiceId, openMinor - amountMinor)
    return [{ creditNoteId, invoiceId, amountMinor, deductionId, paymentId }]
  })
}

/**
 * Opens the deductions of payments that have just been put to their invoices, judged. A credit of ours that a payer set
 * off is used with its payment; what is left of the deductions waits for a person. The caller holds the orders.
 */
export async function raiseDeductions(
  tx: TenantTx,
  raised: readonly RaisedDeduction[],
  { batch, actor }: { readonly batch: OrderBatch; readonly actor: string },
): Promise<OutboundIntent[]> {
  const judgedOnes = await judgeDeductions(tx, raised, { batch, looking: { isLocked: true } })
  const opened = judgedOnes.map((judged) => ({ row: newDeduction(judged), judged }))
  const uses = setOffNow(opened, batch)
  const usedOf = new Map(uses.map((use) => [use.deductionId, use.amountMinor]))
  await openDeductions(
    tx,
    opened.map(({ row }) => {
      const settledMinor = usedOf.get(row.deductionId) ?? 0
      const isSettled = settledMinor === row.amountMinor
      const ended = { status: 'settled' as const, closedBy: actor, closeReason: setOffReason }
      return isSettled
        ? { ...row, settledMinor, ...ended }
        : { ...row, settledMinor, status: 'open' as const }
    }),
    batch.setting.now,
  )
  return useCredits(tx, uses, { by: { actor, reason: setOffReason }, batch })
}

const setOffReason = 'set off by the payer'
