import type { SourceEnvelope } from '../../canonical/document.ts'
import type { Finding } from '../../canonical/finding.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import type { SegmentFault } from './check-set.ts'
import { isoDateOf, ReadSegment } from './segment-reader.ts'
import type { X12Set } from './structure.ts'

/** What a reader of one transaction set is told about where the set came from. */
export type SetContext = {
  readonly set: X12Set
  readonly source: SourceEnvelope
  readonly isTest: boolean
  readonly defaultCurrency: string
}

/** What became of a set: its document, or the faults that make it impossible, and business warnings. */
export type SetReading = {
  readonly document: Order | OrderChange | undefined
  readonly faults: readonly SegmentFault[]
  readonly warnings: readonly Finding[]
}

/** The segments of a set in the parts of an order: beginning and header, lines, summary. */
export type OrderParts = {
  readonly header: readonly ReadSegment[]
  readonly lines: readonly (readonly ReadSegment[])[]
  readonly summary: readonly ReadSegment[]
}

const summarySegments = new Set(['CTT', 'SE'])

/** Splits an order at its line segments (PO1 or POC) and at CTT. */
export function splitOrder(set: X12Set, lineId: 'PO1' | 'POC'): OrderParts {
  const all = set.segments.map((segment, index) => new ReadSegment(segment, index + 1)).slice(1)
  const lastLine = all.findLastIndex((segment) => segment.id === lineId)
  const found = all.findIndex(
    (segment, index) => index > lastLine && summarySegments.has(segment.id),
  )
  const end = found < 0 ? all.length : found
  const body = all.slice(0, end)
  const starts = body.flatMap((segment, index) => (segment.id === lineId ? [index] : []))
  return {
    header: body.slice(0, starts[0] ?? body.length),
    lines: starts.map((start, index) => body.slice(start, starts[index + 1] ?? body.length)),
    summary: all.slice(end).filter((segment) => segment.id !== 'SE'),
  }
}

/** The header segment that everything hangs on, or the fault of its absence. */
export function findBeginning(parts: OrderParts, id: string): ReadSegment | SegmentFault {
  const found = parts.header.find((segment) => segment.id === id)
  return found ?? { segment: id, position: 2, code: '3', offset: 0, elements: [] }
}

/** A warning about the business content; the syntax of the document stays accepted. */
export function businessWarning(
  code: string,
  message: string,
  segment?: ReadSegment,
  element?: number,
): Finding {
  return {
    severity: 'warning',
    codeList: 'quittance',
    code,
    message: message.slice(0, 500),
    ...(segment === undefined
      ? {}
      : { segment: segment.id, segmentPosition: segment.position, offset: segment.offset }),
    ...(element === undefined ? {} : { element }),
  }
}

/** Uses a date element and returns its day. */
export function takeDate(segment: ReadSegment, element: number): string | undefined {
  const day = isoDateOf(segment.see(element))
  if (day !== undefined) segment.done(element)
  return day
}
