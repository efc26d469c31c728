import type { Finding } from '../../canonical/finding.ts'
import type { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import type { Reading } from '../reading.ts'
import { type FunctionalAcknowledgement, readInterchangeAcknowledgement } from './997.ts'
import {
  acknowledgeGroup,
  acknowledgeInterchange,
  type CheckedGroup,
  interchangeVerdict,
} from './acknowledge.ts'
import { controlFinding, envelopeFinding } from './findings.ts'
import { type InterchangeHeader, readInterchangeHeader } from './interchange-header.ts'
import type { PartnerAdvice } from './partner-advice.ts'
import type { X12Profile } from './profile.ts'
import { readSet, type SetResult } from './read-set.ts'
import { takeApart, type X12Group, type X12Interchange } from './structure.ts'
import {
  defaultLimits,
  type Remark,
  type TokenizedInterchange,
  type TokenizerLimits,
  tokenizeX12,
} from './tokenizer.ts'

/** What the envelope of one interchange said, and how much came in it. */
type InterchangeFacts = {
  readonly senderQualifier: string
  readonly senderId: string
  readonly receiverQualifier: string
  readonly receiverId: string
  readonly controlNumber: string
  readonly isTest: boolean
  readonly version: string
  readonly segmentCount: number
}

/** What an X12 file held, document by document, with the interchange each one came in. */
export type X12Reading = Reading & {
  readonly documents: readonly (Order | OrderChange)[]
  /** For each document the place of its interchange in `interchanges`. */
  readonly documentInterchange: readonly number[]
  readonly interchanges: readonly InterchangeFacts[]
  /** What the partner says of documents we sent earlier. */
  readonly functionalAcknowledgements: readonly FunctionalAcknowledgement[]
  /** What the partner's own system says of them, beyond their form. */
  readonly advice: readonly PartnerAdvice[]
}

type Collected = {
  readonly documents: (Order | OrderChange)[]
  readonly documentInterchange: number[]
  readonly interchanges: InterchangeFacts[]
  readonly functionalAcknowledgements: FunctionalAcknowledgement[]
  readonly advice: PartnerAdvice[]
  readonly findings: Finding[]
  readonly acknowledgements: TechnicalAcknowledgement[]
  /** Interchanges and sets taken and refused, for the outcome. */
  taken: number
  refused: number
}

/** Reads a whole X12 file: orders and changes, the partner's acknowledgements, and the ones we owe. Never throws. */
export function readX12(
  bytes: Uint8Array,
  profile: X12Profile = {},
  limits: TokenizerLimits = defaultLimits,
): X12Reading {
  const file = tokenizeX12(bytes, limits)
  const all: Collected = {
    documents: [],
    documentInterchange: [],
    interchanges: [],
    functionalAcknowledgements: [],
    advice: [],
    findings: file.remarks.map(remarkFinding),
    acknowledgements: [],
    taken: 0,
    refused: file.remarks.filter((remark) => remark.isFatal).length,
  }
  const seen = new Map<string, TokenizedInterchange>()
  for (const tokens of file.interchanges) readInterchange(tokens, profile, all, seen)
  if (file.interchanges.length === 0 && all.refused === 0) {
    all.findings.push(noInterchange())
    all.refused += 1
  }
  const { taken, refused, ...reading } = all
  return { ...reading, outcome: outcomeOf(taken, refused) }
}

function outcomeOf(taken: number, refused: number): Reading['outcome'] {
  if (refused === 0) return 'read'
  return taken > 0 ? 'partly' : 'unreadable'
}

function noInterchange(): Finding {
  const message = 'The file holds no X12 interchange: there is no ISA.'
  return { severity: 'error', codeList: 'TA105', code: '022', message, segment: 'ISA', offset: 0 }
}

function remarkFinding(remark: Remark): Finding {
  const { code, message, offset, isFatal } = remark
  return controlFinding({ code, message, offset, segment: '', effect: isFatal ? 'reject' : 'note' })
}

function readInterchange(
  tokens: TokenizedInterchange,
  profile: X12Profile,
  all: Collected,
  seen: Map<string, TokenizedInterchange>,
): void {
  const interchange = takeApart(tokens, profile)
  const key = interchangeKey(interchange.header)
  const earlier = seen.get(key)
  all.interchanges.push(factsOf(interchange))
  // formats.md row 10: the same interchange again brings nothing new; another one under its number is refused.
  if (earlier !== undefined && isSameContent(earlier, tokens)) {
    all.findings.push(repeated(tokens, 'warning'))
    return
  }
  const isRepeated = earlier !== undefined || profile.isNumberUsed === true
  const faults = isRepeated ? [repeatedFault(tokens)] : []
  seen.set(key, earlier ?? tokens)
  readContents({ ...interchange, faults: [...faults, ...interchange.faults] }, profile, all)
}

function readContents(interchange: X12Interchange, profile: X12Profile, all: Collected): void {
  all.findings.push(...interchange.faults.map(controlFinding))
  const answer = acknowledgeInterchange(interchange)
  if (answer !== undefined) all.acknowledgements.push(answer)
  if (interchangeVerdict(interchange.faults) === 'R') {
    all.refused += 1
    return
  }
  const { controlNumber } = interchange.header
  for (const segment of interchange.interchangeAcknowledgements)
    all.functionalAcknowledgements.push(readInterchangeAcknowledgement(segment, controlNumber))
  for (const group of interchange.groups) readGroup(group, interchange, profile, all)
  if (interchange.groups.length === 0) all.taken += 1
}

function readGroup(
  group: X12Group,
  interchange: X12Interchange,
  profile: X12Profile,
  all: Collected,
): void {
  const isRefused = group.notes.some((note) => note.isFatal)
  const severity = isRefused ? 'error' : 'warning'
  all.findings.push(...group.notes.map((note) => envelopeFinding(note, 'AK905', severity)))
  const results = group.sets.map((set) => readSet(set, group, interchange, profile))
  const checked: CheckedGroup = {
    group,
    sets: results.map((result) => result.checked),
    notes: group.notes.map((note) => note.code),
    isRefused,
  }
  const answer = acknowledgeGroup(checked, interchange)
  if (answer !== undefined) all.acknowledgements.push(answer)
  if (isRefused) all.refused += 1
  else for (const result of results) collect(result, all)
}

function collect(result: SetResult, all: Collected): void {
  all.findings.push(...result.findings)
  if (result.checked.verdict === 'R') all.refused += 1
  else all.taken += 1
  if (result.acknowledgement !== undefined)
    all.functionalAcknowledgements.push(result.acknowledgement)
  all.advice.push(...result.advice)
  if (result.document === undefined) return
  all.documents.push(result.document)
  all.documentInterchange.push(all.interchanges.length - 1)
}

function factsOf(interchange: X12Interchange): InterchangeFacts {
  const {
    senderQualifier,
    senderId,
    receiverQualifier,
    receiverId,
    controlNumber,
    isTest,
    version,
  } = interchange.header
  const { segmentCount } = interchange
  return {
    senderQualifier,
    senderId,
    receiverQualifier,
    receiverId,
    controlNumber,
    isTest,
    version,
    segmentCount,
  }
}

function interchangeKey(header: InterchangeHeader): string {
  const { senderQualifier, senderId, receiverQualifier, receiverId, controlNumber } = header
  return `${senderQualifier}:${senderId}|${receiverQualifier}:${receiverId}|${controlNumber}`
}

function isSameContent(first: TokenizedInterchange, second: TokenizedInterchange): boolean {
  const text = (tokens: TokenizedInterchange) =>
    JSON.stringify(tokens.segments.map((segment) => segment.elements))
  return first.segments.length === second.segments.length && text(first) === text(second)
}

const repeatedMessage = 'The interchange control number came twice in the file.'

function repeatedFault(tokens: TokenizedInterchange): X12Interchange['faults'][number] {
  const offset = tokens.segments[0]?.offset ?? 0
  const base = { message: repeatedMessage, segment: 'ISA', element: 13, offset }
  return { ...base, code: '025', effect: 'reject' }
}

function repeated(tokens: TokenizedInterchange, severity: Finding['severity']): Finding {
  const { effect: _, ...fault } = repeatedFault(tokens)
  return { ...fault, severity, codeList: 'TA105' }
}

/** What intake wants to know before anything is read: which interchanges a file holds and for which orders. */
export type X12Peek = {
  /** Sender, receiver and control number of each interchange: "01:ACME|ZZ:US|000000042". */
  readonly interchangeKeys: readonly string[]
  readonly purchaseOrderNumbers: readonly string[]
}

/** Looks for interchange numbers and purchase order numbers without checking or mapping anything. */
export function peekX12(bytes: Uint8Array): X12Peek {
  const { interchanges } = tokenizeX12(bytes)
  const numbers = interchanges.flatMap(({ segments }) =>
    segments
      .filter((segment) => segment.id === 'BEG' || segment.id === 'BCH')
      .map((segment) => (segment.elements[3] ?? '').trim().slice(0, 60))
      .filter((number) => number !== ''),
  )
  return {
    interchangeKeys: interchanges.map((tokens) => interchangeKey(readInterchangeHeader(tokens))),
    purchaseOrderNumbers: [...new Set(numbers)],
  }
}
