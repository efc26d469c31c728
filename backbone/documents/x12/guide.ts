/** An element of the X12 dictionary: its number, type and length; `codes` only where we rely on the list. */
export type ElementRule = {
  readonly number: string
  readonly type: ElementType
  readonly min: number
  readonly max: number
  readonly codes?: ReadonlySet<string>
}

/** Types of X12 elements: text, code, decimal, integer (N2 has two implied decimals), date, time, composite. */
type ElementType = 'AN' | 'ID' | 'R' | 'N' | 'DT' | 'TM' | 'C'

/** A relation between elements of a segment: P paired, R required, C conditional, L list, E exclusive. */
export type SyntaxNote = {
  readonly kind: 'P' | 'R' | 'C' | 'L' | 'E'
  readonly elements: readonly number[]
}

/** A segment of the X12 dictionary with its elements in order and its syntax notes. */
export type SegmentRule = {
  readonly elements: readonly { readonly rule: ElementRule; readonly isMandatory: boolean }[]
  readonly notes: readonly SyntaxNote[]
}

/** A segment or loop at its place in a transaction set; a loop starts with the segment `id`. */
export type Use = {
  readonly id: string
  readonly isMandatory: boolean
  readonly max: number
  /** What follows the first segment inside the loop; absent for a plain segment. */
  readonly loop?: readonly Use[]
}

/** A transaction set of one version: where each segment stands and what it holds. */
export type Guide = {
  readonly set: string
  readonly uses: readonly Use[]
  readonly segments: ReadonlyMap<string, SegmentRule>
  /** Every segment id that has a place somewhere in the set. */
  readonly members: ReadonlySet<string>
}

/** Reads "ST! BEG! REF* (N1/200 N3/2)": ! mandatory, * without limit, /n at most n, () a loop. */
export function parseUses(layout: string): Use[] {
  const tokens = layout.match(/[()]|[^\s()]+/g) ?? []
  return readUses(tokens, { at: 0 })
}

function readUses(tokens: readonly string[], cursor: { at: number }): Use[] {
  const uses: Use[] = []
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at] ?? ''
    cursor.at += 1
    if (token === ')') return uses
    uses.push(token === '(' ? readLoop(tokens, cursor) : parseUse(token))
  }
  return uses
}

function readLoop(tokens: readonly string[], cursor: { at: number }): Use {
  const first = parseUse(tokens[cursor.at] ?? '')
  cursor.at += 1
  return { ...first, loop: readUses(tokens, cursor) }
}

function parseUse(token: string): Use {
  const [, id = token, mandatory, any, max] = /^(\w+)(!?)(\*?)(?:\/(\d+))?$/.exec(token) ?? []
  return {
    id,
    isMandatory: mandatory === '!',
    max: any === '*' ? Number.POSITIVE_INFINITY : Number(max ?? 1),
  }
}

/** Reads a dictionary line such as "373 DT 8 8" or "353 ID 2 2 00 01 05" into an element. */
export function parseElement(line: string): ElementRule {
  const [number = '', type = '', min, max, ...codes] = line.trim().split(/\s+/)
  const base = { number, type: elementType(type), min: Number(min), max: Number(max) }
  return codes.length === 0 ? base : { ...base, codes: new Set(codes) }
}

function elementType(type: string): ElementType {
  if (/^N\d$/.test(type)) return 'N'
  if (type === 'ID' || type === 'R' || type === 'DT' || type === 'TM' || type === 'C') return type
  return 'AN'
}

/**
 * Reads a segment such as "128! 127 352 C040 | R0203": element numbers in order, ! mandatory,
 * "(235 234)x10" for pairs, and after the bar the syntax notes.
 */
export function parseSegment(
  line: string,
  dictionary: ReadonlyMap<string, ElementRule>,
): SegmentRule {
  const [elements = '', notes = ''] = line.split('|')
  const expanded = elements.replace(/\(([^)]*)\)x(\d+)/g, (_, group: string, times: string) =>
    Array.from({ length: Number(times) }, () => group).join(' '),
  )
  return {
    elements: words(expanded).map((word) => ({
      rule: dictionary.get(word.replace('!', '')) ?? anything(word),
      isMandatory: word.endsWith('!'),
    })),
    notes: words(notes).flatMap(parseNotes),
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function anything(word: string): ElementRule {
  return { number: word.replace('!', ''), type: 'C', min: 0, max: Number.POSITIVE_INFINITY }
}

// "P0607..2425" stands for every pair from 06/07 to 24/25, as in the item lists of PO1, IT1 and ACK.
function parseNotes(word: string): SyntaxNote[] {
  const [first = '', last] = word.split('..')
  const note = parseNote(first)
  if (last === undefined || note === undefined) return note === undefined ? [] : [note]
  const notes: SyntaxNote[] = []
  const end = Number(last.slice(-2))
  for (let low = note.elements[0] ?? end; low < end; low += 2)
    notes.push({ kind: note.kind, elements: [low, low + 1] })
  return notes
}

function parseNote(word: string): SyntaxNote | undefined {
  const kind = word.charAt(0)
  if (kind !== 'P' && kind !== 'R' && kind !== 'C' && kind !== 'L' && kind !== 'E') return undefined
  const elements = (word.slice(1).match(/\d\d/g) ?? []).map(Number)
  return { kind, elements }
}
