import type { X12Group, X12Set } from './structure.ts'
import type { X12Segment } from './tokenizer.ts'

/** What a partner's 997 or 999 says of one of our documents. */
type AcknowledgedSet = {
  readonly type: string
  readonly controlNumber: string
  /** AK501 as sent: A, E, M, R, W or X; a partner's P is read as partly accepted. */
  readonly code: string
  readonly verdict: 'accepted' | 'accepted-with-errors' | 'rejected'
  /** AK502 and the following. */
  readonly notes: readonly string[]
  readonly errors: readonly {
    readonly segment: string
    readonly position: number
    readonly code: string
    readonly elements: readonly {
      readonly element: string
      readonly code: string
      readonly value: string
    }[]
  }[]
}

/** A partner's answer to a group of ours (997, 999) or to a whole interchange of ours (TA1). */
export type FunctionalAcknowledgement = {
  readonly kind: 'TA1' | '997' | '999'
  /** Control number of our group, for a TA1 of our interchange. */
  readonly acknowledges: string
  readonly functionalId: string
  readonly code: string
  readonly verdict: 'accepted' | 'accepted-with-errors' | 'partly-accepted' | 'rejected'
  readonly notes: readonly string[]
  readonly sets: readonly AcknowledgedSet[]
  readonly interchangeControlNumber: string
}

/** Reads a partner's 997 or 999; undefined when it does not even name what it answers to. */
export function readFunctionalAcknowledgement(
  set: X12Set,
  group: X12Group,
  interchangeControlNumber: string,
): FunctionalAcknowledgement | undefined {
  const named = set.segments.find((segment) => segment.id === 'AK1')
  const closing = set.segments.find((segment) => segment.id === 'AK9')
  const code = text(closing, 1)
  if (named === undefined || closing === undefined || group.functionalId === '') return undefined
  return {
    kind: set.type === '999' ? '999' : '997',
    acknowledges: text(named, 2),
    functionalId: text(named, 1),
    code,
    verdict: groupVerdict(code),
    notes: codesFrom(closing, 5),
    sets: splitSets(set.segments).flatMap(readAcknowledgedSet),
    interchangeControlNumber,
  }
}

/** Reads a partner's TA1. */
export function readInterchangeAcknowledgement(
  segment: X12Segment,
  interchangeControlNumber: string,
): FunctionalAcknowledgement {
  const code = text(segment, 4)
  return {
    kind: 'TA1',
    acknowledges: text(segment, 1),
    functionalId: '',
    code,
    verdict: groupVerdict(code),
    notes: codesFrom(segment, 5),
    sets: [],
    interchangeControlNumber,
  }
}

function text(segment: X12Segment | undefined, element: number): string {
  return (segment?.elements[element] ?? '').trim()
}

function codesFrom(segment: X12Segment | undefined, first: number): string[] {
  return (segment?.elements.slice(first) ?? []).map((code) => code.trim()).filter(Boolean)
}

// A 997 answers set by set: each answer starts with AK2.
function splitSets(segments: readonly X12Segment[]): X12Segment[][] {
  const answers: X12Segment[][] = []
  for (const segment of segments) {
    if (segment.id === 'AK2') answers.push([segment])
    else answers.at(-1)?.push(segment)
  }
  return answers
}

function readAcknowledgedSet(segments: readonly X12Segment[]): AcknowledgedSet[] {
  const [head] = segments
  const closing = segments.find((segment) => segment.id === 'AK5' || segment.id === 'IK5')
  if (closing === undefined) return []
  const code = text(closing, 1)
  return [
    {
      type: text(head, 1),
      controlNumber: text(head, 2),
      code,
      verdict: setVerdict(code),
      notes: codesFrom(closing, 2),
      errors: readErrors(segments),
    },
  ]
}

function readErrors(segments: readonly X12Segment[]): AcknowledgedSet['errors'] {
  const errors: {
    segment: string
    position: number
    code: string
    elements: { element: string; code: string; value: string }[]
  }[] = []
  for (const segment of segments) {
    if (segment.id === 'AK3' || segment.id === 'IK3') {
      const position = Number(text(segment, 2))
      errors.push({
        segment: text(segment, 1),
        position: Number.isSafeInteger(position) ? position : 0,
        code: text(segment, 4),
        elements: [],
      })
    } else if (segment.id === 'AK4' || segment.id === 'IK4') {
      const [element, code, value] = [text(segment, 1), text(segment, 3), text(segment, 4)]
      errors.at(-1)?.elements.push({ element, code, value })
    }
  }
  return errors
}

// Anything we do not know is read as a refusal: a person looks, rather than an invoice being taken for received.
function setVerdict(code: string): AcknowledgedSet['verdict'] {
  if (code === 'A') return 'accepted'
  return code === 'E' || code === 'P' ? 'accepted-with-errors' : 'rejected'
}

function groupVerdict(code: string): FunctionalAcknowledgement['verdict'] {
  return code === 'P' ? 'partly-accepted' : setVerdict(code)
}
