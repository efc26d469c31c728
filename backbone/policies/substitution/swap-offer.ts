import { daysBetween } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  multiplyDecimal,
  roundPrice,
  subtractDecimal,
  sumDecimal,
} from '../../canonical/money.ts'
import type { AvailabilitySettings } from '../availability/availability-policy.ts'
import { atpTimeline, notBefore, promisableOn } from '../availability/available-to-promise.ts'
import { isStaleCount } from '../availability/judge-availability.ts'
import type { OwnPrice, SubstituteFacts, SubstituteOrigin, SwapRequest } from './substitute.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'

/** The parts of a score, each from 0 to 1. */
type ScoreParts = Readonly<Record<keyof SubstitutionSettings['weights'], DecimalText>>

/** What a substitute would be delivered and charged as. */
export type SwapOffer = {
  readonly origin: SubstituteOrigin
  /** Base units of the substitute, whole packs. */
  readonly quantityEach: number
  /** How much more than needed that is, as a share of the need. */
  readonly overage: DecimalText
  readonly warehouse?: string
  readonly promisedOn: IsoDate
  readonly daysLate: number
  readonly promisableEach: number
  readonly isStale: boolean
  /** Price of one base unit of the substitute; absent where neither it nor the original has one. */
  readonly unitPrice?: DecimalText
  readonly priceSource?: string
  /** What the original would cost for the same goods. */
  readonly comparablePrice?: DecimalText
  readonly lineAmountMinor?: MinorUnits
  /** Percent of the price; absent where no cost is known. */
  readonly marginPercent?: DecimalText
  readonly parts: ScoreParts
  /** 0 to 100, unrounded. */
  readonly score: DecimalText
}

const places = 12
const ratio = (a: DecimalText, b: DecimalText) => divideDecimal(a, b, places)
const clamped = (value: DecimalText) =>
  compareDecimal(value, '0') < 0 ? '0' : compareDecimal(value, '1') > 0 ? '1' : value
const lessThanOne = (value: DecimalText) => clamped(subtractDecimal('1', value))

/** How settings and facts of both rule sets come together for one candidate. */
export type SwapSettings = {
  readonly substitution: SubstitutionSettings
  readonly availability: AvailabilitySettings
}

/** The nearest relation a candidate stands in. */
function nearestOrigin(
  facts: SubstituteFacts,
  { relations }: SubstitutionSettings,
): SubstituteOrigin | undefined {
  return facts.origins
    .toSorted((a, b) => compareDecimal(relations[b.source], relations[a.source]))
    .at(0)
}

// Domain rules 3.2, pack rule: whole packs that cover the need, in the substitute's base units.
function packed(request: SwapRequest, facts: SubstituteFacts, origin: SubstituteOrigin) {
  const { minimumQuantity, quantityMultiple } = facts.product
  const need = Math.ceil((request.neededEach * origin.substituteEach) / origin.quantityEach)
  const wanted = Math.max(need, minimumQuantity)
  const quantityEach = Math.ceil(wanted / quantityMultiple) * quantityMultiple
  // In base units of what was ordered, so that 2 × 12 for 24 is no unit too many.
  const delivered = ratio(
    multiplyDecimal(String(quantityEach), String(origin.quantityEach)),
    String(origin.substituteEach),
  )
  const overage = ratio(
    subtractDecimal(delivered, String(request.neededEach)),
    String(request.neededEach),
  )
  return { quantityEach, overage }
}

type Charged = Pick<SwapOffer, 'unitPrice' | 'priceSource' | 'comparablePrice'>

/** What was ordered costs so much for what one base unit of the substitute replaces. */
function comparableOriginal(
  { unitPrice }: SwapRequest,
  { quantityEach, substituteEach }: SubstituteOrigin,
): DecimalText | undefined {
  if (unitPrice === undefined || quantityEach === substituteEach) return unitPrice
  return roundPrice(ratio(multiplyDecimal(unitPrice, String(quantityEach)), String(substituteEach)))
}

// Domain rules 3.2, price rule of a swap.
function charged(
  original: DecimalText | undefined,
  own: OwnPrice | undefined,
  { priceRule }: SubstitutionSettings,
): Charged {
  const comparable = original === undefined ? {} : { comparablePrice: original }
  const atOriginal: Charged =
    original === undefined ? {} : { unitPrice: original, priceSource: 'original', ...comparable }
  const atOwn: Charged =
    own === undefined
      ? comparable
      : { unitPrice: own.unitPrice, priceSource: own.source, ...comparable }
  if (priceRule === 'substitute') return atOwn
  if (priceRule === 'original' || own === undefined) return atOriginal
  if (original === undefined) return atOwn
  return compareDecimal(own.unitPrice, original) < 0 ? atOwn : atOriginal
}

