import type { IsoDate, PaymentTerms } from '../../canonical/document.ts'
import {
  compareDecimal,
  type MinorUnits,
  moneyText,
  multiplyDecimal,
  percentOfMinor,
} from '../../canonical/money.ts'
import type { CreditCheck, CreditSettings } from './credit-policy.ts'
import { type CreditAccount, type Exposure, exposureOf, type OrderAmount } from './exposure.ts'

/** The order whose credit is judged. */
export type CreditOrder = OrderAmount & {
  readonly isShipComplete: boolean
  readonly terms: PaymentTerms
}

/** A check that failed: for which account, why, and by which figures. */
export type FailedCheck = {
  readonly check: CreditCheck
  readonly customerNumber: string
  readonly text: string
  readonly values: Readonly<Record<string, string | number | null>>
  /** For a limit: by how much it is exceeded, and what of this order fits. */
  readonly overMinor?: MinorUnits
  readonly freeMinor?: MinorUnits
}

/** Everything a check looks at. */
export type CheckFacts = {
  readonly order: CreditOrder
  readonly account: CreditAccount
  /** Undefined where a rate is missing. */
  readonly exposure: Exposure | undefined
  readonly settings: CreditSettings
  readonly today: IsoDate
}

const dayMs = 86_400_000
const daysBetween = (from: IsoDate, to: IsoDate) =>
  Math.round((Date.parse(to) - Date.parse(from)) / dayMs)

