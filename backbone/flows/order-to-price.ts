import { z } from 'zod'
import { groupBy } from '../canonical/group-by.ts'
import { DecimalText, MinorUnits } from '../canonical/money.ts'
import type { OrderLineState, OrderState } from '../canonical/order-state.ts'
import type {
  LineToPrice,
  OrderToPrice,
  PriceRule,
  PromotionRule,
  RulePrice,
} from '../policies/pricing/order-to-price.ts'
import type {
  LineQuestion,
  PricedCustomerFact,
  PricedProductFact,
  PriceFact,
  PriceQuestion,
  PromotionFact,
  RuleFact,
} from '../store/checks/price-facts.ts'
import { exemptionQualifier } from './apply/order-from-document.ts'
import type { FlowSetting } from './flow-setting.ts'

/** Names a line in a batch. */
export const lineKeyOf = (order: OrderState, line: OrderLineState): string =>
  `${order.orderId}|${line.line}`

/** Codes by which an order names its ship-to. */
function shipTosOf({ parties }: OrderState): string[] {
  return parties
    .filter(({ role }) => role === 'ship-to')
    .flatMap(({ identifiers }) => identifiers.map(({ value }) => value))
}

/** The day an order came in: today by the tenant's clock while it is new, later by the moment it was kept. */
function receivedOn({ receivedAt }: OrderState, { now, today }: FlowSetting): string {
  return receivedAt === now ? today : receivedAt.slice(0, 10)
}

/** The days an order's prices may be of. */
function pricingDaysOf(
  order: OrderState,
  setting: FlowSetting,
  shipDays: readonly string[],
): string[] {
  const received = receivedOn(order, setting)
  const asked = [order, ...order.lines].flatMap(({ requestedOn }) => requestedOn ?? [])
  return [order.orderedOn ?? received, received, ...asked, ...shipDays].sort()
}

const numbersOf = ({ references }: Pick<OrderLineState, 'references'>) =>
  references.map(({ value }) => value)

function lineQuestion(line: OrderLineState): LineQuestion[] {
  const { sku, line: number, references } = line
  if (sku === undefined) return []
  if (references.length === 0) return [{ line: number, sku }]
  return [{ line: number, sku, references: numbersOf(line) }]
}

/**
 * What to ask of the prices of an order's lines, also of the days on which its goods left; nothing while none of
 * them is known.
 */
export function priceQuestions(
  order: OrderState,
  setting: FlowSetting,
  shipDays: readonly string[] = [],
): PriceQuestion[] {
  const days = pricingDaysOf(order, setting, shipDays)
  const [firstDay = setting.today] = days
  const lastDay = days.at(-1) ?? setting.today
  const { orderId, customerNumber = '', currency } = order
  const lines = order.lines.flatMap(lineQuestion)
  if (lines.length === 0) return []
  const shipTos = shipTosOf(order)
  const references = numbersOf(order)
  return [{ orderId, customerNumber, currency, firstDay, lastDay, shipTos, references, lines }]
}

/** The facts of a batch, by line and by customer. */
export type PriceFacts = {
  readonly rules: Map<string, RuleFact[]>
  readonly promotions: Map<string, PromotionFact[]>
  readonly products: Map<string, PricedProductFact['terms']>
  readonly customers: Map<string, PricedCustomerFact['terms']>
}

/** Sorts the facts of a batch. */
export function sortedFacts(facts: readonly PriceFact[]): PriceFacts {
  const rules: RuleFact[] = []
  const promotions: PromotionFact[] = []
  const products = new Map<string, PricedProductFact['terms']>()
  const customers = new Map<string, PricedCustomerFact['terms']>()
  for (const fact of facts)
    switch (fact.source) {
      case 'product':
        products.set(fact.lineKey, fact.terms)
        break
      case 'customer':
        customers.set(fact.lineKey, fact.terms)
        break
      case 'promotion':
        promotions.push(fact)
        break
      default:
        rules.push(fact)
    }
  const key = ({ lineKey }: { readonly lineKey: string }) => lineKey
  return { rules: groupBy(rules, key), promotions: groupBy(promotions, key), products, customers }
}

const until = (validTo: string | null) => (validTo === null ? {} : { validTo })

