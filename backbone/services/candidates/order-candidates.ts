import type { Evidence } from '../../canonical/decision.ts'
import { groupBy } from '../../canonical/group-by.ts'
import { activeHolds, type HoldState, type OrderState } from '../../canonical/order-state.ts'
import type { ActKind, Subject } from '../../canonical/proposal.ts'
import type { LineAlternatives } from '../../flows/alternatives-for.ts'
import { tooLateToSettle } from '../../flows/apply/settle-line.ts'
import type { FlowSetting } from '../../flows/flow-setting.ts'
import { isOfShipPrice } from '../../flows/ship-prices.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import type { WayOut } from '../../policies/substitution/ways-out.ts'
import type { TenantTx } from '../../store/database.ts'
import { failedCallsOfOrders } from '../../store/outbox/failed-calls-of-order.ts'
import type { Act, ActCandidate, CandidateSource } from '../acts/act.ts'
import { backorderPicture } from '../acts/backorder-line-act.ts'
import { cancelPicture } from '../acts/cancel-order-act.ts'
import { placePicture } from '../acts/place-hold-act.ts'
import { releasePicture } from '../acts/release-hold-act.ts'
import { repricePicture } from '../acts/reprice-line-act.ts'
import { lookAtOrders, type OrderLook } from '../acts/settle-short-line.ts'
import { splitPicture } from '../acts/split-line-act.ts'
import { substitutePicture } from '../acts/substitute-line-act.ts'
import { retriesOfCalls } from './cluster-candidates.ts'

/**
 * How far the rules themselves go: what they would do stands first, then what they leave to a person, last what only
 * a person may think of.
 */
const places = { exact: 0, rules: 1, likely: 2, possible: 3, lenient: 4, ownReason: 5, last: 8 }
type Place = keyof typeof places

/** An act that may be possible, and where it stands among the others. */
type Idea = {
  readonly place: Place
  readonly kind: ActKind
  readonly payload: unknown
  see(tx: TenantTx): ReturnType<Act<unknown>['picture']>
}

/** An idea about an order: all of them are worked out from one look at it. */
function idea(
  place: Place,
  { kind, payload }: Pick<Idea, 'kind' | 'payload'>,
  see: Idea['see'],
): Idea {
  return { place, kind, payload, see }
}

// What a person works through at once; an order of thousands of lines is decided by its holds.
const linesAtMost = 12

/** The two prices a line may be settled at: ours, and more lenient the buyer's. */
function repriceIdeas(look: OrderLook, line: string, ofOurs: Place): Idea[] {
  return (['ours', 'buyers'] as const).map((to) => {
    const payload = { orderId: look.book.order.orderId, line, to }
    return idea(to === 'ours' ? ofOurs : 'lenient', { kind: 'reprice-line', payload }, () =>
      repricePicture(look, payload),
    )
  })
}

/** Every line whose price is in question: ours first, the buyer's after it. */
async function priceIdeas(look: OrderLook): Promise<Idea[]> {
  const { findings } = look.book.order
  // What was found of prices is on the order: of one that has nothing of it no price is judged again.
  if (!findings.some(({ policyVersion }) => policyVersion?.startsWith('pricing:'))) return []
  const desk = await look.book.prices()
  const off = (desk?.judged.lines ?? []).filter(
    ({ kind, decision }) => kind !== 'MARGIN_FLOOR' && decision !== 'accept',
  )
  return off
    .slice(0, linesAtMost)
    .flatMap(({ line, decision }) =>
      repriceIdeas(look, line, decision === 'propose' ? 'rules' : 'likely'),
    )
}

/** Goods that have left at a price that a person must decide. */
function shippedPriceIdeas(look: OrderLook): Idea[] {
  const lines = activeHolds(look.book.order).flatMap((hold) =>
    hold.line !== undefined && isOfShipPrice(hold, hold.line) ? hold.line : [],
  )
  return [...new Set(lines)]
    .slice(0, linesAtMost)
    .flatMap((line) => repriceIdeas(look, line, 'likely'))
}

