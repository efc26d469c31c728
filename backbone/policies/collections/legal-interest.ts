import type { IsoDate } from '../../canonical/document.ts'
import type { Currency, DecimalText } from '../../canonical/money.ts'

/** Which published rate a country's statutory interest stands on. */
type RateSeries = 'ecb' | 'de-base'

/** A published reference rate and the day it begins to hold; it is fixed for half a year. */
export type ReferenceRate = {
  readonly series: RateSeries
  readonly from: IsoDate
  /** Percent a year. */
  readonly percent: DecimalText
  readonly source: string
  /** Whether somebody has compared it with the publication itself; unchecked rates need the tenant's leave. */
  readonly isChecked: boolean
}

/** How a country counts interest over a change of the reference rate. */
export type RateMethod = 'half-years' | 'rate-at-due-date' | 'rate-at-payment'

/** What a country's law gives for late payment between businesses, from a day on. */
export type LatePaymentLaw = {
  readonly country: string
  readonly from: IsoDate
  /** First day it no longer holds. */
  readonly to?: IsoDate
  readonly series: RateSeries
  /** Percentage points above the reference rate. */
  readonly marginPercent: DecimalText
  readonly method: RateMethod
  /** Fixed sum for every late invoice or instalment, without a reminder (Directive 2011/7/EU art. 6, C-585/20). */
  readonly fixedMinor: number
  readonly currency: Currency
  readonly source: string
}

const secondary = 'getinvoicepdf.com eu-late-payment-directive (secondary page, domain rules EU2)'

const irishMinistry = 'enterprise.gov.ie FAQ late payment interest rate'
const marketNews = 'finanzmarktnachrichten.de Basiszinssatz bleibt ab 1. Januar 2026 bei 1,27 %'

/** Published reference rates, the newest last. Facts for arithmetic, not advice. */
export const referenceRates: readonly ReferenceRate[] = [
  { series: 'ecb', from: '2024-07-01', percent: '4.25', source: irishMinistry, isChecked: false },
  { series: 'ecb', from: '2025-07-01', percent: '2.15', source: marketNews, isChecked: false },
  { series: 'de-base', from: '2025-07-01', percent: '1.27', source: marketNews, isChecked: false },
  { series: 'de-base', from: '2026-01-01', percent: '1.27', source: marketNews, isChecked: false },
  { series: 'ecb', from: '2026-01-01', percent: '2.15', source: secondary, isChecked: false },
  { series: 'ecb', from: '2026-07-01', percent: '2.40', source: secondary, isChecked: false },
]

const directive = 'Directive 2011/7/EU art. 3, 5 and 6'

const euro = {
  from: '2013-03-16',
  series: 'ecb',
  marginPercent: '8',
  method: 'half-years',
  fixedMinor: 4_000,
  currency: 'EUR',
  source: directive,
} as const

/** Law by country. A half-year whose rate is not on file is charged nowhere: better nothing than a guess. */
export const latePaymentLaws: readonly LatePaymentLaw[] = [
  { ...euro, country: 'BE' },
  { ...euro, country: 'ES' },
  { ...euro, country: 'IT' },
  { ...euro, country: 'LU' },
  { ...euro, country: 'NL' },
  { ...euro, country: 'PT' },
  { ...euro, country: 'FR', marginPercent: '10', source: `${directive}; domain rules EU2` },
  { ...euro, country: 'IE', method: 'rate-at-payment', source: `${directive}; ${irishMinistry}` },
  {
    ...euro,
    country: 'DE',
    from: '2014-07-29',
    series: 'de-base',
    marginPercent: '9',
    source: '§ 247, § 288 (2) and (5) BGB',
  },
]
