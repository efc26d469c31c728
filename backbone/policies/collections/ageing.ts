import type { MinorUnits } from '../../canonical/money.ts'
import type { ClaimRow } from './ledger.ts'

/** An age of debt, by days past due on the as-of date: `current`, `1-30` … `>120`. */
export type Bucket = string

/** What a customer owes in one currency, by age; what is disputed is apart, so that the columns add up to all that is open. */
export type Ageing = {
  readonly buckets: Readonly<Record<Bucket, MinorUnits>>
  readonly disputedMinor: MinorUnits
  /** Part of the buckets. */
  readonly promisedMinor: MinorUnits
  readonly unappliedMinor: MinorUnits
  readonly creditsMinor: MinorUnits
  readonly openMinor: MinorUnits
  readonly overdueMinor: MinorUnits
}

/** The names of the age buckets, the youngest first. */
export function bucketNames(bucketDays: readonly number[]): Bucket[] {
  const ends = [...bucketDays].sort((a, b) => a - b)
  const closed = ends.map((end, place) => `${(ends[place - 1] ?? 0) + 1}-${end}`)
  return ['current', ...closed, `>${ends.at(-1) ?? 0}`]
}

/** Tells the bucket of debts by their days past due; the due date itself is current. */
function bucketing(bucketDays: readonly number[]): (daysPastDue: number) => Bucket {
  const names = bucketNames(bucketDays)
  const ends = [...bucketDays].sort((a, b) => a - b)
  const oldest = names.at(-1) ?? 'current'
  return (daysPastDue) => {
    if (daysPastDue <= 0) return 'current'
    const place = ends.findIndex((end) => daysPastDue <= end)
    return place === -1 ? oldest : (names[place + 1] ?? oldest)
  }
}

/** The bucket of a debt; the due date itself is current. */
export function bucketOf(daysPastDue: number, bucketDays: readonly number[]): Bucket {
  return bucketing(bucketDays)(daysPastDue)
}

/** Puts open rows into buckets by age. */
export function ageingOf(
  rows: readonly ClaimRow[],
  { unappliedMinor, creditsMinor }: { unappliedMinor: MinorUnits; creditsMinor: MinorUnits },
  bucketDays: readonly number[],
): Ageing {
  const bucketOfDays = bucketing(bucketDays)
  const buckets = Object.fromEntries(bucketNames(bucketDays).map((name) => [name, 0]))
  let [disputedMinor, promisedMinor, openMinor, overdueMinor] = [0, 0, 0, 0]
  for (const row of rows) {
    const bucket = bucketOfDays(row.daysPastDue)
    const undisputedMinor = row.openMinor - row.disputedMinor
    buckets[bucket] = (buckets[bucket] ?? 0) + undisputedMinor
    disputedMinor += row.disputedMinor
    promisedMinor += row.promisedMinor
    openMinor += row.openMinor
    if (row.daysPastDue > 0) overdueMinor += row.openMinor
  }
  return {
    buckets,
    disputedMinor,
    promisedMinor,
    unappliedMinor,
    creditsMinor,
    openMinor,
    overdueMinor,
  }
}
