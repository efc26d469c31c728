import { amountText } from '../../canonical/money.ts'
import type { Order, OrderLine } from '../../canonical/order.ts'
import {
  defaultVersion,
  type OutSegment,
  type OutSet,
  wrapSet,
  type X12Envelope,
  x12Date,
} from './envelope.ts'
import {
  allowanceSegment,
  basisCode,
  descriptionSegments,
  itemPairs,
  partySegments,
  shorten,
  termsSegment,
  unitCode,
} from './out-segments.ts'

const purposeCodes: Readonly<Record<Order['purpose'], string>> = {
  original: '00',
  cancel: '01',
  change: '04',
  replace: '05',
  confirmation: '06',
  duplicate: '07',
}

/** Writes an order as an 850, as a buyer would send it: for the demo's buyers and for round trips. */
export function writeOrder(order: Order, envelope: X12Envelope): string {
  const isTest = order.isTest || envelope.isTest === true
  return wrapSet(orderSet(order, envelope), { ...envelope, isTest })
}

function orderSet(order: Order, envelope: X12Envelope): OutSet {
  const version = envelope.version ?? defaultVersion
  const { purchaseOrderNumber, releaseNumber, currency, lines, requestedOn } = order
  const issuedOn = x12Date(order.issuedOn ?? envelope.issuedAt.toISOString(), version)
  const total = order.statedTotalMinor
  return {
    type: '850',
    functionalId: 'PO',
    name: `Purchase order ${purchaseOrderNumber}`,
    segments: [
      ['BEG', purposeCodes[order.purpose], 'SA', purchaseOrderNumber, releaseNumber, issuedOn],
      ['CUR', 'BY', currency],
      ...order.references.map(({ qualifier, value }) => ['REF', qualifier, value] as const),
      ...(order.isShipComplete ? [['CSH', 'SC'] as const] : []),
      ...order.allowancesCharges.map((entry) => allowanceSegment(entry, currency)),
      ...(order.terms === undefined ? [] : termsSegment(order.terms, undefined)),
      ...(requestedOn === undefined ? [] : [requestSegment(requestedOn, version)]),
      ...order.notes.flatMap(noteSegments),
      ...partySegments(order.parties),
      ...lines.flatMap((line) => lineSegments(line, currency, version)),
      ['CTT', String(lines.length)],
      ...(total === undefined ? [] : [['AMT', 'TT', amountText(total, currency)] as const]),
    ],
  }
}

// DTM01 002: delivery requested.
function requestSegment(day: string, version: string): OutSegment {
  return ['DTM', '002', x12Date(day, version)]
}

function noteSegments(note: Order['notes'][number]): OutSegment[] {
  return [
    ['N9', shorten(note.qualifier, 3) ?? 'L1', 'NOTE'],
    ['MSG', shorten(note.text, 264)],
  ]
}

function lineSegments(line: OrderLine, currency: string, version: string): OutSegment[] {
  const { item, quantity, unitPrice, priceBasis, requestedOn } = line
  const pairs = itemPairs(item)
  const basis = basisCode(priceBasis)
  return [
    ['PO1', line.line, quantity.value, unitCode(quantity), unitPrice, basis, ...pairs],
    ...descriptionSegments(item),
    ...line.references.map(({ qualifier, value }) => ['REF', qualifier, value] as const),
    ...line.allowancesCharges.map((entry) => allowanceSegment(entry, currency)),
    ...(requestedOn === undefined ? [] : [requestSegment(requestedOn, version)]),
    ...(line.shipTo === undefined ? [] : partySegments([line.shipTo])),
  ]
}
