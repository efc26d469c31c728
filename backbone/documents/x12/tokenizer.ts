import { decodeElement, hasHighByte } from './charset.ts'

/** The characters that hold an interchange together; the repetition separator exists from 00402 on. */
export type Separators = {
  readonly element: string
  readonly component: string
  readonly repetition: string | undefined
  readonly segment: string
}

/** A segment as sent: `elements[0]` is its id, so that `elements[3]` is element 03. */
export type X12Segment = {
  readonly id: string
  readonly elements: readonly string[]
  /** Byte offset of its first character in the raw file. */
  readonly offset: number
}

/** Something odd the tokenizer met and how it dealt with it, in the words of TA105 where it has one. */
export type Remark = {
  readonly code: string
  readonly message: string
  readonly offset: number
  readonly isFatal: boolean
}

/** One interchange, ISA first. `ending` says whether its IEA came, another ISA cut it off, or the file ended. */
export type TokenizedInterchange = {
  readonly separators: Separators
  readonly segments: readonly X12Segment[]
  readonly isaLength: number
  readonly ending: 'closed' | 'interrupted' | 'truncated' | 'too-large'
  readonly remarks: readonly Remark[]
}

/** A whole file cut into interchanges, with what stood outside of them. */
export type TokenizedFile = {
  readonly interchanges: readonly TokenizedInterchange[]
  readonly remarks: readonly Remark[]
}

/** How much of a file we are willing to cut up. */
export type TokenizerLimits = {
  readonly bytes: number
  readonly segmentLength: number
  readonly segments: number
}

/** What a partner's file may hold at most before a person has to look at it. */
export const defaultLimits: TokenizerLimits = {
  bytes: 64 * 1024 * 1024,
  segmentLength: 64 * 1024,
  segments: 1_000_000,
}

const isaStart = /ISA[^A-Za-z0-9 \r\n]/g
const isaReach = 400
// A file of nothing but oddities is not listed oddity by oddity.
const mostRemarks = 200

