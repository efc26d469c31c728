import type { Finding } from '../../canonical/finding.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import { readPurchaseOrder } from './850.ts'
import { readOrderChange } from './860.ts'
import { type FunctionalAcknowledgement, readFunctionalAcknowledgement } from './997.ts'
import type { CheckedSet } from './acknowledge.ts'
import { checkSet, type SegmentFault } from './check-set.ts'
import { envelopeFinding, segmentFindings } from './findings.ts'
import { guideFor } from './guides/guides.ts'
import { type PartnerAdvice, readApplicationAdvice, readSupplierAnswer } from './partner-advice.ts'
import type { X12Profile } from './profile.ts'
import { defaultPolicy } from './profile.ts'
import { businessWarning, type SetContext, type SetReading } from './set-reading.ts'
import type { EnvelopeNote, X12Group, X12Interchange, X12Set } from './structure.ts'

/** One transaction set read: its verdict for the 997, its document where there is one, what was found. */
export type SetResult = {
  readonly checked: CheckedSet
  readonly document: Order | OrderChange | undefined
  readonly acknowledgement: FunctionalAcknowledgement | undefined
  /** What the partner's own system says of documents of ours. */
  readonly advice: readonly PartnerAdvice[]
  readonly findings: readonly Finding[]
}

const readers: Readonly<Record<string, (context: SetContext) => SetReading>> = {
  '850': readPurchaseOrder,
  '860': readOrderChange,
}

const adviceReaders: Readonly<Record<string, (set: X12Set) => PartnerAdvice[]>> = {
  '824': readApplicationAdvice,
  '855': readSupplierAnswer,
}

/** Checks one set against its guide and reads it as far as its faults and the partner's policy allow. */
export function readSet(
  set: X12Set,
  group: X12Group,
  interchange: X12Interchange,
  profile: X12Profile,
): SetResult {
  const guide = isReadable(set.type) ? guideFor(set.type, group.version) : undefined
  if (guide === undefined) return unsupported(set)
  const syntax = checkSet(set.segments, guide, interchange.separators)
  const isBroken = set.notes.some((note) => note.isFatal)
  const context = contextOf(set, group, interchange, profile)
  const reading = isBroken ? undefined : readers[set.type]?.(context)
  const faults = mergeFaults(syntax, reading?.faults ?? [])
  const said = saidOfOurs(set, group, interchange)
  const isMapped = reading?.document !== undefined || said.isReadable
  const verdict = verdictOf(set, faults, isMapped && !isBroken, profile)
  const checked = { set, faults, notes: set.notes.map((note) => note.code), verdict }
  return {
    checked,
    document: verdict === 'R' ? undefined : reading?.document,
    acknowledgement: verdict === 'R' ? undefined : said.acknowledgement,
    advice: verdict === 'R' ? [] : said.advice,
    findings: [
      ...setFindings(checked, set.notes),
      ...groupWarnings(set, group),
      ...(reading?.warnings ?? []),
    ],
  }
}

function saidOfOurs(set: X12Set, group: X12Group, { header }: X12Interchange) {
  const acknowledgement = isAnswer(set.type)
    ? readFunctionalAcknowledgement(set, group, header.controlNumber)
    : undefined
  const advice = adviceReaders[set.type]?.(set) ?? []
  return { acknowledgement, advice, isReadable: acknowledgement !== undefined || advice.length > 0 }
}

// X12 element 479: which group a set travels in. AK502 has no code for the wrong one, so a person is told.
const groupIds: Readonly<Record<string, string>> = {
  '850': 'PO',
  '860': 'PC',
  '824': 'AG',
  '855': 'PR',
  '997': 'FA',
  '999': 'FA',
}

function groupWarnings(set: X12Set, group: X12Group): Finding[] {
  const expected = groupIds[set.type]
  if (expected === group.functionalId) return []
  const message = `A ${set.type} came in a group ${group.functionalId.slice(0, 10)} instead of ${expected}.`
  return [businessWarning('GROUP_ID', message)]
}

// AK501: A accepted, E accepted with errors, R rejected.
function verdictOf(
  set: X12Set,
  faults: readonly SegmentFault[],
  isMapped: boolean,
  profile: X12Profile,
): CheckedSet['verdict'] {
  const policy = { ...defaultPolicy, ...profile.policy }
  const hasFaults = faults.length > 0
  if (!isMapped || (hasFaults && policy.elementErrors === 'reject')) return 'R'
  return hasFaults || set.notes.length > 0 ? 'E' : 'A'
}

function isAnswer(type: string): boolean {
  return type === '997' || type === '999'
}

function isReadable(type: string): boolean {
  return readers[type] !== undefined || adviceReaders[type] !== undefined || isAnswer(type)
}

// AK502 1: transaction set not supported.
function unsupported(set: X12Set): SetResult {
  const message = `Transaction set ${set.type.slice(0, 10)} is not one we take.`
  const offset = set.segments[0]?.offset ?? 0
  const note: EnvelopeNote = { code: '1', message, segment: 'ST', offset, isFatal: true }
  const notes = [note, ...set.notes]
  const checked = { set, faults: [], notes: notes.map(({ code }) => code), verdict: 'R' } as const
  const findings = setFindings(checked, notes)
  return { checked, document: undefined, acknowledgement: undefined, advice: [], findings }
}

function contextOf(
  set: X12Set,
  group: X12Group,
  interchange: X12Interchange,
  profile: X12Profile,
): SetContext {
  const { header } = interchange
  return {
    set,
    isTest: header.isTest,
    defaultCurrency: profile.defaultCurrency ?? 'USD',
    source: {
      format: 'x12',
      formatVersion: group.version.slice(0, 40),
      sender: `${header.senderQualifier}:${header.senderId}`.slice(0, 120),
      receiver: `${header.receiverQualifier}:${header.receiverId}`.slice(0, 120),
      interchangeControlNumber: header.controlNumber,
      groupControlNumber: group.controlNumber.slice(0, 40),
      transactionControlNumber: set.controlNumber.slice(0, 40),
    },
  }
}

// Whoever gets this many wrong segments named will not miss the rest.
const mostFaults = 1000

// The reader and the guide may name the same fault; it is told once, in the guide's words.
function mergeFaults(
  syntax: readonly SegmentFault[],
  reading: readonly SegmentFault[],
): SegmentFault[] {
  const merged = [...syntax]
  for (const fault of reading) {
    const at = merged.findIndex(
      (known) => known.position === fault.position && known.code === fault.code,
    )
    const known = merged[at]
    if (known === undefined) merged.push(fault)
    else {
      const news = fault.elements.filter(
        ({ element }) => !known.elements.some((other) => other.element === element),
      )
      merged[at] = { ...known, elements: [...known.elements, ...news] }
    }
  }
  return merged.sort((a, b) => a.position - b.position).slice(0, mostFaults)
}

function setFindings(checked: CheckedSet, notes: readonly EnvelopeNote[]): Finding[] {
  const { set, faults, verdict } = checked
  const severity = verdict === 'R' ? 'error' : 'warning'
  const name = `${set.type.slice(0, 10)} ${set.controlNumber.slice(0, 20)}`
  return [
    ...notes.map((note) => envelopeFinding(note, 'AK502', severity)),
    ...faults.flatMap((fault) => segmentFindings(fault, name, severity)),
  ]
}
