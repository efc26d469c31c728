/** Which calls belong together: a name of the cause for each call. */
export type Grouping = ReadonlyMap<string, string>

/** Pairs of calls put together, rightly and wrongly, and pairs that were torn apart. */
export type Pairs = {
  readonly right: number
  readonly wrong: number
  readonly missed: number
}

/** Counts pairs of calls that are together in what was found against those that belong together. */
export function pairsOf(truth: Grouping, found: Grouping): Pairs {
  const calls = [...truth.keys()]
  const pairs = calls.flatMap((one, place) =>
    calls.slice(place + 1).map((other) => ({
      belong: truth.get(one) === truth.get(other),
      areTogether: found.has(one) && found.get(one) === found.get(other),
    })),
  )
  return {
    right: pairs.filter(({ belong, areTogether }) => belong && areTogether).length,
    wrong: pairs.filter(({ belong, areTogether }) => !belong && areTogether).length,
    missed: pairs.filter(({ belong, areTogether }) => belong && !areTogether).length,
  }
}
