import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { FailureClass, Remedy } from '../../canonical/failures/failure-class.ts'
import {
  type FailureFacts,
  type FailureSignature,
  matchSignature,
  type NearSignature,
  nearSignatures,
  type SignatureLevel,
  type SignatureMatch,
} from '../../canonical/failures/signature.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { type AutoRetry, classRules } from './class-rules.ts'
import type { TriageSettings } from './triage-settings.ts'

/** How a connection does, as far as an outage shows in it. */
export type ConnectionCourse = {
  readonly isCircuitOpen: boolean
  readonly failuresInARow: number
  readonly windowCalls: number
  readonly windowFailures: number
}

/** A failure with everything its class depends on. */
export type FailureToClassify = {
  readonly seen: FailureFacts
  /** The class it was given when it failed, for what shows nothing any more. */
  readonly recordedClass?: FailureClass | undefined
  /** How often the same record has failed in the same way. */
  readonly sameWayFailures?: number | undefined
  /** Its reading or writing crashed us. */
  readonly hasCrashed?: boolean | undefined
  readonly connection?: ConnectionCourse | undefined
  /** What lies there under our number, for a duplicate that was looked up. */
  readonly lookedUp?: 'equal' | 'other-content' | 'other-version' | undefined
}

/** What a failure is, and what mends it. */
export type FailureDecision = PolicyDecision<FailureClass> & {
  readonly remedy: Remedy
  readonly autoRetry: AutoRetry
  /** What the product does or a person should, in one sentence. */
  readonly advice: string
  /** 0 to 1. */
  readonly confidence: number
  readonly signatureId: string | undefined
  /** The thing at the root, where the signature names it. */
  readonly entity: string | undefined
}

type Verdict = {
  readonly kind: FailureClass
  readonly remedy?: Remedy | undefined
  readonly decision?: PolicyDecision['decision']
  readonly confidence: number
  readonly evidence: readonly Evidence[]
}

const settingOfLevel = {
  'code-and-message': 'codeAndMessage',
  code: 'code',
  message: 'message',
  status: 'status',
} as const satisfies Readonly<Record<SignatureLevel, keyof TriageSettings['confidence']>>

const quoted = (text: string | undefined) => `"${(text ?? '').slice(0, 160)}"`

