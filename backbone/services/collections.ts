import type { IsoDate } from '../canonical/document.ts'
import { groupBy } from '../canonical/group-by.ts'
import type {
  AgeingLine,
  AgeingTotal,
  AgeingView,
  CollectionCaseView,
  CollectionsCustomerView,
  CollectionsKpiView,
  CustomerLedgerView,
  WorklistLine,
} from '../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { ageingOf } from '../policies/collections/ageing.ts'
import { type CollectionCase, collectionCase } from '../policies/collections/collection-case.ts'
import { draftSnapshot } from '../policies/collections/draft-facts.ts'
import { lateInterest } from '../policies/collections/late-interest.ts'
import { type ClaimRow, claimRows } from '../policies/collections/ledger.ts'
import { latePaymentLaws, referenceRates } from '../policies/collections/legal-interest.ts'
import { receivablesKpi } from '../policies/collections/receivables-kpi.ts'
import { companyName } from '../store/collections/company-name.ts'
import { listContacts, listReplies } from '../store/collections/contact-rows.ts'
import { listDisputes } from '../store/collections/dispute-rows.ts'
import { listPromises } from '../store/collections/promise-rows.ts'
import { promisesDecided, receivables } from '../store/collections/receivables.ts'
import { listStops } from '../store/collections/stop-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { tenantDay } from '../store/reading/kpi.ts'
import {
  type LedgerSetting,
  loadCustomerLedgers,
  loadLedgers,
  type OpenLedger,
  openLedgerSetting,
} from './collections-ledger.ts'

/** Which lines of the worklist are wanted. */
type WorklistFilter = {
  readonly segment?: string | undefined
  readonly level?: number | undefined
  readonly collector?: string | undefined
  readonly currency?: string | undefined
  /** Found anywhere in the customer's name or number, or in the collector's name. */
  readonly q?: string | undefined
  /** A kind of case; without it, every case there is something to do about. */
  readonly kind?: string | undefined
}

type Question = { readonly tenantId: string; readonly asOf?: IsoDate | undefined }

/** What collectors look at. */
export type CollectionsService = {
  /** Customers to be asked for money, the most worthwhile contact first. */
  worklist(
    query: Question & WorklistFilter & { readonly page: PageQuery },
  ): Promise<Page<WorklistLine>>
  /** What is owed by age: in sum by currency, and by customer, the most overdue first. */
  ageing(
    query: Question & WorklistFilter & { readonly page: PageQuery },
  ): Promise<Page<AgeingLine> & { readonly asOf: IsoDate; readonly totals: readonly AgeingTotal[] }>
  customer(
    query: Question & { readonly customerNumber: string },
  ): Promise<CollectionsCustomerView | undefined>
  kpi(query: {
    readonly tenantId: string
    /** Of this customer alone. */
    readonly customerNumber?: string | undefined
    readonly since?: IsoDate | undefined
    readonly until?: IsoDate | undefined
  }): Promise<CollectionsKpiView>
}

function caseView({ ageing, rows, money, ...decided }: CollectionCase): CollectionCaseView {
  return { ...decided, evidence: [...decided.evidence], alternatives: [...decided.alternatives] }
}

const whoOf = ({ customerNumber, name, segment, collector, currency }: OpenLedger) => ({
  customerNumber,
  name,
  segment,
  collector: collector ?? null,
  currency,
})

// Nobody need look at what is not due or not worth a letter.
const quietKinds: readonly string[] = ['nothing-due', 'too-small']

function isFound(ledger: OpenLedger, q: string): boolean {
  const { name, customerNumber, collector = '' } = ledger
  return [name, customerNumber, collector].some((text) => text.toLowerCase().includes(q))
}

function isWanted(ledger: OpenLedger, filter: WorklistFilter): boolean {
  const { segment, collector, currency, q = '' } = filter
  return (
    (q === '' || isFound(ledger, q.toLowerCase())) &&
    (segment === undefined || ledger.segment === segment) &&
    (collector === undefined || ledger.collector === collector) &&
    (currency === undefined || ledger.currency === currency)
  )
}

