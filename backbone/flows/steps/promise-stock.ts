import type { IsoDate } from '../../canonical/document.ts'
import {
  type CheckFinding,
  mayPass,
  type OrderLineState,
  type OrderState,
  openEach,
} from '../../canonical/order-state.ts'
import { availabilityPolicy } from '../../policies/availability/availability-policy.ts'
import {
  type AvailabilityDecision,
  judgeAvailability,
} from '../../policies/availability/judge-availability.ts'
import {
  type AskingLine,
  type BookedLine,
  promiseLines,
} from '../../policies/availability/supply-book.ts'
import { lockSupply, waitingRank } from '../../store/checks/supply-facts.ts'
import type { EventDraft } from '../../store/events.ts'
import type { StockMove } from '../../store/orders/save-orders.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

function missingEach(line: OrderLineState): number {
  return line.sku === undefined ? 0 : Math.max(0, openEach(line) - line.allocatedEach)
}

const keyOf = (order: OrderState, line: OrderLineState) => `${order.orderId}|${line.line}`

/** What a line asks for; nothing when all of it is there. */
function askingLine(order: OrderState, line: OrderLineState, today: IsoDate): AskingLine[] {
  const neededEach = missingEach(line)
  const { sku, warehouse } = line
  if (neededEach === 0 || sku === undefined) return []
  const bound = line.allocatedEach > 0 && warehouse !== undefined ? { warehouse } : {}
  const neededOn = line.requestedOn ?? order.requestedOn ?? today
  const { orderId } = order
  const rank = waitingRank({ orderId, isPromised: line.promisedOn !== undefined })
  return [{ key: keyOf(order, line), rank, sku, need: { neededEach, neededOn, ...bound } }]
}

/** Every line that asks, with what it was promised. */
type Facts = ReadonlyMap<string, AskingLine & BookedLine>

type PromisedLine = {
  readonly line: OrderLineState
  readonly move?: StockMove
  /** Kept by a count that is too old to promise a day by. */
  readonly stale?: AvailabilityDecision
}

/** The line with its promise. A day once promised stays until a better or a later known one takes its place. */
function lineAfter(
  line: OrderLineState,
  allocated: { readonly warehouse?: string; readonly allocatedEach: number },
  { promisedOn }: AvailabilityDecision,
): OrderLineState {
  const { warehouse, allocatedEach } = allocated
  const isTaken = allocatedEach > 0 && warehouse !== undefined
  const isDated = promisedOn !== undefined && promisedOn !== line.promisedOn
  const taken = isTaken
    ? { ...line, warehouse, allocatedEach: line.allocatedEach + allocatedEach }
    : line
  return isDated ? { ...taken, promisedOn } : taken
}

function toldOf({ orderId }: OrderState, { line }: OrderLineState, of: AvailabilityDecision) {
  const { decision, kind, evidence, alternatives, policyVersion } = of
  const policy = availabilityPolicy.name
  return { policy, orderId, line, decision, kind, evidence, alternatives, policyVersion }
}

function promised(
  order: OrderState,
  line: OrderLineState,
  { facts, setting }: { facts: Facts; setting: FlowSetting },
): PromisedLine {
  const asked = facts.get(keyOf(order, line))
  if (asked === undefined) return { line }
  const policy = setting.policy(availabilityPolicy, order)
  const decision = judgeAvailability(asked, policy, setting)
  if (setting.isHeard) setting.onDecision(toldOf(order, line, decision))
  const { kind } = decision
  const { sku, promise } = asked
  const { warehouse, allocatedEach } = promise
  const after = lineAfter(line, promise, decision)
  const isTaken = warehouse !== undefined && allocatedEach > 0
  const taken = isTaken
    ? { line: after, move: { sku, warehouse, allocatedEach, onHandEach: 0 } }
    : { line: after }
  return kind === 'STALE_STOCK' ? { ...taken, stale: decision } : taken
}

const isStaleFinding = ({ kind }: CheckFinding) => kind === 'STALE_STOCK'

// Of an order of thousands of lines nobody reads more.
const mostShown = 50

function staleFinding(lines: readonly PromisedLine[]): CheckFinding | undefined {
  const stale = lines.flatMap(({ line, stale: decision }) =>
    decision === undefined ? [] : [{ number: line.line, decision }],
  )
  const [first, another] = stale
  if (first === undefined) return undefined
  const numbers = stale.slice(0, mostShown).map(({ number }) => number)
  const more = stale.length > mostShown ? ` and ${stale.length - mostShown} more` : ''
  return {
    kind: 'STALE_STOCK',
    ...(another === undefined ? { line: first.number } : {}),
    message: `${another === undefined ? 'Line' : 'Lines'} ${numbers.join(', ')}${more}: the stock count is too old to promise a day by.`,
    evidence: stale.slice(0, mostShown).flatMap(({ decision }) => decision.evidence.slice(0, 2)),
    policyVersion: first.decision.policyVersion,
  }
}

