import type { SubstitutionRule } from '../../canonical/availability-data.ts'
import type {
  Agreement,
  Customer,
  Partner,
  PriceList,
  Product,
} from '../../canonical/master-data.ts'
import type { Promotion } from '../../canonical/pricing-data.ts'
import type { TenantTx } from '../../store/database.ts'
import {
  customerKeyOwners,
  itemKeyOwners,
  unknownClasses,
  unknownCustomers,
  unknownSkus,
} from '../../store/master-data/references.ts'
import type { MasterFinding } from './master-kind.ts'

const namedAtMost = 5

function unknownFinding(
  field: string,
  noun: string,
  values: readonly string[],
  unknown: ReadonlySet<string>,
): MasterFinding[] {
  const missing = [...new Set(values.filter((value) => unknown.has(value)))]
  if (missing.length === 0) return []
  const named = missing.slice(0, namedAtMost).join(', ')
  const more = missing.length > namedAtMost ? ` and ${missing.length - namedAtMost} more` : ''
  return [{ field, message: `There is no ${noun} ${named}${more}.` }]
}

const distinct = (values: readonly string[]) => [...new Set(values)]

type KeyClaim = { readonly key: string; readonly spelled: string; readonly owner: string }

// A number names one thing: the one it names today, else the first of the batch to claim it.
function takenKeyFinding(
  noun: string,
  claims: readonly KeyClaim[],
  ownerOf: Map<string, string>,
): MasterFinding[] {
  return claims.flatMap(({ key, spelled, owner }) => {
    const current = ownerOf.get(spelled) ?? owner
    ownerOf.set(spelled, current)
    return current === owner
      ? []
      : [{ field: 'keys', message: `${key} already names ${noun} ${current}.` }]
  })
}

/** Numbers of products that name another product, or belong to a customer that does not exist. */
export async function productFindings(
  tx: TenantTx,
  products: readonly Product[],
): Promise<MasterFinding[][]> {
  const itemKeys = products.flatMap(({ keys }) => keys)
  const customersOf = (keys: Product['keys']) =>
    keys.flatMap(({ customerNumber }) => (customerNumber === undefined ? [] : [customerNumber]))
  const unknown = await unknownCustomers(tx, distinct(customersOf(itemKeys)))
  const spell = (key: string, customerNumber = '') => `${key}\n${customerNumber}`
  const owners = await itemKeyOwners(tx, distinct(itemKeys.map(({ key }) => key)))
  const ownerOf = new Map(
    owners.map(({ key, customerNumber, owner }) => [spell(key, customerNumber), owner]),
  )
  return products.map(({ sku, keys }) => [
    ...unknownFinding('keys', 'customer', customersOf(keys), unknown),
    ...takenKeyFinding(
      'product',
      keys.map(({ key, customerNumber }) => ({
        key,
        spelled: spell(key, customerNumber),
        owner: sku,
      })),
      ownerOf,
    ),
  ])
}

/** Numbers of customers that name another customer. */
export async function customerFindings(
  tx: TenantTx,
  customers: readonly Customer[],
): Promise<MasterFinding[][]> {
  const owners = await customerKeyOwners(tx, distinct(customers.flatMap(({ keys }) => keys)))
  const ownerOf = new Map(owners.map(({ key, owner }) => [key, owner]))
  return customers.map(({ customerNumber, keys }) =>
    takenKeyFinding(
      'customer',
      keys.map((key) => ({ key, spelled: key, owner: customerNumber })),
      ownerOf,
    ),
  )
}

/** Prices of products that do not exist. */
export async function priceListFindings(
  tx: TenantTx,
  priceLists: readonly PriceList[],
): Promise<MasterFinding[][]> {
  const skusOf = ({ prices }: PriceList) => prices.map(({ sku }) => sku)
  const unknown = await unknownSkus(tx, distinct(priceLists.flatMap(skusOf)))
  return priceLists.map((list) => unknownFinding('prices', 'product', skusOf(list), unknown))
}