function isCaseWanted({ kind, level }: CollectionCaseView, filter: WorklistFilter): boolean {
  return (
    (filter.level === undefined || level === filter.level) &&
    (filter.kind === undefined ? !quietKinds.includes(kind) : kind === filter.kind)
  )
}

/** Cuts a list that was worked out whole to a page; the position is the sort key of its last line. */
function pageOfSorted<Line>(
  lines: readonly Line[],
  keyOf: (line: Line) => string,
  { limit, after }: PageQuery,
): Page<Line> {
  const start = after === undefined ? 0 : lines.findIndex((line) => keyOf(line) > after)
  const items = start === -1 ? [] : lines.slice(start, start + limit)
  const last = items.at(-1)
  const isMore = start !== -1 && start + limit < lines.length
  return { items, next: isMore && last !== undefined ? keyOf(last) : null }
}

/** A number as text that sorts the greatest first. */
const downwards = (minor: number): string =>
  String(Number.MAX_SAFE_INTEGER - minor).padStart(17, '0')

const worklistKey = ({ case: { priorityMinor }, customerNumber, currency }: WorklistLine): string =>
  `${downwards(priorityMinor)}|${customerNumber}|${currency}`

const ageingKey = ({ ageing, customerNumber, currency }: AgeingLine): string =>
  `${downwards(ageing.overdueMinor)}|${customerNumber}|${currency}`

