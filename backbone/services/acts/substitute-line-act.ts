import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import { compareDecimal } from '../../canonical/money.ts'
import { openEach } from '../../canonical/order-state.ts'
import { mixLine } from '../../flows/apply/mix-line.ts'
import { partText } from '../../flows/apply/split-line.ts'
import { type Substituted, substituteLine } from '../../flows/apply/substitute-line.ts'
import {
  recordAnswers,
  recordDeclined,
  recordOffers,
} from '../../store/checks/substitution-outcomes.ts'
import type { Act, ActPicture } from './act.ts'
import { type SeenOrder, versionOf } from './seen-order.ts'
import { actOfWay, LineOfOrder, type WayOutOfLine } from './settle-short-line.ts'
import { evidenceOfWays, shortLineChanges } from './short-line-picture.ts'

const SubstituteLine = LineOfOrder.extend({
  /** The product that is delivered instead: one of those that the rules of substitution offer for the line. */
  sku: z.string().min(1).max(80),
  /** Only for what is not there in time of the ordered product; for all of the line when absent. */
  isForRest: z.literal(true).optional(),
})
type SubstituteLine = z.infer<typeof SubstituteLine>

type Settled = Extract<Substituted, { status: 'settled' }>

/** Whether the customer has consented to it once for all: else they are asked first. */
function hasConsent({ short, swap }: Settled): boolean {
  const shown = short.decision.alternatives.find(
    ({ kind, values }) => kind === 'substitute' && values?.['sku'] === swap.facts.product.sku,
  )
  return shown?.values?.['needsConsent'] === false
}

// In policy and exact: approved for the customer, consented to, all of it in time and at the same price.
function isExact(settled: Settled): boolean {
  const { origin, daysLate, unitPrice, comparablePrice, overage } = settled.swap.offer
  return (
    origin.source === 'approved' &&
    hasConsent(settled) &&
    settled.kept === undefined &&
    daysLate === 0 &&
    compareDecimal(overage, '0') === 0 &&
    unitPrice !== undefined &&
    comparablePrice !== undefined &&
    compareDecimal(unitPrice, comparablePrice) === 0
  )
}

function evidenceOf(settled: Settled): Evidence[] {
  const { sku } = settled.swap.facts.product
  const shown = settled.short.decision.alternatives.find(
    ({ kind, values }) => kind === 'substitute' && values?.['sku'] === sku,
  )
  const consent: Evidence = hasConsent(settled)
    ? { weighs: 'for', text: 'The customer has consented to it once for all.' }
    : { weighs: 'against', text: 'The customer has not consented to it: ask them first.' }
  return [...(shown?.evidence ?? []), consent, ...evidenceOfWays(settled.short)]
}

function pictureOf({ order, subject, record }: SeenOrder, settled: Settled): ActPicture {
  const { short, swap, kept } = settled
  const { product } = swap.facts
  const { offer } = swap
  const { state, decision } = short
  const rest = kept === undefined ? '' : `${kept.quantityEach} as ordered and `
  const what = `${rest}${offer.quantityEach} of ${product.sku}`
  const where = versionOf(offer.warehouse, offer.quantityEach, offer.promisedOn)
  const price = versionOf(offer.unitPrice, offer.priceSource, decision.policyVersion)
  return {
    subject,
    title:
      `Deliver ${what} instead of ${openEach(state)} of ${state.sku} on line ${state.line} of order ${order.orderNumber}`.slice(
        0,
        200,
      ),
    changes: [
      ...shortLineChanges(
        order,
        settled,
        `${what} (${product.name}) from ${offer.warehouse} on ${offer.promisedOn}`,
      ),
      {
        label: `Price of line ${state.line}`,
        before: `${state.unitPrice} for one of ${state.sku}`,
        after: `${offer.unitPrice} for one of ${product.sku} (${offer.priceSource})`,
      },
    ],
    evidence: evidenceOf(settled),
    records: [
      record,
      { record: `stock:${product.sku}`, version: where },
      ...(kept === undefined
        ? []
        : [{ record: `supply:${state.sku}`, version: versionOf(partText(kept)) }]),
      {
        record: `price:${order.orderId}:${state.line}:${product.sku}`,
        version: price,
      },
    ],
    money: {
      amountMinor: offer.lineAmountMinor ?? state.lineAmountMinor,
      currency: order.currency,
    },
    orderId: order.orderId,
    ...(isExact(settled) ? { isExact: true } : {}),
  }
}

/** What was offered for the line and what was taken of it: customers' answers are learned from. */
async function recordSwap(
  tx: Parameters<typeof recordOffers>[0],
  { orderId, customerNumber }: SeenOrder['order'],
  { short, swap }: Settled,
  by: string,
): Promise<void> {
  const { line, state, decision } = short
  const { sku } = state
  if (sku === undefined) return
  const ids = await recordOffers(
    tx,
    decision.offered.map(({ facts, offer }) => ({
      ...{ sku, substituteSku: facts.product.sku, quantityEach: offer.quantityEach },
      ...{ orderId, line, offeredBy: by },
      ...(customerNumber === undefined ? {} : { customerNumber }),
      offer: {
        ...{ unitPrice: offer.unitPrice, promisedOn: offer.promisedOn },
        ...{ score: offer.score, parts: offer.parts, warehouse: offer.warehouse },
      },
    })),
  )
  const place = decision.offered.findIndex(({ facts }) => facts === swap.facts)
  const outcomeId = ids[place]
  if (outcomeId !== undefined)
    await recordAnswers(tx, [{ outcomeId, answer: 'accepted', answeredBy: by }])
}

function wayOf({
  line,
  sku,
  isForRest,
}: SubstituteLine): WayOutOfLine<Pick<Settled, 'swap' | 'kept'>> {
  const settle = isForRest === true ? mixLine : substituteLine
  return {
    line,
    skus: [sku],
    settle: (tx, book, wish) => settle(tx, book, { ...wish, sku }),
    picture: pictureOf,
    message: ({ swap }) =>
      `Line ${line} is delivered as ${swap.offer.quantityEach} of ${sku} at ${swap.offer.unitPrice}.`,
    record: recordSwap,
  }
}

const substitute = actOfWay({ kind: 'substitute-line', payload: SubstituteLine, wayOf })

/** What delivering another product would change, for whoever has looked at the order already. */
export const substitutePicture = substitute.picture

/**
 * Delivers another product for a short line, as the rules of substitution offer it. One that a person turns down is an
 * offer that was declined: what is offered the next time learns from it.
 */
export const substituteLineAct: Act<SubstituteLine> = {
  ...substitute.act,
  rejected: (tx, { orderId, line, sku }, { actor }) =>
    recordDeclined(tx, { orderId, line, substituteSku: sku, by: actor }),
}
