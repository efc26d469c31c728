import { z } from 'zod'
import { IsoDate, PaymentTerms } from './document.ts'
import { Currency, DecimalText, MinorUnits, normalDecimal } from './money.ts'
import { Address, Contact } from './party.ts'
import { RuleTerms } from './pricing-data.ts'

const Sku = z.string().trim().min(1).max(80)

const CustomerNumber = z.string().trim().min(1).max(40)

const Name = z.string().trim().min(1).max(200)
const ShortCode = z.string().trim().min(1).max(40)
// What an integer column holds.
const Count = z.int().min(-2_147_483_648).max(2_147_483_647)
const FromQuantity = Count.min(1).default(1)

// Spelled one way, so that "12.50" sent again over a kept "12.5" is no change.
const UnitPrice = z
  .string()
  .regex(/^\d{1,16}(\.\d{1,8})?$/, {
    error: 'a price such as 12.5000, not below zero',
    abort: true,
  })
  .overwrite(normalDecimal)

const Percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, { error: 'a percentage such as 7.5', abort: true })
  .overwrite(normalDecimal)
  .refine((value) => Number(value) <= 100, 'at most 100 percent')

const PositiveDecimal = DecimalText.refine((value) => !value.startsWith('-'), 'not below zero')

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function isWithoutRepeats<T>(values: readonly T[], keyOf: (value: T) => string): boolean {
  return new Set(values.map(keyOf)).size === values.length
}

/** Rules of one customer or partner that policies read by name. */
const RuleSettings = z.record(z.string().min(1).max(60), z.unknown())

/** A fact about a product: text, yes or no, a count, or a measure with its unit (UN/ECE Rec 20 or the trade's own). */
export const ProductAttribute = z.union([
  z.string().max(200),
  z.boolean(),
  z.number(),
  z.object({ value: PositiveDecimal, unit: z.string().min(1).max(12) }),
])
export type ProductAttribute = z.infer<typeof ProductAttribute>

/** A number by which documents name a product: scheme and number, for everyone or for one customer only. */
export const ItemKey = z.object({
  key: z
    .string()
    .max(120)
    .regex(/^(sku|buyer|gtin|mpn|other):\S.*$/, 'scheme and number such as gtin:00012345678905'),
  customerNumber: CustomerNumber.optional(),
})
export type ItemKey = z.infer<typeof ItemKey>

const itemKeyText = (item: ItemKey) => `${item.key}\n${item.customerNumber ?? ''}`

const Country = z.string().regex(/^[A-Z]{2}$/, 'two capital letters of ISO 3166-1')

/** What stands against selling a product to everybody, everywhere. */
export const ProductRestrictions = z.object({
  /** Licences a buyer must have: `refrigerant`, `pharma`, `alcohol`, `hazmat-3`. */
  licences: z.array(ShortCode).max(20).default([]),
  /** Countries it may not be delivered to. */
  exportBarredTo: z.array(Country).max(250).default([]),
  /** Countries it may be sold in; everywhere when empty. */
  soldOnlyIn: z.array(Country).max(250).default([]),
  /** Kinds of connection it may not be sold through. */
  channelsBarred: z.array(ShortCode).max(20).default([]),
  isRecalled: z.boolean().default(false),
  isOnQualityHold: z.boolean().default(false),
  /** Specified by serial number or brand: nothing replaces it. */
  isIrreplaceable: z.boolean().default(false),
})

/** A product we sell. */
export const Product = z
  .object({
    sku: Sku,
    name: Name,
    productClass: ShortCode,
    /** Products of one range inside a class: prices and breaks may be agreed for it. */
    family: ShortCode.optional(),
    brand: ShortCode.optional(),
    /** Country it comes from, ISO 3166-1 alpha-2. */
    origin: Country.optional(),
    condition: z.enum(['new', 'used', 'refurbished']).default('new'),
    /** Days it keeps after it is received. */
    shelfLifeDays: Count.min(1).optional(),
    restrictions: ProductRestrictions.prefault({}),
    status: z.enum(['active', 'discontinued', 'blocked']).default('active'),
    attributes: z.record(z.string().min(1).max(60), ProductAttribute).default({}),
    baseUom: z.string().min(1).max(12).default('EA'),
    /** Base units in one of each other unit: {"XCS": 24}. Per product: a case of A is not a case of B. */
    uomFactors: z.record(z.string().min(1).max(12), Count.min(1)).default({}),
    /** Smallest quantity we sell, in base units. */
    minimumQuantity: FromQuantity,
    /** Quantities are whole multiples of this many base units. */
    quantityMultiple: Count.min(1).default(1),
    /** What one base unit costs us, delivered to our warehouse. */
    landedCost: UnitPrice.optional(),
    currency: Currency.default('USD'),
    keys: z
      .array(ItemKey)
      .max(2_000)
      .refine((keys) => isWithoutRepeats(keys, itemKeyText), 'the same number twice')
      .overwrite((keys) => keys.toSorted((a, b) => byText(itemKeyText(a), itemKeyText(b))))
      .default([]),
  })
  .meta({ id: 'Product' })
