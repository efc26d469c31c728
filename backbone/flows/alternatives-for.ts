import {
  type OrderLineState,
  type OrderState,
  openEach,
  wantedEach,
} from '../canonical/order-state.ts'
import { availabilityPolicy } from '../policies/availability/availability-policy.ts'
import {
  freeEach,
  notBefore,
  promisedFrom,
  type SupplyPicture,
} from '../policies/availability/available-to-promise.ts'
import { promiseLine } from '../policies/availability/promise-line.ts'
import { pricingPolicy } from '../policies/pricing/pricing-policy.ts'
import { hardExclusions } from '../policies/substitution/hard-filters.ts'
import {
  type AlternativesDecision,
  judgeAlternatives,
} from '../policies/substitution/judge-alternatives.ts'
import type { OwnPrice, SubstituteFacts, SwapRequest } from '../policies/substitution/substitute.ts'
import { type Candidates, candidatesFor } from '../policies/substitution/substitute-origins.ts'
import { substitutionPolicy } from '../policies/substitution/substitution-policy.ts'
import {
  fittingProducts,
  type SwapHistory,
  type SwapProductFact,
  substitutionRules,
  swapHistory,
  swapProducts,
} from '../store/checks/substitute-facts.ts'
import type { TenantTx } from '../store/database.ts'
import { candidateLikeness, type Likeness } from './candidate-likeness.ts'
import type { FlowSetting } from './flow-setting.ts'
import { priceCandidates } from './price-candidates.ts'
import { supplyLeft, supplyLeftFor } from './supply-left.ts'

type ShortLine = OrderLineState & { readonly sku: string }

const neededOn = (order: OrderState, line: OrderLineState, today: string) =>
  notBefore(line.requestedOn ?? order.requestedOn ?? today, today)

/** Whether a line can be delivered in full by the day the buyer wants it. */
function isInTime(order: OrderState, line: OrderLineState, today: string): boolean {
  const { promisedOn } = line
  return (
    wantedEach(line) <= 0 ||
    line.allocatedEach >= openEach(line) ||
    (promisedOn !== undefined && promisedOn <= neededOn(order, line, today))
  )
}

/** Lines that cannot be delivered in full by the day the buyer wants them. */
function shortLines(order: OrderState, today: string): ShortLine[] {
  return order.lines.flatMap((line) => {
    const { sku } = line
    return sku === undefined || isInTime(order, line, today) ? [] : { ...line, sku }
  })
}

const isOpenQuestion = ({ settled }: OrderLineState) => settled?.supply === undefined

/** Whether ways out are looked for at all of a line of a kept order: it is short, and nobody has settled how it is delivered. */
export function needsWayOut(order: OrderState, line: OrderLineState, today: string): boolean {
  return line.sku !== undefined && isOpenQuestion(line) && !isInTime(order, line, today)
}

/** Everything loaded for the short lines of an order. */
type Facts = {
  readonly candidates: ReadonlyMap<string, Candidates>
  readonly products: ReadonlyMap<string, SwapProductFact>
  readonly history: readonly SwapHistory[]
  readonly likeness: Likeness
}

async function loadCandidates(
  tx: TenantTx,
  order: OrderState,
  { lines, setting }: { lines: readonly ShortLine[]; setting: FlowSetting },
): Promise<Facts> {
  const customerNumber = order.customerNumber ?? ''
  const on = setting.today
  const asked = [...new Set(lines.map(({ sku }) => sku))]
  const rules = await substitutionRules(
    tx,
    asked.map((sku) => ({ sku, customerNumber, on })),
  )
  const fitting = await fittingProducts(tx, asked)
  const history = await swapHistory(tx, asked)
  const named = [
    ...asked,
    ...rules.flatMap(({ sku, substituteSku }) => [sku ?? [], substituteSku ?? []].flat()),
    ...[...fitting, ...history].map(({ substituteSku }) => substituteSku),
  ]
  const found = await swapProducts(tx, named, { customerNumber, on })
  const products = new Map(found.map((fact) => [fact.product.sku, fact]))
  const { learnedFrom } = setting.policy(substitutionPolicy, order).settings
  const isSold = (sku: string) => products.get(sku)?.product.status === 'active'
  const facts = { rules, fitting, history }
  const candidates = new Map(
    asked.map((sku) => [sku, candidatesFor({ sku, customerNumber, learnedFrom }, facts, isSold)]),
  )
  const substitutes = new Map(
    [...candidates].map(([sku, found]) => [sku, found.candidates.map((one) => one.sku)]),
  )
  const likeness = await candidateLikeness(tx, substitutes, products)
  return { candidates, products, history, likeness }
}