function sorted<Line>(lines: readonly Line[], keyOf: (line: Line) => string): Line[] {
  return lines
    .map((line) => ({ line, key: keyOf(line) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line)
}

async function worklist(
  tx: TenantTx,
  { asOf, page, ...filter }: Parameters<CollectionsService['worklist']>[0],
): Promise<Page<WorklistLine>> {
  const setting = await openLedgerSetting(tx, asOf)
  const ledgers = await loadLedgers(tx, {}, setting.asOf)
  const lines = ledgers
    .filter((ledger) => isWanted(ledger, filter))
    .map((ledger) => {
      const about = setting.caseSetting(ledger)
      return {
        ...whoOf(ledger),
        asOf: about.asOf,
        case: caseView(collectionCase(ledger, about)),
      }
    })
    .filter((line) => isCaseWanted(line.case, filter))
  return pageOfSorted(sorted(lines, worklistKey), worklistKey, page)
}

function addAgeing(a: AgeingView, b: AgeingView): AgeingView {
  const names = [...new Set([...Object.keys(a.buckets), ...Object.keys(b.buckets)])]
  return {
    buckets: Object.fromEntries(
      names.map((name) => [name, (a.buckets[name] ?? 0) + (b.buckets[name] ?? 0)]),
    ),
    disputedMinor: a.disputedMinor + b.disputedMinor,
    promisedMinor: a.promisedMinor + b.promisedMinor,
    unappliedMinor: a.unappliedMinor + b.unappliedMinor,
    creditsMinor: a.creditsMinor + b.creditsMinor,
    openMinor: a.openMinor + b.openMinor,
    overdueMinor: a.overdueMinor + b.overdueMinor,
  }
}

function totalsOf(lines: readonly AgeingLine[]): AgeingTotal[] {
  return [...groupBy(lines, ({ currency }) => currency)]
    .map(([currency, own]) => ({
      currency,
      customers: own.length,
      ageing: own.map((line) => line.ageing).reduce(addAgeing),
    }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

async function ageing(
  tx: TenantTx,
  { asOf, page, ...filter }: Parameters<CollectionsService['ageing']>[0],
): ReturnType<CollectionsService['ageing']> {
  const setting = await openLedgerSetting(tx, asOf)
  const ledgers = await loadLedgers(tx, {}, setting.asOf)
  const lines = ledgers
    .filter((ledger) => isWanted(ledger, filter))
    .map((ledger) => {
      const { policy } = setting.caseSetting(ledger)
      const rows = claimRows(ledger, setting.asOf)
      return {
        ...whoOf(ledger),
        ageing: ageingOf(rows, ledger, policy.settings.bucketDays),
      }
    })
  return {
    asOf: setting.asOf,
    totals: totalsOf(lines),
    ...pageOfSorted(sorted(lines, ageingKey), ageingKey, page),
  }
}

function lateInterestOf(
  ledger: OpenLedger,
  rows: readonly ClaimRow[],
  { asOf, policy }: ReturnType<LedgerSetting['caseSetting']>,
): CustomerLedgerView['lateInterest'] {
  const { legalKind, country, currency } = ledger
  const tables = { laws: latePaymentLaws, rates: referenceRates }
  return rows
    .filter(({ daysPastDue }) => daysPastDue > 0)
    .map(({ invoiceNumber, instalment, openMinor, dueOn }) => {
      const found = lateInterest(
        {
          invoiceNumber,
          currency,
          amountMinor: openMinor,
          dueOn,
          until: asOf,
          legalKind,
          ...(country === undefined ? {} : { country }),
        },
        policy,
        tables,
      )
      const { kind, days, interestMinor, fixedMinor, evidence } = found
      return {
        invoiceNumber,
        instalment,
        kind,
        days,
        interestMinor,
        fixedMinor,
        evidence: [...evidence],
      }
    })
}

function ledgerView(
  ledger: OpenLedger,
  setting: LedgerSetting,
  company: string,
): CustomerLedgerView {
  const about = setting.caseSetting(ledger)
  const decided = collectionCase(ledger, about)
  const rows = claimRows(ledger, about.asOf)
  const { mayNameFees, language, facts } = draftSnapshot(ledger, decided, {
    asOf: about.asOf,
    company,
    language: ledger.language ?? 'en',
    settings: about.policy.settings,
  })
  return {
    currency: ledger.currency,
    rows,
    ageing: decided.ageing,
    case: caseView(decided),
    snapshot: {
      mayNameFees,
      language,
      facts: facts.map((fact) => ({ ...fact, texts: [...fact.texts] })),
    },
    lateInterest: lateInterestOf(ledger, rows, about),
  }
}

async function customer(
  tx: TenantTx,
  { customerNumber, asOf }: Parameters<CollectionsService['customer']>[0],
): Promise<CollectionsCustomerView | undefined> {
  const setting = await openLedgerSetting(tx, asOf)
  const found = await loadCustomerLedgers(tx, customerNumber, setting.asOf)
  if (found === undefined) return undefined
  const company = await companyName(tx)
  const page = { limit: 50, after: undefined }
  const own = { customerNumber }
  const { currency, ...who } = whoOf(found.empty)
  return {
    ...who,
    asOf: setting.asOf,
    ledgers: found.ledgers.map((ledger) => ledgerView(ledger, setting, company)),
    promises: [...(await listPromises(tx, own, page)).items],
    disputes: [...(await listDisputes(tx, own, page)).items],
    stops: [...(await listStops(tx, { ...own, isActive: true }, page)).items],
    lastContacts: [...(await listContacts(tx, own, { ...page, limit: 5 })).items],
    unreadReplies: [...(await listReplies(tx, { ...own, isUnread: true }, page)).items],
  }
}

async function kpi(
  tx: TenantTx,
  { since, until, customerNumber }: Parameters<CollectionsService['kpi']>[0],
): Promise<CollectionsKpiView> {
  const { today } = await tenantDay(tx)
  const lastDay = until ?? today
  const firstDay =
    since ?? new Date(Date.parse(lastDay) - 89 * 86_400_000).toISOString().slice(0, 10)
  const period = { since: firstDay, until: lastDay }
  const days = Math.round((Date.parse(lastDay) - Date.parse(firstDay)) / 86_400_000) + 1
  const rows = await receivables(tx, { ...period, customerNumber })
  const { decided, kept } = await promisesDecided(tx, { ...period, customerNumber })
  return {
    ...period,
    currencies: rows.map((row) => ({ ...row, ...receivablesKpi({ ...row, days }) })),
    promisesDecided: decided,
    promisesKept: kept,
  }
}

/** Reads ledgers and decides about them. */
export function collectionsService({
  database,
}: {
  readonly database: Database
}): CollectionsService {
  return {
    worklist: (query) => database.inTenant(query.tenantId, (tx) => worklist(tx, query)),
    ageing: (query) => database.inTenant(query.tenantId, (tx) => ageing(tx, query)),
    customer: (query) => database.inTenant(query.tenantId, (tx) => customer(tx, query)),
    kpi: (query) => database.inTenant(query.tenantId, (tx) => kpi(tx, query)),
  }
}
