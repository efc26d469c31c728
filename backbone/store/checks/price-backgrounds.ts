import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isForAsker, type PriceQuestion, type PromotionFact, type RuleFact } from './price-facts.ts'

/** A line whose price is to be explained. */
export type BackgroundQuestion = Omit<PriceQuestion, 'lines'> & {
  readonly lineKey: string
  readonly sku: string
}

/** A price that does not hold for a line but may be what the buyer went by. */
export type OtherRuleFact = RuleFact & {
  readonly why: 'previous-list' | 'next-list' | 'expired-contract' | 'other-tier' | 'other-party'
  /** Whose it is: a tier or a customer. */
  readonly of: string | null
}

/** What a customer bought of a product before. */
export type BoughtBefore = {
  readonly lineKey: string
  readonly usualEach: number
  readonly unitPrice: string | null
  readonly invoiceNumber: string | null
  readonly invoicedOn: string | null
}

/** A stored rate of exchange, the latest of its pair. */
export type RateFact = {
  readonly rateId: string
  readonly base: string
  readonly quote: string
  readonly rate: string
  readonly on: string
}

// How far back and ahead explanations are looked for; the policies say how old one may be.
const daysAround = 366
// Relatives of a customer, and its latest orders, that are looked at.
const relatives = 500
const latestOrders = 200
const promotionsOfLine = 50

const questionColumns = sql`"orderId" text, "lineKey" text, "customerNumber" text, sku text, currency text,
  "firstDay" date, "lastDay" date, "shipTos" text[], "references" text[]`

/** Lists and agreements beside those in force: earlier and later ones, other tiers', and other parties'. */
export function otherRuleFacts(
  tx: TenantTx,
  questions: readonly BackgroundQuestion[],
): Promise<OtherRuleFact[]> {
  return tx.rows<OtherRuleFact>(sql`
    with question as materialized (
      select row.*, customer.tier, customer.parent_number, customer.buying_group
      from jsonb_to_recordset(${asJson(questions)}) as row(${questionColumns})
      left join customer on customer.customer_number = row."customerNumber"
    ), listed as (
      select question."lineKey", price_list.*, price.minimum_quantity, price.unit_price,
        case when price_list.tier is not null and price_list.tier is distinct from question.tier then 'other-tier'
          when price_list.valid_to <= question."firstDay" then 'previous-list'
          when price_list.valid_from > question."lastDay" then 'next-list' end as why,
        price_list.valid_from <= question."lastDay"
          and (price_list.valid_to is null or question."firstDay" < price_list.valid_to) as is_in_force
      from question
      join price on price.sku = question.sku
      join price_list on price_list.price_list_id = price.price_list_id
        and price_list.currency = question.currency
        and price_list.valid_from < question."lastDay" + ${daysAround}::int
        and (price_list.valid_to is null or question."firstDay" - ${daysAround}::int < price_list.valid_to)
    ), relative as materialized (
      select distinct asker."customerNumber" as asker, other.customer_number, other.is_self
      from (select distinct "customerNumber", parent_number, buying_group from question) asker
      join lateral (
        select asker."customerNumber" as customer_number, true as is_self
        union all
        (select customer_number, false from customer
        where parent_number in (asker.parent_number, asker."customerNumber")
          or customer_number = asker.parent_number or buying_group = asker.buying_group
        limit ${relatives})
      ) other on other.is_self or other.customer_number <> asker."customerNumber"
    ), offer as materialized (
      select relative.asker, relative.is_self, agreement.*
      from agreement join relative on relative.customer_number = agreement.customer_number
      where agreement.customer_number = any(array(select customer_number from relative))
    ), wanted as materialized (
      -- Put together before the look-up: under row-level security an index takes finished values only.
      select question."lineKey", 'item' as kind, 'sku:' || sku as target from question
      union all
      select question."lineKey", 'family', 'family:' || family
      from question join product on product.sku = question.sku where family is not null
      union all
      select question."lineKey", 'class', 'class:' || product_class
      from question join product on product.sku = question.sku
    ), agreed as (
      select wanted."lineKey", wanted.kind as price_target, offer.*, agreement_price.minimum_quantity,
        agreement_price.unit_price, agreement_price.percent_off,
        case when offer.valid_to <= question."firstDay" and offer.is_self then 'expired-contract'
          when offer.valid_from <= question."lastDay"
            and (offer.valid_to is null or question."firstDay" < offer.valid_to)
            and (not offer.is_self or not offer.ship_to = any(question."shipTos"))
          then 'other-party' end as why
      from wanted
      join question on question."lineKey" = wanted."lineKey"
      join offer on offer.asker = question."customerNumber" and offer.currency = question.currency
        and (offer.valid_to is null or question."firstDay" - ${daysAround}::int < offer.valid_to)
      join agreement_price on agreement_price.agreement_id = offer.agreement_id
        and agreement_price.target = wanted.target
    )
    select "lineKey", why, tier as of, case when tier is null then 'list' else 'tier-list' end as source,
      price_list_id as "sourceId", 'item' as target, 'everyone' as party,
      trim_scale(unit_price)::text as "unitPrice", null as "percentOff",
      minimum_quantity as "minimumQuantity", valid_from::text as "validFrom", valid_to::text as "validTo",
      null::jsonb as terms
    from listed where why is not null and (why <> 'other-tier' or is_in_force)
    union all
    select "lineKey", why, customer_number,
      case when kind = 'quote' then kind when price_target = 'item' then 'agreement-item' else 'agreement-class' end,
      agreement_id, price_target, case when ship_to is null then 'sold-to' else 'ship-to' end,
      trim_scale(unit_price)::text, trim_scale(percent_off)::text, minimum_quantity, valid_from::text,
      valid_to::text, settings
    from agreed where why is not null`)
}

