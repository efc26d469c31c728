import {
  type DocumentMatrixView,
  dwellStages,
  type KpiView,
  type TouchMapView,
} from '../canonical/views/kpi-view.ts'
import { documentFormats } from '../policies/kpi/document-formats.ts'
import { orderFigure } from '../policies/kpi/order-figure.ts'
import { perfectOrderProduct, share } from '../policies/kpi/rates.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { type KpiMoments, type KpiPeriod, momentsOf, tenantDay } from '../store/reading/kpi.ts'
import {
  type DocumentCount,
  documentCounts,
  type PartnerConnection,
  partnerConnections,
  testedDocuments,
} from '../store/reading/kpi-documents.ts'
import { movedOrders, orderFacts, ordersBefore } from '../store/reading/kpi-facts.ts'
import {
  figureProgress,
  type OrderCounts,
  type OrderFigureRow,
  orderCounts,
  partnerTouches,
  type StretchTimes,
} from '../store/reading/kpi-figures.ts'

type Question = {
  readonly tenantId: string
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** The figures the house is steered by. */
export type KpiService = {
  /** Over what was received on these days in the tenant's time zone; the last 30 days unless said. */
  read(query: Question): Promise<KpiView>
  /** What people did to the orders of these days. */
  touchMap(query: Question): Promise<TouchMapView>
  /** What each partner's connections can carry, have tried, and exchanged in the last 30 days. */
  documentMatrix(query: Pick<Question, 'tenantId'>): Promise<DocumentMatrixView>
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

const ordersAtOnce = 2_000
// Everything there is; the counts of both are within PostgreSQL's integers.
const noLimit = 2_147_483_647

/** Orders of a period whose kept figures are not as they stand now: they have moved since, or were never written. */
async function unwrittenOrders(tx: TenantTx, { from, before }: KpiMoments): Promise<string[]> {
  const progress = await figureProgress(tx)
  if (progress === undefined) {
    const { orders } = await ordersBefore(tx, { from, before, limit: noLimit })
    return orders.map(({ orderId }) => orderId)
  }
  const { upToEventId: after, backTo } = progress
  const moved = await movedOrders(tx, { after, upTo: Number.MAX_SAFE_INTEGER, limit: noLimit })
  const isAsked = (moment: string) =>
    Date.parse(moment) >= Date.parse(from) && Date.parse(moment) < Date.parse(before)
  const earliest = backTo !== null && Date.parse(backTo) < Date.parse(before) ? backTo : before
  const earlier =
    backTo === null
      ? []
      : (await ordersBefore(tx, { from, before: earliest, limit: noLimit })).orders
  return [
    ...new Set(
      [...moved.orders.filter(({ receivedAt }) => isAsked(receivedAt)), ...earlier].map(
        ({ orderId }) => orderId,
      ),
    ),
  ]
}

/** The figures of those orders, worked out now. */
async function freshFigures(tx: TenantTx, moments: KpiMoments): Promise<OrderFigureRow[]> {
  const ids = await unwrittenOrders(tx, moments)
  const rows: OrderFigureRow[] = []
  for (let start = 0; start < ids.length; start += ordersAtOnce)
    rows.push(...(await orderFacts(tx, ids.slice(start, start + ordersAtOnce))).map(orderFigure))
  return rows
}

type Asked = { readonly period: KpiPeriod; readonly timeZone: string; readonly moments: KpiMoments }

async function askedOf(tx: TenantTx, { since, until }: Question): Promise<Asked> {
  const { timeZone, today } = await tenantDay(tx)
  const lastDay = until ?? today
  const period = { since: since ?? daysBefore(lastDay, 29), until: lastDay }
  return { period, timeZone, moments: await momentsOf(tx, period) }
}

const seconds = (value: number | null) =>
  value === null ? null : Math.round(value * 1_000) / 1_000

function durationOf([count, median, p95]: StretchTimes['validating']) {
  return { count, medianSeconds: seconds(median), p95Seconds: seconds(p95) }
}

function perfectOrder(counts: OrderCounts): KpiView['perfectOrder'] {
  const { delivered, perfect } = counts
  const parts = {
    onTime: share(counts.onTime, delivered),
    complete: share(counts.complete, delivered),
    undamaged: share(counts.undamaged, delivered),
    rightDocuments: share(counts.rightDocuments, delivered),
  }
  return {
    countForm: share(perfect, delivered),
    productForm: perfectOrderProduct(Object.values(parts)),
    ...parts,
  }
}

function firstPass(
  counts: readonly DocumentCount[],
  connections: readonly PartnerConnection[],
): Pick<KpiView, 'firstPassYield' | 'firstPassByPartner'> {
  const partnerOf = new Map(connections.map((one) => [one.connectionId, one.partnerId]))
  const incoming = counts.filter(({ direction }) => direction === 'in')
  const sum = (key: 'documents' | 'passed') =>
    incoming.reduce((total, count) => total + count[key], 0)
  return {
    firstPassYield: share(sum('passed'), sum('documents')),
    firstPassByPartner: incoming.map(({ connectionId, docType, documents, passed }) => ({
      partnerId: partnerOf.get(connectionId) ?? null,
      connectionId,
      docType,
      ...share(passed, documents),
    })),
  }
}

async function readKpi(tx: TenantTx, query: Question): Promise<KpiView> {
  const { period, timeZone, moments } = await askedOf(tx, query)
  const counts = await orderCounts(tx, moments, await freshFigures(tx, moments))
  if (counts === undefined) throw new RangeError('A count gave no row.')
  const documents = await documentCounts(tx, period)
  const { orders, touchless, withException, withSeveral, acknowledged } = counts
  return {
    ...period,
    timeZone,
    ordersReceived: orders,
    touchlessRate: share(touchless, orders),
    ...firstPass(documents, await partnerConnections(tx)),
    exceptionRate: share(withException, orders),
    repeatExceptionRate: share(withSeveral, withException),
    perfectOrder: perfectOrder(counts),
    orderCycle: durationOf(counts.order_cycle),
    dwell: dwellStages.map((stage) => ({ stage, ...durationOf(counts[stage]) })),
    orderToInvoice: durationOf(counts.order_to_invoice),
    invoiceToApply: durationOf(counts.paying),
    acknowledgedOnTime: share(counts.acknowledgedOnTime, acknowledged),
    approvalHealth: null,
  }
}

async function readTouchMap(tx: TenantTx, query: Question): Promise<TouchMapView> {
  const { period, timeZone, moments } = await askedOf(tx, query)
  const partners = await partnerTouches(tx, moments, await freshFigures(tx, moments))
  return {
    ...period,
    timeZone,
    partners: partners.map(({ acts, ...partner }) => ({
      ...partner,
      acts: Object.entries(acts)
        .map(([act, count]) => ({ act, count }))
        .sort((a, b) => b.count - a.count || (a.act < b.act ? -1 : 1)),
    })),
  }
}

type MatrixRow = DocumentMatrixView['connections'][number]['documents'][number]

function matrixRows(kind: string, counts: readonly DocumentCount[], tested: ReadonlySet<string>) {
  const formats = documentFormats[kind] ?? []
  const known = new Set(formats.map(({ direction, docType }) => `${direction}:${docType}`))
  // What was exchanged and is in no list is shown as well: nothing is live and unseen.
  const others = counts
    .filter(({ direction, docType }) => !known.has(`${direction}:${docType}`))
    .map(({ direction, docType }) => ({ direction, docType, name: docType }))
  return [...formats, ...others].map(({ direction, docType, name }): MatrixRow => {
    const count = counts.find((one) => one.direction === direction && one.docType === docType)
    const real = count === undefined ? 0 : count.passed - count.tests
    return {
      direction,
      docType,
      name,
      isSupported: known.has(`${direction}:${docType}`),
      isTested: tested.has(`${direction}:${docType}`),
      isLive: real > 0,
      documents: count?.documents ?? 0,
      lastOn: count?.lastOn ?? null,
    }
  })
}

async function readMatrix(tx: TenantTx): Promise<DocumentMatrixView> {
  const { today } = await tenantDay(tx)
  const period = { since: daysBefore(today, 29), until: today }
  const counts = await documentCounts(tx, period)
  const connections = await partnerConnections(tx)
  const tested = [...(await testedDocuments(tx)), ...counts.filter(({ tests }) => tests > 0)]
  return {
    ...period,
    connections: connections
      .filter(({ kind }) => documentFormats[kind] !== undefined)
      .map(({ connectionId, name, kind, partnerId }) => {
        const own = counts.filter((count) => count.connectionId === connectionId)
        const ownTested = new Set(
          tested
            .filter((one) => one.connectionId === connectionId)
            .map(({ direction, docType }) => `${direction}:${docType}`),
        )
        return { connectionId, name, kind, partnerId, documents: matrixRows(kind, own, ownTested) }
      }),
  }
}

/** Computes the figures from what the rounds have written, and works out now what has gone on since. */
export function kpiService({ database }: { readonly database: Database }): KpiService {
  return {
    read: (query) => database.inTenant(query.tenantId, (tx) => readKpi(tx, query)),
    touchMap: (query) => database.inTenant(query.tenantId, (tx) => readTouchMap(tx, query)),
    documentMatrix: ({ tenantId }) => database.inTenant(tenantId, readMatrix),
  }
}
