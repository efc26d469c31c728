import { groupBy } from '../../canonical/group-by.ts'
import { moneyText, sumMinor } from '../../canonical/money.ts'
import { OurBug } from '../../errors.ts'
import { moveDeductions } from '../../store/cash/deduction-rows.ts'
import {
  type CreditApplicationRow,
  recordCreditApplications,
  undoCreditUses,
} from '../../store/credits/credit-applications.ts'
import {
  type CreditNoteRow,
  lockCreditNotes,
  moveCreditNotes,
  unpostedCreditNotes,
} from '../../store/credits/credit-notes.ts'
import type { TenantTx } from '../../store/database.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { postCreditNote } from './issue-credit-note.ts'
import { orderOfInvoice, withOpenAmount } from './post-cash.ts'

/** What of a credit note is to go to an invoice, and what it comes with. */
export type WantedUse = {
  readonly creditNoteId: string
  readonly invoiceId: string
  readonly amountMinor: number
  readonly paymentId?: string | undefined
  readonly deductionId?: string | undefined
}

type By = { readonly actor: string; readonly reason: string }

type Posted = {
  readonly invoiceNumber: string
  /** Below zero where a use is undone. */
  readonly appliedMinor: number
}

function creditPosting(
  note: CreditNoteRow,
  {
    postingNumber,
    applications,
    reversesPosting,
  }: {
    readonly postingNumber: string
    readonly applications: readonly Posted[]
    readonly reversesPosting?: string
  },
  batch: OrderBatch,
): OutboundIntent[] {
  const erp = batch.setting.system('erp')
  if (erp === undefined) return []
  const { creditNoteNumber, customerNumber, currency, openMinor } = note
  return [
    {
      operation: 'erp.apply-credit',
      connectionId: erp.connectionId,
      document: {
        docType: 'credit-posting',
        ...{ postingNumber, creditNoteNumber, customerNumber, currency, openMinor },
        postedOn: batch.setting.today,
        applications: [...applications],
        ...(reversesPosting === undefined ? {} : { reversesPosting }),
      },
      naturalKey: postingNumber,
      // After the credit note itself, and one use after the other.
      orderingKey: creditNoteNumber,
      idempotencyKey: `${erp.connectionId}:credit-posting:${postingNumber}`,
      amountMinor: Math.abs(sumMinor(applications.map(({ appliedMinor }) => appliedMinor))),
    },
  ]
}

/** Moves what is open of an invoice; below zero where a use is undone. Gives the invoice's number. */
function payByCredit(
  note: CreditNoteRow,
  { invoiceId, amountMinor }: Pick<WantedUse, 'invoiceId' | 'amountMinor'>,
  { by: { actor, reason }, batch }: { readonly by: By; readonly batch: OrderBatch },
): string {
  const order = orderOfInvoice(batch, invoiceId)
  const invoice = order?.invoices.find((one) => one.invoiceId === invoiceId)
  const { creditNoteNumber, currency, customerNumber } = note
  if (order === undefined || invoice === undefined)
    throw new OurBug('A credit is put to an invoice that is not held.', { invoiceId })
  const isSameLedger = order.currency === currency && invoice.customerNumber === customerNumber
  const openMinor = invoice.openMinor - amountMinor
  if (!isSameLedger || openMinor < 0 || openMinor > invoice.totalMinor)
    throw new OurBug('A credit is put where it does not belong.', { creditNoteNumber, invoiceId })
  const { invoiceNumber } = invoice
  const isUndone = amountMinor < 0
  const amount = moneyText(Math.abs(amountMinor), currency)
  batch.decide({
    order: withOpenAmount(order, invoiceId, () => openMinor),
    events: [
      {
        kind: isUndone ? 'credit.taken-back' : 'credit.applied',
        actor,
        summary: `Credit note ${creditNoteNumber}: ${amount} ${isUndone ? 'taken off' : 'put to'} ${invoiceNumber}${isUndone ? ' again' : ''} (${reason}).`,
        body: { creditNoteNumber, invoiceNumber, amountMinor },
      },
    ],
  })
  return invoiceNumber
}

/** The ERP knows a credit note before its first use, also one of an older release that told nobody of it. */
async function tellFirst(
  tx: TenantTx,
  notes: readonly CreditNoteRow[],
  { setting }: OrderBatch,
): Promise<OutboundIntent[]> {
  const erp = setting.system('erp')
  if (erp === undefined) return []
  const unused = notes.flatMap(({ creditNoteId, postings }) => (postings === 0 ? creditNoteId : []))
  const unposted = await unpostedCreditNotes(tx, unused, erp.connectionId)
  return unposted.flatMap((note) => postCreditNote(note, setting))
}

