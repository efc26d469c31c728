import type { IsoDate } from '../../canonical/document.ts'
import { amountText, type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { CollectionCase } from './collection-case.ts'
import type { CustomerLedger } from './ledger.ts'
import type { CollectionsSettings } from './settings.ts'

/** Something a message may say, with every spelling it may be said in. */
export type DraftFact = {
  /** Names the fact in a placeholder: `invoice.INV-7.open`. */
  readonly key: string
  readonly kind: 'money' | 'date' | 'number' | 'name' | 'email' | 'phone' | 'link' | 'id'
  readonly texts: readonly string[]
  readonly value: string | number
}

/** All a message may be made of, as the ledger stood: nothing else may be in it. */
export type DraftSnapshot = {
  readonly customerNumber: string
  readonly currency: Currency
  readonly asOf: IsoDate
  readonly level: number | null
  readonly language: string
  /** Interest and fees may be spoken of: policy allows them and the customer is a business by the file. */
  readonly mayNameFees: boolean
  readonly unappliedMinor: MinorUnits
  readonly facts: readonly DraftFact[]
}

const symbols: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£' }

function moneyTexts(amountMinor: MinorUnits, currency: Currency): string[] {
  const plain = amountText(amountMinor, currency)
  const [whole = '', decimals] = plain.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const full = decimals === undefined ? grouped : `${grouped}.${decimals}`
  const symbol = symbols[currency]
  return [
    moneyText(amountMinor, currency),
    `${full} ${currency}`,
    `${currency} ${full}`,
    ...(symbol === undefined ? [] : [`${symbol}${full}`, `${symbol}${plain}`]),
  ]
}

const dateStyles = [
  new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }),
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }),
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }),
]

function dateTexts(day: IsoDate): string[] {
  const moment = new Date(`${day}T00:00:00Z`)
  return [day, ...dateStyles.map((style) => style.format(moment))]
}

const money = (key: string, amountMinor: MinorUnits, currency: Currency): DraftFact => ({
  key,
  kind: 'money',
  texts: [...new Set(moneyTexts(amountMinor, currency))],
  value: amountMinor,
})

const date = (key: string, day: IsoDate): DraftFact => ({
  key,
  kind: 'date',
  texts: [...new Set(dateTexts(day))],
  value: day,
})

const number = (key: string, value: number): DraftFact => ({
  key,
  kind: 'number',
  texts: [String(value)],
  value,
})

function written(key: string, kind: DraftFact['kind'], text: string | undefined): DraftFact[] {
  return text === undefined || text === '' ? [] : [{ key, kind, texts: [text], value: text }]
}

function rowFacts({ rows }: CollectionCase, currency: Currency): DraftFact[] {
  return rows.flatMap((row) => {
    const key = `invoice.${row.invoiceNumber}${row.instalment === 1 ? '' : `.${row.instalment}`}`
    return [
      ...written(`${key}.number`, 'id', row.invoiceNumber),
      money(`${key}.open`, row.openMinor, currency),
      money(`${key}.amount`, row.amountMinor, currency),
      date(`${key}.due`, row.dueOn),
      date(`${key}.invoiced`, row.invoicedOn),
      ...(row.daysPastDue > 0 ? [number(`${key}.days-late`, row.daysPastDue)] : []),
      ...(row.disputedMinor > 0 ? [money(`${key}.disputed`, row.disputedMinor, currency)] : []),
    ]
  })
}

function senderFacts({ sender }: CollectionsSettings, company: string): DraftFact[] {
  return [
    ...written('our.company', 'name', company),
    ...written('our.name', 'name', sender.name),
    ...written('our.email', 'email', sender.email),
    ...written('our.phone', 'phone', sender.phone),
    ...written('our.payment-link', 'link', sender.paymentLink),
    ...written('our.dispute-link', 'link', sender.disputeLink),
  ]
}

/** The facts a message about a case may use: the numbers, dates and names of the ledger, each with its spellings. */
export function draftSnapshot(
  ledger: CustomerLedger,
  decided: CollectionCase,
  about: {
    readonly asOf: IsoDate
    readonly company: string
    readonly language: string
    readonly settings: CollectionsSettings
  },
): DraftSnapshot {
  const { currency } = ledger
  const { contact, net, rows } = decided
  const { asOf, settings } = about
  const isBusiness = ledger.legalKind === 'business' || ledger.legalKind === 'public-body'
  const totalMinor = rows.reduce((sum, row) => sum + row.openMinor, 0)
  return {
    customerNumber: ledger.customerNumber,
    currency,
    asOf,
    level: decided.level,
    language: about.language,
    mayNameFees: settings.lateFees.isAllowed && isBusiness && ledger.country !== undefined,
    unappliedMinor: ledger.unappliedMinor,
    facts: [
      date('as-of', asOf),
      ...written('customer.name', 'name', ledger.name),
      ...written('customer.number', 'id', ledger.customerNumber),
      ...written('contact.name', 'name', contact?.name),
      ...written('contact.email', 'email', contact?.email),
      ...senderFacts(settings, about.company),
      ...rowFacts(decided, currency),
      money('total.open', totalMinor, currency),
      ...(net.netMinor > 0 ? [money('total.net', net.netMinor, currency)] : []),
      ...(ledger.unappliedMinor > 0
        ? [money('total.unapplied', ledger.unappliedMinor, currency)]
        : []),
      ...(ledger.creditsMinor > 0 ? [money('total.credits', ledger.creditsMinor, currency)] : []),
      ...(net.promisedMinor > 0 ? [money('total.promised', net.promisedMinor, currency)] : []),
      ...ledger.promises.map((promise) =>
        date(`promise.${promise.promiseId}.on`, promise.promisedOn),
      ),
      number('count.invoices', new Set(rows.map((row) => row.invoiceNumber)).size),
    ],
  }
}
