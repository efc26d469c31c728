import type { IsoMoment } from '../../canonical/document.ts'
import { type MinorUnits, percentOfMinor } from '../../canonical/money.ts'
import type { HoldRelease } from '../../canonical/order-state.ts'
import type { CreditSettings } from './credit-policy.ts'
import type { CreditAccount } from './exposure.ts'

const dayMs = 86_400_000

/** When a decision about credit made at a moment has to be made anew. */
export function clearedUntil(
  now: IsoMoment,
  { releaseDays }: Pick<CreditSettings, 'releaseDays'>,
): IsoMoment {
  return new Date(Date.parse(now) + releaseDays * dayMs).toISOString()
}

/** How far a person's release reaches: a tenth more than the order, for five days, at the limits of the day (domain rules 3.6). */
export function releaseReach(
  grossMinor: MinorUnits,
  accounts: readonly Pick<CreditAccount, 'customerNumber' | 'limitMinor'>[],
  { settings, now }: { readonly settings: CreditSettings; readonly now: IsoMoment },
): Required<Pick<HoldRelease, 'upToMinor' | 'until' | 'limitsMinor'>> {
  return {
    upToMinor: grossMinor + percentOfMinor(grossMinor, settings.releaseExtraPercent),
    until: clearedUntil(now, settings),
    limitsMinor: Object.fromEntries(
      accounts.flatMap(({ customerNumber, limitMinor }) =>
        limitMinor === undefined ? [] : [[customerNumber, limitMinor]],
      ),
    ),
  }
}

/** What of an account ends a release before its time. */
function endedBy(
  { customerNumber, limitMinor, credit, dunningLevel }: CreditAccount,
  before: MinorUnits | undefined,
  { releaseEndsAtDunningLevel }: Pick<CreditSettings, 'releaseEndsAtDunningLevel'>,
): string | undefined {
  if (limitMinor !== undefined && (before === undefined || limitMinor < before))
    return `The credit limit of ${customerNumber} was cut.`
  if (credit.isInsolvent) return `${customerNumber} is insolvent.`
  if (credit.isFraudSuspected) return `${customerNumber} is suspected of fraud.`
  if (dunningLevel >= releaseEndsAtDunningLevel)
    return `${customerNumber} has come to dunning level ${dunningLevel}.`
  return undefined
}

/** Why a person's release does not cover the order any more; undefined while it does. */
export function releaseEnd(
  release: HoldRelease,
  {
    grossMinor,
    accounts,
    settings,
    now,
  }: {
    readonly grossMinor: MinorUnits
    readonly accounts: readonly CreditAccount[]
    readonly settings: CreditSettings
    readonly now: IsoMoment
  },
): string | undefined {
  const { upToMinor, until, limitsMinor = {} } = release
  if (upToMinor === undefined || until === undefined) return 'It was no decision about credit.'
  if (now >= until) return `The release held until ${until}.`
  if (grossMinor > upToMinor) return 'The order has grown beyond what was released.'
  return accounts
    .map((account) => endedBy(account, limitsMinor[account.customerNumber], settings))
    .find((reason) => reason !== undefined)
}
