import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import {
  type Currency,
  compareDecimal,
  type DecimalText,
  divideDecimal,
  sumDecimal,
} from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { SourcingSettings } from './sourcing-policy.ts'

/** What a supplier offers for a product, and how it has delivered. */
export type SupplierChoice = {
  readonly supplierId: string
  readonly currency: Currency
  readonly unitPrice: DecimalText
  readonly landingPerUnit: DecimalText
  readonly availableEach: number
  readonly leadDays: number
  readonly deliveries: number
  readonly deliveriesInFull: number
  readonly qualityPermille: number
  readonly quotedOn: IsoDate
  /** First day the quote no longer holds. */
  readonly validTo?: IsoDate
}

/** What is to be bought. */
export type SupplierNeed = {
  readonly sku: string
  readonly quantityEach: number
  readonly currency: Currency
  readonly today: IsoDate
  readonly neededOn: IsoDate
}

/** The parts of a supplier's score, each from 0 to 1. */
type SupplierParts = {
  readonly availability: number
  readonly lateness: number
  readonly price: number
  readonly delivery: number
  readonly quality: number
}

/** A supplier in its place. */
type RankedSupplier = {
  readonly supplierId: string
  readonly score: number
  readonly parts: SupplierParts
  readonly landedPrice: DecimalText
  readonly daysLate: number
  readonly quoteAgeDays: number
  readonly evidence: readonly Evidence[]
}

/** Why an offer cannot be used. */
type UnusableOffer = {
  readonly supplierId: string
  readonly reason: 'QUOTE_EXPIRED' | 'OTHER_CURRENCY' | 'NOTHING_AVAILABLE' | 'NO_PRICE'
  readonly text: string
}

/** The suppliers of a need, the best first, and those that cannot be used. */
export type SupplierRanking = PolicyDecision<'SUPPLIER_RANKED' | 'NO_SUPPLIER'> & {
  readonly ranked: readonly RankedSupplier[]
  readonly unusable: readonly UnusableOffer[]
}

const dayMs = 86_400_000
const daysFrom = (from: IsoDate, to: IsoDate): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
const rounded = (value: number, places: number): number =>
  Math.round(value * 10 ** places) / 10 ** places
const percentText = (share: number): string => `${rounded(share * 100, 2)} %`

function unusable(offer: SupplierChoice, need: SupplierNeed): UnusableOffer | undefined {
  const { supplierId, validTo } = offer
  if (validTo !== undefined && validTo <= need.today)
    return {
      supplierId,
      reason: 'QUOTE_EXPIRED',
      text: `Its quote of ${offer.quotedOn} held until ${validTo}: an old quote is no quote.`,
    }
  if (offer.currency !== need.currency)
    return {
      supplierId,
      reason: 'OTHER_CURRENCY',
      text: `It quotes in ${offer.currency}, the need is in ${need.currency}; nothing is converted without a stored rate.`,
    }
  if (offer.availableEach <= 0)
    return { supplierId, reason: 'NOTHING_AVAILABLE', text: 'It has none to offer.' }
  if (compareDecimal(landed(offer), '0') <= 0)
    return { supplierId, reason: 'NO_PRICE', text: 'It names no price.' }
  return undefined
}

function landed({ unitPrice, landingPerUnit }: SupplierChoice): DecimalText {
  return sumDecimal([unitPrice, landingPerUnit])
}

/** On time and in full, drawn towards what is usual as long as few deliveries are known. */
function deliveryShare(
  { deliveries, deliveriesInFull }: SupplierChoice,
  { priorDeliveries, priorShare }: SourcingSettings,
): number {
  const counted = deliveries + priorDeliveries
  return counted === 0 ? priorShare : (deliveriesInFull + priorDeliveries * priorShare) / counted
}

