import type { Reference } from '../../canonical/document.ts'
import { newId } from '../../canonical/ids.ts'
import { itemNumber } from '../../canonical/item.ts'
import { normalDecimal, sumMinor } from '../../canonical/money.ts'
import type { Order, OrderLine } from '../../canonical/order.ts'
import { emptyChain, type OrderLineState, type OrderState } from '../../canonical/order-state.ts'
import type { Party } from '../../canonical/party.ts'
import { normalisePurchaseOrder } from '../../canonical/purchase-order-number.ts'
import { orderContentHash } from '../../policies/pricing/purchase-order-identity.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Waiting } from './applied.ts'

/** A document's line before anything is known about it. */
export function lineFromDocument(line: OrderLine, position: number): OrderLineState {
  return {
    line: line.line,
    position,
    item: line.item,
    ...(line.item.description === undefined ? {} : { description: line.item.description }),
    quantity: normalDecimal(line.quantity.value),
    uom: line.quantity.uom,
    uomScheme: line.quantity.uomScheme,
    uomFactor: 1,
    ...(line.unitPrice === undefined ? {} : { sentUnitPrice: normalDecimal(line.unitPrice) }),
    priceBasis: line.priceBasis,
    lineAmountMinor: 0,
    orderedEach: 0,
    cancelledEach: 0,
    allocatedEach: 0,
    shippedEach: 0,
    invoicedEach: 0,
    ...(line.requestedOn === undefined ? {} : { requestedOn: line.requestedOn }),
    references: line.references,
  }
}

/** A party by name and place, spelled one way: how two ship-tos are known to be the same. */
export function spelledParty(party: Party | undefined): string {
  if (party === undefined) return ''
  const { street = [], city = '', postalCode = '' } = party.address ?? {}
  return [party.name ?? '', ...street, city, postalCode].join('|').toUpperCase()
}

/** The hash by which the same order sent twice is known. */
export function contentHash(order: Order): string {
  return orderContentHash(
    order.lines.map((line) => ({
      item:
        itemNumber(line.item, 'sku') ??
        line.item.identifiers.map(({ scheme, value }) => `${scheme}:${value}`).join(','),
      quantity: normalDecimal(line.quantity.value),
      uom: line.quantity.uom,
      unitPrice: line.unitPrice === undefined ? '' : normalDecimal(line.unitPrice),
      requestedOn: line.requestedOn ?? order.requestedOn ?? '',
    })),
    spelledParty(order.parties.find((party) => party.role === 'ship-to')),
  )
}

/** The keys a document names its customer by, the most telling first. */
function customerKeys(order: Order): string[] {
  const identifiers = order.parties
    .filter((party) => party.role === 'buyer' || party.role === 'bill-to')
    .flatMap((party) => party.identifiers.map(({ scheme, value }) => `${scheme}:${value}`))
  const { format, customerKey, sender } = order.source ?? {}
  const fromSource = [customerKey, sender].flatMap((key) =>
    key === undefined ? [] : `${format}:${key}`,
  )
  return [...identifiers, ...fromSource]
}

/** Freight, allowances and tax as the document states them, of the order and of its lines. */
function extras(order: Order) {
  const all = [order, ...order.lines].flatMap((part) => part.allowancesCharges)
  const sumOf = (kind: 'allowance' | 'charge') =>
    sumMinor(all.filter((extra) => extra.kind === kind).map((extra) => extra.amountMinor))
  const allowanceMinor = sumOf('allowance')
  // The order's own taxes are the total; where it has them, those of its lines say only how it is made up.
  const taxes = order.taxes.length > 0 ? order.taxes : order.lines.flatMap((line) => line.taxes)
  return {
    chargesMinor: sumOf('charge') - allowanceMinor,
    allowanceMinor,
    taxMinor: sumMinor(taxes.map((tax) => tax.amountMinor)),
  }
}

/** Under this qualifier an order keeps that its document claims to be free of tax. */
export const exemptionQualifier = 'tax-category'

/** A claim of exemption has no amount: kept as a reference, it is there when tax is checked. */
function claimedExemptions({ taxes, lines }: Order): Reference[] {
  const isClaimed = [...taxes, ...lines.flatMap((line) => line.taxes)].some(
    ({ category }) => category === 'E',
  )
  return isClaimed ? [{ qualifier: exemptionQualifier, value: 'E' }] : []
}

/** What a document says about an order, apart from its lines: for a new order and for a replaced one. */
export function headerFromDocument(order: Order) {
  return {
    customerKeys: customerKeys(order),
    currency: order.currency,
    parties: order.parties,
    references: [...order.references, ...claimedExemptions(order)],
    lineHash: contentHash(order),
    isShipComplete: order.isShipComplete,
    ...extras(order),
    ...(order.issuedOn === undefined ? {} : { orderedOn: order.issuedOn }),
    ...(order.requestedOn === undefined ? {} : { requestedOn: order.requestedOn }),
    ...(order.statedTotalMinor === undefined ? {} : { statedTotalMinor: order.statedTotalMinor }),
    ...(order.source?.version === undefined ? {} : { sourceVersion: order.source.version }),
  }
}

/** A new order from its document, received and unchecked. */
export function orderFromDocument(
  document: Waiting<unknown>,
  order: Order,
  orderNumber: string,
  setting: FlowSetting,
): OrderState {
  return {
    orderId: newId('ord'),
    orderNumber,
    stage: 'received',
    connectionId: document.connectionId,
    ...(document.partnerId === null ? {} : { partnerId: document.partnerId }),
    streamKey: document.streamKey,
    ...(order.source?.objectKey === undefined ? {} : { sourceKey: order.source.objectKey }),
    documentId: document.documentId,
    purchaseOrderNumber: order.purchaseOrderNumber,
    poNormalised: normalisePurchaseOrder(order.purchaseOrderNumber),
    ...(order.releaseNumber === undefined ? {} : { releaseNumber: order.releaseNumber }),
    changeCount: 0,
    erpRevision: 0,
    ...headerFromDocument(order),
    terms: order.terms ?? {},
    totalMinor: 0,
    isAcknowledged: false,
    findings: [],
    ...(document.traceParent === null ? {} : { traceParent: document.traceParent }),
    receivedAt: setting.now,
    chain: emptyChain,
    lines: order.lines.map(lineFromDocument),
    holds: [],
    picks: [],
    shipments: [],
    invoices: [],
  }
}
