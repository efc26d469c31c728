import type { z } from 'zod'
import { addDays } from '../canonical/calendar.ts'
import type { IsoDate } from '../canonical/document.ts'
import { groupBy } from '../canonical/group-by.ts'
import { CreditFile } from '../canonical/master-data.ts'
import { orderExposure } from '../canonical/order-exposure.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { type CreditSettings, creditPolicy } from '../policies/credit/credit-policy.ts'
import type { CreditAccount, CreditRate, LedgerSum } from '../policies/credit/exposure.ts'
import type { PolicyInForce } from '../policies/policy-in-force.ts'
import {
  type CreditAccountRow,
  creditLedgers,
  lockCreditAccounts,
  paymentConduct,
} from '../store/checks/credit-accounts.ts'
import { ratesOn, undecidedReceipts } from '../store/checks/credit-money.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'

/** An order that is judged, as far as the book must know it. */
type JudgedOrder = Pick<OrderState, 'orderId' | 'customerNumber' | 'currency'>

/** What the credit of a batch's customers rests on; orders that pass count for those after them. */
export type CreditBook = {
  /** The buyer of an order and its parents, the buyer first. Nobody when the customer is not known. */
  accountsOf(order: Pick<OrderState, 'customerNumber'>): CreditAccount[]
  readonly rates: readonly CreditRate[]
  /** The same accounts with money that somebody has yet to apply: looked up only for what would be held. */
  withReceipts(accounts: readonly CreditAccount[]): Promise<CreditAccount[]>
  /** Counts an order as it now stands. */
  count(order: OrderState): void
  /** Takes out an order that was counted, as it then stood. */
  discount(order: OrderState): void
}

/** The credit policy in force for an order. */
export function creditPolicyOf(
  order: Pick<OrderState, 'customerNumber' | 'partnerId'>,
  setting: FlowSetting,
): PolicyInForce<CreditSettings> {
  return setting.policy(creditPolicy, order)
}

const looksAtLedger = ({ oldestOpenItemDays, overduePercent, overdueMinor }: CreditSettings) =>
  oldestOpenItemDays !== null || overduePercent !== null || Object.keys(overdueMinor).length > 0

type Path = readonly CreditAccountRow[]

/** Which accounts' ledgers the checks of these buyers look at: all that have a limit, and buyers whose own items count. */
function ledgersNeeded(paths: readonly Path[], setting: FlowSetting): Set<string> {
  return new Set(
    paths.flatMap((path) =>
      path.flatMap(({ customerNumber, limitMinor, depth }) => {
        const { settings } = setting.policy(creditPolicy, { customerNumber })
        const isOwn = depth === 0 && looksAtLedger(settings)
        return limitMinor !== null || isOwn ? customerNumber : []
      }),
    ),
  )
}

const emptySum = (currency: string): LedgerSum => ({
  currency,
  openReceivablesMinor: 0,
  overdueMinor: 0,
  unappliedMinor: 0,
  openCreditsMinor: 0,
  deliveredNotInvoicedMinor: 0,
  openOrdersMinor: 0,
})

const earlier = (a: IsoDate | undefined, b: IsoDate | undefined) =>
  a === undefined || (b !== undefined && b < a) ? b : a

type Counting = { readonly today: IsoDate; readonly horizon?: IsoDate; readonly times: 1 | -1 }

