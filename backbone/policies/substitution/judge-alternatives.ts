import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import { compareDecimal, type MinorUnits, moneyText, roundPrice } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { compareAttributes } from './compare-attributes.ts'
import {
  backorderWay,
  mixedWay,
  type OwnSupply,
  ownSupply,
  splitWay,
  substituteWay,
} from './find-ways.ts'
import { type Exclusion, hardExclusions, offerExclusions } from './hard-filters.ts'
import type { SubstituteFacts, SwapRequest } from './substitute.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'
import { type SwapOffer, type SwapSettings, swapOffer } from './swap-offer.ts'
import { wayText } from './way-text.ts'
import { compareWays, type WayFacts, type WayOut } from './ways-out.ts'

/** What is best done about a line that cannot be delivered in time. */
type AlternativesKind = 'SPLIT' | 'SUBSTITUTE' | 'MIXED' | 'BACKORDER'

/** A substitute that may be offered, with how it scored. */
type RankedSwap = { readonly facts: SubstituteFacts; readonly offer: SwapOffer }

/** A product that is never offered for the line, and every reason why. */
type ExcludedSwap = { readonly sku: string; readonly reasons: readonly Exclusion[] }

/** The ways out of a line that cannot be delivered in time, ranked, and what was left out and why. */
export type AlternativesDecision = PolicyDecision<AlternativesKind> & {
  readonly offered: readonly RankedSwap[]
  readonly excluded: readonly ExcludedSwap[]
  readonly ways: readonly WayOut[]
}

const excludedShown = 10

type Weighed =
  | { readonly isOffered: true; readonly swap: RankedSwap }
  | { readonly isOffered: false; readonly excluded: ExcludedSwap }

/** A product found by its attributes that exceeds what is required is an upgrade, no twin. */
function asFound(
  request: SwapRequest,
  facts: SubstituteFacts,
  { safetyAttributes }: SubstitutionSettings,
): SubstituteFacts {
  if (facts.origins.every(({ source }) => source !== 'form-fit-function')) return facts
  const rules = {
    safetyAttributes,
    ...(request.classRule === undefined ? {} : { rule: request.classRule }),
  }
  const compared = compareAttributes(request.product.attributes, facts.product.attributes, rules)
  if (compared.every(({ outcome }) => outcome !== 'better')) return facts
  const origins = facts.origins.map((origin) =>
    origin.source === 'form-fit-function' ? { ...origin, source: 'functional' as const } : origin,
  )
  return { ...facts, origins }
}

function weighed(
  request: SwapRequest,
  found: SubstituteFacts,
  { settings, valueMinor }: { settings: SwapSettings; valueMinor: MinorUnits },
): Weighed {
  const facts = asFound(request, found, settings.substitution)
  const { sku } = facts.product
  const question = { request, facts, settings: settings.substitution }
  const hard = hardExclusions(question)
  if (hard.length > 0) return { isOffered: false, excluded: { sku, reasons: hard } }
  const offer = swapOffer(request, facts, settings)
  if (offer === 'undelivered') {
    const text = `none of it can be promised up to ${settings.substitution.latestDays} days after the need date`
    return { isOffered: false, excluded: { sku, reasons: [{ reason: 'NOT_AVAILABLE', text }] } }
  }
  const reasons = offerExclusions(question, offer, valueMinor)
  if (reasons.length > 0) return { isOffered: false, excluded: { sku, reasons } }
  return { isOffered: true, swap: { facts, offer } }
}

// Unrounded scores; ties go to the nearer relation, then the more alike description, then the lower SKU.
function byScore(a: RankedSwap, b: RankedSwap): number {
  return (
    compareDecimal(b.offer.score, a.offer.score) ||
    compareDecimal(b.offer.parts.relation, a.offer.parts.relation) ||
    b.facts.similarity - a.facts.similarity ||
    (a.facts.product.sku < b.facts.product.sku ? -1 : 1)
  )
}

function tooLow(swap: RankedSwap, { leastScore }: SubstitutionSettings): ExcludedSwap {
  const text = `it scores ${roundPrice(swap.offer.score, 2)}, ${leastScore} are needed`
  return { sku: swap.facts.product.sku, reasons: [{ reason: 'LOW_SCORE', text }] }
}