function ideasOfWay(
  look: OrderLook,
  { line, decision }: LineAlternatives,
  way: { readonly kind: WayOut['kind']; readonly place: Place },
): Idea[] {
  const { orderId } = look.book.order
  const payload = { orderId, line }
  switch (way.kind) {
    case 'split':
      return [
        idea(way.place, { kind: 'split-line', payload }, (tx) => splitPicture(tx, look, payload)),
      ]
    case 'backorder':
      return [
        idea(way.place, { kind: 'backorder-line', payload }, (tx) =>
          backorderPicture(tx, look, payload),
        ),
      ]
    case 'substitute':
      return decision.offered.map(({ facts }, rank) => {
        const swap = { ...payload, sku: facts.product.sku }
        return idea(
          rank === 0 ? way.place : 'possible',
          { kind: 'substitute-line', payload: swap },
          (tx) => substitutePicture(tx, look, swap),
        )
      })
    case 'mixed':
      return decision.offered.slice(0, 1).map(({ facts }) => {
        const rest = { ...payload, sku: facts.product.sku, isForRest: true as const }
        return idea(way.place, { kind: 'substitute-line', payload: rest }, (tx) =>
          substitutePicture(tx, look, rest),
        )
      })
  }
}

/** Every short line: the ways out that may be taken, the cheapest first (domain rules 3.2). */
async function shortIdeas(look: OrderLook): Promise<Idea[]> {
  const short = await look.book.alternatives()
  return short
    .slice(0, linesAtMost)
    .flatMap((found) =>
      found.decision.ways
        .filter(({ barred }) => barred === undefined)
        .flatMap(({ kind }, rank) =>
          ideasOfWay(look, found, { kind, place: rank === 0 ? 'rules' : 'possible' }),
        ),
    )
}

// A person says why: of the codes in force those that fit the type, else the first.
const usualCodes: Readonly<Partial<Record<HoldState['type'], readonly string[]>>> = {
  CREDIT: ['within-risk-appetite', 'payment-promised'],
  FRAUD: ['reviewed-genuine'],
}

function codesFor(
  hold: HoldState,
  order: OrderState,
  setting: FlowSetting,
): (string | undefined)[] {
  const { settings } = setting.policy(holdsPolicy, order)
  if (!settings[hold.type].needsReasonCode) return [undefined]
  const usual = usualCodes[hold.type] ?? []
  const known = usual.filter((code) => settings.reasonCodes.includes(code))
  return known.length > 0 ? known : settings.reasonCodes.slice(0, 1)
}

function placeOf({ type, causeKey }: HoldState): Place | undefined {
  switch (type) {
    case 'CANCEL_WINDOW':
      // The time is the buyer's.
      return undefined
    case 'CREDIT':
      return 'possible'
    case 'PRICE':
    case 'MARGIN':
    case 'DUPLICATE_SUSPECT':
      return 'lenient'
    case 'MANUAL':
      // What the ERP has refused is asked for once more.
      return causeKey.startsWith('erp:') ? 'possible' : 'ownReason'
    case 'CONDITIONAL':
    case 'SHIP_COMPLETE':
    case 'ADDRESS':
    case 'FRAUD':
    case 'COMPLIANCE':
    case 'PAYMENT':
    case 'DATA_INCOMPLETE':
    case 'CUSTOMER_REQUEST':
      return 'ownReason'
  }
}

function holdIdeas(look: OrderLook): Idea[] {
  const { order, setting } = look.book
  const { orderId } = order
  return activeHolds(order).flatMap((hold) => {
    const place = placeOf(hold)
    if (place === undefined) return []
    return codesFor(hold, order, setting).map((reasonCode) => {
      const payload = {
        ...{ orderId, holdId: hold.holdId },
        ...(reasonCode === undefined ? {} : { reasonCode }),
      }
      return idea(place, { kind: 'release-hold', payload }, (tx) =>
        releasePicture(tx, look, payload),
      )
    })
  })
}

