import type { Finding } from '../../canonical/finding.ts'
import type { FunctionalAcknowledgement } from './997.ts'

type AcknowledgedSet = FunctionalAcknowledgement['sets'][number]

const numbers = { segment: '304', element: '403', set: '501' } as const

/** The lists a 997 and a 999 take their codes from: AK304 and IK304, AK403 and IK403, AK501 and IK501. */
function listOf(kind: FunctionalAcknowledgement['kind'], place: keyof typeof numbers): string {
  return `${kind === '999' ? 'IK' : 'AK'}${numbers[place]}`
}

const printable = (value: string) => value.replaceAll(/\p{C}/gu, ' ').slice(0, 120)

function elementNumber(text: string): { element?: number; component?: number } {
  const [element = '', component = ''] = text.split(/[^\d]/)
  return {
    ...(/^[1-9]\d?$/.test(element) ? { element: Number(element) } : {}),
    ...(/^[1-9]\d?$/.test(component) ? { component: Number(component) } : {}),
  }
}

function errorFindings(
  { type, controlNumber, errors }: AcknowledgedSet,
  kind: FunctionalAcknowledgement['kind'],
): Finding[] {
  return errors.flatMap(({ segment, position, code, elements }) => {
    const place = {
      severity: 'error' as const,
      segment: segment.slice(0, 120),
      segmentPosition: position,
    }
    const where = `${segment} at position ${position} of our ${type} ${controlNumber}`.slice(0, 200)
    const ofSegment: Finding = {
      ...place,
      codeList: listOf(kind, 'segment'),
      code: code.slice(0, 40),
      message: `The partner refuses ${where} (code ${code}).`.slice(0, 500),
    }
    const ofElements = elements.map(
      ({ element, code: elementCode, value }): Finding => ({
        ...place,
        ...elementNumber(element),
        codeList: listOf(kind, 'element'),
        code: elementCode.slice(0, 40),
        message:
          `The partner refuses element ${element} of ${where} (code ${elementCode})${value === '' ? '' : `: "${printable(value)}"`}.`.slice(
            0,
            500,
          ),
        ...(value === '' ? {} : { value: printable(value) }),
      }),
    )
    return [...ofElements, ...(code === '' ? [] : [ofSegment])]
  })
}

/**
 * What a partner's TA1, 997 or 999 finds wrong with what we sent, the most precise first: element, segment,
 * transaction set, group. Nothing when it takes everything.
 */
export function acknowledgementFindings(
  acknowledgement: FunctionalAcknowledgement,
): readonly Finding[] {
  const { kind, verdict, code, notes, sets, acknowledges } = acknowledgement
  if (verdict === 'accepted' || verdict === 'accepted-with-errors') return []
  const refused = sets.filter((set) => set.verdict === 'rejected')
  const ofSets = refused.map(
    (set): Finding => ({
      severity: 'error',
      codeList: listOf(kind, 'set'),
      code: set.code.slice(0, 40),
      message: `The partner refuses our ${set.type} ${set.controlNumber} (code ${set.code}).`,
    }),
  )
  const isInterchange = kind === 'TA1'
  const whole: Finding = {
    severity: 'error',
    codeList: isInterchange ? 'TA104' : 'AK901',
    code: code.slice(0, 40),
    message: `The partner's ${kind} for our ${isInterchange ? 'interchange' : 'group'} ${acknowledges} says ${verdict}.`,
  }
  const ofNotes = notes.map(
    (note): Finding => ({
      severity: 'error',
      codeList: isInterchange ? 'TA105' : 'AK905',
      code: note.slice(0, 40),
      message: `The partner's ${kind} for ${acknowledges} notes code ${note}.`,
    }),
  )
  return [...refused.flatMap((set) => errorFindings(set, kind)), ...ofNotes, ...ofSets, whole]
}
