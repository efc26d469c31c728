import type { Finding } from '../../canonical/finding.ts'
import type { X12Set } from './structure.ts'
import type { X12Segment } from './tokenizer.ts'

/** What a partner's own system says of something we sent: an 824 about a document of ours, or a supplier's 855. */
export type PartnerAdvice = {
  readonly kind: '824' | '855'
  /** What it is about, as the partner names it: "810 INV-7", "purchase order 4711". */
  readonly about: string
  /** GS06 of our group, and the number of our document, where the partner names them. */
  readonly groupNumber: string | undefined
  readonly documentNumber: string | undefined
  readonly verdict: 'accepted' | 'accepted-with-errors' | 'partly-accepted' | 'rejected'
  readonly findings: readonly Finding[]
}

const textOf = (segment: X12Segment | undefined, element: number): string | undefined => {
  const value = (segment?.elements[element] ?? '').replaceAll(/\p{C}/gu, ' ').trim()
  return value === '' ? undefined : value.slice(0, 120)
}

// X12 element 110: the second letter is the verdict, the first what it is about. What we do not know, a person reads.
function adviceVerdict(code: string | undefined): PartnerAdvice['verdict'] {
  switch (code?.charAt(1)) {
    case 'A':
      return 'accepted'
    case 'C':
    case 'E':
      return 'accepted-with-errors'
    case 'P':
      return 'partly-accepted'
    default:
      return 'rejected'
  }
}

function refusal(finding: Omit<Finding, 'severity'>): Finding {
  return { severity: 'error', ...finding, message: finding.message.slice(0, 500) }
}

// TED: what is wrong, in which segment and element. Its free text is the partner's own and stays a value.
function technicalError(segment: X12Segment, about: string): Finding {
  const position = Number(textOf(segment, 4))
  const element = Number(textOf(segment, 5))
  const [place, value] = [textOf(segment, 3), textOf(segment, 7) ?? textOf(segment, 2)]
  const code = textOf(segment, 1) ?? ''
  return refusal({
    codeList: 'TED01',
    code: code.slice(0, 40),
    message: `The partner's system refuses ${place ?? 'something'} of our ${about} (code ${code}).`,
    ...(place === undefined ? {} : { segment: place }),
    ...(position > 0 && Number.isSafeInteger(position) ? { segmentPosition: position } : {}),
    ...(element > 0 && element < 100 ? { element } : {}),
    ...(value === undefined ? {} : { value }),
  })
}

function adviceOf(segments: readonly X12Segment[]): PartnerAdvice {
  const [head] = segments
  const code = textOf(head, 1)
  const [number, type] = [textOf(head, 3), textOf(head, 10)]
  const about = [type ?? 'document', number ?? ''].join(' ').trim()
  const verdict = adviceVerdict(code)
  const isRefused = verdict === 'rejected' || verdict === 'partly-accepted'
  const whole = refusal({
    codeList: 'OTI01',
    code: (code ?? '').slice(0, 40),
    message: `The partner's system says of our ${about}: ${verdict} (code ${code ?? 'none'}).`,
  })
  const errors = segments.filter((segment) => segment.id === 'TED')
  return {
    kind: '824',
    about,
    groupNumber: textOf(head, 8),
    documentNumber: number,
    verdict,
    findings: isRefused ? [...errors.map((segment) => technicalError(segment, about)), whole] : [],
  }
}

/** Reads a partner's application advice (X12 824): one advice for each document or item that it names. */
export function readApplicationAdvice(set: X12Set): PartnerAdvice[] {
  const loops: X12Segment[][] = []
  for (const segment of set.segments) {
    if (segment.id === 'OTI') loops.push([segment])
    else loops.at(-1)?.push(segment)
  }
  return loops.map(adviceOf)
}

// X12 element 668 as a supplier answers: IR and R1 to R8 refuse a line.
const isLineRefused = (code: string) => code === 'IR' || /^R[1-8]$/.test(code)

function refusedLines(set: X12Set, about: string): Finding[] {
  let line = '?'
  return set.segments.flatMap((segment) => {
    if (segment.id === 'PO1') line = textOf(segment, 1) ?? '?'
    const answer = segment.id === 'ACK' ? (textOf(segment, 1) ?? '') : ''
    if (!isLineRefused(answer)) return []
    const message = `The supplier refuses line ${line} of our ${about} (code ${answer}).`
    return [refusal({ codeList: 'ACK01', code: answer, message, segment: 'ACK', element: 1 })]
  })
}

// X12 element 587: RD rejected with detail, RJ rejected without; AD and AK take it as it is.
function supplierVerdict(code: string, refused: number): PartnerAdvice['verdict'] {
  if (code === 'RJ' || code === 'RD') return 'rejected'
  if (refused > 0) return 'partly-accepted'
  return code === 'AD' || code === 'AK' ? 'accepted' : 'accepted-with-errors'
}

/** Reads a supplier's answer to a purchase order (X12 855) as far as it refuses it, whole or line by line. */
export function readSupplierAnswer(set: X12Set): PartnerAdvice[] {
  const head = set.segments.find((segment) => segment.id === 'BAK')
  const code = textOf(head, 2) ?? ''
  const documentNumber = textOf(head, 3)
  const about = `purchase order ${documentNumber ?? ''}`.trim()
  const lines = refusedLines(set, about)
  const verdict = supplierVerdict(code, lines.length)
  const whole = refusal({
    codeList: 'BAK02',
    code: code.slice(0, 40),
    message: `The supplier refuses our ${about} (code ${code}).`,
    segment: 'BAK',
    element: 2,
  })
  const findings = verdict === 'rejected' ? [...lines, whole] : lines
  return [{ kind: '855', about, groupNumber: undefined, documentNumber, verdict, findings }]
}
