import { sql } from 'drizzle-orm'
import { ClassRule } from '../../canonical/availability-data.ts'
import { type Product, ProductRestrictions } from '../../canonical/master-data.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A product something is to stand in for: for whom, on which day. */
export type SubstituteQuestion = {
  readonly sku: string
  readonly customerNumber: string
  readonly on: string
}

/** A rule in force that bears on one of the products, or on one of those that may stand in for it. */
export type SubstitutionRuleFact = {
  readonly ruleId: string
  readonly kind:
    | 'approved'
    | 'supersession'
    | 'other-pack'
    | 'functional'
    | 'blocked'
    | 'irreplaceable'
    | 'approved-only'
  readonly sku: string | null
  readonly substituteSku: string | null
  readonly quantityEach: number | null
  readonly substituteEach: number | null
  readonly customerNumber: string | null
  readonly reason: string | null
  readonly isStanding: boolean | null
  readonly isTwoWay: boolean | null
}

const chainAtMost = 20

/**
 * The rules in force of some products in one statement: what may stand in for them, what may not, and the whole
 * chains of their successors.
 */
export function substitutionRules(
  tx: TenantTx,
  questions: readonly SubstituteQuestion[],
): Promise<SubstitutionRuleFact[]> {
  if (questions.length === 0) return Promise.resolve([])
  const skus = asTextList([...new Set(questions.map(({ sku }) => sku))])
  const customers = asTextList([...new Set(questions.map(({ customerNumber }) => customerNumber))])
  const [{ on } = { on: '' }] = questions
  const inForce = sql`(rule.customer_number is null or rule.customer_number = any(${customers}))
    and (rule.valid_from is null or rule.valid_from <= ${on}::date)
    and (rule.valid_to is null or ${on}::date < rule.valid_to)`
  return tx.rows<SubstitutionRuleFact>(sql`
    with recursive chain as (
      select sku, 0 as depth from unnest(${skus}) as sku
      union
      select case when rule.sku = chain.sku then rule.substitute_sku else rule.sku end, chain.depth + 1
      from chain
      join substitution_rule rule on rule.kind = 'supersession'
        and (rule.sku = chain.sku or (rule.is_two_way and rule.substitute_sku = chain.sku))
      where ${inForce} and chain.depth < ${chainAtMost}
    ), reached as materialized (select array_agg(distinct sku) as skus from chain)
    select rule_id as "ruleId", kind, sku, substitute_sku as "substituteSku", quantity_each as "quantityEach",
      substitute_each as "substituteEach", customer_number as "customerNumber", reason,
      is_standing as "isStanding", is_two_way as "isTwoWay"
    from substitution_rule rule
    where ${inForce} and rule.kind <> 'blocked'
      and (rule.sku = any((select skus from reached)::text[])
        or rule.substitute_sku = any((select skus from reached)::text[]))
    order by rule_id`)
}

/** How often one product was offered for another, and accepted. */
export type SwapHistory = {
  readonly sku: string
  readonly substituteSku: string
  readonly offered: number
  readonly accepted: number
}

/** What became of earlier offers for some products. */
export function swapHistory(tx: TenantTx, skus: readonly string[]): Promise<SwapHistory[]> {
  if (skus.length === 0) return Promise.resolve([])
  return tx.rows<SwapHistory>(sql`
    select sku, substitute_sku as "substituteSku", count(*)::int as offered,
      count(*) filter (where answer = 'accepted')::int as accepted
    from substitution_outcome where sku = any(${asTextList(skus)})
    group by sku, substitute_sku`)
}

/** A product of the same class that agrees in what is required. */
export type FittingFact = { readonly sku: string; readonly substituteSku: string }

const fittingAtMost = 30
const nearMissesAtMost = 5
const lookedAtAtMost = 400

