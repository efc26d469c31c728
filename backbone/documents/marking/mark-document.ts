import type { DocumentToMark, OrderToMark } from '../../canonical/document-marking.ts'
import {
  type MarkedDocument,
  type MarkedFinding,
  mostFindings,
  mostLines,
} from '../../canonical/views/document-view.ts'
import { aboutOf, severityOf } from './about.ts'
import { layOutJson } from './json-layout.ts'
import type { Layout, MarkedSpot, Spot } from './layout.ts'
import { layOutBytes, layOutText } from './text-layout.ts'
import { layOutX12 } from './x12-layout.ts'

type Told = Omit<MarkedFinding, 'mark' | 'line' | 'place'>
type Placed = { readonly told: Told; readonly spot: Spot | undefined }

// More than any partner sends for an order; the rest is in the download.
const mostBytes = 5 * 1024 * 1024
const mostBinaryBytes = 16 * 1024

function isBinary(bytes: Uint8Array): boolean {
  const control = (byte: number) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13
  const start = bytes.subarray(0, 4096)
  return start.includes(0) || start.filter(control).length > start.length / 10
}

function firstCharacter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart().charAt(0)
}

// What it is written in is read from the bytes themselves: a wrong file name or setting is what people come to look at.
function layOut(bytes: Uint8Array): Layout {
  const first = firstCharacter(bytes)
  const isJson = first === '{' || first === '['
  const read =
    (isJson ? layOutJson(bytes) : undefined) ?? (first === '<' ? undefined : layOutX12(bytes))
  if (read !== undefined) return read
  if (isBinary(bytes)) return layOutBytes(bytes.subarray(0, mostBinaryBytes))
  return layOutText(bytes, isJson ? 'json' : first === '<' ? 'xml' : 'text')
}

function placedByChecks(layout: Layout, order: OrderToMark): Placed[] {
  return order.findings.map((finding) => {
    const { kind, message, deltaMinor } = finding
    const told: Told = {
      ...{ severity: severityOf(finding), origin: 'checks', code: kind.slice(0, 80) },
      ...{ message: message.slice(0, 1000), orderId: order.orderId, currency: order.currency },
      ...(deltaMinor === undefined ? {} : { deltaMinor }),
    }
    return { told, spot: layout.placeInOrder(order.key, aboutOf(finding)) }
  })
}

function placedByReading(layout: Layout, { findings }: DocumentToMark): Placed[] {
  return findings.map(({ origin, finding }) => {
    const { severity, codeList, code, message, value } = finding
    const told: Told = {
      ...{ severity, origin, code: `${codeList} ${code}`, message },
      ...(value === undefined ? {} : { value }),
    }
    return { told, spot: layout.place(finding) }
  })
}

// In the order of the document; what has no place in it comes last.
function inOrder(placed: readonly Placed[]): Placed[] {
  const first = ({ spot }: Placed) => spot?.line ?? Number.POSITIVE_INFINITY
  const element = ({ spot }: Placed) => spot?.elements?.[0] ?? spot?.range?.[0] ?? 0
  const known = new Set<string>()
  return placed
    .filter((one) => {
      const key = JSON.stringify([one.told.code, one.told.message, one.told.orderId, one.spot])
      return !known.has(key) && known.add(key)
    })
    .map((one, index) => ({ one, index }))
    .sort(
      (a, b) => first(a.one) - first(b.one) || element(a.one) - element(b.one) || a.index - b.index,
    )
    .map(({ one }) => one)
}

function spotsByLine(placed: readonly Placed[]): ReadonlyMap<number, readonly MarkedSpot[]> {
  const spots = new Map<number, MarkedSpot[]>()
  placed.forEach(({ spot }, mark) => {
    if (spot !== undefined) spots.set(spot.line, [...(spots.get(spot.line) ?? []), { mark, spot }])
  })
  return spots
}

/**
 * Lays a document out in lines and puts each finding on what it is about: an element of a segment, a value, a word.
 * Whatever the bytes are, they are shown; a finding without a place is named all the same.
 */
export function markDocument(document: DocumentToMark): MarkedDocument {
  const bytes = document.content.subarray(0, mostBytes)
  const layout = layOut(bytes)
  const isCut = layout.format === 'binary' ? mostBinaryBytes : mostBytes
  const all = inOrder([
    ...placedByReading(layout, document),
    ...document.orders.flatMap((order) => placedByChecks(layout, order)),
  ])
  const placed = all.slice(0, mostFindings)
  const spots = spotsByLine(placed)
  const from = Math.min(Math.max(document.from ?? 1, 1), Math.max(layout.lineCount, 1))
  const shownCount = Math.min(mostLines, layout.lineCount - from + 1)
  return {
    format: layout.format,
    lineCount: layout.lineCount,
    from,
    lines: Array.from({ length: shownCount }, (_, index) => {
      const line = from - 1 + index
      return { number: line + 1, ...layout.draw(line, spots.get(line) ?? []) }
    }),
    findings: placed.map(({ told, spot }, mark) => ({
      ...{ mark, ...told, line: spot === undefined ? null : spot.line + 1 },
      place: spot === undefined ? null : (layout.nameOf(spot) ?? null),
    })),
    findingsLeftOut: all.length - placed.length,
    bytesLeftOut: Math.max(0, document.content.length - isCut),
    opensAt: (document.opens === undefined ? 0 : (layout.startOf(document.opens) ?? 0)) + 1,
  }
}