/** Agreements with customers, or on products or classes, that do not exist. */
export async function agreementFindings(
  tx: TenantTx,
  agreements: readonly Agreement[],
): Promise<MasterFinding[][]> {
  const skusOf = ({ prices }: Agreement) =>
    prices.flatMap((price) => ('sku' in price ? [price.sku] : []))
  const classesOf = ({ prices }: Agreement) =>
    prices.flatMap((price) => ('productClass' in price ? [price.productClass] : []))
  const customersOf = ({ customerNumber }: Agreement) =>
    customerNumber === undefined ? [] : [customerNumber]
  const customers = await unknownCustomers(tx, distinct(agreements.flatMap(customersOf)))
  const skus = await unknownSkus(tx, distinct(agreements.flatMap(skusOf)))
  const classes = await unknownClasses(tx, distinct(agreements.flatMap(classesOf)))
  return agreements.map((agreement) => [
    ...unknownFinding('customerNumber', 'customer', customersOf(agreement), customers),
    ...unknownFinding('prices', 'product', skusOf(agreement), skus),
    ...unknownFinding('prices', 'product class', classesOf(agreement), classes),
  ])
}

/** Promotions for customers, or on products or classes, that do not exist. */
export async function promotionFindings(
  tx: TenantTx,
  promotions: readonly Promotion[],
): Promise<MasterFinding[][]> {
  const skusOf = ({ targets, excludedSkus }: Promotion) => [
    ...targets.flatMap((target) => ('sku' in target ? [target.sku] : [])),
    ...excludedSkus,
  ]
  const classesOf = ({ targets }: Promotion) =>
    targets.flatMap((target) => ('productClass' in target ? [target.productClass] : []))
  const named = promotions.flatMap(({ customerNumbers }) => customerNumbers)
  const customers = await unknownCustomers(tx, distinct(named))
  const skus = await unknownSkus(tx, distinct(promotions.flatMap(skusOf)))
  const classes = await unknownClasses(tx, distinct(promotions.flatMap(classesOf)))
  return promotions.map((promotion) => [
    ...unknownFinding('customerNumbers', 'customer', promotion.customerNumbers, customers),
    ...unknownFinding('targets', 'product', skusOf(promotion), skus),
    ...unknownFinding('targets', 'product class', classesOf(promotion), classes),
  ])
}

/** Records of products that do not exist. */
export async function skuFindings(
  tx: TenantTx,
  records: readonly { readonly sku: string }[],
): Promise<MasterFinding[][]> {
  const unknown = await unknownSkus(tx, distinct(records.map(({ sku }) => sku)))
  return records.map(({ sku }) => unknownFinding('sku', 'product', [sku], unknown))
}

/** Rules about products or customers that do not exist. */
export async function substitutionRuleFindings(
  tx: TenantTx,
  rules: readonly SubstitutionRule[],
): Promise<MasterFinding[][]> {
  const skusOf = (rule: SubstitutionRule) => ('sku' in rule ? [rule.sku] : [])
  const substitutesOf = (rule: SubstitutionRule) =>
    'substituteSku' in rule ? [rule.substituteSku] : []
  const customersOf = ({ customerNumber }: SubstitutionRule) =>
    customerNumber === undefined ? [] : [customerNumber]
  const named = rules.flatMap((rule) => [...skusOf(rule), ...substitutesOf(rule)])
  const skus = await unknownSkus(tx, distinct(named))
  const customers = await unknownCustomers(tx, distinct(rules.flatMap(customersOf)))
  return rules.map((rule) => [
    ...unknownFinding('sku', 'product', skusOf(rule), skus),
    ...unknownFinding('substituteSku', 'product', substitutesOf(rule), skus),
    ...unknownFinding('customerNumber', 'customer', customersOf(rule), customers),
  ])
}

/** Partners whose orders would belong to a customer that does not exist. */
export async function partnerFindings(
  tx: TenantTx,
  partners: readonly Partner[],
): Promise<MasterFinding[][]> {
  const customersOf = ({ customerNumber }: Partner) =>
    customerNumber === undefined ? [] : [customerNumber]
  const unknown = await unknownCustomers(tx, distinct(partners.flatMap(customersOf)))
  return partners.map((partner) =>
    unknownFinding('customerNumber', 'customer', customersOf(partner), unknown),
  )
}
