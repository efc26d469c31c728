import type { Finding } from '../../canonical/finding.ts'
import type { DocumentLine } from '../../canonical/views/document-view.ts'
import type { X12Set } from '../x12/structure.ts'
import {
  type DrawnLine,
  type Layout,
  lastUpTo,
  type MarkedSpot,
  type Spot,
  shown,
} from './layout.ts'
import { type X12Line, type X12Lines, x12Lines } from './x12-lines.ts'
import { elementName } from './x12-names.ts'
import { type OrderWords, orderWords, setOf, spotInOrder } from './x12-order.ts'

type SegmentLine = Extract<X12Line, { kind: 'segment' }>
type Part = DocumentLine['parts'][number]

// A fault of an envelope names its segment; the code says which of its elements is wrong.
const envelopeElements: Readonly<Record<string, readonly [segment: string, element: number]>> = {
  'AK502 1': ['ST', 1],
  'AK502 3': ['SE', 2],
  'AK502 4': ['SE', 1],
  'AK502 6': ['ST', 1],
  'AK502 7': ['ST', 2],
  'AK502 23': ['ST', 2],
  'AK905 2': ['GS', 8],
  'AK905 4': ['GE', 2],
  'AK905 5': ['GE', 1],
  'AK905 6': ['GS', 6],
}

function elementOf({ element, codeList, code }: Finding, segment: string): number | undefined {
  if (element !== undefined) return element
  const known = envelopeElements[`${codeList} ${code}`]
  return known?.[0] === segment ? known[1] : undefined
}

class X12Layout implements Layout {
  readonly format = 'x12'
  readonly #lines: readonly X12Line[]
  readonly #sets: X12Lines['sets']
  readonly #starts: readonly number[]
  readonly #byStart: ReadonlyMap<number, number>
  readonly #orders = new Map<X12Set, OrderWords>()
  #byPosition: LineIndex | undefined
  #byId: LineIndex | undefined

  constructor({ lines, sets }: X12Lines) {
    this.#lines = lines
    this.#sets = sets
    this.#starts = lines.map(({ offset }) => offset)
    this.#byStart = new Map(this.#starts.map((offset, line) => [offset, line]))
  }

  get lineCount(): number {
    return this.#lines.length
  }

  place(finding: Finding): Spot | undefined {
    const line = this.#lineOf(finding)
    if (line === undefined) return undefined
    const there = this.#lines[line]
    if (there?.kind !== 'segment') return { line }
    // A segment that is missing is told at the one that stands where it should have been.
    const isOfIt = finding.segment === undefined || finding.segment === there.segment.id
    const element = isOfIt ? elementOf(finding, there.segment.id) : undefined
    if (element === undefined || element > mostElements) return { line }
    const { component } = finding
    return { line, elements: [element], ...(component === undefined ? {} : { component }) }
  }

