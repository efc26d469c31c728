import { isX12Date } from './check-segment.ts'
import {
  type ControlFault,
  checkInterchangeHeader,
  type InterchangeHeader,
  readInterchangeHeader,
} from './interchange-header.ts'
import { defaultPolicy, type X12Policy, type X12Profile } from './profile.ts'
import type { Separators, TokenizedInterchange, X12Segment } from './tokenizer.ts'

/** A fault of a group (AK905) or set (AK502) as a whole. */
export type EnvelopeNote = {
  readonly code: string
  readonly message: string
  readonly segment: string
  readonly offset: number
  readonly isFatal: boolean
}

/** A transaction set, ST to SE as far as it came. */
export type X12Set = {
  readonly type: string
  readonly controlNumber: string
  readonly implementation: string
  readonly segments: readonly X12Segment[]
  readonly notes: readonly EnvelopeNote[]
}

/** A functional group with its sets. */
export type X12Group = {
  readonly header: X12Segment
  readonly functionalId: string
  readonly controlNumber: string
  readonly version: string
  /** How many sets GE01 says there are; absent where it says nothing usable. */
  readonly included: number | undefined
  readonly sets: readonly X12Set[]
  readonly notes: readonly EnvelopeNote[]
}

/** An interchange taken apart, with everything wrong with its envelope. */
export type X12Interchange = {
  readonly header: InterchangeHeader
  readonly separators: Separators
  readonly segmentCount: number
  readonly groups: readonly X12Group[]
  readonly interchangeAcknowledgements: readonly X12Segment[]
  readonly faults: readonly ControlFault[]
}

type OpenSet = { readonly segments: X12Segment[] }
type OpenGroup = {
  readonly header: X12Segment
  readonly sets: X12Set[]
  readonly setNumbers: Set<string>
}
type Build = {
  readonly policy: X12Policy
  readonly groups: X12Group[]
  readonly groupNumbers: Set<string>
  readonly answers: X12Segment[]
  readonly faults: ControlFault[]
  group: OpenGroup | undefined
  set: OpenSet | undefined
}

/** Takes an interchange apart into groups and sets and checks every control number and count. */
export function takeApart(interchange: TokenizedInterchange, profile: X12Profile): X12Interchange {
  const build: Build = {
    policy: { ...defaultPolicy, ...profile.policy },
    groups: [],
    groupNumbers: new Set(),
    answers: [],
    faults: checkInterchangeHeader(interchange, profile),
    group: undefined,
    set: undefined,
  }
  for (const segment of interchange.segments.slice(1)) place(build, segment, interchange)
  closeGroup(build, undefined)
  build.faults.push(...endingFaults(interchange), ...remarkFaults(interchange))
  return {
    header: readInterchangeHeader(interchange),
    separators: interchange.separators,
    segmentCount: interchange.segments.length,
    groups: build.groups,
    interchangeAcknowledgements: build.answers,
    faults: build.faults,
  }
}

function place(build: Build, segment: X12Segment, interchange: TokenizedInterchange): void {
  if (segment.id === 'GS') openGroup(build, segment)
  else if (segment.id === 'GE' && build.group !== undefined) closeGroup(build, segment)
  else if (segment.id === 'ST') openSet(build, segment)
  else if (segment.id === 'SE' && build.set !== undefined) closeSet(build, segment, build.set)
  else if (segment.id === 'IEA') {
    closeGroup(build, undefined)
    build.faults.push(...trailerFaults(build, segment, interchange))
  } else placeOther(build, segment)
}

function openGroup(build: Build, segment: X12Segment): void {
  closeGroup(build, undefined)
  build.group = { header: segment, sets: [], setNumbers: new Set() }
  build.faults.push(...groupHeaderFaults(segment))
}

function placeOther(build: Build, segment: X12Segment): void {
  if (build.set !== undefined) build.set.segments.push(segment)
  else if (segment.id === 'TA1' && build.group === undefined) build.answers.push(segment)
  else stray(build, segment)
}

// Told once: what follows a lost ST is stray to the last segment.
function stray(build: Build, segment: X12Segment): void {
  if (build.faults.some((fault) => fault.code === '022')) return
  build.faults.push({
    code: '022',
    message: `${segment.id.slice(0, 10)} stands where no transaction set is open.`,
    segment: segment.id,
    offset: segment.offset,
    effect: 'error',
  })
}

