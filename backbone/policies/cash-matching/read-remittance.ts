import type { Evidence } from '../../canonical/decision.ts'
import { type MinorUnits, moneyText, sumMinor } from '../../canonical/money.ts'
import type { RemittanceLine } from '../../canonical/payment.ts'
import type { GivenLine, PaymentToApply } from './cash-facts.ts'

/** A remittance as far as it makes sense. */
export type ReadRemittance =
  | {
      readonly status: 'read'
      readonly lines: readonly GivenLine[]
      readonly totalMinor: MinorUnits
    }
  /** Its parts do not add up to the money: a person must look. */
  | { readonly status: 'mismatch'; readonly evidence: readonly Evidence[] }

type Sign = 'below zero reduces' | 'above zero reduces'

/** How the version of the format signs adjustments; undefined where the versions between differ. */
function signOf(formatVersion: string | undefined): Sign | undefined {
  const version = /^(\d{6})/.exec(formatVersion ?? '')?.[1]
  // X12 ADX01: from 003050 a negative amount reduces the payment, up to 003030 a positive one does.
  if (version === undefined || version >= '003050') return 'below zero reduces'
  return version <= '003030' ? 'above zero reduces' : undefined
}

/** What an adjustment takes off, above zero. */
function reductionMinor(line: RemittanceLine, sign: Sign): MinorUnits {
  const asWritten = line.adjustmentMinor ?? 0
  if (asWritten === 0) return 0
  return sign === 'below zero reduces' ? -asWritten : asWritten
}

function netLines(remittance: readonly RemittanceLine[], sign: Sign): RemittanceLine[] {
  return remittance.map((line) => {
    const reduction = reductionMinor(line, sign)
    return {
      ...line,
      paidMinor: line.paidMinor - reduction,
      deductionMinor: line.deductionMinor + Math.max(0, reduction),
    }
  })
}

const totalOf = (lines: readonly RemittanceLine[]) => sumMinor(lines.map((line) => line.paidMinor))

/** A remittance may name an invoice several times: what it gives to one invoice is the sum. */
function byInvoice(lines: readonly RemittanceLine[]): GivenLine[] {
  const sums = new Map<string, GivenLine>()
  for (const line of lines) {
    const known = sums.get(line.invoiceNumber)
    const { adjustmentMinor, ...given } = line
    sums.set(
      line.invoiceNumber,
      known === undefined
        ? { ...given, creditsTaken: [] }
        : {
            ...known,
            paidMinor: known.paidMinor + line.paidMinor,
            discountMinor: known.discountMinor + line.discountMinor,
            deductionMinor: known.deductionMinor + line.deductionMinor,
            deductionCode: known.deductionCode ?? line.deductionCode,
            ...(known.settlesMinor === undefined
              ? {}
              : { settlesMinor: known.settlesMinor + (line.settlesMinor ?? 0) }),
          },
    )
  }
  return [...sums.values()]
}

/** Puts the credits of negative lines against what the other lines give, the largest first. */
function withCreditsTaken(lines: readonly GivenLine[]): GivenLine[] | undefined {
  const credits = lines.filter((line) => line.paidMinor < 0)
  let given = lines.filter((line) => line.paidMinor >= 0)
  for (const { invoiceNumber: reference, paidMinor } of credits) {
    let leftMinor = -paidMinor
    for (const line of given.toSorted((a, b) => b.paidMinor - a.paidMinor)) {
      const amountMinor = Math.min(leftMinor, line.paidMinor)
      if (amountMinor === 0) break
      leftMinor -= amountMinor
      given = given.map((other) =>
        other.invoiceNumber === line.invoiceNumber
          ? {
              ...other,
              paidMinor: other.paidMinor - amountMinor,
              creditsTaken: [...other.creditsTaken, { reference, amountMinor }],
            }
          : other,
      )
    }
    if (leftMinor > 0) return undefined
  }
  return given
}

function mismatch(text: string, values: Record<string, string | number>): ReadRemittance {
  return { status: 'mismatch', evidence: [{ weighs: 'against', text, values }] }
}

/** Reads the signs of a remittance, checks adjusted amounts against the money, and sums up by invoice. */
export function readRemittance(payment: PaymentToApply): ReadRemittance {
  const { remittance, amountMinor, currency, formatVersion } = payment
  const isAdjusted = remittance.some((line) => (line.adjustmentMinor ?? 0) !== 0)
  const byVersion = signOf(formatVersion)
  const signs: readonly Sign[] =
    byVersion === undefined ? ['below zero reduces', 'above zero reduces'] : [byVersion]
  const readings = signs.map((sign) => netLines(remittance, sign))
  const lines = isAdjusted
    ? readings.find((reading) => totalOf(reading) === amountMinor)
    : readings[0]
  if (lines === undefined) {
    const totalMinor = totalOf(readings[0] ?? [])
    return mismatch(
      `The remittance with its adjustments comes to ${moneyText(totalMinor, currency)}, the payment is ${moneyText(amountMinor, currency)}: the sign of an adjustment cannot be trusted.`,
      { remittanceMinor: totalMinor, amountMinor, formatVersion: formatVersion ?? 'none' },
    )
  }
  const given = withCreditsTaken(byInvoice(lines))
  if (given === undefined)
    return mismatch('The credits of the remittance are larger than what it pays.', { amountMinor })
  return { status: 'read', lines: given, totalMinor: totalOf(lines) }
}

/** What in a remittance's text may be invoice numbers. */
export function numbersInText(text: string | undefined): string[] {
  if (text === undefined) return []
  const found = text.toUpperCase().match(/[A-Z0-9][A-Z0-9/.-]*\d[A-Z0-9]*/g) ?? []
  return [...new Set(found.filter((word) => word.length >= 3))].slice(0, 100)
}

/** Every number by which a payment may name invoices. */
export function numbersNamed(
  payment: Pick<PaymentToApply, 'remittance' | 'remittanceText'>,
): string[] {
  const listed = payment.remittance.map((line) => line.invoiceNumber)
  return [...new Set(listed.length > 0 ? listed : numbersInText(payment.remittanceText))]
}
