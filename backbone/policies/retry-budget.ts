/** How much of what goes to one connection may be repeats of calls that did not work. */
export type RetryBudgetRule = {
  /** Repeats in percent of the first tries of the window. */
  readonly percent: number
  /** So many repeats a window are allowed however few first tries there are, so that a quiet connection tries again at all. */
  readonly least: number
  readonly windowMs: number
}

/** Repeats are at most a tenth of the calls (domain rules 3.3.2), counted over five minutes; ten are always allowed. */
export const defaultRetryBudget: RetryBudgetRule = { percent: 10, least: 10, windowMs: 300_000 }

/** First tries and repeats of one connection in one part of the window. */
type CountedPart = { readonly at: number; readonly firsts: number; readonly repeats: number }

/** What went to a connection lately, in parts of the window, and the rule it is counted by. */
export type RetryBudget = {
  readonly rule: RetryBudgetRule
  readonly parts: readonly CountedPart[]
}

/** The budget of a connection nothing has gone to yet. */
export const freshBudget: RetryBudget = { rule: defaultRetryBudget, parts: [] }

const partsOfWindow = 5

const partMs = ({ windowMs }: RetryBudgetRule) => Math.max(1, Math.ceil(windowMs / partsOfWindow))

function partAt(rule: RetryBudgetRule, now: number): number {
  const length = partMs(rule)
  return Math.floor(now / length) * length
}

// A part counts against the budget until its last moment has left the window, and for it only while its first one is
// in: so the rule holds for every window, not only for those that begin with a part.
function spent({ rule, parts }: RetryBudget, now: number): { firsts: number; repeats: number } {
  const from = now - rule.windowMs
  let firsts = 0
  let repeats = 0
  for (const part of parts) {
    if (part.at > now) continue
    if (part.at >= from) firsts += part.firsts
    if (part.at + partMs(rule) > from) repeats += part.repeats
  }
  return { firsts, repeats }
}

/** How many calls may be repeated now. */
export function repeatsAllowed(budget: RetryBudget, now: number): number {
  const { percent, least } = budget.rule
  const { firsts, repeats } = spent(budget, now)
  return Math.max(0, Math.max(least, Math.floor((firsts * percent) / 100)) - repeats)
}

/** Takes what went to a connection into its budget; gives the same budget back when nothing did. */
export function budgetAfter(
  budget: RetryBudget,
  went: { readonly firsts: number; readonly repeats: number; readonly now: number },
): RetryBudget {
  const { firsts, repeats, now } = went
  if (firsts === 0 && repeats === 0) return budget
  const { rule } = budget
  const at = partAt(rule, now)
  const isKept = (part: CountedPart) =>
    part.at !== at && part.at <= now && part.at + partMs(rule) > now - rule.windowMs
  const current = budget.parts.find((part) => part.at === at)
  const counted = {
    at,
    firsts: (current?.firsts ?? 0) + firsts,
    repeats: (current?.repeats ?? 0) + repeats,
  }
  return { rule, parts: [...budget.parts.filter(isKept), counted] }
}

/**
 * When a repeat that finds the budget spent is looked at again: when the window has moved on, what has waited longest
 * first, so that every one has its turn.
 */
export function lookAgainAt(
  { rule }: RetryBudget,
  { now, createdAt }: { now: number; createdAt: number },
): number {
  const length = partMs(rule)
  const next = partAt(rule, now) + length
  const ageMs = Math.max(0, now - createdAt)
  return next + Math.ceil((length / 4) * (length / (length + ageMs)))
}
