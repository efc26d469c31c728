import { builtInSignatures } from '../../canonical/failures/built-in-signatures.ts'
import {
  type FailureFacts,
  type FailureSignature,
  matchSignature,
  type SignatureMatch,
} from '../../canonical/failures/signature.ts'
import type { CallOutcome } from '../../connectors/connector.ts'
import { factsOfCall } from '../../policies/triage/facts-of-call.ts'
import { type TriageSettings, triagePolicy } from '../../policies/triage/triage-settings.ts'
import type { TenantTx } from '../../store/database.ts'
import { turnRules } from '../../store/triage/turn-rules.ts'
import { signOf, type TryEnd } from '../outbox/call.ts'

/** What decides about calls that did not work: the settings in force, and what a tenant knows failures by. */
export type FailureRules = {
  readonly settings: TriageSettings
  readonly own: readonly FailureSignature[]
  readonly signatures: readonly FailureSignature[]
}

const byDefault: FailureRules = {
  settings: triagePolicy.inForce([], {}, '').settings,
  own: [],
  signatures: builtInSignatures,
}

/** The rules for the ends of a turn; when all of them worked nothing is asked. */
export async function failureRules(tx: TenantTx, ends: readonly TryEnd[]): Promise<FailureRules> {
  if (ends.every(({ outcome }) => outcome.outcome === 'done')) return byDefault
  const { today, layers, signatures: own } = await turnRules(tx)
  const { settings } = triagePolicy.inForce(layers, {}, today)
  return { settings, own, signatures: [...own, ...builtInSignatures] }
}

/** What still shows of a try that did not work, and the signature it is known by. */
export function recognise(
  outcome: Exclude<CallOutcome, { outcome: 'done' }>,
  { signatures }: FailureRules,
): { readonly seen: FailureFacts; readonly match: SignatureMatch | undefined } {
  const { code, message } = outcome
  const response = 'response' in outcome ? outcome.response : undefined
  const seen = factsOfCall({ code, message, response })
  return { seen, match: matchSignature(seen, signatures) }
}

/**
 * Takes a tenant's own signatures into the end of a try: class, and whether it is worth another one. What may have
 * happened stays in doubt whatever a signature says.
 */
export function withOwnSignatures(end: TryEnd, rules: FailureRules): TryEnd {
  const { outcome } = end
  if (rules.own.length === 0 || outcome.outcome === 'done' || outcome.outcome === 'unknown')
    return end
  const { match } = recognise(outcome, rules)
  if (match === undefined || !rules.own.includes(match.signature)) return end
  const { errorClass, effect } = match.signature
  const { code, message, response } = outcome
  const answer = response === undefined ? {} : { response }
  const known: CallOutcome =
    effect === 'unknown'
      ? { outcome: 'unknown', code, message }
      : { outcome: effect, errorClass, code, message, ...answer }
  return { ...end, outcome: known, label: known.outcome, sign: end.sign && signOf(known) }
}
