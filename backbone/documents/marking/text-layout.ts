import { Buffer } from 'node:buffer'
import type { Finding } from '../../canonical/finding.ts'
import {
  type DrawnLine,
  type Layout,
  lastUpTo,
  type MarkedSpot,
  type Spot,
  shown,
} from './layout.ts'

type TextLine = { readonly offset: number; readonly text: string }

const widest = 1000

// XML on one long line is cut where one tag follows another; anything else at the width of a screen.
function textLines(text: string, format: Layout['format']): TextLine[] {
  const lines: TextLine[] = []
  for (const found of text.matchAll(/[^\r\n]+/g)) {
    let offset = found.index
    const pieces = format === 'xml' ? found[0].split(/(?<=>)(?=<)/) : [found[0]]
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += widest)
        lines.push({ offset: offset + at, text: piece.slice(at, at + widest) })
      offset += piece.length
    }
  }
  return lines.filter((line) => line.text.trim() !== '')
}

// What is marked of a line: the value that the finding names, else the word at the place.
function rangeAt(
  { text, offset: start }: TextLine,
  offset: number,
  value: string | undefined,
): Spot['range'] {
  const from = Math.max(0, offset - start)
  if (from >= text.length) return undefined
  const rest = text.slice(from)
  if (value !== undefined && value !== '' && rest.startsWith(value))
    return [from, from + value.length]
  const word = /^\s*[\w.+-]+|^\s*\S/.exec(rest)?.[0].length ?? 1
  return [from, from + word]
}

class TextLayout implements Layout {
  readonly format: Layout['format']
  readonly #lines: readonly TextLine[]
  readonly #starts: readonly number[]

  constructor(lines: readonly TextLine[], format: Layout['format']) {
    this.format = format
    this.#lines = lines
    this.#starts = lines.map(({ offset }) => offset)
  }

  get lineCount(): number {
    return this.#lines.length
  }

  place({ offset, value }: Finding): Spot | undefined {
    const line = offset === undefined ? undefined : lastUpTo(this.#starts, offset)
    const there = line === undefined ? undefined : this.#lines[line]
    if (offset === undefined || line === undefined || there === undefined) return undefined
    const range = rangeAt(there, offset, value)
    return range === undefined ? { line } : { line, range }
  }

  placeInOrder(): undefined {
    return undefined
  }

  startOf(): undefined {
    return undefined
  }

  nameOf(): undefined {
    return undefined
  }

  draw(line: number, marks: readonly MarkedSpot[]): DrawnLine {
    const text = this.#lines[line]?.text ?? ''
    const cuts = marks.flatMap(({ spot }) => spot.range ?? [])
    const edges = [...new Set([0, ...cuts, text.length])].sort((a, b) => a - b)
    const parts = edges.slice(0, -1).map((from, index) => {
      const to = edges[index + 1] ?? text.length
      const about = marks.filter(
        ({ spot: { range } }) => range !== undefined && range[0] <= from && to <= range[1],
      )
      return { ...shown(text.slice(from, to)), marks: about.map(({ mark }) => mark) }
    })
    const whole = marks.filter(({ spot }) => spot.range === undefined)
    return { indent: 0, parts, marks: whole.map(({ mark }) => mark) }
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // No byte is lost, and a place counted in bytes is the same place here.
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
}

/** A document of text as it stands, line by line. */
export function layOutText(bytes: Uint8Array, format: 'json' | 'xml' | 'text'): Layout {
  return new TextLayout(textLines(decoded(bytes), format), format)
}

// A place in bytes is no place in the characters of a row: the row is marked.
class BytesLayout extends TextLayout {
  constructor(lines: readonly TextLine[]) {
    super(lines, 'binary')
  }

  override place(finding: Finding): Spot | undefined {
    const spot = super.place(finding)
    return spot === undefined ? undefined : { line: spot.line }
  }
}

const rowBytes = 16

/** Bytes that are no text, sixteen to a line, in hexadecimal and as the characters they may be. */
export function layOutBytes(bytes: Uint8Array): Layout {
  const lines: TextLine[] = []
  for (let offset = 0; offset < bytes.length; offset += rowBytes) {
    const row = Buffer.from(bytes.subarray(offset, offset + rowBytes))
    const hex = row
      .toString('hex')
      .replace(/../g, '$& ')
      .padEnd(rowBytes * 3)
    const text = row.toString('latin1').replace(/[^\u0020-\u007E]/g, '.')
    lines.push({ offset, text: `${offset.toString(16).padStart(8, '0')}  ${hex} ${text}` })
  }
  return new BytesLayout(lines)
}
