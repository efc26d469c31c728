import { compareDecimal, subtractDecimal, sumDecimal } from '../../canonical/money.ts'
import type { Pack, Shipment, ShipmentLine } from '../../canonical/shipment.ts'
import { defaultVersion, type OutSegment, type OutSet, x12Date, x12Time } from './envelope.ts'
import { descriptionSegments, itemPairs, partySegments, shorten, unitCode } from './out-segments.ts'

/** Writes goods that left as an 856: shipment, order, packs where there are any, items. */
export function shipNoticeSet(shipment: Shipment, version = defaultVersion): OutSet {
  const { shipmentNumber, shippedAt, packs, lines } = shipment
  const levels = new Levels()
  const top = levels.next(undefined, 'S', true)
  const order = levels.next('1', 'O', true)
  const content = contentSegments(shipment, levels)
  const moment = new Date(shippedAt).toISOString()
  // BSN05: 0001 is shipment-order-packaging-item, 0004 shipment-order-item.
  const structure = packs.length > 0 ? '0001' : '0004'
  return {
    type: '856',
    functionalId: 'SH',
    name: `The ship notice ${shipmentNumber}`,
    segments: [
      ['BSN', '00', shipmentNumber, x12Date(moment, version), x12Time(moment), structure],
      top,
      ...carriageSegments(shipment, version),
      ...partySegments(shipment.parties),
      order,
      ['PRF', shipment.purchaseOrderNumber ?? shipment.orderNumber],
      // REF VN: the seller's order number.
      ['REF', 'VN', shipment.orderNumber],
      ...content,
      ['CTT', String(levels.count), sumDecimal(lines.map((line) => line.shipped.value))],
    ],
  }
}

class Levels {
  count = 0

  next(parent: string | undefined, level: string, hasChildren: boolean): OutSegment {
    this.count += 1
    return ['HL', String(this.count), parent, level, hasChildren ? '1' : '0']
  }
}

function carriageSegments(shipment: Shipment, version: string): OutSegment[] {
  const { packs, weightKg, scac, carrier, billOfLading, trackingNumber } = shipment
  const segments: OutSegment[] = []
  const weight = weightKg === undefined ? [] : ['G', weightKg, 'KG']
  if (packs.length > 0 || weight.length > 0) {
    const cartons = packs.length > 0 ? ['CTN', String(packs.length)] : ['', '']
    segments.push(['TD1', ...cartons, '', '', '', ...weight])
  }
  if (scac !== undefined || carrier !== undefined) {
    const code = scac === undefined ? ['', ''] : ['2', scac]
    segments.push(['TD5', '', ...code, '', shorten(carrier, 35)])
  }
  if (billOfLading !== undefined) segments.push(['REF', 'BM', billOfLading])
  if (trackingNumber !== undefined) segments.push(['REF', 'CN', trackingNumber])
  const moment = new Date(shipment.shippedAt).toISOString()
  segments.push(['DTM', '011', x12Date(moment, version)])
  if (shipment.estimatedDeliveryOn !== undefined)
    segments.push(['DTM', '017', x12Date(shipment.estimatedDeliveryOn, version)])
  return segments
}

function contentSegments(shipment: Shipment, levels: Levels): OutSegment[] {
  const packed = shipment.packs.flatMap((pack) => packSegments(pack, shipment.lines, levels))
  const loose = shipment.lines.flatMap((line) => {
    const left = looseQuantity(line, shipment.packs)
    return compareDecimal(left, '0') <= 0 ? [] : itemSegments(line, left, '2', levels)
  })
  return [...packed, ...loose]
}

function packSegments(pack: Pack, lines: readonly ShipmentLine[], levels: Levels): OutSegment[] {
  const contents = pack.contents.flatMap((content) => {
    const line = lines.find((candidate) => candidate.line === content.line)
    return line === undefined ? [] : [{ line, quantity: content.quantity.value }]
  })
  const head = levels.next('2', 'P', contents.length > 0)
  const own = String(levels.count)
  return [
    head,
    // MAN01 GM: the SSCC-18 of the label.
    ...(pack.sscc === undefined ? [] : [['MAN', 'GM', pack.sscc] as const]),
    ...contents.flatMap(({ line, quantity }) => itemSegments(line, quantity, own, levels)),
  ]
}

// What of a line is in no pack hangs directly under the order.
function looseQuantity(line: ShipmentLine, packs: readonly Pack[]): string {
  const packed = packs.flatMap((pack) =>
    pack.contents.filter((content) => content.line === line.line),
  )
  return subtractDecimal(
    line.shipped.value,
    sumDecimal(packed.map((content) => content.quantity.value)),
  )
}

function itemSegments(
  line: ShipmentLine,
  quantity: string,
  parent: string,
  levels: Levels,
): OutSegment[] {
  const { item, shipped, ordered } = line
  const orderedPart = ordered === undefined ? [] : [ordered.value, unitCode(ordered)]
  return [
    levels.next(parent, 'I', false),
    ['LIN', line.line, ...itemPairs(item)],
    ['SN1', line.line, quantity, unitCode(shipped), '', ...orderedPart],
    ...descriptionSegments(item),
    ...(line.lot === undefined ? [] : [['REF', 'LT', line.lot] as const]),
    ...line.serials.map((serial) => ['REF', 'SE', serial] as const),
  ]
}