function ranked(request: SwapRequest, valueMinor: MinorUnits, settings: SwapSettings) {
  const { leastScore, offeredAtMost } = settings.substitution
  if (settings.substitution.substitution === 'none' || request.irreplaceable !== undefined)
    return { offered: [], excluded: [] }
  const all = request.substitutes.map((facts) => weighed(request, facts, { settings, valueMinor }))
  const passed = all.flatMap((one) => (one.isOffered ? [one.swap] : [])).sort(byScore)
  const isEnough = ({ offer }: RankedSwap) => compareDecimal(offer.score, leastScore) >= 0
  return {
    offered: passed.filter(isEnough).slice(0, offeredAtMost),
    excluded: [
      ...all.flatMap((one) => (one.isOffered ? [] : [one.excluded])),
      ...passed
        .filter((swap) => !isEnough(swap))
        .map((swap) => tooLow(swap, settings.substitution)),
    ],
  }
}

function notReplaced(request: SwapRequest, settings: SubstitutionSettings): Evidence[] {
  const reason =
    request.irreplaceable ??
    (settings.substitution === 'none' ? 'the customer or partner takes no substitutes' : undefined)
  return reason === undefined
    ? []
    : [{ weighs: 'against', text: `Nothing stands in for ${request.product.sku}: ${reason}.` }]
}

function exclusionEvidence(excluded: readonly ExcludedSwap[]): Evidence[] {
  const shown = excluded.slice(0, excludedShown).map(({ sku, reasons }): Evidence => {
    const why = reasons.map(({ text }) => text).join('; ')
    return {
      weighs: 'against',
      text: `${sku} is not offered: ${why}.`.slice(0, 500),
      source: `product:${sku}`,
      values: {
        sku,
        reasons: reasons
          .map(({ reason }) => reason)
          .join(' ')
          .slice(0, 200),
      },
    }
  })
  const more = excluded.length - shown.length
  return more > 0
    ? [
        ...shown,
        { weighs: 'note', text: `${more} more products are not offered for reasons like these.` },
      ]
    : shown
}

/** A substitute as people and programs read it: what, how much, when, at which price, and why it stands where it stands. */
function swapAlternative(
  request: SwapRequest,
  { facts, offer }: RankedSwap,
  worth: { amountMinor?: MinorUnits; settings: SubstitutionSettings },
): Alternative {
  const { product } = facts
  const { parts } = offer
  const asked = worth.settings.hasStandingApproval || offer.origin.isStanding
  const part = (name: keyof typeof parts) => roundPrice(parts[name], 4)
  const priced = offer.unitPrice === undefined ? '' : ` at ${offer.unitPrice} ${request.currency}`
  return {
    candidateId: `substitution:line ${request.line}:substitute:${product.sku}`,
    kind: 'substitute',
    text: `${offer.quantityEach} of ${product.sku} (${product.name}) from ${offer.warehouse} on ${offer.promisedOn}${priced}.`.slice(
      0,
      500,
    ),
    ...(worth.amountMinor === undefined
      ? {}
      : { amountMinor: worth.amountMinor, currency: request.currency }),
    values: {
      sku: product.sku,
      relation: offer.origin.source,
      quantityEach: offer.quantityEach,
      promisableEach: offer.promisableEach,
      promisedOn: offer.promisedOn,
      daysLate: offer.daysLate,
      warehouse: offer.warehouse ?? null,
      unitPrice: offer.unitPrice ?? null,
      lineAmountMinor: offer.lineAmountMinor ?? null,
      priceSource: offer.priceSource ?? null,
      marginPercent: offer.marginPercent === undefined ? null : roundPrice(offer.marginPercent, 2),
      score: roundPrice(offer.score, 2),
      needsConsent: !asked,
      isStockStale: offer.isStale,
    },
    evidence: [
      {
        weighs: 'for',
        text: `Score ${roundPrice(offer.score, 2)}: relation ${part('relation')}, availability ${part('availability')}, price ${part('price')}, lead ${part('lead')}, margin ${part('margin')}, pack ${part('pack')}, history ${part('history')}.`,
        values: {
          relation: part('relation'),
          availability: part('availability'),
          price: part('price'),
          lead: part('lead'),
          margin: part('margin'),
          pack: part('pack'),
          history: part('history'),
        },
      },
      ...swapNotes(offer),
    ],
  }
}

function swapNotes(offer: SwapOffer): Evidence[] {
  const notes: Evidence[] = []
  if (offer.isStale)
    notes.push({
      weighs: 'note',
      text: `The count in ${offer.warehouse} is too old to promise by: it is asked again before anything is promised.`,
    })
  if (offer.promisableEach < offer.quantityEach)
    notes.push({
      weighs: 'note',
      text: `Only ${offer.promisableEach} of ${offer.quantityEach} can be promised for ${offer.promisedOn}.`,
    })
  if (offer.marginPercent === undefined)
    notes.push({
      weighs: 'note',
      text: 'Its cost is not known, so the margin floor could not be checked.',
    })
  return notes
}

