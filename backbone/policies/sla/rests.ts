import type { IsoMoment } from '../../canonical/document.ts'

/** A hold that waits for the customer. */
export type WaitingHold = {
  readonly type: string
  readonly placedAt: IsoMoment
  readonly releasedAt: IsoMoment | null
}

/** A time in which a promise rests; without an end it still does. */
export type Rest = {
  readonly startedAt: IsoMoment
  readonly endedAt: IsoMoment | null
  readonly reason: string
}

/** What is new about the rests of a promise: those to write down, and those that are over since. */
export type RestChanges = { readonly begun: readonly Rest[]; readonly ended: readonly Rest[] }

const ms = (moment: IsoMoment | null): number =>
  moment === null ? Number.POSITIVE_INFINITY : Date.parse(moment)

/** Holds that overlap are one rest; none begins before the promise did. */
function restsOf(holds: readonly WaitingHold[], promisedAt: IsoMoment): Rest[] {
  const rests: Rest[] = []
  for (const { type, placedAt, releasedAt } of holds.toSorted(
    (a, b) => ms(a.placedAt) - ms(b.placedAt),
  )) {
    if (ms(releasedAt) <= ms(promisedAt)) continue
    const startedAt = ms(placedAt) < ms(promisedAt) ? promisedAt : placedAt
    const last = rests.at(-1)
    if (last === undefined || ms(startedAt) > ms(last.endedAt))
      rests.push({ startedAt, endedAt: releasedAt, reason: type })
    else if (ms(releasedAt) > ms(last.endedAt))
      rests[rests.length - 1] = { ...last, endedAt: releasedAt }
  }
  return rests
}

/** Compares the holds of an order with the rests its promise already had. */
export function restChanges(
  holds: readonly WaitingHold[],
  promisedAt: IsoMoment,
  known: readonly Rest[],
): RestChanges {
  const knownByStart = new Map(known.map((rest) => [ms(rest.startedAt), rest]))
  const rests = restsOf(holds, promisedAt)
  const begun = rests.filter((rest) => !knownByStart.has(ms(rest.startedAt)))
  const overSince = rests.filter((rest) => {
    const before = knownByStart.get(ms(rest.startedAt))
    return before !== undefined && before.endedAt === null && rest.endedAt !== null
  })
  return { begun, ended: [...begun.filter(({ endedAt }) => endedAt !== null), ...overSince] }
}
