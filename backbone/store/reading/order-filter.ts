import { type SQL, sql } from 'drizzle-orm'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import type { HoldType, Stage } from '../../canonical/order-state.ts'
import type { TenantTx } from '../database.ts'
import {
  oneOf,
  partOfReference,
  type Reference,
  type SoughtOrders,
  wholeReference,
} from './order-references.ts'

/** Which orders are wanted; what is not said narrows nothing. */
export type OrderFilter = {
  readonly stages?: readonly Stage[] | undefined
  readonly customerNumber?: string | undefined
  readonly connectionId?: string | undefined
  /** Received at or after, and before. */
  readonly since?: IsoMoment | undefined
  readonly until?: IsoMoment | undefined
  /** The first and the last day they are wanted on. */
  readonly wantedFrom?: IsoDate | undefined
  readonly wantedUntil?: IsoDate | undefined
  /** Wanted before this day, and not all gone. */
  readonly lateOn?: IsoDate | undefined
  /** A hold on the release is in force. */
  readonly isHeld?: boolean | undefined
  /** A hold of one of these types is in force, whatever it blocks. */
  readonly holds?: readonly HoldType[] | undefined
  readonly waitsForStock?: boolean | undefined
  readonly totalFromMinor?: number | undefined
  readonly currency?: string | undefined
  readonly tests?: 'hide' | 'show' | 'only' | undefined
  readonly reference?: Reference | undefined
}

/** Where goods still have to leave. */
const undelivered: readonly Stage[] = [
  ...(['received', 'validated', 'held', 'ready', 'released', 'picking'] as const),
]
/** Where stock has been asked for and may not be there yet. */
const supplied: readonly Stage[] = ['held', 'ready', 'released', 'picking', 'shipped']

const stageIn = (stages: readonly Stage[]): SQL => sql`orders.stage ${oneOf(stages)}`

// Held is any hold on release in force; a cancel window is one of them (design.md section 4).
const isHeldBack = sql`orders.order_id in (
  select hold.order_id from hold where released_at is null and blocks @> '["release"]'::jsonb)`

// The words of the index order_line_waiting.
const isWaitingForStock = sql`orders.order_id in (
  select order_line.order_id from order_line
  where ordered_each - cancelled_each - shipped_each - allocated_each > 0)`

type Asked = { readonly [Name in keyof OrderFilter]-?: NonNullable<OrderFilter[Name]> }
type Plain = Omit<Asked, 'reference'>

const conditionsOf: { readonly [Name in keyof Plain]: (asked: Plain[Name]) => SQL } = {
  stages: stageIn,
  customerNumber: (number) => sql`orders.customer_number = ${number}`,
  connectionId: (id) => sql`orders.connection_id = ${id}`,
  since: (moment) => sql`orders.received_at >= ${moment}::text::timestamptz`,
  until: (moment) => sql`orders.received_at < ${moment}::text::timestamptz`,
  wantedFrom: (day) => sql`orders.requested_on >= ${day}::text::date`,
  wantedUntil: (day) => sql`orders.requested_on <= ${day}::text::date`,
  lateOn: (day) => sql`orders.requested_on < ${day}::text::date and ${stageIn(undelivered)}`,
  isHeld: (isHeld) => (isHeld ? isHeldBack : sql`not ${isHeldBack}`),
  holds: (types) => sql`orders.order_id in (
    select hold.order_id from hold where released_at is null and type ${oneOf(types)})`,
  waitsForStock: (waits) =>
    waits
      ? sql`${isWaitingForStock} and ${stageIn(supplied)}`
      : sql`not (${isWaitingForStock} and ${stageIn(supplied)})`,
  totalFromMinor: (minor) => sql`orders.total_minor >= ${minor}::bigint`,
  currency: (currency) => sql`orders.currency = ${currency}`,
  tests: (tests) =>
    tests === 'show' ? sql`true` : tests === 'only' ? sql`orders.is_test` : sql`not orders.is_test`,
}

function conditionOf<Name extends keyof Plain>(name: Name, asked: Plain[Name] | undefined): SQL[] {
  return asked === undefined ? [] : [conditionsOf[name](asked)]
}

/** The condition on `orders` that a filter is, without the number it looks for. */
export function plainCondition(filter: OrderFilter): SQL {
  const plain = [
    ...conditionOf('tests', filter.tests),
    ...conditionOf('stages', filter.stages),
    ...conditionOf('customerNumber', filter.customerNumber),
    ...conditionOf('connectionId', filter.connectionId),
    ...conditionOf('since', filter.since),
    ...conditionOf('until', filter.until),
    ...conditionOf('wantedFrom', filter.wantedFrom),
    ...conditionOf('wantedUntil', filter.wantedUntil),
    ...conditionOf('lateOn', filter.lateOn),
    ...conditionOf('totalFromMinor', filter.totalFromMinor),
    ...conditionOf('currency', filter.currency),
    ...conditionOf('isHeld', filter.isHeld),
    ...conditionOf('holds', filter.holds),
    ...conditionOf('waitsForStock', filter.waitsForStock),
  ]
  return plain.length === 0 ? sql`true` : sql.join(plain, sql` and `)
}

/** The condition on `orders` that the number a filter looks for is. */
export async function soughtCondition(
  tx: TenantTx,
  { reference }: OrderFilter,
): Promise<SoughtOrders> {
  if (reference === undefined) return { condition: sql`true`, isCommon: false }
  return reference.isWhole ? wholeReference(reference) : partOfReference(tx, reference)
}
