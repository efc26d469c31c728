import type {
  Acknowledgement,
  AcknowledgementLine,
  LineAnswer,
  LineStatus,
} from '../../canonical/acknowledgement.ts'
import { compareDecimal, sumDecimal } from '../../canonical/money.ts'
import { OurBug } from '../../errors.ts'
import { defaultVersion, type OutSegment, type OutSet, x12Date } from './envelope.ts'
import { descriptionSegments, itemPairs, partySegments, shorten, unitCode } from './out-segments.ts'

// X12 element 668, as domain-rules 3.1.4 reads it against the dictionary.
const answerCodes: Readonly<Record<LineAnswer, string>> = {
  accepted: 'IA',
  backordered: 'IB',
  'quantity-changed': 'IQ',
  'price-changed': 'IP',
  'date-changed': 'DR',
  changed: 'IC',
  substituted: 'IS',
  rejected: 'IR',
  deleted: 'ID',
  'on-hold': 'IH',
}

/** Writes our answer to a purchase order as an 855. */
export function acknowledgementSet(
  acknowledgement: Acknowledgement,
  issuedOn: string,
  version = defaultVersion,
): OutSet {
  const { purchaseOrderNumber, releaseNumber, orderNumber, orderedOn, lines } = acknowledgement
  const day = acknowledgement.issuedOn ?? issuedOn
  return {
    type: '855',
    functionalId: 'PR',
    name: `The acknowledgement of purchase order ${purchaseOrderNumber}`,
    segments: [
      [
        'BAK',
        // X12 element 353: 05 takes the place of an answer given before.
        acknowledgement.purpose === 'replace' ? '05' : '00',
        headerCode(acknowledgement),
        purchaseOrderNumber,
        x12Date(orderedOn ?? day, version),
        releaseNumber,
        undefined,
        undefined,
        // BAK08: the seller's order number.
        orderNumber,
        x12Date(day, version),
      ],
      ['CUR', 'SE', acknowledgement.currency],
      ...revisionSegments(acknowledgement),
      ...reasonSegments(acknowledgement.reason),
      ...partySegments(acknowledgement.parties),
      ...lines.flatMap((line) => lineSegments(line, version)),
      ['CTT', String(lines.length)],
    ],
  }
}

// BAK02: AD all accepted, AC with change, RD rejected with detail, RJ rejected without. A duplicate notice
// refuses the copy; the answer to the order itself is the stored 855, sent again.
function headerCode(acknowledgement: Acknowledgement): string {
  switch (acknowledgement.answer) {
    case 'accepted':
      return 'AD'
    case 'accepted-with-changes':
      return 'AC'
    case 'rejected':
      return acknowledgement.lines.length > 0 ? 'RD' : 'RJ'
    case 'duplicate':
      return 'RJ'
  }
}

// REF VN is the seller's order number; 855 has no place of its own for its revision.
function revisionSegments({ orderNumber, revision }: Acknowledgement): OutSegment[] {
  return revision === undefined ? [] : [['REF', 'VN', orderNumber, `Revision ${revision}`]]
}

function reasonSegments(reason: string | undefined): OutSegment[] {
  const text = shorten(reason, 264)
  return text === undefined || text === ''
    ? []
    : [
        ['N9', 'L1', 'REASON'],
        ['MSG', text],
      ]
}

function lineSegments(line: AcknowledgementLine, version: string): OutSegment[] {
  refuseUnbalanced(line)
  const unit = unitCode(line.ordered)
  const reasons = new Set(line.statuses.flatMap((status) => status.reason ?? []))
  return [
    [
      'PO1',
      line.line,
      line.ordered.value,
      unit,
      line.orderedUnitPrice,
      '',
      ...itemPairs(line.item),
    ],
    ...priceSegments(line),
    ...descriptionSegments(line.item),
    ...line.statuses.map((status) => statusSegment(status, version)),
    ...[...reasons].flatMap(reasonSegments),
  ]
}

// ACK has no price: a price we changed stands in CTP beside the price ordered.
function priceSegments(line: AcknowledgementLine): OutSegment[] {
  const changed = line.statuses.filter(
    (status) => status.unitPrice !== undefined && status.unitPrice !== line.orderedUnitPrice,
  )
  return changed.map((status) => [
    'CTP',
    '',
    'CON',
    status.unitPrice,
    status.quantity.value,
    unitCode(status.quantity),
  ])
}

function statusSegment(status: LineStatus, version: string): OutSegment {
  const { answer, quantity, promisedOn, substitute } = status
  // ACK04 068: current schedule ship.
  const promise = promisedOn === undefined ? ['', ''] : ['068', x12Date(promisedOn, version)]
  const item = substitute === undefined ? [] : itemPairs(substitute)
  return ['ACK', answerCodes[answer], quantity.value, unitCode(quantity), ...promise, '', ...item]
}

// domain-rules 3.1.4: the quantities of a line's answers, rejected included, equal what was ordered.
function refuseUnbalanced(line: AcknowledgementLine): void {
  if (line.statuses.some((status) => status.quantity.uom !== line.ordered.uom)) return
  const answered = sumDecimal(line.statuses.map((status) => status.quantity.value))
  if (compareDecimal(answered, line.ordered.value) === 0) return
  throw new OurBug(
    `Line ${line.line} answers ${answered} of ${line.ordered.value} ordered; an 855 must answer all.`,
    { line: line.line, answered, ordered: line.ordered.value },
  )
}