const kindOf = {
  split: 'SPLIT',
  substitute: 'SUBSTITUTE',
  mixed: 'MIXED',
  backorder: 'BACKORDER',
} as const

function worthOf(way: WayOut, best: WayOut): { amountMinor?: MinorUnits } {
  if (way.costMinor === null || best.costMinor === null) return {}
  return { amountMinor: best.costMinor - way.costMinor }
}

function wayAlternatives(
  request: SwapRequest,
  ways: readonly WayOut[],
  { best, offered }: { best: WayOut; offered: readonly RankedSwap[] },
): Alternative[] {
  return ways.flatMap((way) => {
    if (way.kind === 'substitute' || way.barred !== undefined) return []
    return {
      candidateId: `substitution:line ${request.line}:${way.kind}`,
      kind: way.kind,
      text: wayText(way, request, offered[0]),
      ...worthOf(way, best),
      ...(worthOf(way, best).amountMinor === undefined ? {} : { currency: request.currency }),
      values: {
        costMinor: way.costMinor,
        daysLate: way.daysLate,
        extraShipments: way.extraShipments,
        completeOn: way.completeOn ?? null,
      },
    }
  })
}

/** The three numbers, always: what splitting, swapping and waiting cost. */
function costEvidence(
  request: SwapRequest,
  ways: readonly WayOut[],
  best: WayOut,
  first: RankedSwap | undefined,
): Evidence[] {
  return ways.map((way) => ({
    weighs: way === best ? 'for' : 'against',
    text:
      way.costMinor === null
        ? wayText(way, request, first)
        : `${wayText(way, request, first)} Cost ${moneyText(way.costMinor, request.currency)}.`,
    values: {
      way: way.kind,
      costMinor: way.costMinor,
      daysLate: way.daysLate,
      extraShipments: way.extraShipments,
      lostMarginMinor: way.lostMarginMinor,
    },
  }))
}

function waysOf(
  request: SwapRequest,
  own: OwnSupply,
  first: RankedSwap | undefined,
  settings: SubstitutionSettings,
): WayFacts[] {
  const mixedOf =
    first === undefined ? undefined : mixedWay(request, own, { offer: first.offer, settings })
  const mixed = mixedOf === undefined ? [] : [mixedOf]
  const swapped: WayFacts[] =
    first === undefined
      ? [
          {
            ...backorderWay(own),
            kind: 'substitute',
            barred: 'no substitute may be offered',
          },
        ]
      : [substituteWay(request, own, first), ...mixed]
  return [splitWay(request, own), ...swapped, backorderWay(own)]
}

/**
 * Alternatives for a line that cannot be delivered in time (domain rules 3.2): substitutes that no rule
 * forbids, the best first, and what splitting, swapping and waiting would cost.
 */
export function judgeAlternatives(
  request: SwapRequest,
  policy: PolicyInForce<SubstitutionSettings>,
  availability: SwapSettings['availability'],
): AlternativesDecision {
  const own = ownSupply(request)
  const settings = { substitution: policy.settings, availability }
  const { offered, excluded } = ranked(request, own.valueMinor, settings)
  const compared = {
    currency: request.currency,
    isShipComplete: request.isShipComplete,
    settings: policy.settings,
  }
  const ways = compareWays(waysOf(request, own, offered[0], policy.settings), compared)
  const fallback: WayOut = { ...backorderWay(own), costMinor: null }
  const best = ways.find((way) => way.barred === undefined && way.costMinor !== null) ?? fallback
  const swaps = offered.map((swap) => {
    const [way = fallback] = compareWays([substituteWay(request, own, swap)], compared)
    return swapAlternative(request, swap, { ...worthOf(way, best), settings: policy.settings })
  })
  return {
    decision: 'propose',
    kind: kindOf[best.kind],
    evidence: [
      ...costEvidence(request, ways, best, offered[0]),
      ...notReplaced(request, policy.settings),
      ...exclusionEvidence(excluded),
    ],
    ...(best.costMinor === null
      ? {}
      : {
          money: {
            amountMinor: best.costMinor === 0 ? 0 : -best.costMinor,
            currency: request.currency,
          },
        }),
    alternatives: [...swaps, ...wayAlternatives(request, ways, { best, offered })],
    policyVersion: policy.version,
    offered,
    excluded,
    ways,
  }
}