  placeInOrder(
    key: Parameters<Layout['placeInOrder']>[0],
    about: Parameters<Layout['placeInOrder']>[1],
  ) {
    const set = setOf(this.#sets, key)
    const spot = set === undefined ? undefined : spotInOrder(this.#wordsOf(set), about)
    const line = spot === undefined ? undefined : this.#byStart.get(spot.segment.offset)
    if (spot === undefined || line === undefined) return undefined
    return spot.elements.length === 0 ? { line } : { line, elements: spot.elements }
  }

  startOf(key: Parameters<Layout['startOf']>[0]): number | undefined {
    const header = setOf(this.#sets, key)?.segments[0]
    return header === undefined ? undefined : this.#byStart.get(header.offset)
  }

  nameOf({ line, elements, component }: Spot): string | undefined {
    const there = this.#lines[line]
    if (there?.kind !== 'segment') return undefined
    return placeName(there.segment.id, elements?.[0], component)
  }

  draw(line: number, marks: readonly MarkedSpot[]): DrawnLine {
    const there = this.#lines[line]
    if (there?.kind === 'segment') return drawSegment(there, marks)
    const all = marks.map(({ mark }) => mark)
    return { indent: 0, parts: [{ ...shown(there?.text ?? ''), marks: [] }], marks: all }
  }

  #lineOf({ offset, segment, segmentPosition = 0 }: Finding): number | undefined {
    const exact = offset === undefined ? undefined : this.#byStart.get(offset)
    if (exact !== undefined && (segmentPosition === 0 || this.#isInSet(exact))) return exact
    if (segmentPosition > 0) return this.#atPosition(segmentPosition, segment)
    if (offset !== undefined) return lastUpTo(this.#starts, offset)
    return segment === undefined ? undefined : onlyOne(this.#linesOfId(segment))
  }

  #isInSet(line: number): boolean {
    const there = this.#lines[line]
    return there?.kind === 'segment' && there.position !== undefined
  }

  #idOf(line: number): string | undefined {
    const there = this.#lines[line]
    return there?.kind === 'segment' ? there.segment.id : undefined
  }

  #wordsOf(set: X12Set): OrderWords {
    const words = this.#orders.get(set) ?? orderWords(set)
    this.#orders.set(set, words)
    return words
  }

  // Where several sets have such a segment at such a position nothing says which is meant.
  #atPosition(position: number, segment: string | undefined): number | undefined {
    this.#byPosition ??= this.#index((line) => line.position)
    const there = this.#byPosition.get(position) ?? []
    if (segment === undefined) return onlyOne(there)
    const named = there.filter((line) => this.#idOf(line) === segment)
    const all = this.#linesOfId(segment)
    return (
      onlyOne(named) ?? (all.length === 1 ? all.find((line) => this.#isInSet(line)) : undefined)
    )
  }

  #linesOfId(segment: string): readonly number[] {
    this.#byId ??= this.#index(({ segment: { id } }) => id)
    return this.#byId.get(segment) ?? []
  }

  #index(keyOf: (line: SegmentLine) => string | number | undefined): LineIndex {
    const index = new Map<string | number, number[]>()
    this.#lines.forEach((line, at) => {
      const key = line.kind === 'segment' ? keyOf(line) : undefined
      if (key === undefined) return
      const known = index.get(key)
      if (known === undefined) index.set(key, [at])
      else known.push(at)
    })
    return index
  }
}

type LineIndex = ReadonlyMap<string | number, readonly number[]>

const onlyOne = (lines: readonly number[]): number | undefined =>
  lines.length === 1 ? lines[0] : undefined

function placeName(segment: string, element?: number, component?: number): string {
  const two = element === undefined ? '' : `-${String(element).padStart(2, '0')}`
  return `${segment.slice(0, 40)}${two}${component === undefined ? '' : `-${component}`}`
}

const between = (text: string): Part => ({ text, marks: [] })

// Beyond this a segment is no document any more; a mark on an element is always within it.
const mostElements = 200

function drawSegment(line: SegmentLine, marks: readonly MarkedSpot[]): DrawnLine {
  const { segment, separators, terminator, position } = line
  const whole = marks.filter(({ spot }) => spot.elements === undefined)
  const inside = marks.filter(({ spot }) => spot.elements !== undefined)
  const sent = segment.elements.length - 1
  // An element that is missing has its empty place, so that it can be marked.
  const count = Math.max(sent, ...inside.flatMap(({ spot }) => spot.elements ?? []))
  const parts: Part[] = [{ ...shown(segment.id), place: placeName(segment.id), marks: [] }]
  for (let element = 1; element <= Math.min(count, mostElements); element += 1)
    parts.push(between(separators.element), ...drawElement(line, element, inside))
  const isEnded = terminator.trim() !== ''
  return {
    indent: position === undefined ? 0 : 1,
    ...(position === undefined ? {} : { position }),
    parts: isEnded ? [...parts, between(shown(terminator).text)] : parts,
    marks: whole.map(({ mark }) => mark),
    ...(sent > mostElements ? { leftOut: sent - mostElements } : {}),
  }
}

function drawElement(line: SegmentLine, element: number, marks: readonly MarkedSpot[]): Part[] {
  const { segment } = line
  const text = segment.elements[element] ?? ''
  const here = marks.filter(({ spot }) => spot.elements?.includes(element))
  const name = elementName(segment.id, element)
  const named = name === undefined ? {} : { name }
  const pieces = componentsOf(line, text)
  if (pieces.length < 2) {
    const all = here.map(({ mark }) => mark)
    return [{ ...shown(text), place: placeName(segment.id, element), ...named, marks: all }]
  }
  return pieces.flatMap((piece, index): Part[] => {
    const about = here.filter(({ spot }) => isAbout(spot, index + 1, pieces.length))
    const place = placeName(segment.id, element, index + 1)
    const part = { ...shown(piece), place, ...named, marks: about.map(({ mark }) => mark) }
    return index === 0 ? [part] : [between(line.separators.component), part]
  })
}

// A component that did not come cannot be marked: the element is.
function isAbout({ component }: Spot, at: number, count: number): boolean {
  return component === undefined || component === at || component > count
}

function componentsOf({ segment, separators }: SegmentLine, text: string): string[] {
  const { component, repetition } = separators
  const isRepeated = repetition !== undefined && text.includes(repetition)
  if (segment.id === 'ISA' || component === '' || isRepeated) return [text]
  return text.split(component).slice(0, 50)
}

/** An X12 file, a line for each segment; undefined where it holds no interchange. */
export function layOutX12(bytes: Uint8Array): Layout | undefined {
  const lines = x12Lines(bytes)
  return lines === undefined ? undefined : new X12Layout(lines)
}
