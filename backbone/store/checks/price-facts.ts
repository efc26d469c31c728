import { sql } from 'drizzle-orm'
import type { PaymentTerms } from '../../canonical/document.ts'
import type { RuleTerms } from '../../canonical/pricing-data.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A line to price: which product, and the numbers that only this line refers to. */
export type LineQuestion = {
  readonly line: string
  readonly sku: string
  readonly references?: readonly string[]
}

/** An order whose lines are to be priced: whose it is, and on which days. */
export type PriceQuestion = {
  readonly orderId: string
  readonly customerNumber: string
  readonly currency: string
  /** The first and the last of the days whose prices may count. */
  readonly firstDay: string
  readonly lastDay: string
  /** Codes by which the order names its ship-to. */
  readonly shipTos: readonly string[]
  /** Numbers the order refers to: a quote counts only where it is named. */
  readonly references: readonly string[]
  readonly lines: readonly LineQuestion[]
}

/** A price that could apply to a line; rows of one rule are its breaks. */
export type RuleFact = {
  /** The order and its line: `ORDER|LINE`. */
  readonly lineKey: string
  readonly source:
    | 'quote'
    | 'agreement-item'
    | 'agreement-class'
    | 'buying-group'
    | 'tier-list'
    | 'list'
  readonly sourceId: string
  readonly target: 'item' | 'family' | 'class'
  readonly party: 'ship-to' | 'sold-to' | 'parent' | 'group' | 'everyone'
  readonly unitPrice: string | null
  readonly percentOff: string | null
  readonly minimumQuantity: number
  readonly validFrom: string
  readonly validTo: string | null
  /** How an agreement is applied; null for lists. */
  readonly terms: RuleTerms | null
}

/** A promotion that could apply to a line. */
export type PromotionFact = Pick<
  RuleFact,
  'lineKey' | 'sourceId' | 'percentOff' | 'minimumQuantity' | 'validFrom' | 'validTo'
> & {
  readonly source: 'promotion'
  readonly terms: {
    readonly combination: 'exclusive' | 'stackable'
    readonly priority: number
    readonly amountOff: string | null
    readonly quotaEach: number | null
    readonly usedEach: number
    readonly isItemExcluded: boolean
  }
}

/** What pricing needs to know of a line's product. */
export type PricedProductFact = {
  readonly lineKey: string
  readonly source: 'product'
  readonly terms: {
    readonly productClass: string
    readonly family: string | null
    readonly baseUom: string
    readonly uomFactors: Readonly<Record<string, number>>
    readonly minimumQuantity: number
    readonly quantityMultiple: number
    /** Null where it is not known in the order's currency. */
    readonly landedCost: string | null
  }
}

/** What pricing needs to know of a customer; `lineKey` is the customer's number. */
export type PricedCustomerFact = {
  readonly lineKey: string
  readonly source: 'customer'
  readonly terms: {
    readonly currency: string
    readonly terms: PaymentTerms
    /** The customer's own settings, as they are kept. */
    readonly settings: Readonly<Record<string, unknown>>
  }
}

/** A fact of a batch's pricing. */
export type PriceFact = RuleFact | PromotionFact | PricedProductFact | PricedCustomerFact

/** What stands in a promotion for whom: everybody, or those it names. */
export const isForAsker = sql`(
  (promotion.customer_numbers = '[]' and promotion.tiers = '[]' and promotion.buying_groups = '[]')
  or promotion.customer_numbers @> to_jsonb(question."customerNumber")
  or promotion.tiers @> to_jsonb(question.tier)
  or promotion.buying_groups @> to_jsonb(question.buying_group))`

/**
 * Every price that could apply to the lines of a batch, in one statement: agreements of the customer, its parent
 * and its buying group for the product, its family and its class, price lists of the customer's tier and for
 * everyone, promotions; and of products and customers what prices depend on.
 */
