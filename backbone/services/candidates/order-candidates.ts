import { activeHolds, type HoldState, type OrderState } from '../../canonical/order-state.ts'
import type { ActKind } from '../../canonical/proposal.ts'
import { alternativesOfKept, type LineAlternatives } from '../../flows/alternatives-for.ts'
import { tooLateToSettle } from '../../flows/apply/settle-line.ts'
import { type FlowSetting, openFlowSetting } from '../../flows/flow-setting.ts'
import { judgePricesNow } from '../../flows/steps/price-lines.ts'
import { holdsPolicy } from '../../policies/holds.ts'
import type { TenantTx } from '../../store/database.ts'
import { failedCallsOfOrder } from '../../store/outbox/failed-calls-of-order.ts'
import type { Act, ActCandidate, CandidateSource } from '../acts/act.ts'
import { backorderLineAct } from '../acts/backorder-line-act.ts'
import { cancelOrderAct } from '../acts/cancel-order-act.ts'
import { placeHoldAct } from '../acts/place-hold-act.ts'
import { releaseHoldAct } from '../acts/release-hold-act.ts'
import { repriceLineAct } from '../acts/reprice-line-act.ts'
import { seeOrder } from '../acts/seen-order.ts'
import { splitLineAct } from '../acts/split-line-act.ts'
import { substituteLineAct } from '../acts/substitute-line-act.ts'
import { transactionCandidates } from './cluster-candidates.ts'

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

function idea<Payload>(place: Place, act: Act<Payload>, payload: Payload): Idea {
  return { place, kind: act.kind, payload, see: (tx) => act.picture(tx, payload) }
}

// What a person works through at once; an order of thousands of lines is decided by its holds.
const linesAtMost = 12

/** Every line whose price is in question: ours first, the buyer's after it. */
async function priceIdeas(tx: TenantTx, order: OrderState, setting: FlowSetting): Promise<Idea[]> {
  const judged = await judgePricesNow(tx, order, setting)
  const off = (judged?.lines ?? []).filter(
    ({ kind, decision }) => kind !== 'MARGIN_FLOOR' && decision !== 'accept',
  )
  return off.slice(0, linesAtMost).flatMap(({ line, decision }) => {
    const wish = { orderId: order.orderId, line }
    return [
      idea(decision === 'propose' ? 'rules' : 'likely', repriceLineAct, { ...wish, to: 'ours' }),
      idea('lenient', repriceLineAct, { ...wish, to: 'buyers' }),
    ]
  })
}

function ideasOfWay(
  wish: { orderId: string; line: string },
  { decision }: LineAlternatives,
  way: { readonly kind: string; readonly place: Place },
): Idea[] {
  switch (way.kind) {
    case 'split':
      return [idea(way.place, splitLineAct, wish)]
    case 'backorder':
      return [idea(way.place, backorderLineAct, wish)]
    case 'substitute':
      return decision.offered.map(({ facts }, rank) =>
        idea(rank === 0 ? way.place : 'possible', substituteLineAct, {
          ...wish,
          sku: facts.product.sku,
        }),
      )
    default:
      // What is there and a substitute for the rest: the rules name it, no act does it.
      return []
  }
}

/** Every short line: the ways out that may be taken, the cheapest first (domain rules 3.2). */
async function shortIdeas(tx: TenantTx, order: OrderState, setting: FlowSetting): Promise<Idea[]> {
  const short = await alternativesOfKept(tx, order, setting)
  return short.slice(0, linesAtMost).flatMap((found) => {
    const wish = { orderId: order.orderId, line: found.line }
    return found.decision.ways
      .filter(({ barred, kind }) => barred === undefined && kind !== 'mixed')
      .flatMap(({ kind }, rank) =>
        ideasOfWay(wish, found, { kind, place: rank === 0 ? 'rules' : 'possible' }),
      )
  })
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

function holdIdeas(order: OrderState, setting: FlowSetting): Idea[] {
  const { orderId } = order
  return activeHolds(order).flatMap((hold) => {
    const place = placeOf(hold)
    if (place === undefined) return []
    return codesFor(hold, order, setting).map((reasonCode) =>
      idea(place, releaseHoldAct, {
        ...{ orderId, holdId: hold.holdId },
        ...(reasonCode === undefined ? {} : { reasonCode }),
      }),
    )
  })
}

/** What only a person may think of; a copy of another order is cancelled before it is let go. */
function lastIdeas(order: OrderState): Idea[] {
  const { orderId } = order
  const isCopy = activeHolds(order).some(({ type }) => type === 'DUPLICATE_SUSPECT')
  const isHeld = activeHolds(order).some(({ type }) => type !== 'CANCEL_WINDOW')
  return [
    ...(isHeld ? [] : [idea('last', placeHoldAct, { orderId, type: 'MANUAL' as const })]),
    idea(isCopy ? 'likely' : 'last', cancelOrderAct, { orderId }),
  ]
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
    found.push({ place: places[at], candidate: { kind, payload, picture } })
  }
  return found
}

async function retries(tx: TenantTx, orderId: string) {
  const candidates = []
  for (const id of await failedCallsOfOrder(tx, orderId, 5))
    candidates.push(...(await transactionCandidates(tx, { kind: 'transaction', id })))
  return candidates.map((candidate) => ({ place: places.rules, candidate }))
}

/** What can be done about an order: for every hold, finding and short line, what the rules would do first. */
export const orderCandidates: CandidateSource = async (tx, { kind, id }) => {
  const order = kind === 'order' ? (await seeOrder(tx, id))?.order : undefined
  if (order === undefined) return []
  const setting = await openFlowSetting(tx)
  const isOpen = tooLateToSettle(order) === undefined
  const ideas = [
    ...(isOpen ? await priceIdeas(tx, order, setting) : []),
    ...(isOpen ? await shortIdeas(tx, order, setting) : []),
    ...holdIdeas(order, setting),
    ...lastIdeas(order),
  ]
  const all = [...(await seen(tx, ideas)), ...(await retries(tx, id))]
  return all.toSorted((a, b) => a.place - b.place).map(({ candidate }) => candidate)
}
