import { z } from 'zod'
import { IsoDate } from './document.ts'
import { Currency, MinorUnits, normalDecimal } from './money.ts'

const Code = z.string().trim().min(1).max(40)
const CodeWithoutColon = Code.regex(/^[^:]*$/, 'a code has no colon')
const Sku = z.string().trim().min(1).max(80)
const Count = z.int().min(0).max(2_147_483_647)
const UnitPrice = z
  .string()
  .regex(/^\d{1,16}(\.\d{1,8})?$/, {
    error: 'a price such as 12.5000, not below zero',
    abort: true,
  })
  .overwrite(normalDecimal)

/** What a supplier offers one product for, until when, and how it has delivered so far. */
export const SupplierOffer = z
  .object({
    supplierId: CodeWithoutColon,
    sku: Sku,
    currency: Currency,
    /** Price of one base unit at the supplier's door. */
    unitPrice: UnitPrice,
    /** Freight and duty to us for one base unit. */
    landingPerUnit: UnitPrice.default('0'),
    availableEach: Count,
    leadDays: Count.max(3_650).default(0),
    deliveries: Count.default(0),
    /** Of them on time and in full. */
    deliveriesInFull: Count.default(0),
    /** Accepted of a thousand delivered. */
    qualityPermille: z.int().min(0).max(1_000).default(1_000),
    quotedOn: IsoDate,
    /** First day the quote no longer holds. */
    validTo: IsoDate.optional(),
  })
  .refine(({ deliveries, deliveriesInFull }) => deliveriesInFull <= deliveries, {
    error: 'more deliveries in full than there were',
    path: ['deliveriesInFull'],
  })
  .meta({ id: 'SupplierOffer' })
export type SupplierOffer = z.infer<typeof SupplierOffer>

/** How an offer is named: the supplier and the product. */
export function supplierOfferId({
  supplierId,
  sku,
}: Pick<SupplierOffer, 'supplierId' | 'sku'>): string {
  return `${supplierId}:${sku}`
}

/** A carrier's service between two places: what it costs, and how many deliveries took how many days. */
export const Lane = z
  .object({
    laneId: Code,
    carrier: Code,
    service: Code,
    origin: Code,
    destination: Code,
    currency: Currency,
    costMinor: MinorUnits.min(0),
    transits: z
      .array(z.object({ days: Count.max(365), deliveries: Count }))
      .max(366)
      .refine(
        (transits) => new Set(transits.map(({ days }) => days)).size === transits.length,
        'two counts for the same number of days',
      )
      .overwrite((transits) => transits.toSorted((a, b) => a.days - b.days))
      .default([]),
    /** The day the deliveries were counted. */
    asOf: IsoDate,
  })
  .meta({ id: 'Lane' })
export type Lane = z.infer<typeof Lane>