/** The rules of a line: the rows of one agreement and target, or of one list, are one rule's breaks. */
export function rulesOf(facts: readonly RuleFact[], currency: string): PriceRule[] {
  const [only, another] = facts
  if (only !== undefined && another === undefined) return [ruleOf(only, facts, currency)]
  const groups = groupBy(
    facts,
    ({ source, sourceId, target, party }) => `${source}|${sourceId}|${target}|${party}`,
  )
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows
    return first === undefined ? [] : ruleOf(first, rows, currency)
  })
}

// Written out, here and below: of every line of every order one is made, and spreading them was most of the work.
function priceOf({ minimumQuantity, unitPrice, percentOff }: RuleFact): RulePrice {
  if (unitPrice === null)
    return percentOff === null ? { minimumQuantity } : { minimumQuantity, percentOff }
  return percentOff === null
    ? { minimumQuantity, unitPrice }
    : { minimumQuantity, unitPrice, percentOff }
}

function ruleOf(first: RuleFact, rows: readonly RuleFact[], currency: string): PriceRule {
  const { source: level, sourceId: ruleId, target, party, validFrom, validTo, terms } = first
  const prices = rows.map(priceOf)
  const rule = { level, ruleId, target, party, currency, validFrom, prices }
  if (validTo === null) return terms === null ? rule : { ...rule, terms }
  return terms === null ? { ...rule, validTo } : { ...rule, validTo, terms }
}

/** A promotion as the rules know it. */
export function promotionOf(fact: PromotionFact): PromotionRule {
  const { combination, priority, amountOff, quotaEach, usedEach, isItemExcluded } = fact.terms
  return {
    promotionId: fact.sourceId,
    ...{ combination, priority, usedEach, isItemExcluded },
    ...{ validFrom: fact.validFrom, ...until(fact.validTo), minimumQuantity: fact.minimumQuantity },
    ...(fact.percentOff === null ? {} : { percentOff: fact.percentOff }),
    ...(amountOff === null ? {} : { amountOff }),
    ...(quotaEach === null ? {} : { quotaEach }),
  }
}

/** Whether the buyer's code says that the goods are free. */
const isFreeOfCharge = ({ references }: OrderLineState) =>
  references.some(({ qualifier }) => qualifier === 'free-goods')

type Writable<Whole> = { -readonly [Part in keyof Whole]: Whole[Part] }

const unknownProduct = { baseUom: 'EA', uomFactors: {} }

/** What a line and its product have always. */
function everyLine(
  order: OrderState,
  line: OrderLineState,
  product: PricedProductFact['terms'] | undefined,
  { rules, promotions }: Pick<PriceFacts, 'rules' | 'promotions'>,
): Writable<LineToPrice> {
  const key = lineKeyOf(order, line)
  return {
    line: line.line,
    sku: line.sku ?? '',
    quantity: line.quantity,
    uom: line.uom,
    uomFactor: line.uomFactor,
    quantityEach: line.orderedEach,
    priceBasis: line.priceBasis,
    baseUom: (product ?? unknownProduct).baseUom,
    uomFactors: (product ?? unknownProduct).uomFactors,
    rules: rulesOf(rules.get(key) ?? [], order.currency),
    promotions: (promotions.get(key) ?? []).map(promotionOf),
  }
}

/** Adds what only some products have. */
function addProduct(to: Writable<LineToPrice>, product: PricedProductFact['terms']): void {
  const { productClass, family, minimumQuantity, quantityMultiple, landedCost } = product
  to.productClass = productClass
  to.minimumQuantity = minimumQuantity
  to.quantityMultiple = quantityMultiple
  if (family !== null) to.family = family
  if (landedCost !== null) to.landedCost = landedCost
}

function lineToPrice(
  order: OrderState,
  line: OrderLineState,
  facts: PriceFacts,
  periodEach: number | undefined,
): LineToPrice {
  const product = facts.products.get(lineKeyOf(order, line))
  const priced = everyLine(order, line, product, facts)
  if (product !== undefined) addProduct(priced, product)
  const wantedEach = line.orderedEach - line.cancelledEach
  if (wantedEach !== line.orderedEach) priced.wantedEach = wantedEach
  if (line.sentUnitPrice !== undefined) priced.sentUnitPrice = line.sentUnitPrice
  if (line.requestedOn !== undefined) priced.requestedOn = line.requestedOn
  if (periodEach !== undefined) priced.periodEach = periodEach
  if (isFreeOfCharge(line)) priced.isFreeOfCharge = true
  if (line.settled?.price !== undefined) priced.settled = line.settled.price
  return priced
}

