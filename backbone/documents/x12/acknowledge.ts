import { z } from 'zod'
import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import type { SegmentFault } from './check-set.ts'
import type { ControlFault } from './interchange-header.ts'
import type { X12Group, X12Interchange, X12Set } from './structure.ts'
import type { Separators } from './tokenizer.ts'

/** A set with everything found wrong and the verdict on it (AK501). */
export type CheckedSet = {
  readonly set: X12Set
  readonly faults: readonly SegmentFault[]
  /** AK502 codes. */
  readonly notes: readonly string[]
  readonly verdict: 'A' | 'E' | 'R'
}

/** A group with the verdicts on its sets; `isRefused` when the group itself cannot be taken. */
export type CheckedGroup = {
  readonly group: X12Group
  readonly sets: readonly CheckedSet[]
  /** AK905 codes. */
  readonly notes: readonly string[]
  readonly isRefused: boolean
}

/** The plain data of a TA1. */
export const InterchangeAnswer = z.object({
  controlNumber: z.string(),
  date: z.string(),
  time: z.string(),
  code: z.enum(['A', 'E', 'R']),
  note: z.string(),
  isTest: z.boolean(),
  version: z.string(),
})
export type InterchangeAnswer = z.infer<typeof InterchangeAnswer>

const SegmentAnswer = z.object({
  segment: z.string(),
  position: z.int(),
  code: z.string(),
  elements: z.array(
    z.object({
      element: z.int(),
      reference: z.string().optional(),
      code: z.string(),
      copy: z.string().optional(),
    }),
  ),
})
type SegmentAnswer = z.infer<typeof SegmentAnswer>

/** The plain data of a 997 or 999. */
export const GroupAnswer = z.object({
  functionalId: z.string(),
  controlNumber: z.string(),
  version: z.string(),
  isTest: z.boolean(),
  code: z.enum(['A', 'E', 'P', 'R']),
  included: z.int(),
  received: z.int(),
  accepted: z.int(),
  notes: z.array(z.string()),
  sets: z.array(
    z.object({
      type: z.string(),
      controlNumber: z.string(),
      implementation: z.string(),
      code: z.enum(['A', 'E', 'R']),
      notes: z.array(z.string()),
      segments: z.array(SegmentAnswer),
    }),
  ),
})
export type GroupAnswer = z.infer<typeof GroupAnswer>

const verdicts = {
  A: 'accepted',
  E: 'accepted-with-errors',
  P: 'partly-accepted',
  R: 'rejected',
} as const

/** The verdict on an interchange as a whole (TA104). */
export function interchangeVerdict(faults: readonly ControlFault[]): 'A' | 'E' | 'R' {
  if (faults.some((fault) => fault.effect === 'reject')) return 'R'
  return faults.some((fault) => fault.effect === 'error') ? 'E' : 'A'
}

/** The TA1 of an interchange: when its sender asked for one, or when something was wrong with the envelope. */
export function acknowledgeInterchange(
  interchange: X12Interchange,
): TechnicalAcknowledgement | undefined {
  const { header, faults, groups, interchangeAcknowledgements } = interchange
  const code = interchangeVerdict(faults)
  // formats.md 4: no TA1 for a TA1.
  const isAnswerOnly = groups.length === 0 && interchangeAcknowledgements.length > 0
  if (isAnswerOnly || !/^\d{1,9}$/.test(header.controlNumber)) return undefined
  if (code === 'A' && !header.isAcknowledgementRequested) return undefined
  const effect = code === 'R' ? 'reject' : 'error'
  const body: InterchangeAnswer = {
    controlNumber: header.controlNumber,
    date: header.date,
    time: header.time,
    code,
    note: faults.find((fault) => fault.effect === effect)?.code ?? '000',
    isTest: header.isTest,
    version: header.version,
  }
  return {
    docType: 'technical-acknowledgement',
    standard: 'x12',
    kind: 'TA1',
    acknowledges: header.controlNumber,
    verdict: verdicts[code],
    body,
  }
}

/** The 997 of a group, or the 999 where its version names a 005010 implementation guide. */
export function acknowledgeGroup(
  checked: CheckedGroup,
  interchange: X12Interchange,
): TechnicalAcknowledgement | undefined {
  const { group, sets } = checked
  // formats.md 4: no 997 for a 997 or 999.
  if (group.functionalId === 'FA' || sets.some(({ set }) => /^99[79]$/.test(set.type)))
    return undefined
  const code = groupVerdict(checked)
  const body: GroupAnswer = {
    functionalId: group.functionalId,
    controlNumber: group.controlNumber,
    version: group.version,
    isTest: interchange.header.isTest,
    code,
    included: group.included ?? sets.length,
    received: sets.length,
    accepted: checked.isRefused ? 0 : sets.filter((set) => set.verdict !== 'R').length,
    notes: [...new Set(checked.notes)].slice(0, 5),
    // A group refused as a whole says nothing of its sets: they were not looked at.
    sets: checked.isRefused ? [] : sets.map((set) => setAnswer(set, interchange.separators)),
  }
  return {
    docType: 'technical-acknowledgement',
    standard: 'x12',
    kind: /^005010X/.test(group.version) ? '999' : '997',
    acknowledges: group.controlNumber,
    verdict: verdicts[code],
    body,
  }
}

function groupVerdict(checked: CheckedGroup): GroupAnswer['code'] {
  const { sets, notes, isRefused } = checked
  const refused = sets.filter((set) => set.verdict === 'R').length
  if (isRefused || (refused > 0 && refused === sets.length)) return 'R'
  if (refused > 0) return 'P'
  return notes.length > 0 || sets.some((set) => set.verdict === 'E') ? 'E' : 'A'
}

function setAnswer(checked: CheckedSet, separators: Separators): GroupAnswer['sets'][number] {
  const { set, faults, notes, verdict } = checked
  // AK502 5: one or more segments in error.
  const codes = faults.length > 0 ? [...notes, '5'] : notes
  return {
    type: set.type,
    controlNumber: set.controlNumber,
    implementation: set.implementation,
    code: verdict,
    notes: [...new Set(codes)].slice(0, 5),
    segments: faults.map((fault) => segmentAnswer(fault, separators)),
  }
}

function segmentAnswer(fault: SegmentFault, separators: Separators): SegmentAnswer {
  return {
    segment: fault.segment.replace(/[^A-Z0-9]/gi, '').slice(0, 3),
    position: fault.position,
    code: fault.code,
    elements: fault.elements.slice(0, 99).map(({ element, reference, code, value }) => {
      const copy = safeCopy(value, separators)
      return {
        element,
        // AK402 is a number; composites have none.
        ...(reference !== undefined && /^\d{1,4}$/.test(reference) ? { reference } : {}),
        code,
        ...(copy === undefined ? {} : { copy }),
      }
    }),
  }
}

// formats.md 4: the copy of bad data is left out where it holds separators or what cannot be printed.
function safeCopy(value: string, separators: Separators): string | undefined {
  const { element, component, repetition, segment } = separators
  const unsafe = [element, component, repetition, segment].filter(
    (separator) => separator !== undefined && separator !== '',
  )
  if (value === '' || !/^[\u0020-\u007E]*$/.test(value)) return undefined
  return unsafe.some((separator) => separator !== undefined && value.includes(separator))
    ? undefined
    : value.slice(0, 99)
}
