import type { Remedy } from './failure-class.ts'
import type { FailureSignature } from './signature.ts'

type Row = readonly [code: string, meaning: string]

function refusals(
  list: string,
  rows: readonly Row[],
  facts: Pick<FailureSignature, 'errorClass' | 'remedy' | 'source'>,
): FailureSignature[] {
  return rows.map(([code, meaning]) => ({
    signatureId: `${list}-${code}`.toLowerCase(),
    about: `X12 ${list} ${code}: ${meaning}`,
    codeList: list,
    code,
    effect: 'refused',
    ...facts,
  }))
}

const guide = {
  errorClass: 'SCHEMA',
  remedy: 'fix_mapping' satisfies Remedy,
  source: 'X1',
} as const

const segmentCodes: readonly Row[] = [
  ['1', 'unrecognised segment'],
  ['2', 'unexpected segment'],
  ['3', 'mandatory segment missing'],
  ['4', 'loop occurs too often'],
  ['5', 'segment used too often'],
  ['6', 'segment not in the transaction set'],
  ['7', 'segment out of order'],
  ['8', 'segment has wrong elements'],
]

const elementCodes: readonly Row[] = [
  ['1', 'mandatory element missing'],
  ['2', 'conditional element missing'],
  ['3', 'too many elements'],
  ['4', 'element too short'],
  ['5', 'element too long'],
  ['6', 'invalid character'],
  ['7', 'invalid code value'],
  ['8', 'invalid date'],
  ['9', 'invalid time'],
  ['10', 'exclusion condition violated'],
  ['12', 'too many repetitions'],
  ['13', 'too many components'],
]

// X6: 999 has the codes of 997 and its own for what breaks an implementation guide.
const guideSegmentCodes: readonly Row[] = [
  ['I4', 'implementation: segment not used'],
  ['I6', 'implementation: segment missing'],
  ['I7', 'implementation: loop occurs too seldom'],
  ['I8', 'implementation: segment below its least use'],
  ['I9', 'implementation: not used segment present'],
]

const guideElementCodes: readonly Row[] = [
  ['I6', 'implementation: code value not used'],
  ['I7', 'implementation: situational element missing'],
  ['I8', 'implementation: not used element present'],
  ['I9', 'implementation: element below its least length'],
  ['I10', 'implementation: not used element present'],
  ['I11', 'implementation: too few repetitions'],
  ['I12', 'implementation: pattern does not match'],
  ['I13', 'implementation: dependent element missing'],
]

const numbers = (from: number, to: number, meaning: string): Row[] =>
  Array.from({ length: to - from + 1 }, (_, index) => [String(from + index), meaning])

const setCodes = numbers(1, 27, 'transaction set note')
const groupCodes = numbers(1, 26, 'functional group note')
const interchangeCodes: readonly Row[] = numbers(1, 31, 'interchange note').map(
  ([code, meaning]) => [code.padStart(3, '0'), meaning],
)

const verdicts: readonly FailureSignature[] = ['AK501', 'IK501'].flatMap((list) => [
  ...refusals(list, [['R', 'rejected: syntax']], guide),
  // X1: M = authentication code failed, W = assurance failed, X = content could not be decrypted.
  ...refusals(
    list,
    [
      ['M', 'rejected: message authentication failed'],
      ['W', 'rejected: assurance failed'],
      ['X', 'rejected: could not be decrypted'],
    ],
    { errorClass: 'PERMISSION', remedy: 'change_config', source: 'X1' },
  ),
])

const groupVerdicts: readonly FailureSignature[] = [
  ...refusals('AK901', [['R', 'group rejected']], guide),
  ...refusals('AK901', [['P', 'group partly accepted: only the refused sets go again']], {
    errorClass: 'PARTIAL_SUCCESS',
    source: 'X1',
  }),
  ...refusals(
    'AK901',
    [
      ['M', 'group rejected: message authentication failed'],
      ['W', 'group rejected: assurance failed'],
      ['X', 'group rejected: could not be decrypted'],
    ],
    { errorClass: 'PERMISSION', remedy: 'change_config', source: 'X1' },
  ),
  ...refusals('TA104', [['R', 'interchange rejected']], guide),
]

// Element 668, as a seller answers to a line of our purchase order (855 ACK01).
const lineAnswers: readonly FailureSignature[] = [
  ...refusals('ACK01', [['R2', 'item rejected: invalid item number']], {
    errorClass: 'MAPPING',
    source: 'X2',
  }),
  ...refusals('ACK01', [['R3', 'item rejected: invalid unit of issue']], {
    errorClass: 'MAPPING',
    remedy: 'fix_mapping',
    source: 'X2',
  }),
  ...refusals(
    'ACK01',
    [
      ['IR', 'item rejected'],
      ['R1', 'item rejected: not a contract item'],
      ['R4', 'item rejected: contract item not available'],
      ['R5', 'item rejected: reorder item not available'],
      ['R6', 'item rejected: duplicate'],
      ['R7', 'item rejected'],
      ['R8', 'item rejected'],
    ],
    { errorClass: 'BUSINESS_RULE', source: 'X2' },
  ),
]

// Element 587, as a seller answers to a whole purchase order (855 BAK02).
const orderAnswers = refusals(
  'BAK02',
  [
    ['RD', 'order rejected, with detail'],
    ['RJ', 'order rejected'],
  ],
  { errorClass: 'BUSINESS_RULE', remedy: 'request_partner', source: 'X5' },
)

const applicationAdvice = refusals(
  'OTI01',
  [
    ['TR', 'transaction set rejected by the application'],
    ['IR', 'item rejected by the application'],
    ['BR', 'batch rejected by the application'],
    ['GR', 'group rejected by the application'],
  ],
  { errorClass: 'BUSINESS_RULE', remedy: 'request_partner', source: '3.3.1, 824' },
)

const partialAdvice = refusals(
  'OTI01',
  [
    ['TP', 'transaction set partly accepted by the application'],
    ['IP', 'item partly accepted by the application'],
    ['BP', 'batch partly accepted by the application'],
    ['GP', 'group partly accepted by the application'],
  ],
  { errorClass: 'PARTIAL_SUCCESS', remedy: 'request_partner', source: '3.3.1, 824' },
)

const overdue: FailureSignature = {
  signatureId: 'x12-997-overdue',
  about: 'The partner has not acknowledged our interchange in time',
  codeList: 'x12',
  code: 'OVERDUE_997',
  errorClass: 'DEPENDENCY',
  effect: 'unknown',
  remedy: 'request_partner',
  source: '3.3.1',
}

/** What partners say of our X12 documents (TA1, 997, 999, 824, 855), and what we say of theirs. */
export const signaturesOfX12: readonly FailureSignature[] = [
  ...['AK304', 'IK304'].flatMap((list) => refusals(list, segmentCodes, guide)),
  ...refusals('IK304', guideSegmentCodes, { ...guide, source: 'X6' }),
  ...['AK403', 'IK403'].flatMap((list) => refusals(list, elementCodes, guide)),
  ...refusals('IK403', guideElementCodes, { ...guide, source: 'X6' }),
  ...verdicts,
  ...groupVerdicts,
  ...['AK502', 'IK502'].flatMap((list) => refusals(list, setCodes, guide)),
  ...refusals('AK905', groupCodes, guide),
  ...refusals('TA105', interchangeCodes, guide),
  ...lineAnswers,
  ...orderAnswers,
  ...applicationAdvice,
  ...partialAdvice,
  overdue,
]