type Shelves = {
  /** What is left of a line's own product once the lines before it have theirs. */
  readonly ownOf: ReadonlyMap<string, readonly SupplyPicture[]>
  /** What is left of a product once all lines of the order have theirs. */
  readonly bySku: Map<string, readonly SupplyPicture[]>
}

/** Lines of one order take what is there in line order. */
async function loadShelves(
  tx: TenantTx,
  order: OrderState,
  { skus, setting, isKept }: { skus: readonly string[]; setting: FlowSetting; isKept: boolean },
): Promise<Shelves> {
  const { orderId } = order
  const { today } = setting
  const bySku = await (isKept
    ? supplyLeftFor(tx, [...new Set(skus)], { order, today })
    : supplyLeft(tx, skus, { orderId, setting }))
  const ownOf = new Map<string, readonly SupplyPicture[]>()
  for (const line of order.lines) {
    const pictures = bySku.get(line.sku ?? '') ?? []
    ownOf.set(line.line, pictures)
    if (line.sku === undefined || openEach(line) === 0) continue
    const need = { neededEach: openEach(line), neededOn: neededOn(order, line, today) }
    bySku.set(line.sku, promiseLine(need, pictures, today).left)
  }
  return { ownOf, bySku }
}

function requestFor(
  order: OrderState,
  line: ShortLine,
  { facts, setting }: { facts: Facts; setting: FlowSetting },
): SwapRequest | undefined {
  const known = facts.products.get(line.sku)
  if (known === undefined) return undefined
  const { product, classRule } = known
  const found = facts.candidates.get(line.sku)
  const destination = order.parties.find(({ role }) => role === 'ship-to')?.address?.country
  const channel = setting.connection(order.connectionId)?.kind
  const said = { irreplaceable: found?.irreplaceable, approvedOnly: found?.approvedOnly }
  const irreplaceable = product.restrictions.isIrreplaceable
    ? 'specified by its serial number or brand'
    : said.irreplaceable
  return {
    ...{ line: line.line, product, neededEach: openEach(line) },
    ...{ neededOn: neededOn(order, line, setting.today), today: setting.today, now: setting.now },
    ...{ currency: order.currency, isShipComplete: order.isShipComplete },
    ...(line.unitPrice === undefined ? {} : { unitPrice: line.unitPrice }),
    ...(destination === undefined ? {} : { destination }),
    ...(channel === undefined ? {} : { channel }),
    pictures: [],
    ...(classRule === undefined ? {} : { classRule }),
    marginFloorPercent: setting.policy(pricingPolicy, order).settings.marginFloorPercent,
    ...(irreplaceable === undefined ? {} : { irreplaceable }),
    ...(said.approvedOnly === undefined ? {} : { approvedOnly: said.approvedOnly }),
    substitutes: substitutesOf(line.sku, facts),
  }
}

function substitutesOf(sku: string, facts: Facts): SubstituteFacts[] {
  return (facts.candidates.get(sku)?.candidates ?? []).flatMap((candidate) => {
    const known = facts.products.get(candidate.sku)
    if (known === undefined) return []
    const { product, forbidden } = known
    const swap = facts.history.find((one) => one.sku === sku && one.substituteSku === candidate.sku)
    return {
      product,
      origins: candidate.origins,
      pictures: [],
      offered: swap?.offered ?? 0,
      accepted: swap?.accepted ?? 0,
      similarity: facts.likeness(sku, candidate.sku),
      forbidden,
    }
  })
}

/** What no rule forbids: only of these stock and prices are looked up. */
function allowedSkus(request: SwapRequest, order: OrderState, setting: FlowSetting): string[] {
  const { settings } = setting.policy(substitutionPolicy, order)
  return request.substitutes.flatMap((facts) =>
    hardExclusions({ request, facts, settings }).length > 0 ? [] : facts.product.sku,
  )
}

