import { z } from 'zod'
import { DocumentHeader, IsoDate, IsoMoment } from './document.ts'
import { Item } from './item.ts'
import { Party } from './party.ts'
import { Quantity } from './uom.ts'

/** A line of a shipment: how much of an order line left. */
export const ShipmentLine = z.object({
  line: z.string().min(1).max(40),
  item: Item,
  ordered: Quantity.optional(),
  shipped: Quantity,
  lot: z.string().max(60).optional(),
  serials: z.array(z.string().max(60)).default([]),
})
export type ShipmentLine = z.infer<typeof ShipmentLine>

/** A carton or pallet with its label (SSCC-18, X12 MAN*GM) and what is in it. */
export const Pack = z.object({
  sscc: z.string().max(40).optional(),
  contents: z.array(z.object({ line: z.string().max(40), quantity: Quantity })).default([]),
})
export type Pack = z.infer<typeof Pack>

/**
 * Goods that left: the warehouse's report coming in, the ship notice (X12 856) going out.
 * `shipmentNumber` is unique per warehouse; `orderNumber` is ours.
 */
export const Shipment = DocumentHeader.extend({
  docType: z.literal('shipment'),
  shipmentNumber: z.string().min(1).max(60),
  orderNumber: z.string().min(1).max(60),
  purchaseOrderNumber: z.string().max(60).optional(),
  shippedAt: IsoMoment,
  estimatedDeliveryOn: IsoDate.optional(),
  carrier: z.string().max(60).optional(),
  /** Standard Carrier Alpha Code. */
  scac: z.string().max(4).optional(),
  serviceLevel: z.string().max(60).optional(),
  trackingNumber: z.string().max(80).optional(),
  billOfLading: z.string().max(60).optional(),
  parties: z.array(Party).default([]),
  weightKg: z.string().max(20).optional(),
  packs: z.array(Pack).default([]),
  /** No more will come for this order: what is still open is short-shipped. */
  isFinal: z.boolean().default(false),
  lines: z.array(ShipmentLine).min(1).max(10_000),
})
export type Shipment = z.infer<typeof Shipment>
