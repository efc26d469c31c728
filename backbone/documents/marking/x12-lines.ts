import { decodeElement } from '../x12/charset.ts'
import { takeApart, type X12Set } from '../x12/structure.ts'
import {
  type Separators,
  type TokenizedInterchange,
  tokenizeX12,
  type X12Segment,
} from '../x12/tokenizer.ts'

/** A transaction set with the control numbers of what it came in. */
export type PlacedSet = {
  readonly set: X12Set
  readonly interchangeNumber: string
  readonly groupNumber: string
  /** Of an order or a change: the buyer's number, BEG03 or BCH03. */
  readonly orderNumber: string
}

/** A segment with its position in its transaction set, or text that stands outside of every segment. */
export type X12Line =
  | {
      readonly kind: 'segment'
      readonly offset: number
      readonly segment: X12Segment
      readonly separators: Separators
      /** What ended it, as it was sent; nothing where the file ended. */
      readonly terminator: string
      readonly position: number | undefined
    }
  | { readonly kind: 'other'; readonly offset: number; readonly text: string }

/** The lines of an X12 file: every character of it that is not blank stands in one of them. */
export type X12Lines = { readonly lines: readonly X12Line[]; readonly sets: readonly PlacedSet[] }

// What the tokenizer left out: comments, junk between interchanges, what it could not read on from.
function otherLines(raw: string, from: number, to: number): X12Line[] {
  const between = from < to ? raw.slice(from, to) : ''
  if (between.trim() === '') return []
  const lines: X12Line[] = []
  for (const found of between.matchAll(/[^\r\n]{1,1000}/g)) {
    const text = decodeElement(found[0])
    if (text.trim() !== '') lines.push({ kind: 'other', offset: from + found.index, text })
  }
  return lines
}

function segmentEnd(
  raw: string,
  segment: X12Segment,
  { separators, segments, isaLength }: TokenizedInterchange,
): { end: number; terminator: string } {
  const { segment: terminator } = separators
  if (segment === segments[0]) return { end: segment.offset + isaLength, terminator }
  const found = raw.indexOf(terminator, segment.offset)
  return found < 0
    ? { end: raw.length, terminator: '' }
    : { end: found + terminator.length, terminator }
}

const orderNumberOf = (set: X12Set): string =>
  (set.segments.find(({ id }) => id === 'BEG' || id === 'BCH')?.elements[3] ?? '').trim()

function placedSets(tokens: TokenizedInterchange): PlacedSet[] {
  const { header, groups } = takeApart(tokens, {})
  return groups.flatMap(({ controlNumber, sets }) =>
    sets.map((set) => ({
      set,
      interchangeNumber: header.controlNumber,
      groupNumber: controlNumber,
      orderNumber: orderNumberOf(set),
    })),
  )
}

/** Cuts an X12 file into lines; none where there is no interchange in it. */
export function x12Lines(bytes: Uint8Array): X12Lines | undefined {
  const { interchanges } = tokenizeX12(bytes)
  if (interchanges.length === 0) return undefined
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const lines: X12Line[] = []
  const sets: PlacedSet[] = []
  let at = 0
  for (const tokens of interchanges) {
    const placed = placedSets(tokens)
    const positions = new Map(
      placed.flatMap(({ set }) => set.segments.map((segment, index) => [segment, index + 1])),
    )
    sets.push(...placed)
    for (const segment of tokens.segments) {
      for (const other of otherLines(raw, at, segment.offset)) lines.push(other)
      const { end, terminator } = segmentEnd(raw, segment, tokens)
      const { separators } = tokens
      const position = positions.get(segment)
      lines.push({
        kind: 'segment',
        offset: segment.offset,
        segment,
        separators,
        terminator,
        position,
      })
      at = end
    }
  }
  for (const other of otherLines(raw, at, raw.length)) lines.push(other)
  return { lines, sets }
}
