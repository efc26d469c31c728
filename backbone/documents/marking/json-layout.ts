import type { DocumentKey } from '../../canonical/document-marking.ts'
import type { Finding } from '../../canonical/finding.ts'
import type { DocumentLine } from '../../canonical/views/document-view.ts'
import { type JsonPath, pathText, stepText } from '../json/json-path.ts'
import { type JsonPlace, parseJson } from '../json/parse-json.ts'
import type { About } from './about.ts'
import { type JsonOrders, spotInJson } from './json-order.ts'
import {
  type DrawnLine,
  type Layout,
  lastUpTo,
  type MarkedSpot,
  type Spot,
  shown,
} from './layout.ts'

/** A line of a JSON document: a value, or where an object or list opens or closes. */
type JsonLine = {
  readonly event: JsonPlace['event']
  readonly step: JsonPlace['step']
  readonly depth: number
  /** The line that opens what it stands in. */
  readonly parent: number | undefined
  readonly start: number
  end: number
}

// An object or list with nothing in it opens and closes on one line.
function keepPlace(lines: JsonLine[], open: number[], place: JsonPlace): void {
  const { event, step, depth, start, end } = place
  const own = event === 'close' ? open.pop() : undefined
  const opening = own === undefined ? undefined : lines[own]
  if (opening !== undefined && own === lines.length - 1) {
    opening.end = end
    return
  }
  if (event === 'open') open.push(lines.length)
  const parent = event === 'open' ? open.at(-2) : open.at(-1)
  lines.push({ event, step, depth, parent, start: event === 'close' ? end - 1 : start, end })
}

class JsonLayout implements Layout {
  readonly format = 'json'
  readonly #text: string
  readonly #lines: readonly JsonLine[]
  #starts: readonly number[] | undefined
  readonly #orders: JsonOrders = new Map()
  #children: ReadonlyMap<number, readonly number[]> | undefined

  constructor(text: string, lines: readonly JsonLine[]) {
    this.#text = text
    this.#lines = lines
  }

  get lineCount(): number {
    return this.#lines.length
  }

  place({ segment, offset }: Finding): Spot | undefined {
    if (segment?.startsWith('$') === true) return { line: this.#deepest(0, segment.slice(1)) }
    if (offset === undefined) return undefined
    this.#starts ??= this.#lines.map(({ start }) => start)
    const line = lastUpTo(this.#starts, offset)
    return line === undefined ? undefined : { line }
  }

  placeInOrder(key: DocumentKey, about: About): Spot | undefined {
    const line = spotInJson({ tree: this, known: this.#orders }, key, about)
    return line === undefined ? undefined : { line }
  }

  startOf(key: DocumentKey): number | undefined {
    return spotInJson({ tree: this, known: this.#orders }, key, { line: undefined, what: 'order' })
  }

  nameOf({ line }: Spot): string {
    return pathText(this.#pathOf(line))
  }

  draw(line: number, marks: readonly MarkedSpot[]): DrawnLine {
    const there = this.#lines[line]
    if (there === undefined) return { indent: 0, parts: [], marks: [] }
    const all = marks.map(({ mark }) => mark)
    const key = typeof there.step === 'string' && there.event !== 'close' ? there.step : undefined
    const label = key === undefined ? [] : [{ ...shown(`${JSON.stringify(key)}: `), marks: [] }]
    const path = this.nameOf({ line })
    const isValue = there.event === 'value'
    const value: DocumentLine['parts'][number] = {
      ...shown(this.#valueText(there)),
      ...(isValue ? { place: path } : {}),
      marks: isValue ? all : [],
    }
    const comma = this.#hasComma(there) ? [{ text: ',', marks: [] }] : []
    return {
      indent: Math.min(there.depth, 100),
      ...(there.event === 'close' ? {} : { path }),
      parts: [...label, value, ...comma],
      marks: isValue ? [] : all,
    }
  }

  /** The line of a member of what opens on a line. */
  child(line: number, step: string | number): number | undefined {
    return this.#childrenOf(line).find((at) => this.#lines[at]?.step === step)
  }

  /** The lines of all members of what opens on a line. */
  members(line: number): readonly number[] {
    return this.#childrenOf(line)
  }

  /** The text of a value, without the quotes of a JSON text. */
  textOf(line: number): string | undefined {
    const there = this.#lines[line]
    if (there?.event !== 'value') return undefined
    const raw = this.#text.slice(there.start, there.end)
    return raw.startsWith('"') ? String(JSON.parse(raw)) : raw
  }

  /** Whether a list opens on a line. */
  isList(line: number): boolean {
    const there = this.#lines[line]
    return there?.event === 'open' && this.#text.charAt(there.start) === '['
  }

  #valueText({ event, start, end }: JsonLine): string {
    if (event === 'value') return this.#text.slice(start, end)
    if (event === 'close') return this.#text.charAt(start)
    const opening = this.#text.charAt(start)
    return end === start + 1 ? opening : `${opening}${this.#text.charAt(end - 1)}`
  }

  #hasComma({ event, start, end }: JsonLine): boolean {
    if (event === 'open' && end === start + 1) return false
    return /^\s*,/.test(this.#text.slice(end, end + 1000))
  }

  #pathOf(line: number): JsonPath {
    const steps: (string | number)[] = []
    let at: number | undefined = line
    while (at !== undefined) {
      const there: JsonLine | undefined = this.#lines[at]
      if (there?.step !== undefined) steps.unshift(there.step)
      at = there?.parent
    }
    return steps
  }

  // What is missing has no line: the finding stands at the nearest thing around it that is there.
  #deepest(line: number, rest: string): number {
    const children = this.#childrenOf(line)
    const place = /^\[(\d+)\]/.exec(rest)
    const likely =
      place === null ? children : children.slice(Number(place[1]), Number(place[1]) + 1)
    for (const at of likely) {
      const step = this.#lines[at]?.step
      const text = step === undefined ? '' : stepText(step)
      const isOnWay =
        text !== '' && rest.startsWith(text) && /^([.[]|$)/.test(rest.slice(text.length))
      if (isOnWay) return this.#deepest(at, rest.slice(text.length))
    }
    return line
  }

  #childrenOf(line: number): readonly number[] {
    this.#children ??= this.#allChildren()
    return this.#children.get(line) ?? []
  }

  #allChildren(): ReadonlyMap<number, readonly number[]> {
    const children = new Map<number, number[]>()
    this.#lines.forEach(({ parent, event }, line) => {
      if (parent === undefined || event === 'close') return
      const known = children.get(parent)
      if (known === undefined) children.set(parent, [line])
      else known.push(line)
    })
    return children
  }
}

/** A JSON document, a line for each value; undefined where it cannot be read to its end. */
export function layOutJson(bytes: Uint8Array): Layout | undefined {
  const lines: JsonLine[] = []
  const open: number[] = []
  const onPlace = (place: JsonPlace) => keepPlace(lines, open, place)
  const parsing = parseJson(bytes, { numbers: 'exact', onPlace })
  if (parsing.outcome === 'refused') return undefined
  return new JsonLayout(new TextDecoder().decode(bytes), lines)
}
