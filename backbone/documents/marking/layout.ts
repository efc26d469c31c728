import type { DocumentKey } from '../../canonical/document-marking.ts'
import type { Finding } from '../../canonical/finding.ts'
import type { DocumentLine, MarkedDocument } from '../../canonical/views/document-view.ts'
import type { About } from './about.ts'

/** Where in a laid-out document a finding stands: a line as a whole, elements of it, or some of its characters. */
export type Spot = {
  /** From 0. */
  readonly line: number
  readonly elements?: readonly number[]
  readonly component?: number
  readonly range?: readonly [from: number, to: number]
}

/** A spot with the number of the finding that stands there. */
export type MarkedSpot = { readonly mark: number; readonly spot: Spot }

/** A line without its number. */
export type DrawnLine = Omit<DocumentLine, 'number'>

/** A document cut into lines: it knows where findings belong, and draws the lines that are wanted. */
export type Layout = {
  readonly format: MarkedDocument['format']
  readonly lineCount: number
  /** Where something found while reading stands. */
  place(finding: Finding): Spot | undefined
  /** Where the words of the buyer stand that a check of their order is about. */
  placeInOrder(key: DocumentKey, about: About): Spot | undefined
  /** The line, from 0, where one of several documents begins. */
  startOf(key: DocumentKey): number | undefined
  /** What people call a spot: PO1-04, $.lines[0].unitPrice. */
  nameOf(spot: Spot): string | undefined
  draw(line: number, marks: readonly MarkedSpot[]): DrawnLine
}

// Wide enough for any element that is read, narrow enough for a screen.
const longestText = 2000

// What has no shape of its own is shown by a picture: nothing hides in a document, and nothing turns its text around.
function picture(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\u2426'
}

/** A text as it is shown: control characters as their pictures, and no more than a screen takes. */
export function shown(text: string): { text: string; leftOut?: number } {
  const whole = text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, picture)
  if (whole.length <= longestText) return { text: whole }
  return { text: whole.slice(0, longestText), leftOut: whole.length - longestText }
}

/** The last of ascending starts that is not after a position; the first where all are. */
export function lastUpTo(starts: readonly number[], position: number): number | undefined {
  if (starts.length === 0) return undefined
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return low
}