export function priceFacts(
  tx: TenantTx,
  questions: readonly PriceQuestion[],
): Promise<PriceFact[]> {
  const orders = questions.map(({ lines: _lines, ...ofAll }, of) => ({ of, ...ofAll }))
  const lines = questions.flatMap((order, of) => order.lines.map((line) => ({ of, ...line })))
  if (lines.length === 0) return Promise.resolve([])
  return tx.rows<PriceFact>(sql`
    with asked as materialized (
      select orders."orderId" || '|' || line.line as "lineKey", orders."customerNumber", line.sku, orders.currency,
        orders."firstDay", orders."lastDay", orders."shipTos",
        orders."references" || coalesce(line."references", '{}') as "references"
      from jsonb_to_recordset(${asJson(orders)}) as orders("of" int, "orderId" text, "customerNumber" text,
        currency text, "firstDay" date, "lastDay" date, "shipTos" text[], "references" text[])
      join jsonb_to_recordset(${asJson(lines)}) as line("of" int, line text, sku text, "references" text[])
        on line."of" = orders."of"
    ), party as materialized (
      -- As a list, or a batch's unknown number of customers lets the planner read every customer there is.
      select customer_number, tier, parent_number, buying_group, currency, terms, settings from customer
      where customer_number = any(array(select distinct "customerNumber" from asked))
    ), question as materialized (
      select asked.*, party.tier, party.buying_group
      from asked left join party on party.customer_number = asked."customerNumber"
    ), item as materialized (
      select question."lineKey", question.currency as asked_currency, product.*
      from question join product on product.sku = question.sku
    ), listed as (
      select question."lineKey", price_list.tier as list_tier, price_list.price_list_id, price_list.valid_from,
        price_list.valid_to, price.minimum_quantity, price.unit_price
      from question
      join price on price.sku = question.sku
      join price_list on price_list.price_list_id = price.price_list_id
        and price_list.currency = question.currency
        and price_list.valid_from <= question."lastDay"
        and (price_list.valid_to is null or question."firstDay" < price_list.valid_to)
        and (price_list.tier is null or price_list.tier = question.tier)
    ), offered as materialized (
      select * from agreement where customer_number = any(array(
        select customer_number from party union select parent_number from party))
      union all
      select * from agreement where buying_group = any(array(select distinct buying_group from party))
    ), offer as materialized (
      select party.customer_number as asker, offered.*,
        case when offered.ship_to is null then 'sold-to' else 'ship-to' end as party
      from party join offered on offered.customer_number = party.customer_number
      union all
      select party.customer_number, offered.*, 'parent'
      from party join offered on offered.customer_number = party.parent_number
      where offered.ship_to is null and offered.settings @> '{"isForSubsidiaries": true}'
      union all
      select party.customer_number, offered.*, 'group'
      from party join offered on offered.buying_group = party.buying_group
    ), wanted as materialized (
      -- Put together before the look-up: under row-level security an index takes finished values only.
      select "lineKey", 'item' as kind, 'sku:' || sku as target from question
      union all
      select "lineKey", 'family', 'family:' || family from item where family is not null
      union all
      select "lineKey", 'class', 'class:' || product_class from item
      union all
      select "lineKey", 'all', 'all' from question
    ), agreed as (
      select wanted."lineKey", wanted.kind as price_target, offer.*, agreement_price.minimum_quantity,
        agreement_price.unit_price, agreement_price.percent_off
      from wanted
      join question on question."lineKey" = wanted."lineKey"
      join offer on offer.asker = question."customerNumber"
        and offer.currency = question.currency
        and offer.valid_from <= question."lastDay"
        and (offer.valid_to is null or question."firstDay" < offer.valid_to)
        and (offer.ship_to is null or offer.ship_to = any(question."shipTos"))
        and (offer.kind <> 'quote' or offer.agreement_id = any(question."references"))
      join agreement_price on agreement_price.agreement_id = offer.agreement_id
        and agreement_price.target = wanted.target
      -- Only a promotion is for everything we sell.
      where wanted.kind <> 'all'
    ), promoted as (
      select distinct on (question."lineKey", promotion.promotion_id) question."lineKey", promotion.*
      from wanted
      join question on question."lineKey" = wanted."lineKey"
      join promotion_target on promotion_target.target = wanted.target
      join promotion on promotion.promotion_id = promotion_target.promotion_id
        and promotion.currency = question.currency
        and promotion.valid_from <= question."lastDay"
        and (promotion.valid_to is null or question."firstDay" < promotion.valid_to)
        and not promotion.excluded_skus @> to_jsonb(question.sku)
      where ${isForAsker}
    )
    select "lineKey", case when list_tier is null then 'list' else 'tier-list' end as source,
      price_list_id as "sourceId", 'item' as target, 'everyone' as party,
      trim_scale(unit_price)::text as "unitPrice", null as "percentOff",
      minimum_quantity as "minimumQuantity", valid_from::text as "validFrom", valid_to::text as "validTo",
      null::jsonb as terms
    from listed
    union all
    select "lineKey",
      case when kind <> 'contract' then kind when price_target = 'item' then 'agreement-item' else 'agreement-class' end,
      agreement_id, price_target, party, trim_scale(unit_price)::text, trim_scale(percent_off)::text,
      minimum_quantity, valid_from::text, valid_to::text, settings
    from agreed
    union all
    select "lineKey", 'promotion', promotion_id, null, null, null, trim_scale(percent_off)::text, minimum_quantity,
      valid_from::text, valid_to::text, jsonb_build_object('combination', combination, 'priority', priority,
        'amountOff', trim_scale(amount_off)::text, 'quotaEach', quota_each, 'usedEach', used_each,
        'isItemExcluded', false)
    from promoted
    union all
    select "lineKey", 'product', null, null, null, null, null, null, null, null,
      jsonb_build_object('productClass', product_class, 'family', family, 'baseUom', base_uom,
        'uomFactors', uom_factors, 'minimumQuantity', minimum_quantity, 'quantityMultiple', quantity_multiple,
        'landedCost', case when currency = asked_currency then trim_scale(landed_cost)::text end)
    from item
    union all
    select customer_number, 'customer', null, null, null, null, null, null, null, null,
      jsonb_build_object('currency', currency, 'terms', terms, 'settings', settings)
    from party`)
}
