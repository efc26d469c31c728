import { NeedsPerson } from '../../errors.ts'
import { checkSet } from './check-set.ts'
import { guideFor } from './guides/guides.ts'
import type { X12Address } from './profile.ts'
import type { Separators } from './tokenizer.ts'

/** What goes around a document we send: who to whom, its numbers, its moment, and how it is written. */
export type X12Envelope = {
  readonly ours: X12Address
  readonly theirs: X12Address
  /** Application ids of GS02 and GS03 where they differ from the interchange ids. */
  readonly ourGroupId?: string
  readonly theirGroupId?: string
  readonly interchange: number
  readonly group: number
  readonly issuedAt: Date
  readonly isTest?: boolean
  /** Version of the group such as "004010" or "004010VICS"; a technical acknowledgement has its own. */
  readonly version?: string
  readonly separators?: Partial<Separators>
  readonly isAcknowledgementRequested?: boolean
}

/** A segment to write: its id and elements; what is absent or empty at the end is left off. */
export type OutSegment = readonly [string, ...(string | undefined)[]]

/** A transaction set to write, without ST and SE. */
export type OutSet = {
  readonly type: string
  readonly functionalId: string
  /** What people call the document, for the message when it cannot be written. */
  readonly name: string
  readonly segments: readonly OutSegment[]
  readonly implementation?: string
}

const defaultSeparators: Separators = {
  element: '*',
  component: '>',
  repetition: '^',
  segment: '~',
}

/** The version documents are written in unless the partner agreed on another. */
export const defaultVersion = '004010'

/** Writes one transaction set with its group and interchange; refuses what its own guide would refuse. */
export function wrapSet(set: OutSet, envelope: X12Envelope): string {
  const version = envelope.version ?? defaultVersion
  const separators = { ...defaultSeparators, ...envelope.separators }
  const body = set.segments.map((segment) => cleanSegment(segment, separators))
  const control = '0001'
  const sections = [
    trimSegment(['ST', set.type, control, set.implementation ?? '']),
    ...body,
    ['SE', String(body.length + 2), control],
  ]
  refuseInvalid(set, sections, version, separators)
  const group = String(envelope.group)
  return writeInterchange(envelope, version, [
    groupHeader(set.functionalId, envelope, version, separators),
    ...sections,
    ['GE', '1', group],
  ])
}

/** Writes an interchange that holds a TA1 and no group. */
export function wrapInterchangeAnswer(segment: OutSegment, envelope: X12Envelope): string {
  const separators = { ...defaultSeparators, ...envelope.separators }
  const version = envelope.version ?? defaultVersion
  return writeInterchange(envelope, version, [cleanSegment(segment, separators)])
}

function writeInterchange(
  envelope: X12Envelope,
  version: string,
  sections: readonly (readonly string[])[],
): string {
  const separators = { ...defaultSeparators, ...envelope.separators }
  const groups = sections.filter((section) => section[0] === 'GS').length
  const number = String(envelope.interchange).padStart(9, '0').slice(-9)
  const all = [
    interchangeHeader(envelope, version, separators),
    ...sections,
    ['IEA', String(groups), number],
  ]
  const { element, segment } = separators
  return `${all.map((section) => section.join(element)).join(segment)}${segment}`
}

function interchangeHeader(
  envelope: X12Envelope,
  version: string,
  separators: Separators,
): string[] {
  const { ours, theirs, issuedAt } = envelope
  const isaVersion = `00${version.slice(2, 5)}`
  const clean = (text: string, width: number) =>
    cleanText(text, separators).padEnd(width).slice(0, width)
  return [
    'ISA',
    '00',
    clean('', 10),
    '00',
    clean('', 10),
    clean(ours.qualifier, 2),
    clean(ours.id, 15),
    clean(theirs.qualifier, 2),
    clean(theirs.id, 15),
    x12Date(issuedAt.toISOString(), '003040'),
    x12Time(issuedAt.toISOString()),
    // From 00402 on ISA11 is the repetition separator; before that it names the standard.
    isaVersion >= '00402' ? (separators.repetition ?? '^') : 'U',
    isaVersion,
    String(envelope.interchange).padStart(9, '0').slice(-9),
    envelope.isAcknowledgementRequested === true ? '1' : '0',
    envelope.isTest === true ? 'T' : 'P',
    separators.component,
  ]
}

function groupHeader(
  functionalId: string,
  envelope: X12Envelope,
  version: string,
  separators: Separators,
): string[] {
  const moment = envelope.issuedAt.toISOString()
  const id = (text: string) => cleanText(text, separators).slice(0, 15).padEnd(2)
  return [
    'GS',
    functionalId,
    id(envelope.ourGroupId ?? envelope.ours.id),
    id(envelope.theirGroupId ?? envelope.theirs.id),
    x12Date(moment, version),
    x12Time(moment),
    String(envelope.group),
    'X',
    version,
  ]
}

/** Writes a day or moment as an X12 date: YYYYMMDD, and YYMMDD before 004010. */
export function x12Date(isoDate: string, version: string): string {
  const digits = isoDate.slice(0, 10).replaceAll('-', '')
  return version < '004010' ? digits.slice(2) : digits
}

/** Writes the time of a moment in UTC as HHMM. */
export function x12Time(isoMoment: string): string {
  return isoMoment.slice(11, 16).replace(':', '')
}

// What partners can print: accents are taken off, anything else beyond ASCII becomes a question mark, and a
// separator inside of data becomes a blank, so that no text ever breaks the envelope.
function cleanText(text: string, separators: Separators): string {
  const { element, component, repetition, segment } = separators
  const reserved = [element, component, repetition ?? '', segment].join('')
  const ascii = text.normalize('NFKD').replace(/[\u0300-\u036F]/g, '')
  return [...ascii]
    .map((character) => {
      if (reserved.includes(character) || character < ' ') return ' '
      return character > '~' ? '?' : character
    })
    .join('')
    .trimEnd()
}

function cleanSegment(segment: OutSegment, separators: Separators): string[] {
  return trimSegment(segment.map((element) => cleanText(element ?? '', separators)))
}

function trimSegment(elements: readonly string[]): string[] {
  const last = elements.findLastIndex((element) => element !== '')
  return elements.slice(0, last + 1)
}

// Liberal in, strict out: a document our own guide refuses is not sent, and a person is told which element.
function refuseInvalid(
  set: OutSet,
  sections: readonly (readonly string[])[],
  version: string,
  separators: Separators,
): void {
  const guide = guideFor(set.type, version)
  if (guide === undefined) return
  const segments = sections.map((elements) => ({ id: elements[0] ?? '', elements, offset: 0 }))
  const isRepeating = version >= '004020'
  const used = isRepeating ? separators : { ...separators, repetition: undefined }
  const [fault] = checkSet(segments, guide, used)
  if (fault === undefined) return
  const [wrong] = fault.elements
  const place = wrong === undefined ? fault.segment : `${fault.segment} element ${wrong.element}`
  const code = wrong === undefined ? `AK304 ${fault.code}` : `AK403 ${wrong.code}`
  throw new NeedsPerson(
    `${set.name} cannot be written as X12 ${set.type}: ${place} fails ${code}.`,
    {
      set: set.type,
      segment: fault.segment,
      position: fault.position,
      element: wrong?.element,
      code,
    },
  )
}
