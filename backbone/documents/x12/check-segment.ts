import type { ElementRule, SegmentRule, SyntaxNote } from './guide.ts'
import type { Separators, X12Segment } from './tokenizer.ts'

/** One wrong element of a segment, in the codes of AK403. */
export type ElementFault = {
  readonly element: number
  /** Number in the data element dictionary (AK402). */
  readonly reference?: string
  readonly code: string
  readonly value: string
}

/** Checks the elements of one segment against its rule: presence, type, length, codes, syntax notes. */
export function checkSegment(
  segment: X12Segment,
  rule: SegmentRule,
  separators: Separators,
): ElementFault[] {
  const faults: ElementFault[] = []
  const count = Math.max(rule.elements.length, segment.elements.length - 1)
  for (let element = 1; element <= count; element += 1) {
    const fault = elementFault(segment, element, rule, separators)
    if (fault !== undefined) faults.push(fault)
  }
  for (const note of rule.notes) faults.push(...noteFaults(segment, note, rule))
  return faults.sort((a, b) => a.element - b.element)
}

function elementFault(
  segment: X12Segment,
  element: number,
  rule: SegmentRule,
  separators: Separators,
): ElementFault | undefined {
  const value = segment.elements[element] ?? ''
  const place = rule.elements[element - 1]
  // AK403 3: more data elements than the segment has.
  if (place === undefined) return value === '' ? undefined : { element, code: '3', value }
  const fault = { element, reference: place.rule.number, value }
  if (value.trim() === '') return place.isMandatory ? { ...fault, code: '1' } : undefined
  const code = valueFault(value, place.rule, separators)
  return code === undefined ? undefined : { ...fault, code }
}

function valueFault(value: string, rule: ElementRule, separators: Separators): string | undefined {
  if (hasControlCharacter(value)) return '6'
  if (rule.type === 'C') return undefined
  const { repetition, component } = separators
  // AK403 12 and 13 exist where there is a repetition separator; before that the character is a wrong one.
  if (repetition !== undefined && value.includes(repetition)) return '12'
  if (component !== '' && value.includes(component)) return repetition === undefined ? '6' : '13'
  return typeFault(value, rule)
}

function hasControlCharacter(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at)
    if (code < 32 || (code >= 127 && code <= 160)) return true
  }
  return false
}

function typeFault(value: string, rule: ElementRule): string | undefined {
  if (rule.type === 'N' && !/^-?\d+$/.test(value)) return '6'
  if (rule.type === 'R' && !/^-?(\d+\.?\d*|\.\d+)$/.test(value)) return '6'
  const length = countedLength(value, rule)
  if (length < rule.min) return '4'
  if (length > rule.max) return '5'
  if (rule.type === 'DT' && !isX12Date(value)) return '8'
  if (rule.type === 'TM' && !isX12Time(value)) return '9'
  return rule.codes === undefined || rule.codes.has(value) ? undefined : '7'
}

// The sign and the decimal point of a number are not counted in its length.
function countedLength(value: string, rule: ElementRule): number {
  return rule.type === 'N' || rule.type === 'R' ? value.replace(/[-.]/g, '').length : value.length
}

/** Whether a text is a calendar day in the X12 way, YYYYMMDD or the older YYMMDD. */
export function isX12Date(value: string): boolean {
  if (!/^(\d{6}|\d{8})$/.test(value)) return false
  const month = Number(value.slice(-4, -2))
  const day = Number(value.slice(-2))
  // Without a century every fourth year is taken for a leap year.
  const year = Number(value.slice(0, -4))
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const longest = month === 2 && !isLeap ? 28 : (monthDays[month - 1] ?? 0)
  return day >= 1 && day <= longest
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isX12Time(value: string): boolean {
  return /^([01]\d|2[0-3])[0-5]\d([0-5]\d\d{0,2})?$/.test(value)
}

function noteFaults(segment: X12Segment, note: SyntaxNote, rule: SegmentRule): ElementFault[] {
  const present = note.elements.filter((element) => (segment.elements[element] ?? '').trim() !== '')
  return brokenElements(note, present).map((element) => ({
    element,
    ...(rule.elements[element - 1] === undefined
      ? {}
      : { reference: rule.elements[element - 1]?.rule.number ?? '' }),
    // AK403 10: exclusion condition violated; 2: conditional required data element missing.
    code: note.kind === 'E' ? '10' : '2',
    value: note.kind === 'E' ? (segment.elements[element] ?? '') : '',
  }))
}

function brokenElements(note: SyntaxNote, present: readonly number[]): number[] {
  const missing = note.elements.filter((element) => !present.includes(element))
  const hasFirst = note.elements.some((first, at) => at === 0 && present.includes(first))
  switch (note.kind) {
    case 'P':
      return present.length === 0 ? [] : missing
    case 'R':
      return present.length === 0 ? note.elements.slice(0, 1) : []
    case 'C':
      return hasFirst ? missing : []
    case 'L':
      return hasFirst && present.length < 2 ? note.elements.slice(1, 2) : []
    case 'E':
      return present.length > 1 ? present.slice(1) : []
  }
}
