import type { IsoDate, IsoMoment } from '../canonical/document.ts'
import { normalisePurchaseOrder } from '../canonical/purchase-order-number.ts'
import type { OrderCount, OrderSort } from '../canonical/views/order-list.ts'
import type { OrderSummary, OrderView } from '../canonical/views/order-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { dayAfter, type TimeZone, zoneClock } from '../canonical/zone-clock.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { readTenantProfile } from '../store/people/tenant-profile.ts'
import { findOrderId, getOrder } from '../store/reading/get-order.ts'
import { countOrders, listOrders } from '../store/reading/list-orders.ts'
import type { OrderFilter } from '../store/reading/order-filter.ts'

/** Which orders a person looks for; days are those of the zone, the tenant's unless said. */
export type OrderQuestion = Omit<OrderFilter, 'reference' | 'lateOn'> & {
  /** Any number the order goes by. */
  readonly reference?: string | undefined
  /** Only a number that is the whole of it; otherwise a part will do. */
  readonly isWholeReference?: boolean | undefined
  /** The first and the last day they were received on. A day is a date, or `today`, `today-7`, `today+1`. */
  readonly receivedFrom?: string | undefined
  readonly receivedUntil?: string | undefined
  readonly wantedFrom?: string | undefined
  readonly wantedUntil?: string | undefined
  readonly isLate?: boolean | undefined
  readonly zone?: TimeZone | undefined
}

/** Orders as people and programs look at them. */
export type OrdersReadService = {
  list(
    question: OrderQuestion & {
      readonly tenantId: string
      readonly page: PageQuery
      readonly sort?: OrderSort | undefined
    },
  ): Promise<Page<OrderSummary>>
  /** How many there are, up to ten thousand. */
  count(question: OrderQuestion & { readonly tenantId: string }): Promise<OrderCount>
  /** By id or order number. */
  get(tenantId: string, reference: string): Promise<OrderView | undefined>
  /** The id of the order with this id or order number. */
  idOf(tenantId: string, reference: string): Promise<string | undefined>
}

// As flows number them: people say the digits alone.
const ownNumbers = (digits: string): string[] =>
  ['SO-', 'INV-'].map((series) => `${series}${digits.padStart(6, '0')}`)

function referenceOf({ reference, isWholeReference = false }: OrderQuestion) {
  if (reference === undefined) return undefined
  const upper = reference.toUpperCase()
  const own = /^\d{1,12}$/.test(reference) ? ownNumbers(reference) : []
  return {
    spellings: [...new Set([reference, upper, ...own])],
    upper,
    poNormalised: normalisePurchaseOrder(reference),
    isWhole: isWholeReference,
  }
}

const asksForDays = (question: OrderQuestion): boolean =>
  question.isLate === true ||
  [
    ...[question.receivedFrom, question.receivedUntil],
    ...[question.wantedFrom, question.wantedUntil],
  ].some((day) => day !== undefined)

type Bound = IsoMoment | undefined

// Who narrows twice means both.
const laterOf = (one: Bound, other: Bound): Bound =>
  one !== undefined && other !== undefined && Date.parse(one) < Date.parse(other)
    ? other
    : (one ?? other)
const earlierOf = (one: Bound, other: Bound): Bound =>
  one !== undefined && other !== undefined && Date.parse(one) > Date.parse(other)
    ? other
    : (one ?? other)

/** The days of a question as dates and moments. */
function datedBy(zone: TimeZone, nowMs: number, question: OrderQuestion): OrderFilter {
  const clock = zoneClock(zone)
  const today = clock.read(nowMs).day
  const dateOf = (day: string | undefined): IsoDate | undefined =>
    day?.startsWith('today') ? dayAfter(today, Number(day.slice('today'.length))) : day
  const startOf = (day: IsoDate | undefined): IsoMoment | undefined =>
    day === undefined ? undefined : new Date(clock.momentMs(day, 0)).toISOString()
  const lastDay = dateOf(question.receivedUntil)
  return {
    since: laterOf(startOf(dateOf(question.receivedFrom)), question.since),
    until: earlierOf(
      startOf(lastDay === undefined ? undefined : dayAfter(lastDay)),
      question.until,
    ),
    wantedFrom: dateOf(question.wantedFrom),
    wantedUntil: dateOf(question.wantedUntil),
    lateOn: question.isLate === true ? today : undefined,
  }
}

async function filterOf(
  tx: TenantTx,
  nowMs: number,
  question: OrderQuestion,
): Promise<OrderFilter> {
  const plain = {
    ...{ stages: question.stages, customerNumber: question.customerNumber },
    ...{ connectionId: question.connectionId, since: question.since, until: question.until },
    ...{ isHeld: question.isHeld, holds: question.holds, waitsForStock: question.waitsForStock },
    ...{ totalFromMinor: question.totalFromMinor, currency: question.currency },
    ...{ tests: question.tests, reference: referenceOf(question) },
  }
  if (!asksForDays(question)) return plain
  const zone = question.zone ?? (await readTenantProfile(tx)).timeZone
  return { ...plain, ...datedBy(zone, nowMs, question) }
}

const mostCounted = 10_000
// What is searched for is looked at row by row, and what waits for stock line by line: so many tell enough.
const mostFoundCounted = 200
const mostWaitingCounted = 1_000

function mostCountedOf({ reference, waitsForStock }: OrderQuestion): number {
  if (reference !== undefined) return mostFoundCounted
  return waitsForStock === undefined ? mostCounted : mostWaitingCounted
}

/** Reads orders from the store. */
export function ordersReadService({
  database,
  nowMs = Date.now,
}: {
  readonly database: Database
  readonly nowMs?: () => number
}): OrdersReadService {
  return {
    list: ({ tenantId, page, sort = 'received', ...question }) =>
      database.inTenant(tenantId, async (tx) =>
        listOrders(tx, { filter: await filterOf(tx, nowMs(), question), sort }, page),
      ),
    count: ({ tenantId, ...question }) =>
      database.inTenant(tenantId, async (tx) =>
        countOrders(tx, await filterOf(tx, nowMs(), question), mostCountedOf(question)),
      ),
    get: (tenantId, reference) => database.inTenant(tenantId, (tx) => getOrder(tx, reference)),
    idOf: (tenantId, reference) => database.inTenant(tenantId, (tx) => findOrderId(tx, reference)),
  }
}
