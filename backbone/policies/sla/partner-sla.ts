import type { PartnerSlaView } from '../../canonical/views/sla-view.ts'

/** The promises of one kind to one partner's orders. */
export type PartnerPromises = {
  readonly partnerId: string | null
  readonly partnerName: string | null
  readonly target: string
  readonly kept: number
  readonly broken: number
  readonly running: number
  readonly runningLate: number
  /** Of those running, how many will be late at the pace of now. */
  readonly expectedLate: number
  readonly nextBreachAt: string | null
}

const shareOf = (part: number, whole: number) =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000

/**
 * Which partner's promises are broken: what is late and still runs counts as broken already. The worst first: by the
 * number that is broken or will be, since one broken promise of one is a smaller matter than thirty of a hundred.
 */
export function partnerSla(
  promises: readonly PartnerPromises[],
  { keptShare: wanted }: { readonly keptShare: number },
): PartnerSlaView['partners'] {
  return promises
    .map((row) => {
      const broken = row.broken + row.runningLate
      const keptShare = shareOf(row.kept, row.kept + broken)
      const isBelowTarget = keptShare !== null && keptShare < wanted
      return { ...row, broken, keptShare, isBelowTarget }
    })
    .toSorted(
      (a, b) =>
        Number(b.isBelowTarget) - Number(a.isBelowTarget) ||
        b.broken + b.expectedLate - (a.broken + a.expectedLate) ||
        (`${a.partnerId}|${a.target}` < `${b.partnerId}|${b.target}` ? -1 : 1),
    )
}