/** Promotions on a line's product, family or class that do not hold for it: over, not begun, or with the product left out. */
export function otherPromotionFacts(
  tx: TenantTx,
  questions: readonly BackgroundQuestion[],
): Promise<PromotionFact[]> {
  return tx.rows<PromotionFact>(sql`
    with question as materialized (
      select row.*, customer.tier, customer.buying_group,
        array['all', 'sku:' || row.sku, 'family:' || product.family, 'class:' || product.product_class] as targets
      from jsonb_to_recordset(${asJson(questions)}) as row(${questionColumns})
      left join customer on customer.customer_number = row."customerNumber"
      left join product on product.sku = row.sku
    )
    select question."lineKey", 'promotion' as source, other.promotion_id as "sourceId",
      trim_scale(other.percent_off)::text as "percentOff", other.minimum_quantity as "minimumQuantity",
      other.valid_from::text as "validFrom", other.valid_to::text as "validTo",
      jsonb_build_object('combination', other.combination, 'priority', other.priority,
        'amountOff', trim_scale(other.amount_off)::text, 'quotaEach', other.quota_each,
        'usedEach', other.used_each, 'isItemExcluded', other.is_excluded) as terms
    from question
    join lateral (
      select promotion.*, promotion.excluded_skus @> to_jsonb(question.sku) as is_excluded,
        promotion.valid_from <= question."lastDay"
          and (promotion.valid_to is null or question."firstDay" < promotion.valid_to) as is_in_force
      from promotion
      where promotion.currency = question.currency and ${isForAsker}
        and exists (
          select from promotion_target where promotion_target.promotion_id = promotion.promotion_id
            and promotion_target.target = any(question.targets))
        and promotion.valid_from < question."lastDay" + ${daysAround}::int
        and (promotion.valid_to is null or question."firstDay" - ${daysAround}::int < promotion.valid_to)
      order by promotion.valid_from desc limit ${promotionsOfLine}
    ) other on other.is_excluded or not other.is_in_force`)
}

/** How much of a product its customer usually orders, and the price it was billed at last. */
export function boughtBefore(
  tx: TenantTx,
  questions: readonly BackgroundQuestion[],
): Promise<BoughtBefore[]> {
  return tx.rows<BoughtBefore>(sql`
    select question."lineKey", bought.usual as "usualEach", billed.unit_price as "unitPrice",
      billed.invoice_number as "invoiceNumber", billed.invoiced_on as "invoicedOn"
    from jsonb_to_recordset(${asJson(questions)}) as question(${questionColumns})
    join lateral (
      select array_agg(latest.order_id) as order_ids,
        percentile_disc(0.5) within group (order by line.ordered_each) as usual
      from (
        select order_id, tenant_id from orders where orders.customer_number = question."customerNumber"
          and orders.order_id <> question."orderId" and orders.stage not in ('rejected', 'cancelled')
        order by orders.received_at desc limit ${latestOrders}
      ) latest
      join order_line line on line.tenant_id = latest.tenant_id and line.order_id = latest.order_id
        and line.sku = question.sku
    ) bought on bought.usual is not null
    left join lateral (
      select trim_scale(line.unit_price)::text as unit_price, invoice.invoice_number,
        invoice.invoiced_on::text as invoiced_on
      from order_line line
      join invoice on invoice.tenant_id = line.tenant_id and invoice.order_id = line.order_id
      where line.order_id = any(bought.order_ids) and line.sku = question.sku
        and line.invoiced_each > 0 and line.unit_price is not null
      order by invoice.invoiced_on desc, invoice.invoice_number desc limit 1
    ) billed on true`)
}

/** The latest rate of every pair with one of these currencies, up to a day. */
export function latestRates(
  tx: TenantTx,
  currencies: readonly string[],
  upTo: string,
): Promise<RateFact[]> {
  return tx.rows<RateFact>(sql`
    select distinct on (base, quote) rate_id as "rateId", base, quote, trim_scale(rate)::text as rate,
      valid_on::text as "on"
    from exchange_rate
    where valid_on <= ${upTo}::date and valid_on > ${upTo}::date - ${daysAround}::int
      and (base = any(${asTextList(currencies)}) or quote = any(${asTextList(currencies)}))
    order by base, quote, valid_on desc, rate_id`)
}

/** A line whose breaks count what was bought over a time. */
export type PeriodQuestion = {
  readonly orderId: string
  readonly lineKey: string
  readonly customerNumber: string
  readonly sku: string
  readonly since: string
}

/** How much of a product a customer has ordered since a day, other orders than the one asked about. */
export async function periodQuantities(
  tx: TenantTx,
  questions: readonly PeriodQuestion[],
): Promise<Map<string, number>> {
  if (questions.length === 0) return new Map()
  const rows = await tx.rows<{ lineKey: string; each: number }>(sql`
    select question."lineKey", bought.each
    from jsonb_to_recordset(${asJson(questions)}) as question("orderId" text, "lineKey" text,
      "customerNumber" text, sku text, since timestamptz)
    join lateral (
      select coalesce(sum(line.ordered_each - line.cancelled_each), 0)::int as each
      from orders
      join order_line line on line.tenant_id = orders.tenant_id and line.order_id = orders.order_id
        and line.sku = question.sku
      where orders.customer_number = question."customerNumber" and orders.received_at >= question.since
        and orders.order_id <> question."orderId" and orders.stage not in ('rejected', 'cancelled')
    ) bought on true`)
  return new Map(rows.map(({ lineKey, each }) => [lineKey, each]))
}
