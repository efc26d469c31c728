import type { ContactMade, LedgerRow, StopKind } from '../../canonical/collections.ts'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import type { Customer } from '../../canonical/master-data.ts'
import type { Currency, MinorUnits } from '../../canonical/money.ts'

/** An amount of an invoice that the customer contests. */
type OpenDispute = {
  readonly disputeId: string
  readonly invoiceNumber: string
  /** The whole invoice when absent. */
  readonly instalment?: number
  readonly code: string
  readonly amountMinor: MinorUnits
}

/** Money the customer has promised and whose time is not over. */
type PendingPromise = {
  readonly promiseId: string
  readonly amountMinor: MinorUnits
  readonly promisedOn: IsoDate
  readonly settleBy: IsoDate
  /** The oldest rows when it names none. */
  readonly invoiceNumbers: readonly string[]
}

/** What keeps the customer from being contacted. */
export type ActiveStop = {
  readonly stopId: string
  readonly kind: StopKind
  readonly reason: string
  /** Last day it holds. */
  readonly until?: IsoDate
}

/** Everything collections knows of one customer in one currency at one moment. */
export type CustomerLedger = {
  readonly customerNumber: string
  readonly name: string
  readonly segment: string
  readonly legalKind: Customer['legalKind']
  readonly country?: string
  readonly collector?: string
  readonly timeZone?: string
  readonly isInsolvent: boolean
  readonly contacts: Customer['contacts']
  readonly currency: Currency
  readonly rows: readonly LedgerRow[]
  readonly unappliedMinor: MinorUnits
  readonly creditsMinor: MinorUnits
  /** The newest day on which money arrived that is not put to invoices yet. */
  readonly moneySeenOn?: IsoDate
  readonly disputes: readonly OpenDispute[]
  readonly promises: readonly PendingPromise[]
  /** The days on which promises were found broken. */
  readonly brokenOn: readonly IsoDate[]
  readonly stops: readonly ActiveStop[]
  /** In this currency and others, the newest first. */
  readonly contactsMade: readonly ContactMade[]
  readonly unreadReplies: readonly { readonly replyId: string; readonly receivedAt: IsoMoment }[]
  readonly customerSince?: IsoDate
  /** Orders that wait because the customer owes us money. */
  readonly blockedOrders: readonly string[]
}

/** A row with what of it may be asked for: not what is disputed, not what is promised. */
export type ClaimRow = LedgerRow & {
  readonly disputedMinor: MinorUnits
  readonly promisedMinor: MinorUnits
  readonly claimMinor: MinorUnits
  /** 0 on the due date, below zero before it. */
  readonly daysPastDue: number
}

/** Days from one date to another; negative backwards. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

type Claim = { -readonly [Key in keyof ClaimRow]: ClaimRow[Key] }

function take(
  rows: readonly Claim[],
  amountMinor: MinorUnits,
  part: 'disputedMinor' | 'promisedMinor',
): void {
  let leftMinor = amountMinor
  for (const row of rows) {
    const takenMinor = Math.min(leftMinor, row.claimMinor)
    row[part] += takenMinor
    row.claimMinor -= takenMinor
    leftMinor -= takenMinor
  }
}

const oldestFirst = (a: LedgerRow, b: LedgerRow): number => {
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1
  if (a.invoiceNumber !== b.invoiceNumber) return a.invoiceNumber < b.invoiceNumber ? -1 : 1
  return a.instalment - b.instalment
}

/**
 * The open rows, the oldest first, each open amount taken once: first what is disputed, then what is promised
 * and not due yet (with its days of grace); what remains may be asked for.
 */
export function claimRows(
  ledger: Pick<CustomerLedger, 'rows' | 'disputes' | 'promises'>,
  asOf: IsoDate,
): ClaimRow[] {
  const asOfMs = Date.parse(asOf)
  // Field by field: a ledger has a hundred thousand rows, and a spread costs ten times as much.
  const rows: Claim[] = ledger.rows
    .map((row) => ({
      invoiceNumber: row.invoiceNumber,
      instalment: row.instalment,
      invoicedOn: row.invoicedOn,
      dueOn: row.dueOn,
      amountMinor: row.amountMinor,
      openMinor: row.openMinor,
      disputedMinor: 0,
      promisedMinor: 0,
      claimMinor: row.openMinor,
      daysPastDue: Math.round((asOfMs - Date.parse(row.dueOn)) / 86_400_000),
    }))
    .sort(oldestFirst)
  for (const { invoiceNumber, instalment, amountMinor } of ledger.disputes) {
    const meant = rows.filter(
      (row) =>
        row.invoiceNumber === invoiceNumber &&
        (instalment === undefined || row.instalment === instalment),
    )
    take(meant, amountMinor, 'disputedMinor')
  }
  const pending = ledger.promises
    .filter(({ settleBy }) => asOf <= settleBy)
    .toSorted((a, b) => (a.promisedOn < b.promisedOn ? -1 : 1))
  for (const { invoiceNumbers, amountMinor } of pending) {
    const isAny = invoiceNumbers.length === 0
    const meant = rows.filter((row) => isAny || invoiceNumbers.includes(row.invoiceNumber))
    take(meant, amountMinor, 'promisedMinor')
  }
  return rows
}
