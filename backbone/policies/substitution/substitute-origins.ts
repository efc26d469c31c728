import type { SubstituteOrigin } from './substitute.ts'

/** A rule in force, of everybody or of one customer; what a kind does not need is null. */
export type RuleInForce = {
  readonly ruleId: string
  readonly kind:
    | 'approved'
    | 'supersession'
    | 'other-pack'
    | 'functional'
    | 'irreplaceable'
    | 'approved-only'
    | 'blocked'
  readonly sku: string | null
  readonly substituteSku: string | null
  readonly quantityEach: number | null
  readonly substituteEach: number | null
  readonly customerNumber: string | null
  readonly reason: string | null
  readonly isStanding: boolean | null
  readonly isTwoWay: boolean | null
}

/** Everything that makes products candidates for some others. */
export type OriginFacts = {
  readonly rules: readonly RuleInForce[]
  readonly fitting: readonly { readonly sku: string; readonly substituteSku: string }[]
  readonly history: readonly {
    readonly sku: string
    readonly substituteSku: string
    readonly offered: number
    readonly accepted: number
  }[]
}

/** A candidate and every way in which it came to be one. */
type Candidate = { readonly sku: string; readonly origins: readonly SubstituteOrigin[] }

/** What may be thought of as a substitute for a product, and what is said against any. */
export type Candidates = {
  readonly candidates: readonly Candidate[]
  readonly irreplaceable?: string
  readonly approvedOnly?: string
}

type Found = readonly [sku: string, origin: SubstituteOrigin]

const sameCount = { quantityEach: 1, substituteEach: 1, isStanding: false }

function originOf(rule: RuleInForce, isReversed = false): Omit<SubstituteOrigin, 'source'> {
  const quantityEach = rule.quantityEach ?? 1
  const substituteEach = rule.substituteEach ?? 1
  return {
    ruleId: rule.ruleId,
    quantityEach: isReversed ? substituteEach : quantityEach,
    substituteEach: isReversed ? quantityEach : substituteEach,
    isStanding: rule.isStanding === true,
  }
}

type Step = {
  readonly sku: string
  readonly quantityEach: number
  readonly substituteEach: number
  readonly ruleId: string
}

/**
 * The newest successors that are sold, one for each branch of the chain; a branch stops where it comes back to
 * a product it has passed.
 */
function newestSold(
  at: Step,
  rules: readonly RuleInForce[],
  { passed, isSold }: { passed: readonly string[]; isSold: (sku: string) => boolean },
): Step[] {
  const next = rules.flatMap((rule): Step[] => {
    const { kind, sku, substituteSku } = rule
    if (kind !== 'supersession' || sku !== at.sku || substituteSku === null) return []
    if (passed.includes(substituteSku)) return []
    return [
      {
        sku: substituteSku,
        quantityEach: at.quantityEach * (rule.quantityEach ?? 1),
        substituteEach: at.substituteEach * (rule.substituteEach ?? 1),
        ruleId: rule.ruleId,
      },
    ]
  })
  const newer = next.flatMap((step) =>
    newestSold(step, rules, { passed: [...passed, step.sku], isSold }),
  )
  if (newer.length > 0) return newer
  return passed.length > 1 && isSold(at.sku) ? [at] : []
}

function successors(
  sku: string,
  rules: readonly RuleInForce[],
  isSold: (sku: string) => boolean,
): Found[] {
  const start = { sku, quantityEach: 1, substituteEach: 1, ruleId: '' }
  const forward = newestSold(start, rules, { passed: [sku], isSold }).map(
    ({ sku: newest, ...step }): Found => [
      newest,
      { source: 'supersession', ...step, isStanding: false },
    ],
  )
  // New replaces old; the reverse only where a rule says so.
  const back = rules.flatMap((rule): Found[] =>
    rule.kind === 'supersession' &&
    rule.isTwoWay === true &&
    rule.substituteSku === sku &&
    rule.sku !== null
      ? [[rule.sku, { source: 'supersession', ...originOf(rule, true) }]]
      : [],
  )
  return [...forward, ...back]
}

const pairKinds = ['approved', 'other-pack', 'functional'] as const

function byPair(sku: string, rules: readonly RuleInForce[]): Found[] {
  return rules.flatMap((rule): Found[] => {
    const source = pairKinds.find((kind) => kind === rule.kind)
    if (source === undefined || rule.sku === null || rule.substituteSku === null) return []
    if (rule.sku === sku) return [[rule.substituteSku, { source, ...originOf(rule) }]]
    // A pack of another size is the same thing either way round.
    if (source === 'other-pack' && rule.substituteSku === sku)
      return [[rule.sku, { source, ...originOf(rule, true) }]]
    return []
  })
}

function saidAgainst(sku: string, rules: readonly RuleInForce[]) {
  const reasonOf = (kind: RuleInForce['kind'], byDefault: string) => {
    const rule = rules.find((one) => one.kind === kind && one.sku === sku)
    return rule === undefined ? undefined : (rule.reason ?? byDefault)
  }
  const irreplaceable = reasonOf('irreplaceable', 'a rule says so')
  const approvedOnly = reasonOf('approved-only', 'only approved substitutes may be delivered')
  return {
    ...(irreplaceable === undefined ? {} : { irreplaceable }),
    ...(approvedOnly === undefined ? {} : { approvedOnly }),
  }
}

/** Which products may be thought of as substitutes for one, from all sources (domain rules 3.2). */
export function candidatesFor(
  asked: { readonly sku: string; readonly customerNumber: string; readonly learnedFrom: number },
  facts: OriginFacts,
  isSold: (sku: string) => boolean,
): Candidates {
  const { sku, customerNumber, learnedFrom } = asked
  const rules = facts.rules.filter(
    (rule) => rule.customerNumber === null || rule.customerNumber === customerNumber,
  )
  const fitting = facts.fitting
    .filter((fit) => fit.sku === sku)
    .map((fit): Found => [fit.substituteSku, { source: 'form-fit-function', ...sameCount }])
  const learned = facts.history
    .filter((swap) => swap.sku === sku && swap.accepted >= learnedFrom)
    .map((swap): Found => [swap.substituteSku, { source: 'learned', ...sameCount }])
  const bySku = new Map<string, SubstituteOrigin[]>()
  for (const [substitute, origin] of [
    ...byPair(sku, rules),
    ...successors(sku, rules, isSold),
    ...fitting,
    ...learned,
  ])
    bySku.set(substitute, [...(bySku.get(substitute) ?? []), origin])
  return {
    candidates: [...bySku].map(([substitute, origins]) => ({ sku: substitute, origins })),
    ...saidAgainst(sku, rules),
  }
}
