import type { Alternative, Evidence } from './decision.ts'
import type { IsoDate, IsoMoment, PaymentTerms, Reference } from './document.ts'
import type { Item } from './item.ts'
import type { Currency, DecimalText, MinorUnits } from './money.ts'
import type { Party } from './party.ts'

/** The stages of an order, in the order of its life; cancelled and rejected end it early. */
export const stages = [
  'received',
  'validated',
  'held',
  'ready',
  'released',
  'picking',
  'shipped',
  'invoiced',
  'paid',
  'closed',
  'cancelled',
  'rejected',
] as const
export type Stage = (typeof stages)[number]

/** The steps a hold can block. */
export const blockableSteps = ['confirm', 'release', 'allocate', 'pick', 'ship', 'invoice'] as const
export type BlockableStep = (typeof blockableSteps)[number]

/** Why an order or line may be held (domain rules 3.7). */
export const holdTypes = [
  'CANCEL_WINDOW',
  'CONDITIONAL',
  'CREDIT',
  'PRICE',
  'MARGIN',
  'SHIP_COMPLETE',
  'ADDRESS',
  'FRAUD',
  'COMPLIANCE',
  'PAYMENT',
  'DATA_INCOMPLETE',
  'DUPLICATE_SUSPECT',
  'CUSTOMER_REQUEST',
  'MANUAL',
] as const
export type HoldType = (typeof holdTypes)[number]

/** A result of a check that people should see, with its reason and the money it moves. */
export type CheckFinding = {
  readonly kind: string
  readonly line?: string
  /** Where it is of several lines together. */
  readonly lines?: readonly string[]
  readonly message: string
  readonly deltaMinor?: MinorUnits
  /** Why, and why not something else. */
  readonly evidence?: readonly Evidence[]
  readonly alternatives?: readonly Alternative[]
  readonly policyVersion?: string
}

/** What a person decided when they lifted a hold: why, on what evidence, and how far the decision reaches. */
export type HoldRelease = {
  readonly reasonCode?: string
  /** The document or number the decision rests on. */
  readonly evidence?: string
  /** A credit decision holds for later stages up to this amount of the order, */
  readonly upToMinor?: MinorUnits
  /** until this moment; of a payment, when its authorisation runs out. */
  readonly until?: IsoMoment
  /** The credit limits that stood then: a lower one ends the decision. */
  readonly limitsMinor?: Readonly<Record<string, MinorUnits>>
  /** What stood against the customer and was known then: it does not end the decision later. */
  readonly despite?: readonly string[]
}

/** A stop on an order or one of its lines. Expiry never lifts a hold by itself, except a cancel window. */
export type HoldState = {
  readonly holdId: string
  readonly type: HoldType
  readonly line?: string
  readonly blocks: readonly BlockableStep[]
  readonly reason: string
  /** Names the cause, so that a cause a person has let pass once is not held again. */
  readonly causeKey: string
  /** For conditional holds: each condition and the moment it was met. */
  readonly conditions: Readonly<Record<string, IsoMoment | null>>
  readonly placedAt: IsoMoment
  readonly placedBy: string
  readonly expiresAt?: IsoMoment
  readonly timedOutAt?: IsoMoment
  readonly releasedAt?: IsoMoment
  readonly releasedBy?: string
  readonly releaseReason?: string
  readonly release?: HoldRelease
}

/** A line as the buyer wrote it, kept where something else is delivered for it or it is delivered in parts. */
export type WrittenLine = Pick<
  OrderLineState,
  | 'sku'
  | 'item'
  | 'description'
  | 'quantity'
  | 'uom'
  | 'uomScheme'
  | 'uomFactor'
  | 'sentUnitPrice'
  | 'priceBasis'
  | 'unitPrice'
  | 'priceSource'
  | 'orderedEach'
  | 'cancelledEach'
>

/** A price that was decided: the one we expected, the one the buyer wrote, or that of a swap. */
export type SettledPrice = {
  readonly of: 'ours' | 'buyers' | 'swap' | 'split'
  /** Of one base unit. */
  readonly unitPrice: DecimalText
  readonly source: string
  readonly by: string
  readonly at: IsoMoment
}

/**
 * What was decided about a line beside the buyer's words. It stands through every later check, until the buyer writes
 * something else of the line.
 */
type LineSettlement = {
  readonly price?: SettledPrice
  /** How a line that was short is delivered. */
  readonly supply?: 'substitute' | 'split' | 'backorder'
  /** The line of the buyer's that this is a part of. */
  readonly partOf?: string
  /** So many base units of what the buyer ordered this stands for; as many as it has unless said. */
  readonly standsForEach?: number
  readonly written?: WrittenLine
}

/** A line of an order on its way, quantities in base units ("each"). */
export type OrderLineState = {
  readonly line: string
  readonly position: number
  readonly sku?: string
  readonly item: Item
  readonly description?: string
  /** As the buyer wrote it. */
  readonly quantity: DecimalText
  readonly uom: string
  readonly uomScheme: string
  /** Base units in one ordered unit. */
  readonly uomFactor: number
  readonly sentUnitPrice?: DecimalText
  readonly priceBasis: DecimalText
  /** Price of one base unit that we bill. */
  readonly unitPrice?: DecimalText
  readonly priceSource?: string
  /** The price counts as it is on the day the goods leave; until then it is what we expect it to be. */
  readonly isPricedAtShip?: true
  /** The price of one base unit that the buyer was told last; no invoice leaves with another one. */
  readonly acknowledgedPrice?: DecimalText
  /** Before the discount on the whole order. */
  readonly lineAmountMinor: MinorUnits
  /** Its share of the discount on the whole order: so much on so many base units. */
  readonly discount?: { readonly amountMinor: MinorUnits; readonly ofEach: number }
  readonly orderedEach: number
  readonly cancelledEach: number
  readonly allocatedEach: number
  readonly shippedEach: number
  readonly invoicedEach: number
  readonly warehouse?: string
  readonly requestedOn?: IsoDate
  readonly promisedOn?: IsoDate
  readonly references: readonly Reference[]
  readonly settled?: LineSettlement
}