/** Cuts a file into interchanges and segments without believing any fixed width of the ISA. */
export function tokenizeX12(
  bytes: Uint8Array,
  limits: TokenizerLimits = defaultLimits,
): TokenizedFile {
  if (bytes.length > limits.bytes) {
    const message = `The file has ${bytes.length} bytes; at most ${limits.bytes} are read.`
    return { interchanges: [], remarks: [{ code: '024', message, offset: 0, isFatal: true }] }
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const scan: Scan = {
    text,
    limits,
    isAscii: !hasHighByte(text),
    left: limits.segments,
    remarks: [],
  }
  const interchanges: TokenizedInterchange[] = []
  let at = nextIsa(scan, 0)
  while (at >= 0) {
    const { interchange, end } = readInterchange(scan, at)
    if (interchange !== undefined) interchanges.push(interchange)
    if (interchange?.ending === 'too-large') break
    if (scan.remarks.length >= mostRemarks) {
      scan.remarks.push(remark('022', 'Too much of the file is no X12 to read on.', end, true))
      break
    }
    at = nextIsa(scan, end)
  }
  return { interchanges, remarks: scan.remarks }
}

type Scan = {
  readonly text: string
  readonly limits: TokenizerLimits
  readonly isAscii: boolean
  left: number
  readonly remarks: Remark[]
}

function nextIsa(scan: Scan, from: number): number {
  isaStart.lastIndex = from
  const found = isaStart.exec(scan.text)
  const at = found === null ? scan.text.length : found.index
  noteJunk(scan, from, at)
  return found === null ? -1 : at
}

function noteJunk(scan: Scan, from: number, to: number): void {
  const start = from === 0 && scan.text.startsWith('\u00EF\u00BB\u00BF') ? 3 : from
  if (start > from) scan.remarks.push(remark('BOM', 'A UTF-8 byte order mark was taken off.', from))
  const junk = scan.text.slice(start, Math.min(to, start + 4096)).trim()
  if (junk === '') return
  const isComment = junk.split('\n').every((line) => /^\s*(\/\/|$)/.test(line))
  scan.remarks.push(
    isComment
      ? remark('COMMENT', 'Comment lines outside the interchange were left out.', start)
      : remark('022', 'Text outside of any interchange was left out.', start),
  )
}

function remark(code: string, message: string, offset: number, isFatal = false): Remark {
  return { code, message, offset, isFatal }
}

type IsaHeader = {
  readonly segment: X12Segment
  readonly separators: Separators
  readonly length: number
  readonly end: number
  readonly remarks: readonly Remark[]
}

function readInterchange(
  scan: Scan,
  start: number,
): { interchange: TokenizedInterchange | undefined; end: number } {
  const header = readIsa(scan.text, start)
  if (header === undefined) {
    const message = 'An ISA without its sixteen elements cannot be read.'
    scan.remarks.push(remark('022', message, start, true))
    return { interchange: undefined, end: start + 4 }
  }
  const base = { separators: header.separators, isaLength: header.length }
  if (header.remarks.some((note) => note.isFatal)) {
    const interchange = { ...base, segments: [header.segment], remarks: header.remarks }
    return { interchange: { ...interchange, ending: 'truncated' }, end: header.end }
  }
  const body = readSegments(scan, header)
  const remarks = [...header.remarks, ...body.remarks]
  return {
    interchange: { ...base, segments: body.segments, ending: body.ending, remarks },
    end: body.end,
  }
}

/** Finds the sixteen elements by counting separators, then takes what follows ISA16 as the terminator. */
function readIsa(text: string, start: number): IsaHeader | undefined {
  const element = text.charAt(start + 3)
  const elements = ['ISA']
  let from = start + 4
  for (let number = 1; number <= 15; number += 1) {
    const next = text.indexOf(element, from)
    if (next < 0 || next - start > isaReach) return undefined
    elements.push(text.slice(from, next).replace(/[\r\n]/g, ''))
    from = next + 1
  }
  const version = elements[12]?.trim() ?? ''
  if (!/^\w{4,6}$/.test(version) || (elements[15] ?? '').trim().length > 1) return undefined
  const found = findTerminator(text, from, element)
  elements.push(found.component)
  const repetition = elements[11] ?? ''
  const isRepeating = version >= '00402' && /^[^A-Za-z0-9\s]$/.test(repetition)
  const separators = {
    element,
    component: found.component,
    repetition: isRepeating ? repetition : undefined,
    segment: found.segment,
  }
  const remarks = found.remarks.concat(repetitionRemarks(version, repetition, start))
  const segment = { id: 'ISA', elements, offset: start }
  return { segment, separators, length: found.end - start, end: found.end, remarks }
}

// formats.md 4: TA105 032 exists only from 005042 on; below that a bad repetition separator is 022.
function repetitionRemarks(version: string, repetition: string, start: number): Remark[] {
  if (version < '00402' || /^[^A-Za-z0-9\s]$/.test(repetition) || repetition === 'U') return []
  return [remark('022', `ISA11 "${repetition}" is no repetition separator.`, start)]
}

type Terminator = {
  readonly component: string
  readonly segment: string
  readonly end: number
  readonly remarks: readonly Remark[]
}

function findTerminator(text: string, at: number, element: string): Terminator {
  const component = text.charAt(at)
  const after = text.slice(at + 1, at + 9)
  const newline = /^[ \t]*(\r\n|\n|\r)/.exec(after)
  if (newline !== null) return newlineTerminator(text, at, component, newline[0])
  const segment = wholeCharacter(after)
  const end = at + 1 + segment.length
  const faults: Remark[] = []
  if (/^[A-Za-z0-9 ]?$/.test(component) || component === element)
    faults.push(remark('027', 'ISA16 is no usable component separator.', at, true))
  if (/^[A-Za-z0-9]?$/.test(segment) || segment === element || segment === component)
    faults.push(remark('004', 'What follows ISA16 is no usable segment terminator.', at + 1, true))
  return { component, segment, end, remarks: faults }
}

// A newline ends segments, unless ISA16 was left out and its place is taken by the true terminator.
function newlineTerminator(text: string, at: number, component: string, gap: string): Terminator {
  const end = at + 1 + gap.length
  const nextLine = /^\s*(\S[^\r\n]*)/.exec(text.slice(end, end + 400))?.[1] ?? ''
  if (component !== '' && nextLine.trimEnd().endsWith(component)) {
    const note = remark('027', 'ISA16 is missing; the segment terminator stood in its place.', at)
    return { component: '', segment: component, end: at + 1, remarks: [note] }
  }
  const isUsable = /^[^A-Za-z0-9\s]$/.test(component)
  const fault = remark('027', 'ISA16 is no usable component separator.', at, true)
  return {
    component,
    segment: gap.includes('\n') ? '\n' : '\r',
    end,
    remarks: isUsable ? [] : [fault],
  }
}

// Some partners end segments with a character of several UTF-8 bytes, for example an ellipsis.
function wholeCharacter(latin1: string): string {
  const lead = latin1.charCodeAt(0)
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1
  const candidate = latin1.slice(0, size)
  return /^.[\u0080-\u00BF]*$/.test(candidate) ? candidate : latin1.charAt(0)
}

type Body = {
  readonly segments: X12Segment[]
  readonly remarks: Remark[]
  ending: TokenizedInterchange['ending']
  end: number
}

function readSegments(scan: Scan, header: IsaHeader): Body {
  const body: Body = {
    segments: [header.segment],
    remarks: [],
    ending: 'truncated',
    end: header.end,
  }
  let isOpen = true
  while (isOpen) isOpen = readSegment(scan, header.separators, body)
  return body
}

// Reads one segment into the body; false when the interchange has ended, one way or the other.
function readSegment(scan: Scan, separators: Separators, body: Body): boolean {
  const { text, limits } = scan
  const from = skipBlanksAndComments(text, body.end, body.remarks)
  if (from >= text.length) return finish(body, text.length, 'truncated')
  if (isIsaAt(text, from)) return finish(body, from, 'interrupted')
  const found = text.indexOf(separators.segment, from)
  const to = found < 0 ? text.length : found
  scan.left -= 1
  if (to - from > limits.segmentLength || scan.left < 0) return tooLarge(body, from, to, text)
  body.end = found < 0 ? text.length : found + separators.segment.length
  const segment = cutSegment(text.slice(from, to), from, separators.element, scan.isAscii)
  if (segment !== undefined) body.segments.push(segment)
  return segment?.id === 'IEA' ? finish(body, body.end, 'closed') : true
}

function finish(body: Body, end: number, ending: Body['ending']): false {
  body.end = end
  body.ending = ending
  return false
}

function tooLarge(body: Body, from: number, to: number, text: string): false {
  const message = `The interchange is larger than we read: a segment of ${to - from} characters or too many segments.`
  body.remarks.push(remark('024', message, from, true))
  return finish(body, text.length, 'too-large')
}

function isIsaAt(text: string, at: number): boolean {
  return text.startsWith('ISA', at) && /^[^A-Za-z0-9\s]$/.test(text.charAt(at + 3))
}

// Test files of editors carry // remarks between segments; they are no part of X12 and never data.
function skipBlanksAndComments(text: string, from: number, remarks: Remark[]): number {
  let at = skipBlanks(text, from)
  while (text.startsWith('//', at)) {
    if (remarks.length < mostRemarks)
      remarks.push(remark('COMMENT', 'A comment between segments was left out.', at))
    const lineEnd = text.indexOf('\n', at)
    at = lineEnd < 0 ? text.length : skipBlanks(text, lineEnd + 1)
  }
  return at
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1
  return at
}

function cutSegment(
  raw: string,
  offset: number,
  separator: string,
  isAscii: boolean,
): X12Segment | undefined {
  const text = raw.trimEnd()
  if (text === '') return undefined
  const parts = text.split(separator)
  const elements = isAscii || !hasHighByte(text) ? parts : parts.map(decodeElement)
  return { id: elements[0] ?? '', elements, offset }
}
