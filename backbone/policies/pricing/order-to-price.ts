import type { IsoDate, PaymentTerms } from '../../canonical/document.ts'
import type { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import type { RuleTerms } from '../../canonical/pricing-data.ts'

/** Where a price may be from, in the order in which they count (domain rules 3.1.1, step 2). */
export const priceLevels = [
  'quote',
  'agreement-item',
  'agreement-class',
  'buying-group',
  'tier-list',
  'list',
] as const
type PriceLevel = (typeof priceLevels)[number]

/** What a rule is for, the most specific first. */
export const priceTargets = ['item', 'family', 'class'] as const

/** Whom a rule is with, the most specific first. */
export const priceParties = ['ship-to', 'sold-to', 'parent', 'group', 'everyone'] as const

/** A price of one base unit, or a percentage off list, from so many base units on. */
export type RulePrice = {
  readonly minimumQuantity: number
  readonly unitPrice?: DecimalText
  readonly percentOff?: DecimalText
}

/** A quote, agreement or price list as far as it concerns one line. */
export type PriceRule = {
  readonly level: PriceLevel
  /** Number of the agreement or price list. */
  readonly ruleId: string
  readonly target: (typeof priceTargets)[number]
  readonly party: (typeof priceParties)[number]
  readonly currency: Currency
  readonly validFrom: IsoDate
  /** First day it no longer holds. */
  readonly validTo?: IsoDate
  readonly prices: readonly RulePrice[]
  /** Of agreements; the defaults where there are none. */
  readonly terms?: Partial<RuleTerms>
}

/** A promotion as far as it concerns one line; those out of date, used up or not for the item come along as explanations. */
export type PromotionRule = {
  readonly promotionId: string
  readonly combination: 'exclusive' | 'stackable'
  /** Lower numbers first. */
  readonly priority: number
  readonly percentOff?: DecimalText
  /** Per base unit. */
  readonly amountOff?: DecimalText
  readonly validFrom: IsoDate
  readonly validTo?: IsoDate
  readonly minimumQuantity?: number
  /** Base units it is for in all, and how many of them are used. */
  readonly quotaEach?: number
  readonly usedEach?: number
  /** The promotion leaves this item out, or was never for it. */
  readonly isItemExcluded?: boolean
}

/** A price rule that does not hold for the line but may be what the buyer went by. */
export type OtherRule = {
  readonly why: 'previous-list' | 'next-list' | 'expired-contract' | 'other-tier' | 'other-party'
  readonly rule: PriceRule
  /** Whose it is: a customer or a tier. */
  readonly of?: string
}

/** What may explain a price that is off; loaded only for lines out of tolerance. */
export type LineBackground = {
  readonly otherRules: readonly OtherRule[]
  /** Promotions that do not hold for the line: over, not begun, or not for its product. */
  readonly promotions?: readonly PromotionRule[]
  readonly lastInvoiced?: {
    /** Per base unit. */
    readonly unitPrice: DecimalText
    readonly invoiceNumber: string
    readonly invoicedOn: IsoDate
  }
  /** How much of the item the customer usually orders, in base units. */
  readonly usualEach?: number
}

/** A line to price. */
export type LineToPrice = {
  readonly line: string
  readonly sku: string
  readonly productClass?: string
  readonly family?: string
  /** As ordered. */
  readonly quantity: DecimalText
  readonly uom: string
  /** Base units in one ordered unit. */
  readonly uomFactor: number
  /** The quantity in base units. */
  readonly quantityEach: number
  /** Base units still wanted where some were cancelled: breaks go by what was ordered, amounts by this. */
  readonly wantedEach?: number
  readonly baseUom: string
  /** Base units in one of each other unit of the item. */
  readonly uomFactors: Readonly<Record<string, number>>
  /** Price of `priceBasis` ordered units as the buyer wrote it; absent when there is none. */
  readonly sentUnitPrice?: DecimalText
  /** 1 unless said otherwise. */
  readonly priceBasis?: DecimalText
  /** The line amount the buyer wrote, where there is one. */
  readonly statedAmountMinor?: MinorUnits
  /** The buyer's code says that the goods are free. */
  readonly isFreeOfCharge?: boolean
  readonly requestedOn?: IsoDate
  /** Smallest quantity we sell and the multiple, in base units. */
  readonly minimumQuantity?: number
  readonly quantityMultiple?: number
  /** Per base unit, in the order's currency. */
  readonly landedCost?: DecimalText
  readonly minimumPrice?: DecimalText
  readonly rules: readonly PriceRule[]
  readonly promotions: readonly PromotionRule[]
  /** What a person decided about its price: it is billed, whatever the rules and the buyer say. */
  readonly settled?: {
    readonly of: 'ours' | 'buyers' | 'swap' | 'split'
    readonly unitPrice: DecimalText
    readonly source: string
    readonly by: string
  }
  /** Base units bought before in the period of a cumulative break. */
  readonly periodEach?: number
  readonly background?: LineBackground
}

/** A stored rate: one unit of `base` is `rate` units of `quote`. */
export type StoredRate = {
  readonly rateId: string
  readonly base: Currency
  readonly quote: Currency
  readonly rate: DecimalText
  readonly on: IsoDate
}

/** Tax as the order states it and as the customer's file has it. */
export type TaxToCheck = {
  readonly statedMinor: MinorUnits
  /** Percent; absent where no rate is on file. */
  readonly ratePercent?: DecimalText
  readonly jurisdiction?: string
  readonly statedJurisdiction?: string
  readonly statedRatePercent?: DecimalText
  readonly isExemptionClaimed: boolean
  /** A certificate that holds on the pricing day. */
  readonly hasCertificate: boolean
}

/** Who pays freight: the seller, the buyer at the carrier, or the seller who bills it on. */
type FreightPayer = 'prepaid' | 'collect' | 'prepaid-and-add'

/** Freight as the order states it and as agreed. */
export type FreightToCheck = {
  readonly stated?: FreightPayer
  readonly agreed?: FreightPayer
  readonly statedMinor?: MinorUnits
  /** Freight is free from this order value on. */
  readonly freeFromMinor?: MinorUnits
  /** Charges of the order that no terms name: lift gate, inside delivery. */
  readonly unknownAccessorials?: readonly string[]
}

/** An order to price: its facts, all loaded. */
export type OrderToPrice = {
  readonly orderId: string
  readonly currency: Currency
  /** Currency the customer is billed in; that of the order when absent. */
  readonly billingCurrency?: Currency
  /** The date on the purchase order. */
  readonly orderedOn?: IsoDate
  readonly receivedOn: IsoDate
  readonly requestedOn?: IsoDate
  /** The day its goods left, once they have. */
  readonly shippedOn?: IsoDate
  readonly lines: readonly LineToPrice[]
  readonly rates?: readonly StoredRate[]
  readonly statedTotalMinor?: MinorUnits
  /** Freight and other charges less allowances. */
  readonly chargesMinor?: MinorUnits
  /** Of these, the money off that the order claims without a code of ours. */
  readonly allowanceMinor?: MinorUnits
  readonly taxMinor?: MinorUnits
  /** A shop of our own grants its discounts itself. */
  readonly isOwnShop?: boolean
  readonly statedTerms?: PaymentTerms
  readonly agreedTerms?: PaymentTerms
  readonly tax?: TaxToCheck
  readonly freight?: FreightToCheck
}