/**
 * Puts credit notes to invoices: both have that much less open, and the ERP is told. The caller holds the orders of
 * the invoices, and has worked out the uses under the locks of the credit notes; more than is open is our bug.
 */
export async function useCredits(
  tx: TenantTx,
  uses: readonly WantedUse[],
  { by, batch }: { readonly by: By; readonly batch: OrderBatch },
): Promise<OutboundIntent[]> {
  const wanted = uses.filter(({ amountMinor }) => amountMinor > 0)
  const byNote = groupBy(wanted, ({ creditNoteId }) => creditNoteId)
  const notes = await lockCreditNotes(tx, [...byNote.keys()])
  const told = await tellFirst(tx, notes, batch)
  const posted = notes.map((note) => {
    const own = byNote.get(note.creditNoteId) ?? []
    const usedMinor = sumMinor(own.map(({ amountMinor }) => amountMinor))
    if (usedMinor > note.openMinor)
      throw new OurBug('More of a credit note is used than is open.', { ...note, usedMinor })
    const postingNumber = `${note.creditNoteNumber}.${note.postings + 1}`
    const applications = own.map((use) => ({
      invoiceNumber: payByCredit(note, use, { by, batch }),
      appliedMinor: use.amountMinor,
    }))
    const after = { ...note, openMinor: note.openMinor - usedMinor }
    return {
      move: { creditNoteId: note.creditNoteId, usedMinor, postings: 1 },
      rows: own.map((use) => ({
        ...use,
        ...{ postingNumber, appliedBy: by.actor, reason: by.reason },
      })),
      sends: creditPosting(after, { postingNumber, applications }, batch),
    }
  })
  await recordCreditApplications(
    tx,
    posted.flatMap(({ rows }) => rows),
    batch.setting.now,
  )
  await moveCreditNotes(
    tx,
    posted.map(({ move }) => move),
  )
  return [...told, ...posted.flatMap(({ sends }) => sends)]
}

function undonePostings(
  note: CreditNoteRow,
  uses: readonly CreditApplicationRow[],
  { by, batch }: { readonly by: By; readonly batch: OrderBatch },
) {
  let { openMinor } = note
  const sends = [...groupBy(uses, ({ postingNumber }) => postingNumber)].flatMap(
    ([reversesPosting, own], place) => {
      const applications = own.map(({ invoiceId, amountMinor }) => ({
        invoiceNumber: payByCredit(note, { invoiceId, amountMinor: -amountMinor }, { by, batch }),
        appliedMinor: -amountMinor,
      }))
      openMinor += sumMinor(own.map(({ amountMinor }) => amountMinor))
      const postingNumber = `${note.creditNoteNumber}.${note.postings + place + 1}`
      const posting = { postingNumber, applications, reversesPosting }
      return { postingNumber, sent: creditPosting({ ...note, openMinor }, posting, batch) }
    },
  )
  return {
    move: {
      creditNoteId: note.creditNoteId,
      usedMinor: note.openMinor - openMinor,
      postings: sends.length,
    },
    sends: sends.flatMap(({ sent }) => sent),
  }
}

/**
 * Takes credits off the invoices they were put to: both are open again, so is the deduction they cleared, and the ERP
 * is told. The caller holds the orders of the invoices; what another has undone meanwhile is left alone.
 */
export async function takeBackCredits(
  tx: TenantTx,
  uses: readonly CreditApplicationRow[],
  { by, batch }: { readonly by: By; readonly batch: OrderBatch },
): Promise<{ readonly taken: readonly CreditApplicationRow[]; readonly sends: OutboundIntent[] }> {
  const notes = await lockCreditNotes(tx, [...new Set(uses.map((use) => use.creditNoteId))])
  const ids = uses.map((use) => use.creditApplicationId)
  const undone = await undoCreditUses(tx, ids, {
    ...{ by: by.actor, reason: by.reason, at: batch.setting.now },
  })
  const taken = uses.filter((use) => undone.has(use.creditApplicationId))
  const back = notes.map((note) => {
    const own = taken.filter((use) => use.creditNoteId === note.creditNoteId)
    return undonePostings(note, own, { by, batch })
  })
  await moveCreditNotes(
    tx,
    back.map(({ move }) => move),
  )
  const ofDeductions = groupBy(
    taken.filter(({ deductionId }) => deductionId !== null),
    ({ deductionId }) => deductionId ?? '',
  )
  await moveDeductions(
    tx,
    [...ofDeductions].map(([deductionId, own]) => ({
      ...{ deductionId, status: 'open', by: by.actor, reason: by.reason },
      settledMinor: -sumMinor(own.map(({ amountMinor }) => amountMinor)),
    })),
    batch.setting.now,
  )
  return { taken, sends: back.flatMap(({ sends }) => sends) }
}