/** A ledger sum with an order as it stands, or without it. */
function withOrder(sum: LedgerSum, order: OrderState, on: Counting) {
  const exposure = orderExposure(order)
  const overdue = order.invoices.filter(({ openMinor, dueOn }) => openMinor > 0 && dueOn < on.today)
  const oldestDueOn = overdue.reduce<IsoDate | undefined>(
    (oldest, { dueOn }) => earlier(oldest, dueOn),
    sum.oldestDueOn,
  )
  const isBeyond =
    on.horizon !== undefined && order.requestedOn !== undefined && order.requestedOn > on.horizon
  return {
    ...sum,
    openReceivablesMinor: sum.openReceivablesMinor + on.times * exposure.openReceivablesMinor,
    overdueMinor:
      sum.overdueMinor + on.times * overdue.reduce((minor, { openMinor }) => minor + openMinor, 0),
    ...(oldestDueOn === undefined ? {} : { oldestDueOn }),
    deliveredNotInvoicedMinor:
      sum.deliveredNotInvoicedMinor + on.times * exposure.deliveredNotInvoicedMinor,
    openOrdersMinor: sum.openOrdersMinor + (isBeyond ? 0 : on.times * exposure.openOrderMinor),
  }
}

type Ledgers = Map<string, Map<string, LedgerSum>>
type Conduct = Map<string, { dunningLevel: number; brokenPromises: number }>

async function loadLedgers(
  tx: TenantTx,
  needed: ReadonlySet<string>,
  { inHand, setting }: { inHand: readonly JudgedOrder[]; setting: FlowSetting },
): Promise<Ledgers> {
  const ledgers: Ledgers = new Map([...needed].map((number) => [number, new Map()]))
  const rows = await creditLedgers(tx, {
    accounts: [...needed].map((customerNumber) => ({
      customerNumber,
      horizonOn: horizonOf(customerNumber, setting),
    })),
    today: setting.today,
    inHand: inHand.map(({ orderId }) => orderId),
  })
  for (const { account, oldestDueOn, ...sum } of rows)
    ledgers
      .get(account)
      ?.set(sum.currency, { ...sum, ...(oldestDueOn === null ? {} : { oldestDueOn }) })
  return ledgers
}

function horizonOf(customerNumber: string, setting: FlowSetting): IsoDate | undefined {
  const { horizonDays } = setting.policy(creditPolicy, { customerNumber }).settings
  return horizonDays === null ? undefined : addDays(setting.today, horizonDays)
}

async function loadConduct(
  tx: TenantTx,
  paths: readonly Path[],
  setting: FlowSetting,
): Promise<Conduct> {
  const buyers = paths.flatMap((path) => {
    const isLimited = path.some(({ limitMinor }) => limitMinor !== null)
    return isLimited ? path.filter(({ depth }) => depth === 0) : []
  })
  const rows = await paymentConduct(
    tx,
    buyers.map(({ customerNumber }) => {
      const { brokenPromiseDays } = setting.policy(creditPolicy, { customerNumber }).settings
      return { customerNumber, promisesSince: addDays(setting.today, -brokenPromiseDays) }
    }),
  )
  return new Map(rows.map(({ customerNumber, ...conduct }) => [customerNumber, conduct]))
}

const emptyFile = CreditFile.parse({})

function fileOf(kept: unknown): z.infer<typeof CreditFile> {
  const read = CreditFile.safeParse(kept)
  return read.success ? read.data : emptyFile
}

function accountOf(row: CreditAccountRow, ledgers: Ledgers, conduct: Conduct): CreditAccount {
  const { customerNumber, currency, segment, terms, limitMinor, credit } = row
  const sums = [...(ledgers.get(customerNumber)?.values() ?? [])]
  const kept = conduct.get(customerNumber)
  const isLate = sums.some(({ overdueMinor }) => overdueMinor > 0)
  return {
    customerNumber,
    currency,
    segment,
    ...(terms.netDays === undefined ? {} : { netDays: terms.netDays }),
    ...(limitMinor === null ? {} : { limitMinor }),
    credit: fileOf(credit),
    sums,
    // Who was dunned and has paid since is at no level any more.
    dunningLevel: isLate || !ledgers.has(customerNumber) ? (kept?.dunningLevel ?? 0) : 0,
    brokenPromises: kept?.brokenPromises ?? 0,
    pendingReceipts: [],
  }
}

