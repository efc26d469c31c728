import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import {
  amountText,
  type Currency,
  compareDecimal,
  type DecimalText,
  divideDecimal,
  type MinorUnits,
  minorFromText,
  moneyText,
  multiplyDecimal,
  sumMinor,
} from '../../canonical/money.ts'
import type { CashApplication, DeductionDraft } from '../../canonical/payment.ts'
import type { GivenLine, OpenItem, PaymentToApply, StoredRate } from './cash-facts.ts'
import type { CashSettings } from './cash-policy.ts'

/** What an offer of money does to one invoice. */
export type Settlement = {
  readonly application: CashApplication
  readonly deductions: readonly DeductionDraft[]
  /** The invoice is settled to the last cent, differences included. */
  readonly isWhole: boolean
  /** Something was let go. */
  readonly hasDifference: boolean
  /** What was given above the open amount, in the payment's currency. */
  readonly overMinor: MinorUnits
}

/** What settling is decided by. */
export type SettlingFacts = {
  readonly payment: PaymentToApply
  readonly settings: CashSettings
  /** What may still be written off for the invoice's customer this month. */
  readonly capLeftMinor: MinorUnits
  /** Of bank fees that may still be borne for it this month. */
  readonly feeCapLeftMinor: MinorUnits
  /** Bank fees of this payment that are borne already, in its currency. */
  readonly feeBorneMinor: MinorUnits
  readonly rates: readonly StoredRate[]
}

/** Whether the early-payment discount of an invoice counts for money booked on a day. */
export function isDiscountEarned(
  item: Pick<OpenItem, 'discountUntil' | 'discountMinor'>,
  bookedOn: IsoDate,
  { discountGraceDays }: Pick<CashSettings, 'discountGraceDays'>,
): boolean {
  const { discountUntil, discountMinor } = item
  return (
    discountUntil !== undefined &&
    discountMinor > 0 &&
    bookedOn <= addDays(discountUntil, discountGraceDays)
  )
}

function isWithinPercent(partMinor: MinorUnits, wholeMinor: MinorUnits, percent: DecimalText) {
  const part = multiplyDecimal(String(partMinor), '100')
  return compareDecimal(part, multiplyDecimal(String(wholeMinor), percent)) <= 0
}

type Allowed = {
  readonly discountMinor: number
  readonly writeOffMinor: number
  readonly feeMinor: number
}

const nothing: Allowed = { discountMinor: 0, writeOffMinor: 0, feeMinor: 0 }

/** Whether a shortfall is the payment's bank fee: `stated` by the bank, or `believed`. One payment bears one fee. */
function bankFee(
  restMinor: MinorUnits,
  { currency }: OpenItem,
  { payment, settings, rates, feeBorneMinor, feeCapLeftMinor }: SettlingFacts,
): 'stated' | 'believed' | undefined {
  const feeMinor = converted(restMinor, currency, payment.currency, rates)
  const limitMinor = minorFromText(settings.feeUpTo, payment.currency)
  if (feeMinor === undefined || feeBorneMinor + feeMinor > limitMinor) return undefined
  if (restMinor > feeCapLeftMinor) return undefined
  if (payment.bankChargesMinor === feeBorneMinor + feeMinor) return 'stated'
  const isBelieved = payment.isForeign === true && settings.feeMethods.includes(payment.method)
  return isBelieved ? 'believed' : undefined
}

function isSmall(restMinor: MinorUnits, item: OpenItem, facts: SettlingFacts): boolean {
  const { toleranceUpTo, tolerancePercent } = facts.settings
  return (
    restMinor <= minorFromText(toleranceUpTo, item.currency) &&
    restMinor <= facts.capLeftMinor &&
    isWithinPercent(restMinor, item.openMinor, tolerancePercent)
  )
}

/** Tolerance or bank fee for the whole of a shortfall; undefined when neither covers it. */
function letGo(restMinor: MinorUnits, item: OpenItem, facts: SettlingFacts): Allowed | undefined {
  if (restMinor === 0) return nothing
  const fee = bankFee(restMinor, item, facts)
  if (fee !== 'stated' && isSmall(restMinor, item, facts))
    return { ...nothing, writeOffMinor: restMinor }
  return fee === undefined ? undefined : { ...nothing, feeMinor: restMinor }
}

/** The part of a shortfall that is let go: all of it by discount, tolerance and fee, or only a claimed discount. */
function allowedOf(
  shortMinor: MinorUnits,
  line: GivenLine,
  item: OpenItem,
  facts: SettlingFacts,
): Allowed {
  if (isDiscountEarned(item, facts.payment.bookedOn, facts.settings)) {
    const claimedMinor = Math.min(line.discountMinor, item.discountMinor, shortMinor)
    const takenMinor = shortMinor >= item.discountMinor ? item.discountMinor : claimedMinor
    const rest = letGo(shortMinor - takenMinor, item, facts)
    if (takenMinor > 0 && rest !== undefined) return { ...rest, discountMinor: takenMinor }
    if (claimedMinor > 0) return { ...nothing, discountMinor: claimedMinor }
  }
  return letGo(shortMinor, item, facts) ?? nothing
}

/** What of an invoice the payer kept back for a reason it gave: deductions and credits set off. */
function claimedMinor({ deductionMinor, creditsTaken }: GivenLine): MinorUnits {
  return Math.max(0, deductionMinor) + sumMinor(creditsTaken.map((credit) => credit.amountMinor))
}

