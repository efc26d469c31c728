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

/** What stands against an account so that a release does not outlast it. */
function objections(
  { customerNumber, credit, dunningLevel }: CreditAccount,
  { releaseEndsAtDunningLevel }: Pick<CreditSettings, 'releaseEndsAtDunningLevel'>,
): { readonly key: string; readonly text: string }[] {
  const found = [
    { isSo: credit.isInsolvent, what: 'is insolvent' },
    { isSo: credit.isFraudSuspected, what: 'is suspected of fraud' },
    {
      isSo: dunningLevel >= releaseEndsAtDunningLevel,
      what: `has come to dunning level ${dunningLevel}`,
    },
  ]
  return found.flatMap(({ isSo, what }) =>
    isSo ? { key: `${customerNumber} ${what}`, text: `${customerNumber} ${what}.` } : [],
  )
}

/** How far a person's release reaches: a tenth more than the order, for five days, at the limits of the day (domain rules 3.6). */
export function releaseReach(
  grossMinor: MinorUnits,
  accounts: readonly CreditAccount[],
  { settings, now }: { readonly settings: CreditSettings; readonly now: IsoMoment },
): Required<Pick<HoldRelease, 'upToMinor' | 'until' | 'limitsMinor' | 'despite'>> {
  return {
    upToMinor: grossMinor + percentOfMinor(grossMinor, settings.releaseExtraPercent),
    until: clearedUntil(now, settings),
    limitsMinor: Object.fromEntries(
      accounts.flatMap(({ customerNumber, limitMinor }) =>
        limitMinor === undefined ? [] : [[customerNumber, limitMinor]],
      ),
    ),
    // What the person saw and released in spite of does not end the release again.
    despite: accounts.flatMap((account) => objections(account, settings).map(({ key }) => key)),
  }
}

function isLimitCut(
  { customerNumber, limitMinor }: CreditAccount,
  { limitsMinor = {} }: HoldRelease,
): boolean {
  const before = limitsMinor[customerNumber]
  return limitMinor !== undefined && (before === undefined || limitMinor < before)
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
  const { upToMinor, until, despite = [] } = release
  if (upToMinor === undefined || until === undefined) return 'It was no decision about credit.'
  if (now >= until) return `The release held until ${until}.`
  if (grossMinor > upToMinor) return 'The order has grown beyond what was released.'
  const cut = accounts.find((account) => isLimitCut(account, release))
  if (cut !== undefined) return `The credit limit of ${cut.customerNumber} was cut.`
  return accounts
    .flatMap((account) => objections(account, settings))
    .find(({ key }) => !despite.includes(key))?.text
}