/** Products that fit by their attributes: those in stock first, and a few that only safety sets apart, to say why not. */
export function fittingProducts(tx: TenantTx, skus: readonly string[]): Promise<FittingFact[]> {
  if (skus.length === 0) return Promise.resolve([])
  return tx.rows<FittingFact>(sql`
    with mine as materialized (
      select fit.sku, fit.product_class, fit.fit_key, fit.safe_key from product_fit fit
      join product on product.sku = fit.sku and product.product_class = fit.product_class
      where fit.sku = any(${asTextList([...new Set(skus)])})
    )
    select mine.sku, fitting.sku as "substituteSku" from mine cross join lateral (
      select near.sku from (
        select sku from product_fit
        where product_class = mine.product_class and fit_key = mine.fit_key and safe_key = mine.safe_key
          and sku <> mine.sku
        limit ${lookedAtAtMost}
      ) near
      order by (select coalesce(max(on_hand_each - allocated_each - safety_each), 0) from stock
        where stock.sku = near.sku) > 0 desc, near.sku
      limit ${fittingAtMost}
    ) fitting
    union all
    select mine.sku, unsafe.sku from mine cross join lateral (
      select sku from product_fit
      where product_class = mine.product_class and fit_key = mine.fit_key and safe_key <> mine.safe_key
      order by sku limit ${nearMissesAtMost}
    ) unsafe`)
}

/** A product as the rules of substitution need it. */
export type SwapProductFact = {
  readonly product: Omit<Product, 'keys' | 'uomFactors'>
  /** Why it may not be offered; empty where nothing forbids it. */
  readonly forbidden: readonly string[]
  /** The rule of its class, where it has one. */
  readonly classRule?: ClassRule
}

type SwapProductRow = {
  readonly product: SwapProductFact['product']
  readonly forbidden: readonly string[] | null
  readonly attributes: unknown
}

// A product kept before there were restrictions has none.
const noRestrictions = ProductRestrictions.parse({})

/** Products as the rules of substitution need them for a customer; what a product does not have is left out. */
export async function swapProducts(
  tx: TenantTx,
  skus: readonly string[],
  { customerNumber, on }: Omit<SubstituteQuestion, 'sku'>,
): Promise<SwapProductFact[]> {
  if (skus.length === 0) return []
  const rows = await tx.rows<SwapProductRow>(sql`
    select jsonb_strip_nulls(jsonb_build_object('sku', sku, 'name', name, 'productClass', product_class,
      'family', family, 'brand', brand, 'origin', origin, 'condition', condition, 'shelfLifeDays', shelf_life_days,
      'restrictions', restrictions, 'status', status, 'attributes', attributes, 'baseUom', base_uom,
      'minimumQuantity', minimum_quantity, 'quantityMultiple', quantity_multiple,
      'landedCost', trim_scale(landed_cost)::text, 'currency', currency)) as product,
      (select jsonb_agg(coalesce(rule.reason, 'a rule forbids to offer it') order by rule.rule_id)
        from substitution_rule rule
        where rule.substitute_sku = product.sku and rule.kind = 'blocked'
          and (rule.customer_number is null or rule.customer_number = ${customerNumber})
          and (rule.valid_from is null or rule.valid_from <= ${on}::date)
          and (rule.valid_to is null or ${on}::date < rule.valid_to)) as forbidden,
      (select class_rule.attributes from class_rule
        where class_rule.product_class = product.product_class) as attributes
    from product where sku = any(${asTextList([...new Set(skus)])})`)
  const rules = new Map(
    rows.map(({ product: { productClass }, attributes }) => [productClass, attributes]),
  )
  const ruleOf = new Map(
    [...rules].flatMap(([productClass, attributes]): [string, ClassRule][] =>
      attributes === null ? [] : [[productClass, ClassRule.parse({ productClass, attributes })]],
    ),
  )
  return rows.map(({ product, forbidden }) => {
    const classRule = ruleOf.get(product.productClass)
    return {
      product: { ...product, restrictions: { ...noRestrictions, ...product.restrictions } },
      forbidden: forbidden ?? [],
      ...(classRule === undefined ? {} : { classRule }),
    }
  })
}