function note(code: string, message: string, segment: X12Segment, isFatal = true): EnvelopeNote {
  return { code, message, segment: segment.id, offset: segment.offset, isFatal }
}

function openSet(build: Build, segment: X12Segment): void {
  finishSet(build, undefined)
  if (build.group !== undefined) {
    build.set = { segments: [segment] }
    return
  }
  const message = 'A transaction set stands outside of any functional group.'
  build.faults.push({
    code: '022',
    message,
    segment: 'ST',
    offset: segment.offset,
    effect: 'reject',
  })
}

function closeSet(build: Build, trailer: X12Segment, set: OpenSet): void {
  set.segments.push(trailer)
  finishSet(build, trailer)
}

function finishSet(build: Build, trailer: X12Segment | undefined): void {
  const { set, group } = build
  const header = set?.segments[0]
  build.set = undefined
  if (set === undefined || group === undefined || header === undefined) return
  const notes = setNotes(build, set.segments, header, trailer)
  group.setNumbers.add((header.elements[2] ?? '').trim())
  group.sets.push({
    type: (header.elements[1] ?? '').trim(),
    controlNumber: (header.elements[2] ?? '').trim(),
    implementation: (header.elements[3] ?? '').trim(),
    segments: set.segments,
    notes,
  })
}

// AK502: 2 SE missing, 3 ST02 is not SE02, 4 SE01 is not the count, 6 and 7 id or number missing, 23 ST02 twice.
function setNotes(
  build: Build,
  segments: readonly X12Segment[],
  header: X12Segment,
  trailer: X12Segment | undefined,
): EnvelopeNote[] {
  const notes: EnvelopeNote[] = []
  const number = (header.elements[2] ?? '').trim()
  if (!/^\d{3}$/.test((header.elements[1] ?? '').trim()))
    notes.push(note('6', 'ST01 is no transaction set identifier.', header))
  if (!/^\w{1,9}$/.test(number)) notes.push(note('7', 'ST02 is no control number.', header))
  if (build.group?.setNumbers.has(number) === true)
    notes.push(note('23', `Control number ${number} is in the group twice.`, header))
  if (trailer === undefined) {
    notes.push(note('2', 'The transaction set has no SE.', header))
    return notes
  }
  const sameness = compareNumbers(number, trailer.elements[2], build.policy)
  if (sameness !== 'same')
    notes.push(note('3', 'ST02 and SE02 are not written the same.', trailer, sameness === 'other'))
  if (!isCount(trailer.elements[1], segments.length)) {
    const said = (trailer.elements[1] ?? '').slice(0, 20)
    notes.push(note('4', `SE01 says ${said} segments; ${segments.length} came.`, trailer))
  }
  return notes
}

// "000001203" and "0001203" are one number; a strict partner wants them written the same.
function compareNumbers(
  first: string,
  second: string | undefined,
  policy: X12Policy,
): 'same' | 'padded' | 'other' {
  const other = (second ?? '').trim()
  if (first === other) return 'same'
  const isNumeric = /^\d{1,15}$/.test(first) && /^\d{1,15}$/.test(other)
  const isPadded = isNumeric && Number(first) === Number(other)
  return isPadded && policy.controlMismatch !== 'reject' ? 'padded' : 'other'
}

function isCount(text: string | undefined, count: number): boolean {
  return /^\s*\d{1,10}\s*$/.test(text ?? '') && Number(text) === count
}

function closeGroup(build: Build, trailer: X12Segment | undefined): void {
  finishSet(build, undefined)
  const { group } = build
  build.group = undefined
  if (group === undefined) return
  const text = (element: number) => (group.header.elements[element] ?? '').trim()
  const said = (trailer?.elements[1] ?? '').trim()
  const notes = groupNotes(build, group, trailer)
  build.groupNumbers.add(text(6))
  build.groups.push({
    header: group.header,
    functionalId: text(1),
    controlNumber: text(6),
    version: text(8),
    included: /^\d{1,6}$/.test(said) ? Number(said) : undefined,
    sets: group.sets,
    notes,
  })
}

