import type { Unmapped } from '../../canonical/document.ts'
import { DecimalText, normalDecimal } from '../../canonical/money.ts'
import { isX12Date } from './check-segment.ts'
import type { SegmentFault } from './check-set.ts'
import type { X12Segment } from './tokenizer.ts'

/** A segment being read: it remembers which elements were used, so that the rest is kept, never lost. */
export class ReadSegment {
  readonly id: string
  readonly position: number
  readonly #segment: X12Segment
  readonly #read = new Set<number>()

  constructor(segment: X12Segment, position: number) {
    this.id = segment.id.slice(0, 40)
    this.position = position
    this.#segment = segment
  }

  /** Looks at an element without using it. */
  see(element: number): string | undefined {
    const value = this.#segment.elements[element]
    if (value === undefined) return undefined
    // Wrapped lines leave line ends inside of values; they carry no meaning.
    const clean = value.replace(/[\r\n]/g, '').trim()
    return clean === '' ? undefined : clean
  }

  /** Uses an element; one longer than we can keep stays unread and so among the unmapped. */
  take(element: number, longest = 4000): string | undefined {
    const value = this.see(element)
    if (value === undefined || value.length > longest) return undefined
    this.#read.add(element)
    return value
  }

  /** Marks elements as understood without a value of their own. */
  done(...elements: readonly number[]): void {
    for (const element of elements) this.#read.add(element)
  }

  /** Where the segment begins in the file, in bytes. */
  get offset(): number {
    return this.#segment.offset
  }

  get elementCount(): number {
    return this.#segment.elements.length - 1
  }

  /** What nobody used: the whole segment when nothing was, else element by element. */
  leftovers(): Unmapped[] {
    if (this.#read.size === 0)
      return [{ position: `${this.id}@${this.position}`, content: this.#whole() }]
    const left: Unmapped[] = []
    for (let element = 1; element <= this.elementCount; element += 1) {
      const content = this.see(element)
      if (content === undefined || this.#read.has(element)) continue
      const position = `${this.id}@${this.position}-${String(element).padStart(2, '0')}`
      left.push({ position, content: content.slice(0, 8000) })
    }
    return left
  }

  /** The fault of one element of this segment, in the codes of AK403. */
  fault(element: number, code: string): SegmentFault {
    const { id, position } = this
    const faults = [{ element, code, value: this.see(element) ?? '' }]
    return { segment: id, position, code: '8', offset: this.#segment.offset, elements: faults }
  }

  /** The fault of the segment as a whole: what hangs on it cannot be kept (AK304 8). */
  wholeFault(): SegmentFault {
    const { id, position } = this
    return { segment: id, position, code: '8', offset: this.#segment.offset, elements: [] }
  }

  #whole(): string {
    return this.#segment.elements.join('*').slice(0, 8000)
  }
}

/** Everything unread of a run of segments. */
export function leftoversOf(segments: readonly ReadSegment[]): Unmapped[] {
  return segments.flatMap((segment) => segment.leftovers())
}

/** Reads a decimal element ("9.250", ".5", "12.") in the one spelling of the house. */
export function decimalOf(text: string | undefined): DecimalText | undefined {
  if (text === undefined || !/^-?(\d+\.?\d*|\.\d+)$/.test(text)) return undefined
  const plain = text.replace(/^(-?)\./, '$10.').replace(/\.$/, '')
  const parsed = DecimalText.safeParse(plain)
  return parsed.success ? normalDecimal(parsed.data) : undefined
}

/** Reads an X12 date as a calendar day; two-digit years from 70 on are of the last century. */
export function isoDateOf(text: string | undefined): string | undefined {
  if (text === undefined || !isX12Date(text)) return undefined
  const century = Number(text.slice(0, 2)) >= 70 ? '19' : '20'
  const full = text.length === 8 ? text : `${century}${text}`
  return `${full.slice(0, 4)}-${full.slice(4, 6)}-${full.slice(6, 8)}`
}

/** Reads a whole number of at most `longest` digits. */
export function countOf(text: string | undefined, longest = 9): number | undefined {
  return text !== undefined && /^\d+$/.test(text) && text.length <= longest
    ? Number(text)
    : undefined
}
