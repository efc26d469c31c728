import { z } from 'zod'
import { type BusinessCalendar, businessTime } from '../canonical/business-calendar.ts'
import { addDays } from '../canonical/calendar.ts'
import type { LedgerRow } from '../canonical/collections.ts'
import { type IsoDate, type IsoMoment, PaymentTerms } from '../canonical/document.ts'
import { groupBy } from '../canonical/group-by.ts'
import { Customer } from '../canonical/master-data.ts'
import { TimeZone } from '../canonical/zone-clock.ts'
import { type FlowSetting, openFlowSetting } from '../flows/flow-setting.ts'
import { calendarOf, calendarPolicy } from '../policies/calendar/calendar.ts'
import type { CaseSetting } from '../policies/collections/collection-case.ts'
import { contactCalendar, momentOn } from '../policies/collections/contact-limits.ts'
import type { CustomerLedger } from '../policies/collections/ledger.ts'
import { collectionsPolicy } from '../policies/collections/settings.ts'
import { openSchedule, paymentSchedule } from '../policies/invoice-terms.ts'
import {
  blockedOrders,
  type LedgerCustomerRow,
  type LedgerScope,
  ledgerContacts,
  ledgerCustomers,
  ledgerDisputes,
  ledgerMoney,
  ledgerPromises,
  ledgerStops,
  type OpenInvoiceTuple,
  openInvoices,
  unreadReplies,
} from '../store/collections/open-ledger.ts'
import { loadOdds } from '../store/collections/rounds.ts'
import type { TenantTx } from '../store/database.ts'
import { tenantDay } from '../store/reading/kpi.ts'

/** The surroundings in which a tenant's debts are looked at. */
export type LedgerSetting = {
  readonly asOf: IsoDate
  readonly timeZone: string
  /** How the case of one customer is decided. */
  caseSetting(ledger: Pick<CustomerLedger, 'customerNumber' | 'timeZone'>): CaseSetting
  /** The business calendar of one customer, in its own time zone. */
  calendar(customer: Pick<CustomerLedger, 'customerNumber' | 'timeZone'>): BusinessCalendar
}

/** Noon of another day than today, or this moment: when a contact is judged. */
function judgedAt(asOf: IsoDate, flow: FlowSetting, calendar: BusinessCalendar): IsoMoment {
  return asOf === flow.today ? flow.now : momentOn(calendar, asOf, '12:00')
}

function zoneOf(customerZone: string | undefined, tenantZone: string): string {
  const known = TimeZone.safeParse(customerZone)
  return known.success ? known.data : tenantZone
}

/** Opens the surroundings: clock, policies, calendars, own experience. */
export async function openLedgerSetting(
  tx: TenantTx,
  asOf: IsoDate | undefined,
): Promise<LedgerSetting> {
  const flow = await openFlowSetting(tx)
  const { timeZone } = await tenantDay(tx)
  const odds = await loadOdds(tx)
  const day = asOf ?? flow.today
  const calendar: LedgerSetting['calendar'] = ({ customerNumber, timeZone: customerZone }) => {
    const { settings } = flow.policy(calendarPolicy, { customerNumber }, day)
    return calendarOf(settings, zoneOf(customerZone, timeZone))
  }
  return {
    asOf: day,
    timeZone,
    calendar,
    caseSetting(ledger) {
      const policy = flow.policy(collectionsPolicy, ledger, day)
      const hours = contactCalendar(calendar(ledger), policy.settings)
      const now = judgedAt(day, flow, hours)
      // Where the customer is it may be the day before or after ours.
      const today = day === flow.today ? businessTime(hours).dayOf(now) : day
      return { asOf: today, now, calendar: hours, odds, policy }
    },
  }
}

const Instalments = PaymentTerms.required({ instalments: true })

function rowsOf([
  invoiceNumber,
  invoicedOn,
  dueOn,
  totalMinor,
  openMinor,
  terms,
]: OpenInvoiceTuple): LedgerRow[] {
  const inParts = terms === null ? undefined : Instalments.safeParse(terms).data
  if (inParts === undefined)
    return [{ invoiceNumber, instalment: 1, invoicedOn, dueOn, amountMinor: totalMinor, openMinor }]
  const schedule = paymentSchedule(invoicedOn, totalMinor, inParts)
  return openSchedule(schedule, openMinor).map((row) => ({ invoiceNumber, invoicedOn, ...row }))
}

const Contacts = z.array(Customer.shape.contacts.unwrap().element)

function customerPart(customerNumber: string, row: LedgerCustomerRow | undefined) {
  const legalKind = Customer.shape.legalKind.parse(row?.legalKind)
  const contacts = Contacts.safeParse(row?.contacts ?? []).data ?? []
  return {
    customerNumber,
    name: row?.name ?? customerNumber,
    segment: row?.segment ?? 'standard',
    legalKind,
    isInsolvent: row?.isInsolvent ?? false,
    contacts,
    ...(row?.country ? { country: row.country } : {}),
    ...(row?.collector ? { collector: row.collector } : {}),
    ...(row?.timeZone ? { timeZone: row.timeZone } : {}),
    ...(row?.language ? { language: row.language } : {}),
    ...(row?.customerSince ? { customerSince: row.customerSince } : {}),
  }
}