function seenInWords({ codes, message, status }: FailureFacts): string {
  const parts = [
    ...codes.slice(0, 1).map(({ code }) => `code ${code}`),
    ...(message === undefined ? [] : [`message ${quoted(message)}`]),
    ...(status === undefined ? [] : [`HTTP ${status}`]),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

function signInWords({ level, signature }: SignatureMatch, seen: FailureFacts): string {
  switch (level) {
    case 'code-and-message':
      return `the code is ${signature.code ?? ''} and the message says ${quoted(seen.message)}`
    case 'code':
      return `the code is ${signature.code ?? ''}`
    case 'message':
      return `the message says ${quoted(seen.message)}`
    case 'status':
      return `the HTTP status is ${signature.status ?? ''}, and neither code nor message says more`
  }
}

function valuesOf({ codes, status, path }: FailureFacts): Evidence['values'] {
  return {
    ...(codes[0] === undefined ? {} : { code: codes[0].code.slice(0, 200) }),
    ...(status === undefined ? {} : { status }),
    ...(path === undefined ? {} : { path: path.slice(0, 200) }),
  }
}

function recognised(
  match: SignatureMatch,
  seen: FailureFacts,
  { confidence }: TriageSettings,
): Verdict {
  const { signature, level, entity } = match
  const about = entity === undefined ? '' : ` It names ${entity}.`
  return {
    kind: signature.errorClass,
    remedy: signature.remedy,
    confidence: confidence[settingOfLevel[level]],
    evidence: [
      {
        weighs: 'for',
        text: `${signature.about}: ${signInWords(match, seen)}.${about}`.slice(0, 500),
        source: `signature:${signature.signatureId}`,
        values: valuesOf(seen),
      },
    ],
  }
}

function unrecognised(
  { seen, recordedClass }: FailureToClassify,
  settings: TriageSettings,
): Verdict {
  const text = `No signature knows ${seenInWords(seen)}.`.slice(0, 400)
  if (recordedClass === undefined || recordedClass === 'UNKNOWN')
    return {
      kind: 'UNKNOWN',
      confidence: 0,
      evidence: [{ weighs: 'note', text, values: valuesOf(seen) }],
    }
  return {
    kind: recordedClass,
    confidence: settings.confidence.recorded,
    evidence: [
      {
        weighs: 'for',
        text: `${text} It was taken for ${recordedClass} when it failed.`,
        values: valuesOf(seen),
      },
    ],
  }
}

function outage(
  verdict: Verdict,
  { connection }: FailureToClassify,
  { outage: rule }: TriageSettings,
): Verdict {
  if (verdict.kind !== 'TRANSPORT' || connection === undefined) return verdict
  const { isCircuitOpen, failuresInARow, windowCalls, windowFailures } = connection
  const isRow = failuresInARow >= rule.failuresInARow
  const isShare =
    windowCalls >= rule.leastCalls && windowFailures * 100 >= windowCalls * rule.failurePercent
  const values = { failuresInARow, windowCalls, windowFailures }
  if (!(isCircuitOpen || isRow || isShare)) {
    const text = `${failuresInARow} failures in a row (an outage has ${rule.failuresInARow}): passing trouble of the way, not an outage.`
    return { ...verdict, evidence: [...verdict.evidence, { weighs: 'against', text, values }] }
  }
  const why = isRow
    ? `${failuresInARow} calls in a row have failed`
    : isShare
      ? `${windowFailures} of ${windowCalls} calls in ${rule.windowMinutes} minutes have failed`
      : 'its circuit is open'
  const text = `The connection is away: ${why}.`
  return {
    ...verdict,
    kind: 'OUTAGE',
    evidence: [...verdict.evidence, { weighs: 'for', text, values }],
  }
}

function poison(
  verdict: Verdict,
  { sameWayFailures = 0, hasCrashed = false }: FailureToClassify,
  { poison: rule }: TriageSettings,
): Verdict {
  const isPoison =
    hasCrashed || (sameWayFailures >= rule.sameWayFailures && rule.classes.includes(verdict.kind))
  if (!isPoison) return verdict
  const text = hasCrashed
    ? 'Our own reader or worker broke off on it.'
    : `The same record has failed ${sameWayFailures} times in the same way; ${rule.sameWayFailures} make it poison.`
  return {
    kind: 'POISON',
    confidence: verdict.confidence,
    evidence: [...verdict.evidence, { weighs: 'for', text, values: { sameWayFailures } }],
  }
}

/** What a look-up by the natural key makes of a duplicate (domain rules 3.3.1). */
function duplicate(verdict: Verdict, { lookedUp }: FailureToClassify): Verdict {
  if (verdict.kind !== 'DUPLICATE' || lookedUp === undefined) return verdict
  const evidence = (text: string): Evidence[] => [...verdict.evidence, { weighs: 'for', text }]
  const found: NonNullable<FailureToClassify['lookedUp']> = lookedUp
  switch (found) {
    case 'equal':
      return {
        ...verdict,
        decision: 'accept',
        remedy: 'mark_duplicate',
        evidence: evidence('What lies there under our number is the same: it is done.'),
      }
    case 'other-version':
      return {
        ...verdict,
        kind: 'STALE',
        remedy: undefined,
        evidence: evidence('Another version of it lies there: read it again before writing.'),
      }
    case 'other-content':
      return {
        ...verdict,
        decision: 'hold',
        remedy: 'escalate',
        evidence: evidence('Something else lies there under our number: a person must look.'),
      }
  }
}

function nearEvidence({ signature, why }: NearSignature): Evidence {
  const { about, signatureId, errorClass } = signature
  return {
    weighs: 'against',
    text: `Not ${errorClass} by "${about}": ${why}.`.slice(0, 500),
    source: `signature:${signatureId}`,
  }
}

function alternativesOf(near: readonly NearSignature[], kind: FailureClass): Alternative[] {
  const others = near.filter(({ signature }) => signature.errorClass !== kind)
  return others.slice(0, 5).map(({ signature, why }) => ({
    candidateId: `signature:${signature.signatureId}`,
    kind: signature.errorClass,
    text: `${signature.about}; ${why}.`.slice(0, 500),
  }))
}

/**
 * Decides what a failure is, whether trying again is right, and what mends it (domain rules 3.3.1): the body's code
 * before its message before the HTTP status; then what only shows over several calls, outage and poison.
 */
export function classifyFailure(
  failure: FailureToClassify,
  signatures: readonly FailureSignature[],
  { settings, version }: PolicyInForce<TriageSettings>,
): FailureDecision {
  const match = matchSignature(failure.seen, signatures)
  const first =
    match === undefined
      ? unrecognised(failure, settings)
      : recognised(match, failure.seen, settings)
  const verdict = poison(outage(duplicate(first, failure), failure, settings), failure, settings)
  const near = nearSignatures(failure.seen, match, signatures).slice(0, 5)
  const rule = classRules[verdict.kind]
  return {
    decision: verdict.decision ?? rule.decision,
    kind: verdict.kind,
    evidence: [...verdict.evidence, ...near.map(nearEvidence)],
    alternatives: alternativesOf(near, verdict.kind),
    policyVersion: version,
    remedy: verdict.remedy ?? rule.remedy,
    autoRetry: rule.autoRetry,
    advice: rule.advice,
    confidence: verdict.confidence,
    signatureId: match?.signature.signatureId,
    entity: match?.entity,
  }
}