/** The day and warehouse that serve the buyer best: availability and lead weighed together, the earlier day on a tie. */
function bestDay(
  request: SwapRequest,
  facts: SubstituteFacts,
  { quantityEach, settings }: { quantityEach: number; settings: SubstitutionSettings },
) {
  const from = notBefore(request.neededOn, request.today)
  const days = facts.pictures.flatMap((picture) => {
    const timeline = atpTimeline(picture, request.today)
    const later = timeline.flatMap(({ on }) => (on > from ? [on] : []))
    return [from, ...later].flatMap((on) => {
      const promisableEach = promisableOn(timeline, on)
      const daysLate = daysBetween(from, on)
      if (promisableEach === 0 || daysLate > settings.latestDays) return []
      const availability = clamped(ratio(String(promisableEach), String(quantityEach)))
      const lead = lessThanOne(ratio(String(daysLate), String(settings.latestDays)))
      const worth = sumDecimal([
        multiplyDecimal(availability, settings.weights.availability),
        multiplyDecimal(lead, settings.weights.lead),
      ])
      return [{ picture, on, promisableEach, daysLate, availability, lead, worth }]
    })
  })
  return days
    .toSorted(
      (a, b) =>
        compareDecimal(b.worth, a.worth) ||
        a.daysLate - b.daysLate ||
        (a.picture.warehouse < b.picture.warehouse ? -1 : 1),
    )
    .at(0)
}

function pricePart(
  price: { unitPrice?: DecimalText; comparablePrice?: DecimalText },
  facts: SubstituteFacts,
  { upliftPercent }: SubstitutionSettings,
): DecimalText {
  const { unitPrice, comparablePrice } = price
  if (unitPrice === undefined || comparablePrice === undefined) return '0'
  if (facts.ownPrice?.isContract || compareDecimal(unitPrice, comparablePrice) <= 0) return '1'
  if (compareDecimal(comparablePrice, '0') === 0 || compareDecimal(upliftPercent, '0') === 0)
    return '0'
  const uplift = ratio(subtractDecimal(unitPrice, comparablePrice), comparablePrice)
  return lessThanOne(ratio(multiplyDecimal(uplift, '100'), upliftPercent))
}

/** Margin in percent of the price; undefined where no cost is known in the order's currency. */
function marginOf(
  request: SwapRequest,
  facts: SubstituteFacts,
  unitPrice: DecimalText | undefined,
): DecimalText | undefined {
  const { landedCost, currency } = facts.product
  if (unitPrice === undefined || landedCost === undefined || currency !== request.currency)
    return undefined
  if (compareDecimal(unitPrice, '0') === 0) return undefined
  return ratio(multiplyDecimal(subtractDecimal(unitPrice, landedCost), '100'), unitPrice)
}

function marginPart(
  margin: DecimalText | undefined,
  floor: DecimalText,
  target: DecimalText,
): DecimalText {
  // Nobody can tell what is earned by goods of unknown cost.
  if (margin === undefined) return '0'
  if (compareDecimal(target, floor) <= 0) return compareDecimal(margin, floor) >= 0 ? '1' : '0'
  return clamped(ratio(subtractDecimal(margin, floor), subtractDecimal(target, floor)))
}

function scoreOf(parts: ScoreParts, weights: SubstitutionSettings['weights']): DecimalText {
  const weighed = [
    multiplyDecimal(parts.relation, weights.relation),
    multiplyDecimal(parts.availability, weights.availability),
    multiplyDecimal(parts.price, weights.price),
    multiplyDecimal(parts.lead, weights.lead),
    multiplyDecimal(parts.margin, weights.margin),
    multiplyDecimal(parts.pack, weights.pack),
    multiplyDecimal(parts.history, weights.history),
  ]
  return multiplyDecimal(sumDecimal(weighed), '100')
}

/** What a candidate would be delivered and charged as, and how it scores; `undelivered` when none of it comes in time to count. */
export function swapOffer(
  request: SwapRequest,
  facts: SubstituteFacts,
  settings: SwapSettings,
): SwapOffer | 'undelivered' {
  const { substitution, availability } = settings
  const origin = nearestOrigin(facts, substitution)
  if (origin === undefined) return 'undelivered'
  const { quantityEach, overage } = packed(request, facts, origin)
  const day = bestDay(request, facts, { quantityEach, settings: substitution })
  if (day === undefined) return 'undelivered'
  const price = charged(comparableOriginal(request, origin), facts.ownPrice, substitution)
  const { unitPrice } = price
  const marginPercent = marginOf(request, facts, unitPrice)
  const parts = {
    relation: substitution.relations[origin.source],
    availability: day.availability,
    price: pricePart(price, facts, substitution),
    lead: day.lead,
    margin: marginPart(marginPercent, request.marginFloorPercent, substitution.targetMarginPercent),
    pack: lessThanOne(overage),
    history: ratio(String(facts.accepted + 1), String(facts.offered + 2)),
  }
  return {
    origin,
    quantityEach,
    overage,
    warehouse: day.picture.warehouse,
    promisedOn: day.on,
    daysLate: day.daysLate,
    promisableEach: day.promisableEach,
    isStale: isStaleCount(day.picture.asOf, request.now, availability),
    ...price,
    ...(unitPrice === undefined
      ? {}
      : { lineAmountMinor: lineAmountMinor(unitPrice, String(quantityEach), request.currency) }),
    ...(marginPercent === undefined ? {} : { marginPercent }),
    parts,
    score: scoreOf(parts, substitution.weights),
  }
}