function openLedgers(ledgers: Ledgers, paths: ReadonlyMap<string, Path>, setting: FlowSetting) {
  function add(order: OrderState, times: 1 | -1): void {
    for (const { customerNumber } of paths.get(order.customerNumber ?? '') ?? []) {
      const ledger = ledgers.get(customerNumber)
      if (ledger === undefined) continue
      const sum = ledger.get(order.currency) ?? emptySum(order.currency)
      const horizon = horizonOf(customerNumber, setting)
      const on = { today: setting.today, times, ...(horizon === undefined ? {} : { horizon }) }
      ledger.set(order.currency, withOrder(sum, order, on))
    }
  }
  return {
    count: (order: OrderState) => add(order, 1),
    discount: (order: OrderState) => add(order, -1),
  }
}

async function withReceipts(
  tx: TenantTx,
  accounts: readonly CreditAccount[],
): Promise<CreditAccount[]> {
  const receipts = await undecidedReceipts(
    tx,
    accounts.map(({ customerNumber }) => customerNumber),
  )
  return accounts.map((account) => ({
    ...account,
    pendingReceipts: receipts.filter(
      ({ customerNumber }) => customerNumber === account.customerNumber,
    ),
  }))
}

/** Rates are looked up where more than one currency is at stake. */
function loadRates(
  tx: TenantTx,
  known: { judged: readonly JudgedOrder[]; rows: Path; ledgers: Ledgers },
  setting: FlowSetting,
): Promise<CreditRate[]> {
  const limited = known.rows.filter(({ limitMinor }) => limitMinor !== null)
  if (limited.length === 0) return Promise.resolve([])
  const currencies = new Set([
    ...limited.map(({ currency }) => currency),
    ...known.judged.map(({ currency }) => currency),
    ...[...known.ledgers.values()].flatMap((ledger) => [...ledger.keys()]),
  ])
  return ratesOn(tx, [...currencies].sort(), setting.today)
}

const customersOf = (orders: readonly JudgedOrder[]) =>
  new Set(orders.flatMap(({ customerNumber }) => customerNumber ?? []))

/**
 * Opens the book for the orders to judge. The other orders of the batch count as they are becoming, not as
 * they were written last; customers with a limit stay locked until the transaction ends.
 */
export async function openCreditBook(
  tx: TenantTx,
  {
    judged,
    others,
  }: { readonly judged: readonly JudgedOrder[]; readonly others: readonly OrderState[] },
  setting: FlowSetting,
): Promise<CreditBook> {
  const judgedNumbers = customersOf(judged)
  const numbers = new Set([...judgedNumbers, ...customersOf(others)])
  const rows = await lockCreditAccounts(
    tx,
    [...numbers].sort().map((customerNumber) => ({
      customerNumber,
      // A dry run takes nobody's credit, so nobody waits for it.
      isJudged: setting.dryRun === undefined && judgedNumbers.has(customerNumber),
    })),
  )
  const paths = new Map(
    [...groupBy(rows, (row) => row.buyer)].map(([buyer, path]) => [
      buyer,
      path.toSorted((a, b) => a.depth - b.depth),
    ]),
  )
  const judgedPaths = [...judgedNumbers].flatMap((number) => {
    const path = paths.get(number)
    return path === undefined ? [] : [path]
  })
  const needed = ledgersNeeded(judgedPaths, setting)
  const ledgers = await loadLedgers(tx, needed, { inHand: [...judged, ...others], setting })
  const conduct = await loadConduct(tx, judgedPaths, setting)
  const { count, discount } = openLedgers(ledgers, paths, setting)
  for (const order of others) count(order)
  return {
    accountsOf: ({ customerNumber = '' }) =>
      (paths.get(customerNumber) ?? []).map((row) => accountOf(row, ledgers, conduct)),
    rates: await loadRates(tx, { judged, rows, ledgers }, setting),
    withReceipts: (accounts) => withReceipts(tx, accounts),
    count,
    discount,
  }
}
