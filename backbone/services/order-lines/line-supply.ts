import { daysBetween } from '../../canonical/calendar.ts'
import type { Evidence } from '../../canonical/decision.ts'
import { lineAmountMinor } from '../../canonical/money.ts'
import { type OrderLineState, type OrderState, openEach } from '../../canonical/order-state.ts'
import type {
  LineAlternativesView,
  LineSubstitute,
  OrderLineExplanation,
} from '../../canonical/views/order-line-explanation.ts'
import { type LineAlternatives, needsWayOut } from '../../flows/alternatives-for.ts'
import type { LineBook } from '../../flows/apply/line-book.ts'
import { tooLateToSettle } from '../../flows/apply/settle-line.ts'
import type { FlowSetting } from '../../flows/flow-setting.ts'
import { supplyLeftFor } from '../../flows/supply-left.ts'
import { availabilityPolicy } from '../../policies/availability/availability-policy.ts'
import {
  atpTimeline,
  promisableOn,
  type SupplyPicture,
} from '../../policies/availability/available-to-promise.ts'
import { judgeAvailability } from '../../policies/availability/judge-availability.ts'
import { promiseLine } from '../../policies/availability/promise-line.ts'
import { compareAttributes } from '../../policies/substitution/compare-attributes.ts'
import { substitutionPolicy } from '../../policies/substitution/substitution-policy.ts'
import type { TenantTx } from '../../store/database.ts'
import type { LineEvent } from '../../store/reading/line-events.ts'
import { isStillWanted } from './line-story.ts'
import { promiseMoves } from './recorded-price.ts'

type Looked = { readonly order: OrderState; readonly setting: FlowSetting }

/** What is left of its product for a line once the lines before it have theirs, and what it can be promised of that. */
async function supplyNow(
  tx: TenantTx,
  line: OrderLineState & { readonly sku: string },
  { order, setting }: Looked,
): Promise<OrderLineExplanation['dates']['now']> {
  const { today } = setting
  const bySku = await supplyLeftFor(tx, [line.sku], { order, today })
  let pictures = bySku.get(line.sku) ?? []
  for (const other of order.lines.filter(({ sku }) => sku === line.sku)) {
    const neededOn = other.requestedOn ?? order.requestedOn ?? today
    const need = { neededEach: openEach(other), neededOn }
    const promise = promiseLine(need, pictures, today)
    if (other.line === line.line) {
      const policy = setting.policy(availabilityPolicy, order)
      const asked = { sku: line.sku, need, pictures, promise }
      const { kind, evidence } = judgeAvailability(asked, policy, setting)
      return { kind, completeOn: promise.completeOn ?? null, evidence: [...evidence] }
    }
    if (need.neededEach > 0) pictures = promise.left
  }
  return null
}

/** The days of a line: those on record, and apart from them how its goods stand now. */
export async function lineDates(
  tx: TenantTx,
  line: OrderLineState,
  { events, ...looked }: Looked & { readonly events: readonly LineEvent[] },
): Promise<OrderLineExplanation['dates']> {
  const { sku, promisedOn } = line
  const requestedOn = line.requestedOn ?? looked.order.requestedOn
  const isAsked = sku !== undefined && isStillWanted(looked.order, line)
  return {
    requestedOn: requestedOn ?? null,
    promisedOn: promisedOn ?? null,
    daysLate:
      requestedOn === undefined || promisedOn === undefined
        ? null
        : Math.max(0, daysBetween(requestedOn, promisedOn)),
    moves: promiseMoves(events, line.line),
    now: isAsked ? await supplyNow(tx, { ...line, sku }, looked) : null,
  }
}

const stockOf = (pictures: readonly SupplyPicture[], today: string) =>
  pictures.map((picture) => ({
    warehouse: picture.warehouse,
    onHandEach: picture.onHandEach,
    promisableEach: promisableOn(atpTimeline(picture, today), today),
  }))

type Offered = LineAlternatives['decision']['offered'][number]

const isScore = ({ values }: Evidence) => values?.['relation'] !== undefined

/** What it gains and loses against what was ordered, attribute by attribute, and how the rules scored it. */
function weighedAgainst(
  { request, decision }: LineAlternatives,
  { facts }: Offered,
  { order, setting }: Looked,
): Pick<LineSubstitute, 'evidence' | 'scored'> {
  const { safetyAttributes } = setting.policy(substitutionPolicy, order).settings
  const rules = {
    safetyAttributes,
    ...(request.classRule === undefined ? {} : { rule: request.classRule }),
  }
  const compared = compareAttributes(request.product.attributes, facts.product.attributes, rules)
  const { sku } = facts.product
  const told = decision.alternatives.find(
    ({ kind, values }) => kind === 'substitute' && values?.['sku'] === sku,
  )
  const notes = told?.evidence ?? []
  const differences = compared
    .filter(({ outcome }) => outcome !== 'same')
    .map(
      ({ outcome, text }): Evidence => ({
        weighs: outcome === 'better' ? 'for' : 'against',
        text: `${outcome === 'better' ? 'Gains' : 'Loses'}: ${text}.`,
        source: `product:${sku}`,
      }),
    )
  return {
    evidence: [...differences, ...notes.filter((note) => !isScore(note))],
    scored: notes.filter(isScore),
  }
}

function substituteView(found: LineAlternatives, swap: Offered, looked: Looked): LineSubstitute {
  const { request } = found
  const { offer, facts } = swap
  const { today } = looked.setting
  const stock = stockOf(facts.pictures, today)
  const now = stock.find(({ warehouse }) => warehouse === offer.warehouse)?.promisableEach ?? 0
  const ofOriginal =
    request.unitPrice === undefined
      ? undefined
      : lineAmountMinor(request.unitPrice, String(request.neededEach), request.currency)
  return {
    ...{ sku: facts.product.sku, name: facts.product.name, relation: offer.origin.source },
    ...{ quantityEach: offer.quantityEach, promisableEach: offer.promisableEach },
    warehouse: offer.warehouse ?? null,
    ...{ promisedOn: offer.promisedOn, daysLate: offer.daysLate },
    isInStock: now >= offer.quantityEach,
    isStockStale: offer.isStale,
    needsConsent: !(
      looked.setting.policy(substitutionPolicy, looked.order).settings.hasStandingApproval ||
      offer.origin.isStanding
    ),
    stock,
    unitPrice: offer.unitPrice ?? null,
    priceSource: offer.priceSource ?? null,
    lineAmountMinor: offer.lineAmountMinor ?? null,
    differenceMinor:
      offer.lineAmountMinor === undefined || ofOriginal === undefined
        ? null
        : offer.lineAmountMinor - ofOriginal,
    ...weighedAgainst(found, swap, looked),
  }
}

/** What could be done about a line that cannot be delivered in time; nothing is looked up for one that can. */
export async function lineAlternatives(
  line: OrderLineState,
  book: LineBook,
): Promise<LineAlternativesView | null> {
  const { order, setting } = book
  if (!(isStillWanted(order, line) && needsWayOut(order, line, setting.today))) return null
  const found = (await book.alternatives()).find((one) => one.line === line.line)
  if (found === undefined) return null
  return {
    substitutes: found.decision.offered.map((swap) => substituteView(found, swap, book)),
    evidence: [...found.decision.evidence],
    policyVersion: found.decision.policyVersion,
    tooLate: tooLateToSettle(order) ?? null,
  }
}