/** Whether there is or will be any of a product. */
const isSupplied = (pictures: readonly SupplyPicture[]) =>
  pictures.some((picture) => freeEach(picture) > 0 || picture.supplies.length > 0)

/** The request with what is on the shelves now: a substitute that an earlier line was offered is not offered twice. */
function withShelves(
  request: SwapRequest,
  shelves: Shelves,
  prices: ReadonlyMap<string, OwnPrice>,
): SwapRequest {
  const substitutes = request.substitutes.map((facts) => {
    const ownPrice = prices.get(facts.product.sku)
    const pictures = shelves.bySku.get(facts.product.sku) ?? []
    return { ...facts, pictures, ...(ownPrice === undefined ? {} : { ownPrice }) }
  })
  return { ...request, substitutes, pictures: shelves.ownOf.get(request.line) ?? [] }
}

function takeFirst({ offered }: AlternativesDecision, shelves: Shelves): void {
  const [first] = offered
  if (first === undefined) return
  const { offer, facts } = first
  const { sku } = facts.product
  const wanted = {
    on: offer.promisedOn,
    quantityEach: Math.min(offer.quantityEach, offer.promisableEach),
  }
  const pictures = (shelves.bySku.get(sku) ?? []).map((picture) =>
    picture.warehouse === offer.warehouse ? promisedFrom(picture, wanted) : picture,
  )
  shelves.bySku.set(sku, pictures)
}

/** The alternatives of a line of an order, and what was asked for them. */
export type LineAlternatives = {
  readonly line: string
  readonly request: SwapRequest
  readonly decision: AlternativesDecision
}

/**
 * Alternatives for the lines of an order that cannot be delivered by the day the buyer wants them: substitutes
 * that may be offered, ranked, those that may not with the reason, and what splitting, swapping and waiting cost.
 * Reserves nothing.
 */
async function alternativesFor(
  tx: TenantTx,
  order: OrderState,
  { lines, setting, isKept }: { lines: ShortLine[]; setting: FlowSetting; isKept: boolean },
): Promise<LineAlternatives[]> {
  if (lines.length === 0) return []
  const facts = await loadCandidates(tx, order, { lines, setting })
  const requests = lines.flatMap((line) => requestFor(order, line, { facts, setting }) ?? [])
  const allowed = requests.flatMap((request) =>
    allowedSkus(request, order, setting).map((sku) => ({ sku, quantityEach: request.neededEach })),
  )
  const ordered = order.lines.flatMap(({ sku }) => sku ?? [])
  const skus = [...ordered, ...allowed.map(({ sku }) => sku)]
  const shelves = await loadShelves(tx, order, { skus, setting, isKept })
  const asked = allowed.filter(({ sku }) => isSupplied(shelves.bySku.get(sku) ?? []))
  const prices = await priceCandidates(tx, order, { asked, setting })
  const policy = setting.policy(substitutionPolicy, order)
  const availability = setting.policy(availabilityPolicy, order).settings
  return requests.map((request) => {
    const asking = withShelves(request, shelves, prices)
    const decision = judgeAlternatives(asking, policy, availability)
    takeFirst(decision, shelves)
    return { line: request.line, request: asking, decision }
  })
}

/**
 * Alternatives for the short lines of an order that is kept: what its lines have taken is theirs to give. Lines of
 * which it is settled how they are delivered have none.
 */
export function alternativesOfKept(
  tx: TenantTx,
  order: OrderState,
  setting: FlowSetting,
): Promise<LineAlternatives[]> {
  const lines = shortLines(order, setting.today).filter(isOpenQuestion)
  return alternativesFor(tx, order, { lines, setting, isKept: true })
}

/** Tells whoever listens to the order's decisions what may be done about its short lines. */
export async function tellAlternatives(
  tx: TenantTx,
  order: OrderState,
  setting: FlowSetting,
): Promise<void> {
  const lines = shortLines(order, setting.today)
  const found = await alternativesFor(tx, order, { lines, setting, isKept: false })
  for (const { line, decision } of found) {
    const { offered: _offered, excluded: _excluded, ways: _ways, ...told } = decision
    setting.onDecision({ policy: substitutionPolicy.name, orderId: order.orderId, line, ...told })
  }
}