/** A share in percent, to two places and rounded half-up: 101.30. Undefined where the whole is nothing. */
function shareText(partMinor: MinorUnits, wholeMinor: MinorUnits): string | undefined {
  if (wholeMinor <= 0) return undefined
  const [part, whole] = [BigInt(Math.abs(partMinor)) * 10_000n, BigInt(wholeMinor)]
  const digits = String((part * 2n + whole) / (whole * 2n)).padStart(3, '0')
  return `${partMinor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** The part of a limit that may be used, never a cent more than the percentage gives. */
function usableMinor(limitMinor: MinorUnits, limitUsePercent: string): MinorUnits {
  if (limitUsePercent === '100') return limitMinor
  const rounded = percentOfMinor(limitMinor, limitUsePercent)
  const isAbove =
    compareDecimal(
      multiplyDecimal(String(rounded), '100'),
      multiplyDecimal(String(limitMinor), limitUsePercent),
    ) > 0
  return isAbove ? rounded - 1 : rounded
}

function failed(
  { account }: CheckFacts,
  check: CreditCheck,
  text: string,
  values: FailedCheck['values'] = {},
): FailedCheck {
  const { customerNumber } = account
  return { check, customerNumber, text: `${customerNumber}: ${text}`, values }
}

type Check = (facts: CheckFacts) => FailedCheck | undefined

/** The figures of an exposure as evidence carries them. */
export function exposureValues(
  { limitMinor }: Pick<CreditAccount, 'limitMinor'>,
  exposure: Exposure,
): FailedCheck['values'] {
  const { rateIds, securityMinor: _security, ...parts } = exposure
  const usePercent =
    limitMinor === undefined ? undefined : shareText(exposure.totalMinor, limitMinor)
  return {
    limitMinor: limitMinor ?? null,
    ...parts,
    ...(usePercent === undefined ? {} : { usePercent }),
    ...(rateIds.length === 0 ? {} : { rateIds: rateIds.join(', ') }),
  }
}

const limit: Check = (facts) => {
  const { account, exposure, settings } = facts
  const { limitMinor, currency } = account
  if (limitMinor === undefined || exposure === undefined) return undefined
  const usable = usableMinor(limitMinor, settings.limitUsePercent)
  const overMinor = exposure.totalMinor - usable
  if (overMinor <= 0) return undefined
  const part = settings.limitUsePercent === '100' ? '' : `${settings.limitUsePercent} % of `
  const share = shareText(exposure.totalMinor, limitMinor)
  return {
    ...failed(
      facts,
      'LIMIT',
      `exposure ${moneyText(exposure.totalMinor, currency)} with this order${share === undefined ? '' : ` (${share} %)`} against ${part}the limit of ${moneyText(limitMinor, currency)}: ${moneyText(overMinor, currency)} too much.`,
      exposureValues(account, exposure),
    ),
    overMinor,
    freeMinor: Math.max(0, exposure.thisOrderMinor - overMinor),
  }
}

const limitExpired: Check = (facts) => {
  const { limitValidTo } = facts.account.credit
  if (!facts.settings.holdsExpiredLimit || facts.account.limitMinor === undefined) return undefined
  if (limitValidTo === undefined || facts.today < limitValidTo) return undefined
  return failed(facts, 'LIMIT_EXPIRED', `the credit limit ended on ${limitValidTo}.`, {
    limitValidTo,
  })
}

const insuranceExpired: Check = (facts) => {
  if (!facts.settings.holdsExpiredInsurance) return undefined
  const insured = facts.account.credit.securities.filter(({ kind }) => kind === 'insurance')
  const ends = insured.map(({ validTo }) => validTo ?? '9999-12-31').sort()
  const last = ends.at(-1)
  if (last === undefined || facts.today < last) return undefined
  return failed(facts, 'INSURANCE_EXPIRED', `the credit insurance ended on ${last}.`, {
    insuredTo: last,
  })
}

const fraud: Check = (facts) =>
  facts.account.credit.isFraudSuspected
    ? failed(facts, 'FRAUD_SUSPECTED', 'the customer is suspected of fraud.')
    : undefined

const insolvency: Check = (facts) =>
  facts.account.credit.isInsolvent
    ? failed(facts, 'INSOLVENT', 'the customer is insolvent.')
    : undefined

const oldestOpenItem: Check = (facts) => {
  const most = facts.settings.oldestOpenItemDays
  const [oldest] = facts.account.sums.flatMap(({ oldestDueOn }) => oldestDueOn ?? []).sort()
  if (most === null || oldest === undefined) return undefined
  const days = daysBetween(oldest, facts.today)
  if (days <= most) return undefined
  return failed(
    facts,
    'OLDEST_OPEN_ITEM',
    `the oldest open invoice was due on ${oldest}, ${days} days ago; ${most} are allowed.`,
    { oldestDueOn: oldest, days, allowedDays: most },
  )
}

const overduePercent: Check = (facts) => {
  const { exposure, settings } = facts
  if (settings.overduePercent === null || exposure === undefined) return undefined
  const { overdueMinor, openReceivablesMinor } = exposure
  const share = shareText(overdueMinor, openReceivablesMinor)
  if (share === undefined || compareDecimal(share, settings.overduePercent) <= 0) return undefined
  return failed(
    facts,
    'OVERDUE_PERCENT',
    `${share} % of the open invoices are past due; ${settings.overduePercent} % are allowed.`,
    { overdueMinor, openReceivablesMinor, overduePercent: share },
  )
}

const overdueAmount: Check = (facts) => {
  const { account, exposure, settings } = facts
  const most = settings.overdueMinor[account.currency]
  if (most === undefined || exposure === undefined || exposure.overdueMinor <= most)
    return undefined
  return failed(
    facts,
    'OVERDUE_AMOUNT',
    `${moneyText(exposure.overdueMinor, account.currency)} are past due; ${moneyText(most, account.currency)} are allowed.`,
    { overdueMinor: exposure.overdueMinor, allowedMinor: most },
  )
}

const dunning: Check = (facts) => {
  const { dunningLevel } = facts.account
  const from = facts.settings.dunningLevel
  if (from === null || dunningLevel < from) return undefined
  return failed(
    facts,
    'DUNNING_LEVEL',
    `the customer is at dunning level ${dunningLevel}; from ${from} on nothing is delivered on account.`,
    { dunningLevel, from },
  )
}

const promises: Check = (facts) => {
  const { brokenPromises } = facts.account
  const { brokenPromises: from, brokenPromiseDays } = facts.settings
  if (from === null || brokenPromises < from) return undefined
  return failed(
    facts,
    'BROKEN_PROMISES',
    `${brokenPromises} promises to pay were broken in the last ${brokenPromiseDays} days.`,
    { brokenPromises, days: brokenPromiseDays },
  )
}

const terms: Check = (facts) => {
  const { account, order, settings } = facts
  const asked = order.terms.netDays
  if (!settings.holdsLongerTerms || asked === undefined || account.netDays === undefined)
    return undefined
  if (asked <= account.netDays) return undefined
  return failed(
    facts,
    'TERMS_CHANGED',
    `the order asks for ${asked} days to pay, agreed are ${account.netDays}.`,
    { askedDays: asked, agreedDays: account.netDays },
  )
}

const newCustomer: Check = (facts) => {
  const { newCustomerDays } = facts.settings
  if (newCustomerDays === null) return undefined
  const { openedOn } = facts.account.credit
  if (openedOn !== undefined && daysBetween(openedOn, facts.today) >= newCustomerDays)
    return undefined
  return failed(
    facts,
    'NEW_CUSTOMER',
    openedOn === undefined
      ? 'no account was opened for the customer yet.'
      : `a customer since ${openedOn}, less than ${newCustomerDays} days.`,
    { openedOn: openedOn ?? null, newCustomerDays },
  )
}

const orderValue: Check = (facts) => {
  const { order, settings } = facts
  const most = settings.orderValueMinor[order.currency]
  if (most === undefined || order.grossMinor <= most) return undefined
  return failed(
    facts,
    'ORDER_VALUE',
    `an order of ${moneyText(order.grossMinor, order.currency)}; above ${moneyText(most, order.currency)} a person looks at it.`,
    { grossMinor: order.grossMinor, allowedMinor: most },
  )
}

// What holds for parents too, and what only for whoever buys.
const checksOfAll: readonly Check[] = [fraud, insolvency, limit, limitExpired, insuranceExpired]
const checksOfBuyer: readonly Check[] = [
  oldestOpenItem,
  overduePercent,
  overdueAmount,
  dunning,
  promises,
  terms,
  newCustomer,
  orderValue,
]

/** Every check of an account that failed: limits, flags and expiry for all, the rest for the buyer itself. */
export function failedChecks(
  question: Omit<CheckFacts, 'exposure'>,
  { isBuyer, ...rated }: RatedBy & { readonly isBuyer: boolean },
): { readonly failed: readonly FailedCheck[]; readonly exposure: Exposure | undefined } {
  const found = exposureOf(question.account, question.order, {
    ...rated,
    today: question.today,
    countsOpenCredits: question.settings.countsOpenCredits,
  })
  const exposure = 'missingRates' in found ? undefined : found
  const facts = { ...question, exposure }
  const isChecked = question.account.limitMinor !== undefined
  const noRate =
    'missingRates' in found && isChecked
      ? [
          failed(
            facts,
            'RATE_MISSING',
            `no exchange rate is stored for ${found.missingRates.join(', ')}, so the exposure is not known.`,
            { missingRates: found.missingRates.join(', ') },
          ),
        ]
      : []
  const checks = isBuyer ? [...checksOfAll, ...checksOfBuyer] : checksOfAll
  return { failed: [...noRate, ...checks.flatMap((check) => check(facts) ?? [])], exposure }
}

type RatedBy = Pick<Parameters<typeof exposureOf>[2], 'rates'>
