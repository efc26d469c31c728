import type { Finding } from '../../canonical/finding.ts'
import type { SegmentFault } from './check-set.ts'
import type { ControlFault } from './interchange-header.ts'
import type { EnvelopeNote } from './structure.ts'

const segmentWords: Readonly<Record<string, string>> = {
  '1': 'is no segment of X12',
  '2': 'is not expected here',
  '3': 'is missing',
  '4': 'repeats its loop too often',
  '5': 'is used too often',
  '6': 'does not belong to this transaction set',
  '7': 'stands in the wrong order',
  '8': 'cannot be used as it is',
}

const elementWords: Readonly<Record<string, string>> = {
  '1': 'is missing',
  '2': 'is missing beside the others that need it',
  '3': 'is one element too many',
  '4': 'is too short',
  '5': 'is too long',
  '6': 'has characters that are not allowed',
  '7': 'has a code that is not in the list',
  '8': 'is no date',
  '9': 'is no time',
  '10': 'may not stand beside the others',
  '12': 'repeats too often',
  '13': 'has too many components',
}

/** The findings of one wrong segment, element by element where elements are wrong. */
export function segmentFindings(
  fault: SegmentFault,
  setName: string,
  severity: Finding['severity'],
): Finding[] {
  const place = { segment: fault.segment.slice(0, 120), segmentPosition: fault.position }
  const base = { severity, ...place, offset: fault.offset }
  const where = `${fault.segment.slice(0, 40)} at position ${fault.position} of ${setName}`
  if (fault.elements.length === 0) {
    const message = `${where} ${segmentWords[fault.code] ?? 'is wrong'}.`
    return [{ ...base, codeList: 'AK304', code: fault.code, message }]
  }
  return fault.elements.map(({ element, code, value }) => {
    const name = `element ${String(element).padStart(2, '0')}`
    const message = `${where}: ${name} ${elementWords[code] ?? 'is wrong'}.`
    const copy = printable(value)
    return {
      ...base,
      codeList: 'AK403',
      code,
      message,
      element,
      ...(copy === '' ? {} : { value: copy }),
    }
  })
}

/** The finding of a set or group that is wrong as a whole. */
export function envelopeFinding(
  note: EnvelopeNote,
  codeList: 'AK502' | 'AK905',
  severity: Finding['severity'],
): Finding {
  const { code, message, segment, offset } = note
  return { severity, codeList, code, message, segment, offset }
}

/** The finding of an interchange envelope that is wrong, or was mended. */
export function controlFinding(fault: ControlFault): Finding {
  const isMended = fault.effect === 'note'
  return {
    severity: fault.effect === 'reject' ? 'error' : 'warning',
    // Comments and byte order marks are no faults X12 has a code for.
    codeList: /^\d+$/.test(fault.code) ? 'TA105' : 'quittance',
    code: fault.code,
    message: isMended ? `${fault.message} It was read all the same.` : fault.message,
    ...(fault.segment === '' ? {} : { segment: fault.segment.slice(0, 120) }),
    ...(fault.element === undefined ? {} : { element: fault.element }),
    offset: fault.offset,
  }
}

function printable(value: string): string {
  return value.replace(/[^\u0020-\u007E\u00A1-\uFFFF]/g, '').slice(0, 120)
}
