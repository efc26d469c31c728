import { createHash } from 'node:crypto'
import { type FailureTraits, failureFingerprint } from '../../policies/triage/fingerprint.ts'

/** The key that failures of one cause share: a short form of their pattern, and the thing at the root. */
export function rootKeyOf(failure: FailureTraits): string {
  const { rootPattern, rootEntity } = failureFingerprint(failure)
  const hash = createHash('sha256').update(rootPattern).digest('hex').slice(0, 12)
  return `${hash}/${rootEntity ?? ''}`
}
