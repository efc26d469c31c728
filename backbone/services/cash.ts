import { addDays } from '../canonical/calendar.ts'
import { groupBy } from '../canonical/group-by.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { CashKpiView, DeductionView, UnappliedView } from '../canonical/views/payment-view.ts'
import type { CreditNoteUseView } from '../canonical/views/return-view.ts'
import {
  applyCandidate,
  type CashAct,
  type CashActResult,
  takeBackByPerson,
} from '../flows/apply/apply-candidate.ts'
import { decideNow } from '../flows/apply/propose-cash.ts'
import { cashFigures } from '../policies/cash-matching/cash-figures.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { applicationCounts, cashOutcomes } from '../store/cash/cash-outcomes.ts'
import { type DeductionFilter, listDeductions } from '../store/cash/list-deductions.ts'
import { listUnapplied } from '../store/cash/list-unapplied.ts'
import { type CreditNoteFilter, listCreditNotes } from '../store/credits/list-credit-notes.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { databaseNow } from '../store/events.ts'

type Act = CashAct & { readonly tenantId: string }

type List = { readonly tenantId: string; readonly page: PageQuery }

/** Money that is not at home with its invoices: what it could be for, what people do with it, and the figures. */
export type CashService = {
  unapplied(
    query: List & { readonly customerNumber?: string | undefined },
  ): Promise<Page<UnappliedView>>
  /** Puts a payment to the invoices of a candidate. */
  apply(act: Act & { readonly candidateId: string }): Promise<CashActResult>
  /** Takes a payment off everything it was put to. */
  takeBack(act: Act): Promise<CashActResult>
  deductions(query: List & DeductionFilter): Promise<Page<DeductionView>>
  /** Credit notes with what they were put to. */
  creditNotes(query: List & CreditNoteFilter): Promise<Page<CreditNoteUseView>>
  /** Over payments booked on these days; the last 30 unless said. */
  figures(query: {
    readonly tenantId: string
    readonly from?: string | undefined
    readonly to?: string | undefined
  }): Promise<CashKpiView>
}

/** The candidates as the books stand now, and what matching says of the money; what a person put right stays said. */
async function asOfNow(tx: TenantTx, page: Page<UnappliedView>): Promise<Page<UnappliedView>> {
  const decisions = await decideNow(
    tx,
    page.items.map((payment) => payment.paymentId),
  )
  const items = page.items.map((payment) => {
    const now = decisions.get(payment.paymentId)
    if (now === undefined) return payment
    const { decision, kind, pass, tried, evidence, alternatives, policyVersion } = now
    const matching = {
      ...{ decision, kind, pass, policyVersion, tried: [...tried] },
      ...{ evidence: [...evidence], alternatives: [...alternatives] },
    }
    const isPutRight = payment.matching?.kind === 'taken-back'
    return {
      ...payment,
      matching: isPutRight ? payment.matching : matching,
      candidates: now.candidates.map((candidate) => ({
        ...{ candidateId: candidate.candidateId, pass: candidate.pass, kind: candidate.kind },
        ...{ confidencePercent: candidate.confidencePercent, summary: candidate.text },
        proposalId:
          payment.candidates.find((kept) => kept.candidateId === candidate.candidateId)
            ?.proposalId ?? null,
        applications: [...candidate.applications],
        evidence: [...candidate.evidence],
      })),
    }
  })
  return { ...page, items }
}

async function figuresOf(tx: TenantTx, from: string, to: string): Promise<CashKpiView> {
  const period = { from, before: addDays(to, 1) }
  const outcomes = groupBy(await cashOutcomes(tx, period), (row) => row.currency)
  const counts = new Map((await applicationCounts(tx, period)).map((row) => [row.currency, row]))
  const currencies = [...outcomes].map(([currency, rows]) => {
    const { applied = 0, takenBackByPerson = 0 } = counts.get(currency) ?? {}
    const money = rows.map(({ secondsToApply, ...row }) => ({
      ...row,
      ...(secondsToApply === null ? {} : { secondsToApply }),
    }))
    const figures = cashFigures(money, { applied, takenBackByPerson })
    return { currency, ...figures, unappliedByAge: [...figures.unappliedByAge] }
  })
  return { from, to, currencies: currencies.toSorted((a, b) => (a.currency < b.currency ? -1 : 1)) }
}

/** Reads and moves money over the store. */
export function cashService({
  database,
  queue,
}: {
  readonly database: Database
  readonly queue: JobQueue
}): CashService {
  return {
    unapplied: ({ tenantId, page, customerNumber }) =>
      database.inTenant(tenantId, async (tx) =>
        asOfNow(tx, await listUnapplied(tx, { customerNumber }, page)),
      ),
    apply: ({ tenantId, ...act }) =>
      database.inTenant(tenantId, (tx) => applyCandidate(tx, queue, act)),
    takeBack: ({ tenantId, ...act }) =>
      database.inTenant(tenantId, (tx) => takeBackByPerson(tx, queue, act)),
    deductions: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listDeductions(tx, filter, page)),
    creditNotes: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listCreditNotes(tx, filter, page)),
    figures: ({ tenantId, from, to }) =>
      database.inTenant(tenantId, async (tx) => {
        const last = to ?? (await databaseNow(tx)).slice(0, 10)
        return figuresOf(tx, from ?? addDays(last, -29), last)
      }),
  }
}
