import type { IsoDate } from '../../canonical/document.ts'
import { amountText, type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { CollectionCase } from './collection-case.ts'
import { draftLanguage, languageRules } from './draft-language.ts'
import type { CustomerLedger } from './ledger.ts'
import type { CollectionsSettings } from './settings.ts'

/** Something a message may say, with every spelling it may be said in; the first is the one we write. */
export type DraftFact = {
  /** Names the fact in a placeholder: `{{invoice.INV-7.open}}`. */
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

function grouped(whole: string, separator: string): string {
  return whole.replaceAll(/\B(?=(\d{3})+$)/g, separator)
}

/** The spellings of an amount, the one we write first. */
function moneyTexts(amountMinor: MinorUnits, currency: Currency, language: string): string[] {
  const plain = amountText(amountMinor, currency)
  const [whole = '', decimals] = plain.split('.')
  const symbol = symbols[currency]
  const inStyle = ({ group, decimal }: { group: string; decimal: string }) =>
    decimals === undefined ? grouped(whole, group) : `${grouped(whole, group)}${decimal}${decimals}`
  const own = inStyle(languageRules(language))
  const full = inStyle(languageRules('en'))
  return [
    `${own} ${currency}`,
    ...(language === 'en' || symbol === undefined ? [] : [`${own} ${symbol}`]),
    moneyText(amountMinor, currency),
    `${full} ${currency}`,
    `${currency} ${full}`,
    ...(symbol === undefined ? [] : [`${symbol}${full}`, `${symbol}${plain}`]),
  ]
}

/** The spellings of a day, the one we write first: outside America, English puts the day first. */
function dateTexts(day: IsoDate, { language, country }: Spelling): string[] {
  const moment = new Date(`${day}T00:00:00Z`)
  const written = [...languageRules(language).dates, ...languageRules('en').dates].map((style) =>
    style.format(moment),
  )
  const isDayFirst = language === 'en' && country !== undefined && country !== 'US'
  const british = written[2]
  return [...(isDayFirst && british !== undefined ? [british] : []), ...written, day]
}

/** How figures and days are spelled for one customer. */
type Spelling = { readonly language: string; readonly country?: string }

/** Makes facts in the spelling of one customer. */
function factMaker(spelling: Spelling, currency: Currency) {
  return {
    money: (key: string, amountMinor: MinorUnits): DraftFact => ({
      key,
      kind: 'money',
      texts: [...new Set(moneyTexts(amountMinor, currency, spelling.language))],
      value: amountMinor,
    }),
    date: (key: string, day: IsoDate): DraftFact => ({
      key,
      kind: 'date',
      texts: [...new Set(dateTexts(day, spelling))],
      value: day,
    }),
  }
}

type FactMaker = ReturnType<typeof factMaker>

const number = (key: string, value: number): DraftFact => ({
  key,
  kind: 'number',
  texts: [String(value)],
  value,
})

function written(key: string, kind: DraftFact['kind'], text: string | undefined): DraftFact[] {
  return text === undefined || text === '' ? [] : [{ key, kind, texts: [text], value: text }]
}

function rowFacts({ rows }: CollectionCase, { money, date }: FactMaker): DraftFact[] {
  return rows.flatMap((row) => {
    const key = `invoice.${row.invoiceNumber}${row.instalment === 1 ? '' : `.${row.instalment}`}`
    return [
      ...written(`${key}.number`, 'id', row.invoiceNumber),
      money(`${key}.open`, row.openMinor),
      money(`${key}.amount`, row.amountMinor),
      date(`${key}.due`, row.dueOn),
      date(`${key}.invoiced`, row.invoicedOn),
      ...(row.daysPastDue > 0 ? [number(`${key}.days-late`, row.daysPastDue)] : []),
      ...(row.disputedMinor > 0 ? [money(`${key}.disputed`, row.disputedMinor)] : []),
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
  const language = draftLanguage(about.language)
  const { country } = ledger
  const maker = factMaker({ language, ...(country === undefined ? {} : { country }) }, currency)
  const { money, date } = maker
  const isBusiness = ledger.legalKind === 'business' || ledger.legalKind === 'public-body'
  const totalMinor = rows.reduce((sum, row) => sum + row.openMinor, 0)
  return {
    customerNumber: ledger.customerNumber,
    currency,
    asOf,
    level: decided.level,
    language,
    mayNameFees: settings.lateFees.isAllowed && isBusiness && country !== undefined,
    unappliedMinor: ledger.unappliedMinor,
    facts: [
      date('as-of', asOf),
      ...written('customer.name', 'name', ledger.name),
      ...written('customer.number', 'id', ledger.customerNumber),
      ...written('contact.name', 'name', contact?.name),
      ...written('contact.email', 'email', contact?.email),
      ...senderFacts(settings, about.company),
      ...rowFacts(decided, maker),
      money('total.open', totalMinor),
      ...(net.netMinor > 0 ? [money('total.net', net.netMinor)] : []),
      ...(ledger.unappliedMinor > 0 ? [money('total.unapplied', ledger.unappliedMinor)] : []),
      ...(ledger.creditsMinor > 0 ? [money('total.credits', ledger.creditsMinor)] : []),
      ...(net.promisedMinor > 0 ? [money('total.promised', net.promisedMinor)] : []),
      ...ledger.promises.map((promise) =>
        date(`promise.${promise.promiseId}.on`, promise.promisedOn),
      ),
      number('count.invoices', new Set(rows.map((row) => row.invoiceNumber)).size),
    ],
  }
}