export type Product = z.infer<typeof Product>

// Where a customer is billed or where goods go, with the code the customer names the place by.
const CustomerAddress = z.object({
  role: z.enum(['bill-to', 'ship-to']),
  code: z.string().max(80).optional(),
  name: z.string().max(200).optional(),
  address: Address,
})

/** What credit rests on besides the limit (domain rules 3.6). */
export const CreditFile = z.object({
  /** First day the limit no longer holds. */
  limitValidTo: IsoDate.optional(),
  /** Since when we deliver on account; a new customer has none or a recent day. */
  openedOn: IsoDate.optional(),
  /** What secures a part of the exposure, in the customer's currency. */
  securities: z
    .array(
      z.object({
        kind: z.enum(['letter-of-credit', 'card-authorisation', 'prepayment', 'insurance']),
        amountMinor: MinorUnits.min(0),
        /** First day it no longer holds. */
        validTo: IsoDate.optional(),
      }),
    )
    .max(50)
    .default([]),
  isFraudSuspected: z.boolean().default(false),
  isInsolvent: z.boolean().default(false),
})

/** A customer: who buys, on which terms. */
export const Customer = z
  .object({
    customerNumber: CustomerNumber,
    name: Name,
    status: z.enum(['active', 'blocked', 'closed']).default('active'),
    /** Which tier price list holds for this customer, where there is one. */
    tier: ShortCode.optional(),
    currency: Currency,
    terms: PaymentTerms.default({}),
    creditLimitMinor: MinorUnits.min(0).optional(),
    credit: CreditFile.prefault({}),
    /** The customer this one belongs to: its limits hold for the whole family. */
    parentNumber: CustomerNumber.optional(),
    /** Agreements may be made with a buying group. */
    buyingGroup: ShortCode.optional(),
    /** How we treat the customer: `low-risk`, `strategic`, `standard`, `high-risk`. */
    segment: ShortCode.default('standard'),
    /** What the law takes the buyer for; an unknown one is treated as a consumer. */
    legalKind: z.enum(['business', 'public-body', 'consumer', 'unknown']).default('unknown'),
    /** IANA zone in which the customer's business hours count; the tenant's when absent. */
    timeZone: z.string().min(1).max(60).optional(),
    /** BCP 47 tag of the language we write in. */
    language: z.string().min(2).max(20).optional(),
    addresses: z.array(CustomerAddress).max(500).default([]),
    contacts: z
      .array(Contact.extend({ role: z.string().max(40).optional() }))
      .max(100)
      .default([]),
    settings: RuleSettings.default({}),
    /** Cross-reference: how documents name this customer, for example `x12:ZZ:NORTHWIND` or `shopify:207119551`. */
    keys: z
      .array(
        z
          .string()
          .max(120)
          .regex(/^[a-z0-9-]+:\S.*$/, 'scheme and number such as duns:123456789'),
      )
      .max(500)
      .refine((keys) => isWithoutRepeats(keys, String), 'the same number twice')
      .overwrite((keys) => keys.toSorted(byText))
      .default([]),
  })
  .meta({ id: 'Customer' })
export type Customer = z.infer<typeof Customer>

/** A price of one base unit from a quantity on. */
export const ListPrice = z.object({
  sku: Sku,
  minimumQuantity: FromQuantity,
  unitPrice: UnitPrice,
})
export type ListPrice = z.infer<typeof ListPrice>

const listPriceText = (price: ListPrice) =>
  `${price.sku}\n${String(price.minimumQuantity).padStart(10, '0')}`

const DayInTrade = IsoDate.refine((day) => day > '1900', 'a day after 1900')

const Validity = z.object({
  validFrom: DayInTrade,
  /** First day it no longer holds. */
  validTo: DayInTrade.optional(),
})

const endsAfterItStarts = (validity: z.infer<typeof Validity>) =>
  validity.validTo === undefined || validity.validTo > validity.validFrom

const endsTooEarly = { error: 'it ends before it starts', path: ['validTo'] }

const PriceListHead = Validity.extend({
  priceListId: ShortCode,
  name: Name,
  currency: Currency,
  /** Absent on the list price for everyone. */
  tier: ShortCode.optional(),
})

