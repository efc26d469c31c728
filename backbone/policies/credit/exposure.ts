import type { z } from 'zod'
import type { IsoDate } from '../../canonical/document.ts'
import type { CreditFile } from '../../canonical/master-data.ts'
import {
  type Currency,
  convertMinor,
  type DecimalText,
  type MinorUnits,
  sumMinor,
} from '../../canonical/money.ts'

/** What a customer and everybody below it owe us or will owe us in one currency. */
export type LedgerSum = {
  readonly currency: Currency
  readonly openReceivablesMinor: MinorUnits
  /** Of these, what is past due. */
  readonly overdueMinor: MinorUnits
  readonly oldestDueOn?: IsoDate
  readonly unappliedMinor: MinorUnits
  readonly openCreditsMinor: MinorUnits
  readonly deliveredNotInvoicedMinor: MinorUnits
  readonly openOrdersMinor: MinorUnits
}

/** Money on its way that is in no book of the customer yet. */
type PendingReceipt = {
  readonly paymentNumber: string
  readonly amountMinor: MinorUnits
  readonly currency: Currency
}

/** A customer, or a parent of it, with everything its credit rests on. */
export type CreditAccount = {
  readonly customerNumber: string
  readonly currency: Currency
  readonly segment: string
  /** Days to pay that were agreed. */
  readonly netDays?: number
  readonly limitMinor?: MinorUnits
  readonly credit: z.infer<typeof CreditFile>
  readonly sums: readonly LedgerSum[]
  readonly dunningLevel: number
  readonly brokenPromises: number
  readonly pendingReceipts: readonly PendingReceipt[]
}

/** A stored exchange rate: so much of `to` for one of `from`. */
export type CreditRate = {
  readonly rateId: string
  readonly from: Currency
  readonly to: Currency
  readonly rate: DecimalText
}

/** The exposure of an account in its currency, part by part. */
export type Exposure = {
  readonly openReceivablesMinor: MinorUnits
  readonly unappliedMinor: MinorUnits
  readonly openCreditsMinor: MinorUnits
  readonly deliveredNotInvoicedMinor: MinorUnits
  readonly openOrdersMinor: MinorUnits
  readonly thisOrderMinor: MinorUnits
  /** What is secured, and of that the part that secures something. */
  readonly securityMinor: MinorUnits
  readonly securedMinor: MinorUnits
  readonly totalMinor: MinorUnits
  readonly overdueMinor: MinorUnits
  readonly rateIds: readonly string[]
}

type Conversion =
  | { readonly amountMinor: MinorUnits; readonly rateId?: string }
  | { readonly missing: string }

function converted(
  amountMinor: MinorUnits,
  from: Currency,
  to: Currency,
  rates: readonly CreditRate[],
): Conversion {
  if (from === to || amountMinor === 0) return { amountMinor }
  const direct = rates.find((rate) => rate.from === from && rate.to === to)
  if (direct !== undefined)
    return {
      amountMinor: convertMinor(amountMinor, { from, to, rate: direct.rate }),
      rateId: direct.rateId,
    }
  const inverse = rates.find((rate) => rate.from === to && rate.to === from)
  if (inverse !== undefined)
    return {
      amountMinor: convertMinor(amountMinor, { from, to, rate: inverse.rate, isInverse: true }),
      rateId: inverse.rateId,
    }
  return { missing: `${from}/${to}` }
}

/** Securities still good on a day. */
function securityMinor({ credit }: CreditAccount, today: IsoDate): MinorUnits {
  return sumMinor(
    credit.securities
      .filter(({ validTo }) => validTo === undefined || today < validTo)
      .map(({ amountMinor }) => amountMinor),
  )
}

/** Something the order in question adds. */
export type OrderAmount = { readonly grossMinor: MinorUnits; readonly currency: Currency }

/**
 * The exposure with the order in question, every part in the account's currency; or which exchange rate is
 * missing. Money is never converted without a stored rate.
 */
export function exposureOf(
  account: CreditAccount,
  order: OrderAmount,
  {
    rates,
    today,
    countsOpenCredits,
  }: {
    readonly rates: readonly CreditRate[]
    readonly today: IsoDate
    readonly countsOpenCredits: boolean
  },
): Exposure | { readonly missingRates: readonly string[] } {
  const rateIds = new Set<string>()
  const missing = new Set<string>()
  const inOwn = (amountMinor: MinorUnits, from: Currency): MinorUnits => {
    const conversion = converted(amountMinor, from, account.currency, rates)
    if ('missing' in conversion) {
      missing.add(conversion.missing)
      return 0
    }
    if (conversion.rateId !== undefined) rateIds.add(conversion.rateId)
    return conversion.amountMinor
  }
  const sumOf = (part: (sum: LedgerSum) => MinorUnits) =>
    sumMinor(account.sums.map((sum) => inOwn(part(sum), sum.currency)))
  const parts = {
    openReceivablesMinor: sumOf((sum) => sum.openReceivablesMinor),
    unappliedMinor: sumOf((sum) => sum.unappliedMinor),
    openCreditsMinor: countsOpenCredits ? sumOf((sum) => sum.openCreditsMinor) : 0,
    deliveredNotInvoicedMinor: sumOf((sum) => sum.deliveredNotInvoicedMinor),
    openOrdersMinor: sumOf((sum) => sum.openOrdersMinor),
    thisOrderMinor: inOwn(order.grossMinor, order.currency),
  }
  const overdueMinor = sumOf((sum) => sum.overdueMinor)
  if (missing.size > 0) return { missingRates: [...missing] }
  const unsecuredMinor =
    parts.openReceivablesMinor -
    parts.unappliedMinor -
    parts.openCreditsMinor +
    parts.deliveredNotInvoicedMinor +
    parts.openOrdersMinor +
    parts.thisOrderMinor
  const security = securityMinor(account, today)
  // What secures more than there is secures only what there is.
  const securedMinor = Math.min(security, Math.max(0, unsecuredMinor))
  return {
    ...parts,
    overdueMinor,
    securityMinor: security,
    securedMinor,
    totalMinor: unsecuredMinor - securedMinor,
    rateIds: [...rateIds],
  }
}
