import { z } from 'zod'
import { Evidence } from '../decision.ts'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, DecimalText, MinorUnits } from '../money.ts'
import { stages } from '../order-state.ts'
import { LineSettled, OrderFinding } from './order-view.ts'

/** One decision about a line as it was put on record, with what the checks found then. */
export const RecordedDecision = z
  .object({
    /** Null where it stands on the order but not when it was taken. */
    at: IsoMoment.nullable(),
    actor: z.string().nullable(),
    kind: z.string(),
    summary: z.string(),
    findings: z.array(OrderFinding),
  })
  .meta({ id: 'RecordedDecision' })
export type RecordedDecision = z.infer<typeof RecordedDecision>

/** The price of a line as it was decided and stands on the order. */
const RecordedPrice = z
  .object({
    unitPrice: DecimalText.nullable(),
    source: z.string().nullable(),
    amountMinor: MinorUnits,
    /** When the price that stands was decided; null where that is not on record. */
    decidedAt: IsoMoment.nullable(),
    decidedBy: z.string().nullable(),
    isPricedAtShip: z.boolean(),
    /** The price the buyer was told last. */
    acknowledgedPrice: DecimalText.nullable(),
    settled: LineSettled.nullable(),
    decisions: z.array(RecordedDecision).meta({ description: 'The newest first.' }),
  })
  .meta({ id: 'RecordedPrice' })

/** What the buyer wrote, and what it comes to beside ours. */
const BuyersPrice = z
  .object({
    /** As it stands on their document, for `per` of its unit. */
    asWritten: DecimalText,
    per: DecimalText,
    uom: z.string(),
    /** Of one base unit. */
    unitPrice: DecimalText,
    amountMinor: MinorUnits,
    /** Theirs less ours, of the whole line; null where we have no price. */
    differenceMinor: MinorUnits.nullable(),
  })
  .meta({ id: 'BuyersPrice' })

/** How far a price may be off without a person. */
const PriceTolerance = z
  .object({
    direction: z.enum(['below', 'above']).meta({ description: 'Whether the buyer wrote less.' }),
    percent: DecimalText,
    lineMinor: MinorUnits.nullable(),
    orderMinor: MinorUnits.nullable(),
    policyVersion: z.string(),
    /** The settings are those the recorded decision was taken by. */
    isAsRecorded: z.boolean(),
  })
  .meta({ id: 'PriceTolerance' })

/** The price as today's rules and records would have it: no history. */
const PriceNow = z
  .object({
    decision: z.enum(['accept', 'propose', 'hold', 'refuse']),
    kind: z.string(),
    message: z.string(),
    unitPrice: DecimalText.nullable(),
    source: z.string().nullable(),
    isAsRecorded: z.boolean(),
    evidence: z.array(Evidence),
    policyVersion: z.string(),
  })
  .meta({ id: 'PriceNow' })

/** One piece of what has become of the ordered quantity, in base units. */
const QuantityStep = z
  .object({
    what: z.enum(['ordered', 'cancelled', 'allocated', 'missing', 'picked', 'shipped', 'billed']),
    each: z.int(),
    text: z.string(),
    at: IsoMoment.nullable(),
  })
  .meta({ id: 'QuantityStep' })
export type QuantityStep = z.infer<typeof QuantityStep>

/** The days of a line, and how its goods stand now. */
const LineDates = z
  .object({
    requestedOn: IsoDate.nullable(),
    promisedOn: IsoDate.nullable(),
    /** Days promised after the day asked for; null where one of them is not known. */
    daysLate: z.int().nullable(),
    moves: z.array(RecordedDecision).meta({ description: 'How the promise has moved.' }),
    now: z
      .object({
        kind: z.string(),
        completeOn: IsoDate.nullable(),
        evidence: z.array(Evidence),
      })
      .nullable()
      .meta({ description: 'Null where nothing of the line has yet to be found.' }),
  })
  .meta({ id: 'LineDates' })

/** A product that the rules would offer in the place of what is short. A suggestion: nothing of it is kept. */
export const LineSubstitute = z
  .object({
    sku: z.string(),
    name: z.string(),
    relation: z.string(),
    quantityEach: z.int(),
    promisableEach: z.int(),
    warehouse: z.string().nullable(),
    promisedOn: IsoDate,
    daysLate: z.int(),
    /** All that is needed may be promised today. */
    isInStock: z.boolean(),
    isStockStale: z.boolean(),
    needsConsent: z.boolean(),
    stock: z.array(
      z.object({ warehouse: z.string(), onHandEach: z.int(), promisableEach: z.int() }),
    ),
    unitPrice: DecimalText.nullable(),
    priceSource: z.string().nullable(),
    lineAmountMinor: MinorUnits.nullable(),
    /** What it would be billed less what the same goods are billed now. */
    differenceMinor: MinorUnits.nullable(),
    /** What it gains and loses against what was ordered, in the words of the rules. */
    evidence: z.array(Evidence),
    /** How it came to its place among the others. */
    scored: z.array(Evidence),
  })
  .meta({ id: 'LineSubstitute' })
export type LineSubstitute = z.infer<typeof LineSubstitute>

/** What could be done about a line that cannot be delivered in time, as the rules see it now. */
const LineAlternativesView = z
  .object({
    substitutes: z.array(LineSubstitute),
    /** What splitting, swapping and waiting come to, the rules' choice first; and what is not offered and why. */
    evidence: z.array(Evidence),
    policyVersion: z.string(),
    /** Why none of it can be chosen here any more. */
    tooLate: z.string().nullable(),
  })
  .meta({ id: 'LineAlternatives' })
export type LineAlternativesView = z.infer<typeof LineAlternativesView>

/** Everything that explains one line of a stored order: what is on record, and apart from it what is worked out now. */
export const OrderLineExplanation = z
  .object({
    orderId: z.string(),
    orderNumber: z.string(),
    stage: z.enum(stages),
    line: z.string(),
    sku: z.string().nullable(),
    currency: Currency,
    /** The moment of everything called "now". */
    workedOutAt: IsoMoment,
    recorded: RecordedPrice,
    buyer: BuyersPrice.nullable(),
    tolerance: PriceTolerance.nullable(),
    now: PriceNow.nullable(),
    quantities: z.array(QuantityStep),
    dates: LineDates,
    alternatives: LineAlternativesView.nullable(),
  })
  .meta({ id: 'OrderLineExplanation' })
export type OrderLineExplanation = z.infer<typeof OrderLineExplanation>