/** A price list in force for a time: the list price, or the prices of one tier of customers. */
export const PriceList = PriceListHead.extend({
  prices: z
    .array(ListPrice)
    .max(200_000)
    .refine((prices) => isWithoutRepeats(prices, listPriceText), 'two prices for the same quantity')
    .overwrite((prices) => prices.toSorted((a, b) => byText(listPriceText(a), listPriceText(b))))
    .default([]),
})
  .refine(endsAfterItStarts, endsTooEarly)
  .meta({ id: 'PriceList' })
export type PriceList = z.infer<typeof PriceList>

/** A price list without its prices, as lists of price lists show it. */
export const PriceListSummary = PriceListHead.extend({ priceCount: z.int().min(0) })
export type PriceListSummary = z.infer<typeof PriceListSummary>

/** What an agreement says about one product (a price), a family or a class of products (a percentage off list). */
export const AgreementPrice = z.union([
  ListPrice,
  z.object({ family: ShortCode, minimumQuantity: FromQuantity, percentOff: Percent }),
  z.object({ productClass: ShortCode, minimumQuantity: FromQuantity, percentOff: Percent }),
])
export type AgreementPrice = z.infer<typeof AgreementPrice>

/** What the prices of an agreement are for, as the store spells it: `sku:FAS-1001`, `family:HEX` or `class:FAS`. */
export function agreementTarget(price: AgreementPrice): string {
  if ('sku' in price) return `sku:${price.sku}`
  return 'family' in price ? `family:${price.family}` : `class:${price.productClass}`
}

const agreementPriceText = (price: AgreementPrice) =>
  `${agreementTarget(price)}\n${String(price.minimumQuantity).padStart(10, '0')}`

/** A price agreement: a contract with a customer, a quote for one deal, or what a buying group has for its members. */
export const Agreement = Validity.extend({
  agreementId: ShortCode,
  name: Name,
  /** A quote counts only on orders that name it; a buying group's comes after the customer's own contracts. */
  kind: z.enum(['contract', 'quote', 'buying-group']).default('contract'),
  /** Whom a contract or quote is with. */
  customerNumber: CustomerNumber.optional(),
  /** The ship-to it is for, by the code the customer names the place by; all of the customer's when absent. */
  shipTo: ShortCode.optional(),
  /** The buying group whose members it is for. */
  buyingGroup: ShortCode.optional(),
  currency: Currency,
  settings: RuleTerms.prefault({}),
  prices: z
    .array(AgreementPrice)
    .max(100_000)
    .refine(
      (prices) => isWithoutRepeats(prices, agreementPriceText),
      'two prices for the same quantity',
    )
    .overwrite((prices) =>
      prices.toSorted((a, b) => byText(agreementPriceText(a), agreementPriceText(b))),
    )
    .default([]),
})
  .refine(endsAfterItStarts, endsTooEarly)
  .refine(
    ({ kind, customerNumber, buyingGroup }) =>
      kind === 'buying-group'
        ? buyingGroup !== undefined && customerNumber === undefined
        : customerNumber !== undefined && buyingGroup === undefined,
    { error: 'with a buying group, or with a customer', path: ['customerNumber'] },
  )
  .meta({ id: 'Agreement' })
export type Agreement = z.infer<typeof Agreement>

/** What a warehouse reports of one product, in base units. */
export const Stock = z
  .object({
    warehouse: ShortCode.regex(/^[^:]*$/, 'a warehouse code has no colon'),
    sku: Sku,
    onHandEach: Count,
    safetyEach: Count.min(0).default(0),
    /** When the warehouse counted. */
    asOf: z.iso
      .datetime({ offset: true, abort: true })
      .refine((moment) => moment > '1900', { error: 'a moment after 1900', abort: true })
      .overwrite((moment) => new Date(moment).toISOString()),
  })
  .meta({ id: 'Stock' })
export type Stock = z.infer<typeof Stock>

/** Stock with what open orders have taken of it. */
export const StockPosition = Stock.extend({ allocatedEach: z.int() })
export type StockPosition = z.infer<typeof StockPosition>

/** A trading partner: who we exchange documents with, and by which rules. */
export const Partner = z
  .object({
    partnerId: ShortCode,
    name: Name,
    kind: z.enum(['customer', 'shop', 'supplier', 'carrier', 'warehouse', 'bank']),
    /** The customer that orders of this partner belong to when the document names none. */
    customerNumber: CustomerNumber.optional(),
    /** How the partner signs its documents, for example `x12:ZZ:NORTHWIND`. */
    identifiers: z.array(z.string().min(1).max(120)).max(100).default([]),
    policy: RuleSettings.default({}),
  })
  .meta({ id: 'Partner' })
export type Partner = z.infer<typeof Partner>
