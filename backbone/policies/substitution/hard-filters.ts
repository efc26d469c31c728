import {
  compareDecimal,
  multiplyDecimal,
  roundPrice,
  subtractDecimal,
  sumDecimal,
} from '../../canonical/money.ts'
import { compareAttributes } from './compare-attributes.ts'
import type { SubstituteFacts, SwapRequest } from './substitute.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'
import type { SwapOffer } from './swap-offer.ts'

/** Why a product is never offered for a line. */
export type Exclusion = { readonly reason: string; readonly text: string }

type Question = {
  readonly request: SwapRequest
  readonly facts: SubstituteFacts
  readonly settings: SubstitutionSettings
}

const excluded = (isExcluded: boolean, reason: string, text: string): Exclusion[] =>
  isExcluded ? [{ reason, text }] : []

/** What the customer does not want, and what the tenant's rules forbid. */
function unwanted({ request, facts, settings }: Question): Exclusion[] {
  const { product, origins, forbidden } = facts
  const isApproved = origins.some(({ source }) => source === 'approved')
  const only =
    request.approvedOnly ??
    (settings.substitution === 'approved-only'
      ? 'the customer takes approved substitutes only'
      : undefined)
  return [
    ...excluded(
      product.sku === request.product.sku,
      'SAME_ITEM',
      'it is the ordered product itself',
    ),
    ...forbidden.map((text) => ({ reason: 'FORBIDDEN', text })),
    ...excluded(
      settings.blockedSkus.includes(product.sku),
      'BLOCKED_ITEM',
      'the customer does not want it',
    ),
    ...excluded(
      product.brand !== undefined && settings.blockedBrands.includes(product.brand),
      'BLOCKED_BRAND',
      `the customer does not want the brand ${product.brand}`,
    ),
    ...excluded(
      product.origin !== undefined && settings.blockedOrigins.includes(product.origin),
      'BLOCKED_ORIGIN',
      `the customer does not want goods from ${product.origin}`,
    ),
    ...excluded(only !== undefined && !isApproved, 'NOT_APPROVED', only ?? ''),
  ]
}

/** What the law or the goods themselves do not allow. */
function restricted({ request, facts, settings }: Question): Exclusion[] {
  const { product } = facts
  const { restrictions } = product
  const { destination, channel } = request
  const missing = restrictions.licences.filter(
    (licence) => !settings.licencesHeld.includes(licence),
  )
  const isBarred =
    restrictions.exportBarredTo.length > 0 &&
    (destination === undefined || restrictions.exportBarredTo.includes(destination))
  const isElsewhere =
    restrictions.soldOnlyIn.length > 0 &&
    (destination === undefined || !restrictions.soldOnlyIn.includes(destination))
  const where = destination ?? 'an unknown country'
  return [
    ...excluded(
      missing.length > 0,
      'LICENCE',
      `it needs the licence ${missing.join(', ')}, which the customer is not known to hold`,
    ),
    ...excluded(isBarred, 'EXPORT', `it may not be delivered to ${where}`),
    ...excluded(
      isElsewhere,
      'REGION',
      `it is sold only in ${restrictions.soldOnlyIn.join(', ')}, not in ${where}`,
    ),
    ...excluded(
      channel !== undefined && restrictions.channelsBarred.includes(channel),
      'CHANNEL',
      `it is not sold through ${channel}`,
    ),
    ...excluded(restrictions.isRecalled, 'RECALLED', 'it is recalled'),
    ...excluded(restrictions.isOnQualityHold, 'QUALITY_HOLD', 'it is on quality hold'),
    ...excluded(product.status !== 'active', 'NOT_SOLD', `it is ${product.status}`),
    ...excluded(
      product.shelfLifeDays !== undefined && product.shelfLifeDays < settings.requiredShelfLifeDays,
      'SHELF_LIFE',
      `it keeps ${product.shelfLifeDays} days, ${settings.requiredShelfLifeDays} are required`,
    ),
    ...excluded(
      product.condition !== 'new' && request.product.condition === 'new' && !settings.acceptsUsed,
      'CONDITION',
      `it is ${product.condition}, a new one was ordered`,
    ),
  ]
}