/** What only a person may think of; a copy of another order is cancelled before it is let go. */
function lastIdeas(look: OrderLook): Idea[] {
  const { order } = look.book
  const { orderId } = order
  const isCopy = activeHolds(order).some(({ type }) => type === 'DUPLICATE_SUSPECT')
  const isHeld = activeHolds(order).some(({ type }) => type !== 'CANCEL_WINDOW')
  const hold = { orderId, type: 'MANUAL' as const }
  return [
    ...(isHeld
      ? []
      : [
          idea('last', { kind: 'place-hold', payload: hold }, async () => placePicture(look, hold)),
        ]),
    idea(isCopy ? 'likely' : 'last', { kind: 'cancel-order', payload: { orderId } }, async () =>
      cancelPicture(look.seen),
    ),
  ]
}

// An agent proposes nothing of its own accord that has something against it.
const leftToPerson: Evidence = {
  weighs: 'against',
  text: 'The rules leave this to a person: they would do something else first, or nothing.',
}

async function seen(
  tx: TenantTx,
  ideas: readonly Idea[],
): Promise<{ place: number; candidate: ActCandidate }[]> {
  const found = []
  for (const { kind, payload, place, see } of ideas) {
    const picture = await see(tx)
    if ('gone' in picture) continue
    const at = picture.isExact === true ? 'exact' : place
    const isOfRules = places[at] <= places.likely
    const evidence = isOfRules ? picture.evidence : [leftToPerson, ...picture.evidence]
    const candidate = { kind, payload, picture: { ...picture, evidence } }
    found.push({ place: places[at], candidate })
  }
  return found
}

type Placed = Awaited<ReturnType<typeof seen>>

/** Under each order the given-up calls that may go again, which stand with what the rules would do. */
async function retries(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Placed>> {
  const failed = await failedCallsOfOrders(tx, orderIds, 5)
  const found = await retriesOfCalls(
    tx,
    failed.map(({ transactionId }) => transactionId),
  )
  const place = places.rules
  return new Map(
    [...groupBy(failed, ({ orderId }) => orderId)].map(([orderId, calls]) => [
      orderId,
      calls
        .flatMap(({ transactionId }) => found.get(transactionId) ?? [])
        .map((candidate) => ({ place, candidate })),
    ]),
  )
}

async function ideasOf(look: OrderLook): Promise<Idea[]> {
  const isOpen = tooLateToSettle(look.book.order) === undefined
  return [
    ...(isOpen ? await priceIdeas(look) : shippedPriceIdeas(look)),
    ...(isOpen ? await shortIdeas(look) : []),
    ...holdIdeas(look),
    ...lastIdeas(look),
  ]
}

async function candidatesOfOrders(
  tx: TenantTx,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ActCandidate[]>> {
  const [looks, again] = await Promise.all([lookAtOrders(tx, orderIds), retries(tx, orderIds)])
  const found = new Map<string, readonly ActCandidate[]>()
  for (const look of looks) {
    const { orderId } = look.book.order
    const all = [...(await seen(tx, await ideasOf(look))), ...(again.get(orderId) ?? [])]
    found.set(
      orderId,
      all.toSorted((a, b) => a.place - b.place).map(({ candidate }) => candidate),
    )
  }
  return found
}

/** What can be done about an order: for every hold, finding and short line, what the rules would do first. */
export const orderCandidates: CandidateSource = Object.assign(
  async (tx: TenantTx, { kind, id }: Pick<Subject, 'kind' | 'id'>) =>
    kind === 'order' ? ((await candidatesOfOrders(tx, [id])).get(id) ?? []) : [],
  { ofMany: candidatesOfOrders },
)
