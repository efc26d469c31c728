import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** A line to price: whose, which product, on which day. */
export type PriceQuestion = {
  readonly lineKey: string
  readonly customerNumber: string
  readonly sku: string
  readonly currency: string
  readonly pricedOn: string
}

/** A price that could apply to a line. */
export type PriceFact = {
  readonly lineKey: string
  readonly source: 'agreement-item' | 'agreement-class' | 'tier-list' | 'list'
  readonly sourceId: string
  readonly unitPrice: string
  readonly minimumQuantity: number
  readonly validFrom: string
}

/**
 * Every price that could apply to the lines of a batch, in one statement: agreements for the SKU, agreements
 * for its class as a percentage off list, price lists of the customer's tier, and list prices.
 */
export function priceFacts(
  tx: TenantTx,
  questions: readonly PriceQuestion[],
): Promise<PriceFact[]> {
  if (questions.length === 0) return Promise.resolve([])
  return tx.rows<PriceFact>(sql`
    with question as materialized (
      select row.*, customer.tier from jsonb_to_recordset(${asJson(questions)}) as row(
        "lineKey" text, "customerNumber" text, sku text, currency text, "pricedOn" date)
      left join customer on customer.customer_number = row."customerNumber"
    ), listed as (
      select question."lineKey", price_list.tier as list_tier, price_list.price_list_id, price_list.valid_from,
        price.minimum_quantity, price.unit_price
      from question
      join price on price.sku = question.sku
      join price_list on price_list.price_list_id = price.price_list_id
        and price_list.currency = question.currency
        and price_list.valid_from <= question."pricedOn"
        and (price_list.valid_to is null or question."pricedOn" < price_list.valid_to)
        and (price_list.tier is null or price_list.tier = question.tier)
    ), offer as materialized (
      -- As a list, or a batch's unknown number of customers lets the planner read every agreement there is.
      select agreement_id, customer_number, currency, valid_from, valid_to from agreement
      where customer_number = any(array(select distinct "customerNumber" from question))
    ), wanted as materialized (
      -- Put together before the look-up: under row-level security an index takes finished values only.
      select "lineKey", "customerNumber", currency, "pricedOn", 'sku:' || sku as target from question
      union all
      select "lineKey", "customerNumber", question.currency, "pricedOn", 'class:' || product.product_class
      from question join product on product.sku = question.sku
    ), agreed as (
      select wanted."lineKey", offer.agreement_id, offer.valid_from, agreement_price.minimum_quantity,
        agreement_price.unit_price, agreement_price.percent_off
      from wanted
      join offer on offer.customer_number = wanted."customerNumber"
        and offer.currency = wanted.currency
        and offer.valid_from <= wanted."pricedOn"
        and (offer.valid_to is null or wanted."pricedOn" < offer.valid_to)
      join agreement_price on agreement_price.agreement_id = offer.agreement_id
        and agreement_price.target = wanted.target
    )
    select "lineKey", case when list_tier is null then 'list' else 'tier-list' end as source,
      price_list_id as "sourceId", trim_scale(unit_price)::text as "unitPrice",
      minimum_quantity as "minimumQuantity", valid_from::text as "validFrom"
    from listed
    union all
    select "lineKey", 'agreement-item', agreement_id, trim_scale(unit_price)::text, minimum_quantity, valid_from::text
    from agreed where unit_price is not null
    union all
    select agreed."lineKey", 'agreement-class', agreed.agreement_id,
      trim_scale(round(listed.unit_price * (100 - agreed.percent_off) / 100, 8))::text,
      greatest(agreed.minimum_quantity, listed.minimum_quantity), agreed.valid_from::text
    from agreed
    join lateral (
      select unit_price, minimum_quantity from listed
      where listed."lineKey" = agreed."lineKey" and listed.list_tier is null
      order by minimum_quantity, valid_from desc limit 1
    ) listed on true
    where agreed.percent_off is not null`)
}