const foundByAttributes = new Set(['form-fit-function', 'functional'])

/** What differs that must not: safety for every candidate, the rest for those found by their attributes. */
function unfit({ request, facts, settings }: Question): Exclusion[] {
  const rules = {
    safetyAttributes: settings.safetyAttributes,
    ...(request.classRule === undefined ? {} : { rule: request.classRule }),
  }
  const isFoundOnly = facts.origins.every(
    ({ source, ruleId }) => ruleId === undefined && foundByAttributes.has(source),
  )
  const differing = compareAttributes(
    request.product.attributes,
    facts.product.attributes,
    rules,
  ).filter(({ outcome, role }) => outcome === 'differs' && role !== 'informative')
  const ofSafety = differing.filter(({ role }) => role === 'safety-equal')
  const others = isFoundOnly ? differing.filter(({ role }) => role !== 'safety-equal') : []
  const needsRatio = facts.origins.every(
    ({ quantityEach, substituteEach }) => quantityEach === substituteEach,
  )
  return [
    ...ofSafety.map(({ text }) => ({ reason: 'SAFETY', text: `safety: ${text}` })),
    ...others.map(({ text }) => ({ reason: 'FIT', text })),
    ...excluded(
      facts.product.baseUom !== request.product.baseUom && needsRatio,
      'UNIT',
      `it is counted in ${facts.product.baseUom}, not in ${request.product.baseUom}, and no rule converts them`,
    ),
  ]
}

/** Everything that forbids a candidate whatever stock and price say. */
export function hardExclusions(question: Question): Exclusion[] {
  return [...unwanted(question), ...restricted(question), ...unfit(question)]
}

function aboveCap({ settings }: Question, { unitPrice, comparablePrice }: SwapOffer): boolean {
  if (settings.priceCapPercent === undefined) return false
  if (unitPrice === undefined || comparablePrice === undefined) return false
  const cap = multiplyDecimal(comparablePrice, sumDecimal(['100', settings.priceCapPercent]))
  return compareDecimal(multiplyDecimal(unitPrice, '100'), cap) > 0
}

// Without division (domain rules 3.1.1, step 8): price × (100 − floor) ≥ cost × 100.
function belowFloor(
  { request, facts }: Question,
  { unitPrice, marginPercent }: SwapOffer,
): boolean {
  const { landedCost } = facts.product
  if (unitPrice === undefined || landedCost === undefined || marginPercent === undefined)
    return false
  const kept = multiplyDecimal(unitPrice, subtractDecimal('100', request.marginFloorPercent))
  return compareDecimal(kept, multiplyDecimal(landedCost, '100')) < 0
}

/** Everything that forbids a candidate as it would be delivered and charged. */
export function offerExclusions(
  question: Question,
  offer: SwapOffer,
  originalMinor: number,
): Exclusion[] {
  const { request, settings } = question
  const { overage, unitPrice, quantityEach, marginPercent } = offer
  const overPercent = multiplyDecimal(overage, '100')
  const room = request.creditRoomMinor
  return [
    ...excluded(unitPrice === undefined, 'NO_PRICE', 'no price is agreed for it'),
    ...excluded(
      !settings.acceptsOverShipment &&
        compareDecimal(overPercent, settings.overShipmentPercent) > 0,
      'OVER_SHIPMENT',
      `whole packs come to ${quantityEach}, ${roundPrice(overPercent, 2)} percent more than needed; ${settings.overShipmentPercent} are allowed`,
    ),
    ...excluded(
      aboveCap(question, offer),
      'PRICE_CAP',
      `at ${unitPrice} it is more than ${settings.priceCapPercent} percent above the original price`,
    ),
    ...excluded(
      belowFloor(question, offer),
      'MARGIN_FLOOR',
      `at ${unitPrice} it earns ${roundPrice(marginPercent ?? '0', 2)} percent, below the floor of ${request.marginFloorPercent}`,
    ),
    ...excluded(
      room !== undefined && (offer.lineAmountMinor ?? 0) - originalMinor > room,
      'CREDIT',
      'the order would pass the credit limit with it',
    ),
  ]
}
