import { isX12Date } from './check-segment.ts'
import { defaultPolicy, type X12Address, type X12Profile } from './profile.ts'
import type { TokenizedInterchange } from './tokenizer.ts'

/** Something wrong with the envelope of an interchange, with its TA105 code and what it means for it. */
export type ControlFault = {
  readonly code: string
  readonly message: string
  readonly segment: string
  readonly offset: number
  readonly element?: number
  readonly effect: 'note' | 'error' | 'reject'
}

/** What the ISA says, trimmed. */
export type InterchangeHeader = {
  readonly senderQualifier: string
  readonly senderId: string
  readonly receiverQualifier: string
  readonly receiverId: string
  readonly date: string
  readonly time: string
  readonly version: string
  readonly controlNumber: string
  readonly isAcknowledgementRequested: boolean
  readonly isTest: boolean
}

/** Reads the ISA elements without their padding. */
export function readInterchangeHeader(interchange: TokenizedInterchange): InterchangeHeader {
  const isa = (element: number) => (interchange.segments[0]?.elements[element] ?? '').trim()
  return {
    senderQualifier: isa(5),
    senderId: isa(6),
    receiverQualifier: isa(7),
    receiverId: isa(8),
    date: isa(9),
    time: isa(10),
    version: isa(12),
    controlNumber: isa(13),
    isAcknowledgementRequested: isa(14) === '1',
    isTest: isa(15) === 'T',
  }
}

const widths = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]
// TA105 code of each ISA element, ISA01 first.
const codes = '010 011 012 013 005 006 007 008 014 015 016 017 018 019 020'.split(' ')

/** Checks widths and contents of the ISA and whether sender and receiver are the agreed ones. */
export function checkInterchangeHeader(
  interchange: TokenizedInterchange,
  profile: X12Profile,
): ControlFault[] {
  const header = readInterchangeHeader(interchange)
  const offset = interchange.segments[0]?.offset ?? 0
  return [...widthFaults(interchange, profile), ...contentFaults(header, interchange)]
    .concat(addressFaults(header, profile))
    .map((fault) => ({ ...fault, segment: 'ISA', offset }))
}

type HeaderFault = Omit<ControlFault, 'segment' | 'offset'>

function widthFaults(interchange: TokenizedInterchange, profile: X12Profile): HeaderFault[] {
  const policy = { ...defaultPolicy, ...profile.policy }
  const effect = policy.isaLength === 'repair' ? 'note' : 'reject'
  return widths.flatMap((width, index) => {
    const value = interchange.segments[0]?.elements[index + 1] ?? ''
    if (value.length === width) return []
    const name = `ISA${String(index + 1).padStart(2, '0')}`
    const message = `${name} has ${value.length} characters instead of ${width}.`
    return [{ code: codes[index] ?? '022', message, element: index + 1, effect }]
  })
}

function contentFaults(
  header: InterchangeHeader,
  interchange: TokenizedInterchange,
): HeaderFault[] {
  const testIndicator = (interchange.segments[0]?.elements[15] ?? '').trim()
  const requested = (interchange.segments[0]?.elements[14] ?? '').trim()
  const rules: readonly (readonly [number, boolean, HeaderFault['effect'], string])[] = [
    [5, header.senderQualifier !== '', 'error', 'The sender qualifier is missing.'],
    [6, header.senderId !== '', 'error', 'The sender id is missing.'],
    [7, header.receiverQualifier !== '', 'error', 'The receiver qualifier is missing.'],
    [8, header.receiverId !== '', 'error', 'The receiver id is missing.'],
    [
      9,
      header.date.length === 6 && isX12Date(header.date),
      'error',
      'The interchange date is no date.',
    ],
    [10, /^([01]\d|2[0-3])[0-5]\d$/.test(header.time), 'error', 'The interchange time is no time.'],
    // The group's own version decides how it is read; a wrong one here is told and lived with.
    [12, /^00[2-8]\d\d$/.test(header.version), 'error', 'The interchange version is not known.'],
    [
      13,
      /^\d{1,9}$/.test(header.controlNumber),
      'reject',
      'The interchange control number is no number.',
    ],
    [14, requested === '0' || requested === '1', 'error', 'ISA14 must be 0 or 1.'],
    [15, /^[IPT]$/.test(testIndicator), 'reject', 'ISA15 must be I, P or T.'],
  ]
  return rules
    .filter(([, isRight]) => !isRight)
    .map(([element, , effect, message]) => ({
      code: codes[element - 1] ?? '022',
      message,
      element,
      effect,
    }))
}

// formats.md row 13: an unknown address is refused without saying what we do know.
function addressFaults(header: InterchangeHeader, profile: X12Profile): HeaderFault[] {
  const sender = { qualifier: header.senderQualifier, id: header.senderId }
  const receiver = { qualifier: header.receiverQualifier, id: header.receiverId }
  return [
    ...addressFault(sender, profile.partnerIds, {
      element: 5,
      qualifierCode: '005',
      idCode: '006',
    }),
    ...addressFault(receiver, profile.ourIds, { element: 7, qualifierCode: '007', idCode: '009' }),
  ]
}

function addressFault(
  address: X12Address,
  known: readonly X12Address[] | undefined,
  at: { element: number; qualifierCode: string; idCode: string },
): HeaderFault[] {
  const sameId = known?.filter((entry) => entry.id === address.id)
  if (sameId === undefined) return []
  if (sameId.some((entry) => entry.qualifier === address.qualifier)) return []
  const party = at.element === 5 ? 'sender' : 'receiver'
  const message = `The ${party} of the interchange is not an agreed one.`
  return sameId.length > 0
    ? [{ code: at.qualifierCode, message, element: at.element, effect: 'reject' }]
    : [{ code: at.idCode, message, element: at.element + 1, effect: 'reject' }]
}