/** Says once on the order that its goods rest on an old count, until every line has its day. */
function withStaleFinding(order: OrderState, lines: readonly PromisedLine[]): OrderState {
  if (order.findings.some(isStaleFinding)) {
    if (!order.lines.every(({ promisedOn }) => promisedOn !== undefined)) return order
    return { ...order, findings: order.findings.filter((finding) => !isStaleFinding(finding)) }
  }
  const finding = staleFinding(lines)
  return finding === undefined ? order : { ...order, findings: [...order.findings, finding] }
}

/** Where the tenant wants it so, a person looks at new orders by an old count; what they let pass stays so. */
function holdStale(order: OrderState, setting: FlowSetting) {
  const [finding] = order.findings.filter(isStaleFinding)
  const isKnown = order.holds.some(({ causeKey }) => causeKey === staleCause)
  if (finding === undefined || isKnown || order.stage !== 'received') return { order, events: [] }
  const { settings } = setting.policy(availabilityPolicy, order)
  if (settings.staleStock === 'keep') return { order, events: [] }
  const wish = { type: 'MANUAL' as const, causeKey: staleCause, reason: finding.message }
  return placeHolds(order, [wish], setting, 'order-check')
}

const staleCause = 'stale-stock'

/** Held until all of it is there: also when a person has settled how its last line is delivered. */
const isHeldForWhole = ({ holds }: OrderState) =>
  holds.some(({ causeKey, releasedAt }) => causeKey === 'ship-complete' && releasedAt === undefined)

function settleShipComplete(order: OrderState, setting: FlowSetting) {
  if (!order.isShipComplete) return { order, events: [] }
  const isComplete = order.lines.every((line) => missingEach(line) === 0)
  if (isComplete)
    return liftHolds(
      order,
      (hold) => (hold.causeKey === 'ship-complete' ? 'All lines can be delivered now.' : undefined),
      setting.now,
      'order-check',
    )
  const reason = 'The order ships complete, and not every line can be delivered today.'
  return placeHolds(
    order,
    [{ type: 'SHIP_COMPLETE', causeKey: 'ship-complete', reason }],
    setting,
    'order-check',
  )
}

/** What an order already on its way is told of: goods that came, and days that had to be moved. */
function laterEvents(order: OrderState, lines: readonly PromisedLine[]): EventDraft[] {
  if (order.stage === 'received') return []
  const taken = lines.reduce((sum, { move }) => sum + (move?.allocatedEach ?? 0), 0)
  const filled: EventDraft = {
    kind: 'order.backorder-filled',
    actor: 'order-flow',
    summary: `${taken} units of backordered goods are allocated.`,
  }
  const moved = lines.flatMap(({ line }, place): EventDraft[] => {
    const before = order.lines[place]?.promisedOn
    const { promisedOn } = line
    if (before === undefined || promisedOn === undefined || promisedOn <= before) return []
    const summary = `Line ${line.line} was promised for ${before} and can be delivered on ${promisedOn}.`
    const body = { line: line.line, before, promisedOn }
    return [{ kind: 'order.promise-moved', actor: 'order-flow', summary, body }]
  })
  return taken > 0 ? [filled, ...moved] : moved
}

/** Takes stock for every line that no later demand has taken; what is not there yet gets the day known supply brings it. */
export const promiseStock = defineStep<Facts>({
  name: 'promise-stock',
  from: ['received', 'held', 'released', 'picking'],
  isNeeded: (order) =>
    mayPass(order, 'allocate') &&
    (order.lines.some((line) => missingEach(line) > 0) || isHeldForWhole(order)),
  async load(tx, orders, { today, dryRun }, clock) {
    const asking = orders.flatMap((order) =>
      order.lines.flatMap((line) =>
        askingLine(order, line, today).map((asked) => ({
          ...asked,
          orderId: order.orderId,
          isPromised: line.promisedOn !== undefined,
        })),
      ),
    )
    const skus = asking.map(({ sku }) => sku)
    const [first] = asking
    const { supply, waiting } = await (dryRun === undefined || first === undefined
      ? lockSupply(tx, skus, asking)
      : dryRun.supply(skus, first))
    clock.turnTo('decide')
    const booked = promiseLines(supply, waiting, { lines: asking, today })
    return new Map(
      asking.flatMap((asked) => {
        const line = booked.get(asked.key)
        return line === undefined ? [] : [[asked.key, { ...asked, ...line }] as const]
      }),
    )
  },
  decide(order, facts, setting) {
    const lines = order.lines.map((line) => promised(order, line, { facts, setting }))
    const stock = lines.flatMap(({ move }) => move ?? [])
    const after = lines.map(({ line }) => line)
    const isSame = after.every((line, place) => line === order.lines[place])
    const told = withStaleFinding(isSame ? order : { ...order, lines: after }, lines)
    const stale = holdStale(told, setting)
    const settled = settleShipComplete(stale.order, setting)
    if (told === order && settled.events.length === 0) return undefined
    return {
      order: settled.order,
      stock,
      events: [...laterEvents(order, lines), ...stale.events, ...settled.events],
    }
  },
})