// AK905: 2 version not supported, 3 GE missing, 4 GS06 is not GE02, 5 GE01 is not the count, 6 control number.
function groupNotes(
  build: Build,
  group: OpenGroup,
  trailer: X12Segment | undefined,
): EnvelopeNote[] {
  const { header, sets } = group
  const number = (header.elements[6] ?? '').trim()
  const version = (header.elements[8] ?? '').trim()
  const isStrict = build.policy.controlMismatch === 'reject'
  const notes: EnvelopeNote[] = []
  if (!/^00[345]\d{3}/.test(version))
    notes.push(note('2', `Version ${version.slice(0, 12)} is not supported.`, header))
  if (!/^\d{1,9}$/.test(number)) notes.push(note('6', 'GS06 is no control number.', header))
  // formats.md 4: 19 means something else in 004010, so a repeated GS06 is told with 6.
  if (build.groupNumbers.has(number))
    notes.push(note('6', `Group control number ${number} is in the interchange twice.`, header))
  if (trailer === undefined) {
    notes.push(note('3', 'The functional group has no GE.', header))
    return notes
  }
  const sameness = compareNumbers(number, trailer.elements[2], build.policy)
  if (sameness !== 'same')
    notes.push(note('4', 'GS06 and GE02 are not written the same.', trailer, isStrict))
  if (!isCount(trailer.elements[1], sets.length))
    notes.push(note('5', `GE01 does not say ${sets.length} sets.`, trailer, isStrict))
  return notes
}

// TA105 024: invalid content, for example a bad GS.
function groupHeaderFaults(header: X12Segment): ControlFault[] {
  const text = (element: number) => (header.elements[element] ?? '').trim()
  const rules: readonly (readonly [number, boolean])[] = [
    [1, /^[A-Z0-9]{2}$/.test(text(1))],
    [2, text(2) !== ''],
    [3, text(3) !== ''],
    [4, isX12Date(text(4))],
    [5, /^([01]\d|2[0-3])[0-5]\d([0-5]\d\d{0,2})?$/.test(text(5))],
    [7, /^[TX]$/.test(text(7))],
  ]
  return rules
    .filter(([, isRight]) => !isRight)
    .map(([element]) => ({
      code: '024',
      message: `GS0${element} "${text(element).slice(0, 20)}" is not valid.`,
      segment: 'GS',
      offset: header.offset,
      element,
      effect: 'error',
    }))
}

function trailerFaults(
  build: Build,
  trailer: X12Segment,
  interchange: TokenizedInterchange,
): ControlFault[] {
  const faults: ControlFault[] = []
  const at = { segment: 'IEA', offset: trailer.offset }
  const effect = build.policy.controlMismatch === 'reject' ? 'reject' : 'error'
  const number = readInterchangeHeader(interchange).controlNumber
  const sameness = compareNumbers(number, trailer.elements[2], build.policy)
  if (sameness !== 'same') {
    const message = 'ISA13 and IEA02 are not written the same.'
    faults.push({
      ...at,
      code: '001',
      message,
      element: 2,
      effect: sameness === 'padded' ? 'note' : effect,
    })
  }
  // An interchange that only carries TA1 segments has no group to count.
  if (!isCount(trailer.elements[1], build.groups.length)) {
    const message = `IEA01 does not say ${build.groups.length} groups.`
    faults.push({ ...at, code: '021', message, element: 1, effect })
  }
  return faults
}

// formats.md rows 5 and 6: an interchange without its IEA is refused whole and creates nothing.
function endingFaults(interchange: TokenizedInterchange): ControlFault[] {
  const last = interchange.segments.at(-1)
  const at = { segment: last?.id ?? 'ISA', offset: last?.offset ?? 0, effect: 'reject' } as const
  switch (interchange.ending) {
    case 'closed':
    case 'too-large':
      return []
    case 'truncated':
      return [{ ...at, code: '023', message: 'The file ended before the IEA of the interchange.' }]
    case 'interrupted':
      return [
        { ...at, code: '022', message: 'Another ISA came before the IEA of the interchange.' },
      ]
  }
}

function remarkFaults(interchange: TokenizedInterchange): ControlFault[] {
  return interchange.remarks.map((remark) => ({
    code: remark.code,
    message: remark.message,
    segment: interchange.segments[0]?.offset === remark.offset ? 'ISA' : '',
    offset: remark.offset,
    effect: remark.isFatal ? 'reject' : 'note',
  }))
}
