import { chanceOf } from './chance.ts'
import type { Plan, SandboxSettings } from './records.ts'

/** The carrier's tracking number of a shipment, always the same one. */
export function trackingNumberOf(shipmentNumber: string): string {
  const digits = Math.floor(chanceOf(0, 'tracking', shipmentNumber) * 1e10)
  return `SBX${String(digits).padStart(10, '0')}`
}

/** Sends a parcel on its way: the carrier will tell when it was delivered. */
export function plannedDelivery(
  settings: SandboxSettings,
  shipment: {
    readonly shipmentNumber: string
    readonly orderNumber: string
    readonly subject: string
    readonly shippedAtMs: number
  },
): Plan {
  const { deliveryDelayMs, speed } = settings
  const dueAtMs = shipment.shippedAtMs + deliveryDelayMs / speed
  return {
    planId: `delivered:${shipment.shipmentNumber}`,
    sender: 'carrier',
    subject: shipment.subject,
    dueAtMs,
    document: {
      docType: 'milestone',
      milestoneNumber: `DLV-${shipment.shipmentNumber}`,
      orderNumber: shipment.orderNumber,
      kind: 'delivered',
      happenedAt: new Date(dueAtMs).toISOString(),
      detail: `Shipment ${shipment.shipmentNumber}, tracking ${trackingNumberOf(shipment.shipmentNumber)}`,
    },
  }
}
