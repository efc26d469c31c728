import { CallerMistake, type ErrorFacts, OurBug } from '../errors.ts'
import type { NamedInvoice } from '../store/collections/dispute-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { type LedgerSetting, loadCustomerLedgers, openLedgerSetting } from './collections-ledger.ts'

/** Who acts in which tenant. */
export type Who = { readonly tenantId: string; readonly actor: string }

/** The transaction of an act: who acts, on which day, at which moment. */
export type Act = {
  readonly tx: TenantTx
  readonly actor: string
  readonly now: string
  readonly setting: LedgerSetting
}

/** Does an act in a transaction of its own. */
export async function inAct<Result>(
  database: Database,
  { tenantId, actor }: Who,
  work: (act: Act) => Promise<Result>,
): Promise<Result> {
  return database.inTenant(tenantId, async (tx) =>
    work({
      tx,
      actor,
      now: await databaseNow(tx),
      setting: await openLedgerSetting(tx, undefined),
    }),
  )
}

/** A row that was written just now. */
export function written<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new OurBug('A row that was just written did not come back.')
  return row
}

/** Puts an act on the tenant's record. */
export async function noteEvent(
  { tx, actor, now }: Act,
  kind: string,
  summary: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendTenantEvents(tx, [{ kind, actor, summary, body }], now)
}

/** The customer an act is about, with its ledgers; refused when there is none. */
export async function knownCustomer({ tx, setting }: Act, customerNumber: string) {
  const found = await loadCustomerLedgers(tx, customerNumber, setting.asOf)
  if (found === undefined)
    throw new CallerMistake(422, 'unknown-customer', 'There is no customer with this number.')
  return found
}

/** Refuses invoices that are not there, or are another customer's, or in another currency. */
export function assertInvoices(
  wanted: readonly string[],
  known: readonly NamedInvoice[],
  owner: { readonly customerNumber: string; readonly currency: string },
): void {
  const fit = new Set(
    known
      .filter(
        ({ customerNumber, currency }) =>
          customerNumber === owner.customerNumber && currency === owner.currency,
      )
      .map(({ invoiceNumber }) => invoiceNumber),
  )
  const details = wanted.flatMap((number, place) =>
    fit.has(number)
      ? []
      : [
          {
            path: `invoiceNumbers.${place}`,
            message: 'This customer has no such invoice in this currency.',
          },
        ],
  )
  if (details.length > 0)
    throw new CallerMistake(422, 'unknown-invoice', 'Some invoices do not fit.', {}, details)
}

/** Refuses a moment that has not come yet. */
export function notInFuture(moment: string, now: string, what: string): void {
  // A minute for clocks that run apart.
  if (Date.parse(moment) > Date.parse(now) + 60_000)
    throw new CallerMistake(422, 'in-the-future', `${what} cannot be in the future.`)
}

/** A refusal of one field of what was typed. */
export function atField(
  problem: string,
  path: string,
  { message, facts = {} }: { readonly message: string; readonly facts?: ErrorFacts },
): CallerMistake {
  return new CallerMistake(422, problem, message, facts, [{ path, message }])
}