function evidenceOf(
  offer: SupplierChoice,
  ranked: Omit<RankedSupplier, 'evidence'>,
  need: SupplierNeed,
  settings: SourcingSettings,
): Evidence[] {
  const { parts, daysLate, quoteAgeDays, landedPrice } = ranked
  const weighing = (isGood: boolean): Evidence['weighs'] => (isGood ? 'for' : 'against')
  return [
    {
      weighs: weighing(parts.availability === 1),
      text: `It has ${offer.availableEach} of the ${need.quantityEach} needed.`,
      values: { availableEach: offer.availableEach },
    },
    {
      weighs: weighing(daysLate === 0),
      text: daysLate === 0 ? 'It would be here in time.' : `It would be ${daysLate} days late.`,
      values: { daysLate },
    },
    {
      weighs: weighing(parts.price === 1),
      text: `${landedPrice} ${offer.currency} landed, ${percentText(parts.price)} of it is the best price.`,
      values: { landedPrice },
    },
    {
      weighs: 'note',
      text: `${offer.deliveriesInFull} of ${offer.deliveries} deliveries on time and in full count as ${percentText(parts.delivery)}.`,
    },
    { weighs: 'note', text: `Quality ${percentText(parts.quality)}.` },
    {
      weighs: quoteAgeDays >= settings.staleAfterDays ? 'against' : 'note',
      text: `Quoted ${quoteAgeDays} days ago, on ${offer.quotedOn}.`,
      values: { quoteAgeDays },
    },
  ]
}

function scored(
  offer: SupplierChoice,
  best: DecimalText,
  need: SupplierNeed,
  settings: SourcingSettings,
): RankedSupplier {
  const { weights, latenessDays } = settings
  const daysLate = Math.max(0, daysFrom(need.neededOn, need.today) + offer.leadDays)
  const landedPrice = landed(offer)
  const parts: SupplierParts = {
    availability: Math.min(1, offer.availableEach / need.quantityEach),
    lateness: Math.max(0, 1 - daysLate / latenessDays),
    price: Number(divideDecimal(best, landedPrice, 12)),
    delivery: deliveryShare(offer, settings),
    quality: offer.qualityPermille / 1_000,
  }
  const score =
    100 *
    (weights.availability * parts.availability * parts.lateness +
      weights.price * parts.price +
      weights.delivery * parts.delivery +
      weights.quality * parts.quality)
  const ranked = {
    supplierId: offer.supplierId,
    score,
    parts,
    landedPrice,
    daysLate,
    quoteAgeDays: Math.max(0, daysFrom(offer.quotedOn, need.today)),
  }
  return { ...ranked, evidence: evidenceOf(offer, ranked, need, settings) }
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Ranks the suppliers of a product by what is there in time, its landed price, their deliveries and quality (domain
 * rules 3.10). An offer whose validity is over is not used; the age of each quote is shown.
 */
export function rankSuppliers(
  need: SupplierNeed,
  offers: readonly SupplierChoice[],
  { settings, version }: PolicyInForce<SourcingSettings>,
): SupplierRanking {
  const left = offers.map((offer) => ({ offer, problem: unusable(offer, need) }))
  const usable = left.flatMap(({ offer, problem }) => (problem === undefined ? [offer] : []))
  const [best = '0'] = usable.map(landed).sort(compareDecimal)
  const ranked = usable
    .map((offer) => scored(offer, best, need, settings))
    .sort((a, b) => b.score - a.score || byText(a.supplierId, b.supplierId))
    .map((supplier) => ({ ...supplier, score: rounded(supplier.score, 2) }))
  const [first] = ranked
  return {
    decision: first === undefined ? 'refuse' : 'propose',
    kind: first === undefined ? 'NO_SUPPLIER' : 'SUPPLIER_RANKED',
    evidence:
      first === undefined
        ? [{ weighs: 'against', text: `No supplier has a usable offer for ${need.sku}.` }]
        : [
            {
              weighs: 'for',
              text: `${first.supplierId} scores ${first.score} of 100, the best of ${ranked.length}.`,
            },
            ...first.evidence,
          ],
    alternatives: ranked.slice(1).map(({ supplierId, score, landedPrice, evidence }) => ({
      candidateId: `supplier:${supplierId}:${need.sku}`,
      kind: 'SUPPLIER',
      text: `${supplierId} scores ${score} of 100.`,
      values: { score, landedPrice },
      evidence: [...evidence],
    })),
    policyVersion: version,
    ranked,
    unusable: left.flatMap(({ problem }) => problem ?? []),
  }
}