function deductionsOf(
  restMinor: MinorUnits,
  line: GivenLine,
  item: OpenItem,
  { settings }: SettlingFacts,
): DeductionDraft[] {
  const { invoiceId, invoiceNumber, customerNumber, currency } = item
  const of = { invoiceId, invoiceNumber, customerNumber, currency }
  const drafts: DeductionDraft[] = []
  let leftMinor = restMinor
  const open = (
    amountMinor: MinorUnits,
    draft: Pick<DeductionDraft, 'kind' | 'code' | 'reference'>,
  ) => {
    const amount = Math.min(leftMinor, amountMinor)
    if (amount <= 0) return
    leftMinor -= amount
    const route = settings.deductionRoutes[draft.code ?? ''] ?? 'receivables'
    drafts.push({ ...of, ...draft, amountMinor: amount, route })
  }
  for (const { reference, amountMinor } of line.creditsTaken)
    open(amountMinor, { kind: 'credit-taken', reference })
  open(line.deductionMinor, {
    kind: 'short-pay',
    ...(line.deductionCode === undefined ? {} : { code: line.deductionCode }),
  })
  const isUnclaimedDiscount = leftMinor > 0 && leftMinor === item.discountMinor
  open(isUnclaimedDiscount ? leftMinor : line.discountMinor, {
    kind: 'unearned-discount',
    code: settings.unearnedDiscountCode,
  })
  return drafts
}

function rateOf(from: Currency, to: Currency, rates: readonly StoredRate[]) {
  const straight = rates.find((rate) => rate.from === from && rate.to === to)
  if (straight !== undefined) return (amount: DecimalText) => multiplyDecimal(amount, straight.rate)
  const inverse = rates.find((rate) => rate.from === to && rate.to === from)
  if (inverse === undefined) return undefined
  return (amount: DecimalText) => divideDecimal(amount, inverse.rate, 10)
}

/** An amount in another currency at the stored rate; undefined when none is stored. */
export function converted(
  amountMinor: MinorUnits,
  from: Currency,
  to: Currency,
  rates: readonly StoredRate[],
): MinorUnits | undefined {
  if (from === to) return amountMinor
  const convert = rateOf(from, to, rates)
  return convert === undefined
    ? undefined
    : minorFromText(convert(amountText(amountMinor, from)), to)
}

type Offer = {
  readonly offeredMinor: MinorUnits
  readonly takenMinor: MinorUnits
  readonly overMinor: MinorUnits
  readonly fxDifferenceMinor: MinorUnits
}

/** What a line offers in the invoice's currency; a text when it cannot be said. */
function offerOf(
  line: GivenLine,
  item: OpenItem,
  { payment, rates }: SettlingFacts,
): Offer | string {
  const { currency } = payment
  if (item.currency === currency) {
    const offeredMinor = Math.min(line.paidMinor, item.openMinor)
    const overMinor = line.paidMinor - offeredMinor
    return { offeredMinor, takenMinor: offeredMinor, overMinor, fxDifferenceMinor: 0 }
  }
  const offeredMinor =
    line.settlesMinor ?? converted(line.paidMinor, currency, item.currency, rates)
  const worthMinor =
    offeredMinor === undefined ? undefined : converted(offeredMinor, item.currency, currency, rates)
  if (offeredMinor === undefined || worthMinor === undefined)
    return `no exchange rate from ${currency} to ${item.currency} is stored`
  if (offeredMinor > item.openMinor)
    return `it gives ${moneyText(offeredMinor, item.currency)}, more than is open`
  const fxDifferenceMinor = line.settlesMinor === undefined ? 0 : line.paidMinor - worthMinor
  return { offeredMinor, takenMinor: line.paidMinor, overMinor: 0, fxDifferenceMinor }
}

function reasonOf(restMinor: MinorUnits, allowed: Allowed, hasDeduction: boolean): string {
  const parts = [
    ...(allowed.discountMinor > 0 ? ['less the earned discount'] : []),
    ...(allowed.writeOffMinor > 0 ? ['within the small-difference tolerance'] : []),
    ...(allowed.feeMinor > 0 ? ['less a bank fee'] : []),
    ...(hasDeduction ? ['less a deduction'] : []),
  ]
  if (restMinor > 0 && !hasDeduction) parts.push('part of the amount')
  return parts.length === 0 ? 'exact reference and amount' : `reference, ${parts.join(', ')}`
}

/** Puts a remittance line to an open invoice: money, what is let go by rule, what is a deduction; a text when it cannot be put. */
export function settleItem(
  line: GivenLine,
  item: OpenItem,
  facts: SettlingFacts,
): Settlement | string {
  const offer = offerOf(line, item, facts)
  if (typeof offer === 'string') return offer
  const { offeredMinor: appliedMinor, takenMinor, overMinor, fxDifferenceMinor } = offer
  const shortMinor = item.openMinor - appliedMinor
  // What the payer gave a reason for is judged as a deduction and never let go as something else.
  const unexplainedMinor = Math.max(0, shortMinor - claimedMinor(line))
  const allowed = unexplainedMinor === 0 ? nothing : allowedOf(unexplainedMinor, line, item, facts)
  const letGoMinor = allowed.discountMinor + allowed.writeOffMinor + allowed.feeMinor
  const restMinor = shortMinor - letGoMinor
  const deductions = deductionsOf(restMinor, line, item, facts)
  const { invoiceId, invoiceNumber } = item
  return {
    application: {
      ...{ invoiceId, invoiceNumber, appliedMinor, takenMinor, ...allowed, fxDifferenceMinor },
      reason: reasonOf(restMinor, allowed, deductions.length > 0),
    },
    deductions,
    isWhole: restMinor === 0,
    hasDifference: letGoMinor > 0,
    overMinor,
  }
}
