/** A product of the generated distributor. Prices are texts as they are loaded, always per base unit (each). */
export type WorldProduct = {
  readonly sku: string
  readonly productClass: string
  readonly family: string
  readonly uomFactors: Readonly<Record<string, number>>
  readonly landedCost?: string
}

/** A price from a quantity on. */
export type WorldBreak = { readonly from: number; readonly price: string }

/** A price list: everyone's, or one tier's. */
export type WorldList = {
  readonly id: string
  readonly currency: string
  readonly tier?: string
  /** First day it holds, and first day it no longer does. */
  readonly from: string
  readonly to?: string
  readonly prices: ReadonlyMap<string, readonly WorldBreak[]>
}

/** What an agreement gives: prices of one product, or a percentage off the list for a class or family. */
export type WorldTerm =
  | { readonly sku: string; readonly breaks: readonly WorldBreak[] }
  | { readonly productClass: string; readonly percentOff: string }

export type WorldAgreement = {
  readonly id: string
  readonly customer: string
  /** Only for goods that go to this place of the customer. */
  readonly shipTo?: string
  readonly currency: string
  readonly from: string
  readonly to?: string
  readonly breaks: 'bracket' | 'graduated'
  readonly isPromotionExcluded: boolean
  readonly terms: readonly WorldTerm[]
}

export type WorldPromotion = {
  readonly id: string
  readonly combination: 'exclusive' | 'stackable'
  readonly priority: number
  readonly percentOff: string
  readonly from: string
  readonly to?: string
  /** The family it is for. */
  readonly family: string
  readonly excludedSkus: readonly string[]
  /** Pieces it is for in all, and how many of them are gone. */
  readonly quota?: { readonly each: number; readonly used: number }
}

/** What a customer's own settings of the pricing policy are. */
type WorldRules = {
  readonly missingPrice?: 'ask' | 'expected'
  readonly staleListGraceDays?: number
  readonly promotionGraceDays?: number
}

type WorldTax = {
  readonly ratePercent: string
  readonly jurisdiction: string
  /** First day the exemption certificate no longer holds; absent without one. */
  readonly certificateTo?: string
}

type WorldFreight = {
  readonly payer: 'prepaid' | 'collect' | 'prepaid-and-add'
  /** Freight is free from this order value on. */
  readonly freeFromMinor?: number
}

export type WorldCustomer = {
  readonly number: string
  readonly tier?: string
  readonly currency: string
  readonly parent?: string
  readonly netDays: number
  readonly discount?: { readonly percent: string; readonly days: number }
  /** Codes of the places its goods go to. */
  readonly shipTos: readonly string[]
  readonly rules?: WorldRules
  readonly tax?: WorldTax
  readonly freight?: WorldFreight
}

/** A rate as of the day: one unit of `base` is `rate` units of `quote`. */
type WorldRate = { readonly base: string; readonly quote: string; readonly rate: string }

/** How far a price may be off without a person; minor units by currency. */
type WorldTolerance = {
  readonly percent: string
  readonly amounts: Readonly<Record<string, { readonly line: number; readonly order: number }>>
}

/** The generated distributor: everything that may give, or explain, a price. */
export type World = {
  /** The day of all its orders. */
  readonly day: string
  readonly products: readonly WorldProduct[]
  readonly lists: readonly WorldList[]
  readonly agreements: readonly WorldAgreement[]
  readonly promotions: readonly WorldPromotion[]
  readonly customers: readonly WorldCustomer[]
  readonly rates: readonly WorldRate[]
  readonly tolerance: WorldTolerance
  readonly marginFloorPercent: string
  /** Percent of the price before them that promotions may take off in all. */
  readonly promotionCapPercent: string
  /** Percentages that people claim without an agreement. */
  readonly roundDiscounts: readonly string[]
}

/** An order in the making: who buys what, at which prices. */
export type DraftLine = {
  readonly product: WorldProduct
  /** In ordered units. */
  readonly quantity: number
  readonly uom: string
  /** As the buyer writes it, per `priceBasis` ordered units; absent where the buyer writes none. */
  readonly price?: string
  readonly priceBasis?: number
  readonly isFreeOfCharge?: boolean
}

/** Base units in one ordered unit. */
export const factorOf = (line: Pick<DraftLine, 'product' | 'uom'>): number =>
  line.uom === 'EA' ? 1 : (line.product.uomFactors[line.uom] ?? 1)

/** Decimals of a currency's smallest unit, as ISO 4217 has them. */
export function decimalsOf(currency: string): number {
  return { JPY: 0, KWD: 3 }[currency] ?? 2
}

/** The day so many days after another, both as YYYY-MM-DD. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Whether something holds on a day: from its first, up to the day before its end. */
export const holdsOn = (
  validity: { readonly from: string; readonly to?: string },
  day: string,
): boolean => validity.from <= day && (validity.to === undefined || day < validity.to)