/** A ledger with the language its customer is written to. */
export type OpenLedger = CustomerLedger & { readonly language?: string }

type Owned = { readonly customerNumber: string; readonly currency?: string }

const none: readonly never[] = []

/** By customer, or by customer and currency, what belongs to it. */
function finder<Row extends Owned>(rows: readonly Row[]) {
  const groups = groupBy(
    rows,
    ({ customerNumber, currency = '' }) => `${customerNumber}\n${currency}`,
  )
  return (customerNumber: string, currency = ''): readonly Row[] =>
    groups.get(`${customerNumber}\n${currency}`) ?? none
}

/** Leaves out what only the row's place needs and drops nulls, which the policies know as absent. */
function present<Value>(value: Value | null): { value: Value } | undefined {
  return value === null ? undefined : { value }
}

// Contacts and broken promises of longer ago decide nothing.
const historyDays = 400

async function loadParts(tx: TenantTx, scope: LedgerScope, asOf: IsoDate) {
  const since = addDays(asOf, -historyDays)
  return {
    customers: new Map(
      (await ledgerCustomers(tx, scope)).map((row) => [row.customerNumber, row] as const),
    ),
    money: finder(await ledgerMoney(tx, scope)),
    disputes: finder(await ledgerDisputes(tx, scope)),
    promises: finder(await ledgerPromises(tx, scope, since)),
    stops: finder(await ledgerStops(tx, scope)),
    // In whatever currency: the limits of contact are the customer's, not the ledger's.
    contacts: groupBy(
      await ledgerContacts(tx, scope, `${since}T00:00:00Z`),
      (contact) => contact.customerNumber,
    ),
    replies: finder(await unreadReplies(tx, scope)),
    blocked: finder(await blockedOrders(tx, scope)),
  }
}

type Parts = Awaited<ReturnType<typeof loadParts>>

function assemble(
  customerNumber: string,
  currency: string,
  rows: readonly LedgerRow[],
  parts: Parts,
): OpenLedger {
  const [money] = parts.money(customerNumber, currency)
  const promises = parts.promises(customerNumber, currency)
  const seen = present(money?.moneySeenOn ?? null)
  return {
    ...customerPart(customerNumber, parts.customers.get(customerNumber)),
    currency,
    rows,
    unappliedMinor: money?.unappliedMinor ?? 0,
    creditsMinor: money?.creditsMinor ?? 0,
    ...(seen === undefined ? {} : { moneySeenOn: seen.value }),
    disputes: parts.disputes(customerNumber, currency).map(({ instalment, ...dispute }) => ({
      ...dispute,
      ...(instalment === null ? {} : { instalment }),
    })),
    promises: promises.filter(({ status }) => status === 'pending'),
    brokenOn: promises.flatMap(({ status, decidedOn }) =>
      status === 'broken' && decidedOn !== null ? [decidedOn] : [],
    ),
    stops: parts.stops(customerNumber).map(({ until, ...stop }) => ({
      ...stop,
      ...(until === null ? {} : { until }),
    })),
    contactsMade: parts.contacts.get(customerNumber) ?? none,
    unreadReplies: parts.replies(customerNumber),
    blockedOrders: parts.blocked(customerNumber).map(({ orderNumber }) => orderNumber),
  }
}

/** The ledgers of all customers that owe something, or of one, by customer and currency. */
export async function loadLedgers(
  tx: TenantTx,
  scope: LedgerScope,
  asOf: IsoDate,
): Promise<OpenLedger[]> {
  const open = await openInvoices(tx, scope)
  const parts = await loadParts(tx, scope, asOf)
  return open.map(({ customerNumber, currency, invoices }) =>
    assemble(customerNumber, currency, invoices.flatMap(rowsOf), parts),
  )
}

/** The ledger of a customer that owes nothing in a currency, so that what else is known of it can be shown. */
export async function loadCustomerLedgers(
  tx: TenantTx,
  customerNumber: string,
  asOf: IsoDate,
): Promise<{ readonly ledgers: OpenLedger[]; readonly empty: OpenLedger } | undefined> {
  const scope = { customerNumber }
  const open = await openInvoices(tx, scope)
  const parts = await loadParts(tx, scope, asOf)
  const customer = parts.customers.get(customerNumber)
  if (customer === undefined && open.length === 0) return undefined
  const currency = customer?.currency ?? open[0]?.currency ?? 'USD'
  return {
    ledgers: open.map((row) =>
      assemble(customerNumber, row.currency, row.invoices.flatMap(rowsOf), parts),
    ),
    empty: assemble(customerNumber, currency, none, parts),
  }
}
