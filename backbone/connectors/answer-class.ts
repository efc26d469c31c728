import { builtInSignatures } from '../canonical/failures/built-in-signatures.ts'
import type { FailureClass } from '../canonical/failures/failure-class.ts'
import { readAnswer } from '../canonical/failures/read-answer.ts'
import {
  type FailureFacts,
  type FailureSignature,
  matchSignature,
} from '../canonical/failures/signature.ts'
import { parentNotFound } from '../canonical/failures/signatures-of-http.ts'
import type { CallOutcome } from './connector.ts'
import type { ArrivedAnswer } from './http-call.ts'

type Failure = Exclude<CallOutcome, { outcome: 'done' }>

const signaturesOfChange = [parentNotFound, ...builtInSignatures]

/**
 * Reads an answer for what went wrong, by the one table of signatures (docs/decisions/0012): the body's code first,
 * then its message, then the HTTP status, because HTTP 200 is not success. Undefined when nothing says that the
 * call failed.
 */
export function failureIn(
  answer: ArrivedAnswer,
  { notFoundMeans, now }: { notFoundMeans: 'DEPENDENCY' | 'SCHEMA'; now: Date },
): Failure | undefined {
  const facts = readAnswer(answer)
  if (facts === undefined) return undefined
  const signatures = notFoundMeans === 'DEPENDENCY' ? signaturesOfChange : builtInSignatures
  const { errorClass, effect } = known(facts, answer.status, signatures)
  const code = facts.codes[0]?.code ?? `HTTP_${answer.status}`
  const message = (facts.message ?? statusSentence(answer.status)).slice(0, 300)
  const response = answer.text.slice(0, 2000)
  switch (effect) {
    case 'unknown':
      return { outcome: 'unknown', code, message }
    case 'refused':
      return { outcome: 'refused', errorClass, code, message, response }
    case 'failed': {
      const retryAfterMs = retryAfter(answer.headers['retry-after'], now)
      const failed = { outcome: 'failed' as const, errorClass, code, message, response }
      return retryAfterMs === undefined ? failed : { ...failed, retryAfterMs }
    }
  }
}

type Known = { readonly errorClass: FailureClass; readonly effect: FailureSignature['effect'] }

function known(
  facts: FailureFacts,
  status: number,
  signatures: readonly FailureSignature[],
): Known {
  const match = matchSignature(facts, signatures)
  if (match !== undefined) return match.signature
  // It said no inside a success, in words nobody has listed yet.
  if (status >= 200 && status < 300) return { errorClass: 'BUSINESS_RULE', effect: 'refused' }
  // An unknown 5xx on a write: it may have happened.
  return { errorClass: 'UNKNOWN', effect: status >= 500 ? 'unknown' : 'refused' }
}

function statusSentence(status: number): string {
  return status >= 300 && status < 400
    ? `The system answered HTTP ${status}, a redirect; set the address it points to.`
    : `The system answered HTTP ${status}.`
}

// RFC 9110 10.2.3: whole seconds or an HTTP date. Capped at a day, so that a wrong clock parks nothing for good.
function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  const waitMs = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now.getTime()
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), 86_400_000) : undefined
}