const FreightPayer = z.enum(['prepaid', 'collect', 'prepaid-and-add'])

/** What a customer's own settings say about tax and freight, where they say anything. */
const CustomerPricing = z.object({
  tax: z
    .object({
      ratePercent: DecimalText.optional(),
      jurisdiction: z.string().optional(),
      isExempt: z.boolean().default(false),
      /** First day the certificate no longer holds. */
      certificateValidTo: z.iso.date().optional(),
    })
    .optional(),
  freight: z
    .object({ agreed: FreightPayer.optional(), freeFromMinor: MinorUnits.optional() })
    .optional(),
})

/** Whether the document says that it is free of tax (UNCL5305 category E, see `headerFromDocument`). */
const claimsExemption = ({ references }: OrderState) =>
  references.some(({ qualifier }) => qualifier === exemptionQualifier)

function taxToCheck(order: OrderState, settings: z.infer<typeof CustomerPricing>, today: string) {
  const { tax } = settings
  if (tax === undefined) return {}
  const { ratePercent, jurisdiction, isExempt, certificateValidTo } = tax
  const hasCertificate =
    isExempt && (certificateValidTo === undefined || today < certificateValidTo)
  // A customer on file as exempt whose certificate ran out claims it by sending no tax.
  const isExemptionClaimed = (isExempt && order.taxMinor === 0) || claimsExemption(order)
  if (!(isExemptionClaimed || isAsWritten(order))) return {}
  return {
    tax: {
      statedMinor: order.taxMinor,
      isExemptionClaimed,
      hasCertificate,
      ...(ratePercent === undefined ? {} : { ratePercent }),
      ...(jurisdiction === undefined ? {} : { jurisdiction }),
    },
  }
}

function ofCustomer(order: OrderState, facts: PriceFacts, today: string): Partial<OrderToPrice> {
  const customer = facts.customers.get(order.customerNumber ?? '')
  if (customer === undefined) return {}
  const billing = { billingCurrency: customer.currency, agreedTerms: customer.terms }
  const parsed = CustomerPricing.safeParse(customer.settings)
  if (!parsed.success) return billing
  const { agreed, freeFromMinor } = parsed.data.freight ?? {}
  return {
    ...billing,
    ...taxToCheck(order, parsed.data, today),
    ...(parsed.data.freight === undefined
      ? {}
      : {
          freight: {
            statedMinor: order.chargesMinor + order.allowanceMinor,
            ...(agreed === undefined ? {} : { agreed }),
            ...(freeFromMinor === undefined ? {} : { freeFromMinor }),
          },
        }),
  }
}

/** Whether something else is delivered than the buyer wrote: their sums are of their own words. */
const isAsWritten = ({ lines }: OrderState) =>
  lines.every(({ settled }) => settled?.written === undefined)

/** The total the buyer wrote; it says nothing while a line is not known yet, or where another product is delivered. */
function statedTotal(order: OrderState) {
  const { lines, statedTotalMinor } = order
  const isWhole = isAsWritten(order) && lines.every(({ sku }) => sku !== undefined)
  return statedTotalMinor === undefined || !isWhole ? {} : { statedTotalMinor }
}

/** An order as its prices are judged: the lines whose product is known, and what the buyer wrote around them. */
export function orderToPrice(
  order: OrderState,
  facts: PriceFacts,
  setting: FlowSetting,
  periods: ReadonlyMap<string, number> = new Map(),
): OrderToPrice {
  const isOwnShop = setting.connection(order.connectionId)?.kind === 'shopify'
  return {
    orderId: order.orderId,
    currency: order.currency,
    ...(order.orderedOn === undefined ? {} : { orderedOn: order.orderedOn }),
    receivedOn: receivedOn(order, setting),
    ...(order.requestedOn === undefined ? {} : { requestedOn: order.requestedOn }),
    lines: order.lines.flatMap((line) =>
      line.sku === undefined
        ? []
        : lineToPrice(order, line, facts, periods.get(lineKeyOf(order, line))),
    ),
    ...statedTotal(order),
    ...{ chargesMinor: order.chargesMinor, allowanceMinor: order.allowanceMinor },
    ...{ taxMinor: order.taxMinor, isOwnShop, statedTerms: order.terms },
    ...ofCustomer(order, facts, setting.today),
  }
}
