import type { OrdersFilter } from '../../api/orders-queries.ts'
import type { OrderSummary } from '../../api/queries.ts'

/** The stages of an order in the order of its life, with what they are called on the screens. */
export const stageWords: Readonly<Record<OrderSummary['stage'], string>> = {
  received: 'Received',
  validated: 'Validated',
  held: 'Held',
  ready: 'Ready',
  released: 'Released',
  picking: 'Picking',
  shipped: 'Shipped',
  invoiced: 'Invoiced',
  paid: 'Paid',
  closed: 'Closed',
  cancelled: 'Cancelled',
  rejected: 'Rejected',
}

/** The types of holds, as they are called on the screens. */
export const holdWords: Readonly<Record<OrderSummary['activeHolds'][number], string>> = {
  CANCEL_WINDOW: 'Cancel window',
  CONDITIONAL: 'Conditional',
  CREDIT: 'Credit',
  PRICE: 'Price',
  MARGIN: 'Margin',
  SHIP_COMPLETE: 'Ship complete',
  ADDRESS: 'Address',
  FRAUD: 'Fraud',
  COMPLIANCE: 'Compliance',
  PAYMENT: 'Payment',
  DATA_INCOMPLETE: 'Data incomplete',
  DUPLICATE_SUSPECT: 'Duplicate suspected',
  CUSTOMER_REQUEST: 'Customer request',
  MANUAL: 'Manual',
}

/** What the list can be sorted by. */
export const sortWords = {
  received: 'Newest first',
  oldest: 'Oldest first',
  wanted: 'Wanted first',
  total: 'Largest first',
} as const

/** What the address of the list says: a view, and what it is narrowed to. */
export type OrdersSearch = OrdersFilter & {
  /** The view it was opened with; `all` for none, also where one opens first. */
  readonly view?: string
}

const textNames = [
  ...(['q', 'customer', 'connection', 'currency', 'view'] as const),
  ...(['receivedFrom', 'receivedUntil', 'wantedFrom', 'wantedUntil'] as const),
] as const

const text = (value: unknown): string | undefined =>
  value === undefined || value === null || value === '' ? undefined : String(value).slice(0, 80)

/** The words of a list that are known, with commas between them. */
function known(value: unknown, words: object): string | undefined {
  const found = String(value ?? '')
    .split(',')
    .filter((word) => word in words)
  return found.length === 0 ? undefined : found.join(',')
}

const oneOf = <Word extends string>(value: unknown, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value)

const flag = (value: unknown): boolean | undefined =>
  String(value) === 'true' ? true : String(value) === 'false' ? false : undefined

const amount = (value: unknown): number | undefined => {
  const minor = Number(value)
  return value === undefined || !Number.isInteger(minor) || minor < 0 ? undefined : minor
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = { ...values }
  for (const name of Object.keys(values)) {
    if (Reflect.get(result, name) === undefined) Reflect.deleteProperty(result, name)
  }
  return result
}

/** Reads what the address, or a view, narrows the list to; what it does not know, it leaves out. */
export function ordersSearch(search: Readonly<Record<string, unknown>>): OrdersSearch {
  const late = flag(search['late'])
  const texts: { [Name in (typeof textNames)[number]]?: string } = {}
  for (const name of textNames) {
    const value = text(search[name])
    if (value !== undefined) texts[name] = value
  }
  return {
    ...texts,
    ...defined({
      stage: known(search['stage'], stageWords),
      held: flag(search['held']),
      hold: known(search['hold'], holdWords),
      stock: oneOf(search['stock'], ['waiting']),
      late: late === true ? true : undefined,
      totalFrom: amount(search['totalFrom']),
      test: oneOf(search['test'], ['show', 'only']),
      sort: oneOf(search['sort'], ['oldest', 'wanted', 'total']),
    }),
  }
}

/** What a list is narrowed to, as a view keeps it. */
export function filtersToKeep({ view, ...filter }: OrdersSearch): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter)
      .map(([name, value]): [string, string] => [name, String(value)])
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

/** Whether the list is narrowed otherwise than the view says. */
export function differs(search: OrdersSearch, filters: Readonly<Record<string, string>>): boolean {
  const shown = JSON.stringify(filtersToKeep(search))
  return shown !== JSON.stringify(filtersToKeep(ordersSearch(filters)))
}