/** A request to a warehouse and where it stands. */
export type PickState = {
  readonly pickId: string
  readonly pickNumber: string
  readonly warehouse: string
  readonly status: 'requested' | 'picking' | 'done' | 'cancel-requested' | 'cancelled'
  readonly lines: readonly {
    readonly line: string
    readonly sku: string
    readonly quantityEach: number
  }[]
  readonly requestedAt: IsoMoment
}

/** Goods of the order that have left. */
export type ShipmentState = {
  readonly shipmentId: string
  readonly shipmentNumber: string
  readonly documentId: string
  readonly shippedAt: IsoMoment
  readonly carrier?: string
  readonly trackingNumber?: string
  readonly deliveredAt?: IsoMoment
  readonly isInvoiced: boolean
  readonly lines: readonly {
    readonly line: string
    readonly quantityEach: number
    /** Of goods whose price is that of the day they left: what the buyer was told of it. */
    readonly unitPrice?: DecimalText
  }[]
}

/** A bill of the order and what is still open of it. */
export type InvoiceState = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly shipmentId: string
  readonly customerNumber: string
  readonly totalMinor: MinorUnits
  readonly openMinor: MinorUnits
  readonly invoicedOn: IsoDate
  readonly dueOn: IsoDate
  readonly discountUntil?: IsoDate
  readonly discountMinor: MinorUnits
  readonly documentId: string
}

/** Where an order's chain of events stands: how many there are, and the hash of the last one. */
export type EventChain = { readonly count: number; readonly hash: string }

/** A chain without events. */
export const emptyChain: EventChain = { count: 0, hash: '' }

/** An order as the backbone knows it: everything its flow decides by. */
export type OrderState = {
  readonly orderId: string
  readonly orderNumber: string
  readonly stage: Stage
  readonly connectionId: string
  readonly partnerId?: string
  readonly streamKey: string
  /** The sender's own key of the order, for example the shop's order id. */
  readonly sourceKey?: string
  readonly documentId: string
  readonly customerNumber?: string
  /** How the document named the customer: keys to look up, the most telling first. */
  readonly customerKeys: readonly string[]
  readonly purchaseOrderNumber: string
  readonly poNormalised: string
  readonly releaseNumber?: string
  readonly sourceVersion?: string
  readonly changeCount: number
  readonly erpRevision: number
  readonly erpId?: string
  readonly currency: Currency
  readonly orderedOn?: IsoDate
  readonly requestedOn?: IsoDate
  readonly parties: readonly Party[]
  readonly references: readonly Reference[]
  readonly terms: PaymentTerms
  readonly lineHash: string
  readonly statedTotalMinor?: MinorUnits
  readonly totalMinor: MinorUnits
  /** Freight and other charges less allowances, of the order and its lines. */
  readonly chargesMinor: MinorUnits
  /** Of these, the money off that the document claims. */
  readonly allowanceMinor: MinorUnits
  readonly taxMinor: MinorUnits
  readonly isShipComplete: boolean
  readonly isAcknowledged: boolean
  readonly cancelReason?: string
  readonly findings: readonly CheckFinding[]
  readonly traceParent?: string
  readonly receivedAt: IsoMoment
  readonly releasedAt?: IsoMoment
  readonly chain: EventChain
  readonly lines: readonly OrderLineState[]
  /** All holds, lifted ones included. */
  readonly holds: readonly HoldState[]
  readonly picks: readonly PickState[]
  readonly shipments: readonly ShipmentState[]
  readonly invoices: readonly InvoiceState[]
}

/** What of a line the customer still wants: ordered less cancelled. */
export function wantedEach(line: OrderLineState): number {
  return line.orderedEach - line.cancelledEach
}

/** The number by which the buyer knows a line, also one that is a part of theirs. */
export function buyersLine({ line, settled }: Pick<OrderLineState, 'line' | 'settled'>): string {
  return settled?.partOf ?? line
}

/** What of a line has yet to leave. */
export function openEach(line: OrderLineState): number {
  return Math.max(0, wantedEach(line) - line.shippedEach)
}

/** The holds that are in force. */
export function activeHolds(order: OrderState): HoldState[] {
  return order.holds.filter((hold) => hold.releasedAt === undefined)
}

// A warehouse can leave out a line; an ERP order, its confirmation and its bill are of the whole order.
const isOfOneLine = (order: OrderState, hold: HoldState, step: BlockableStep) =>
  hold.line !== undefined && step === 'pick' && !order.isShipComplete

/**
 * Whether a step may be taken: no hold in force blocks it. A hold of one line keeps only that line from being
 * picked, unless all lines leave together.
 */
export function mayPass(order: OrderState, step: BlockableStep): boolean {
  return !activeHolds(order).some(
    (hold) => hold.blocks.includes(step) && !isOfOneLine(order, hold, step),
  )
}

/** Whether a line may be picked: neither the order nor the line is held from it. */
export function mayPickLine(order: OrderState, line: OrderLineState): boolean {
  return (
    mayPass(order, 'pick') &&
    !activeHolds(order).some((hold) => hold.line === line.line && hold.blocks.includes('pick'))
  )
}
