import type { ClassRule } from '../../canonical/availability-data.ts'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import type { Product } from '../../canonical/master-data.ts'
import type { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import type { SupplyPicture } from '../availability/available-to-promise.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'

/** A product as far as it may stand in for another. */
export type SwapProduct = Pick<
  Product,
  | 'sku'
  | 'name'
  | 'productClass'
  | 'brand'
  | 'origin'
  | 'condition'
  | 'shelfLifeDays'
  | 'restrictions'
  | 'status'
  | 'attributes'
  | 'baseUom'
  | 'minimumQuantity'
  | 'quantityMultiple'
  | 'landedCost'
  | 'currency'
>

/** Why a product is thought of as a substitute at all. */
export type SubstituteSource = keyof SubstitutionSettings['relations']

/** One way in which a product came to be a candidate. */
export type SubstituteOrigin = {
  readonly source: SubstituteSource
  /** The rule it is from. */
  readonly ruleId?: string
  /** So many base units of the product are replaced by so many of the substitute. */
  readonly quantityEach: number
  readonly substituteEach: number
  /** The customer consented once for all. */
  readonly isStanding: boolean
}

/** What we ask for one base unit of a product, and by which rule. */
export type OwnPrice = {
  readonly unitPrice: DecimalText
  readonly source: string
  /** From an agreement with the customer. */
  readonly isContract: boolean
}

/** A product that might stand in, with everything known of it. */
export type SubstituteFacts = {
  readonly product: SwapProduct
  readonly origins: readonly SubstituteOrigin[]
  readonly pictures: readonly SupplyPicture[]
  readonly ownPrice?: OwnPrice
  /** How often the swap was offered before, and accepted. */
  readonly offered: number
  readonly accepted: number
  /** How alike the descriptions are, 0 to 1: orders what the rules hold equal, and nothing more. */
  readonly similarity: number
  /** Rules that forbid to offer it, as people read them. */
  readonly forbidden: readonly string[]
}

/** A line that cannot be delivered in time, and everything its alternatives depend on. */
export type SwapRequest = {
  readonly line: string
  readonly product: SwapProduct
  readonly neededEach: number
  readonly neededOn: IsoDate
  readonly today: IsoDate
  readonly now: IsoMoment
  readonly currency: Currency
  /** What the line is billed at, per base unit. */
  readonly unitPrice?: DecimalText
  readonly isShipComplete: boolean
  /** Country the goods go to. */
  readonly destination?: string
  /** Kind of connection the order comes through. */
  readonly channel?: string
  readonly pictures: readonly SupplyPicture[]
  readonly classRule?: ClassRule
  readonly marginFloorPercent: DecimalText
  /** What the order may still grow by before credit stops it. */
  readonly creditRoomMinor?: MinorUnits
  /** Why nothing may stand in for it. */
  readonly irreplaceable?: string
  /** Why only approved substitutes may. */
  readonly approvedOnly?: string
  readonly substitutes: readonly SubstituteFacts[]
}
