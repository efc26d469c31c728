import { createHash } from 'node:crypto'
import type { ActKind } from '../../canonical/proposal.ts'
import { canonicalJson } from '../../store/events.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const digest = (...parts: readonly unknown[]) =>
  createHash('sha256').update(canonicalJson(parts)).digest()

/** The id of a candidate: the same act on the same facts of the same tenant has the same one, other facts another. */
export function candidateIdOf(tenantId: string, kind: ActKind, payload: unknown): string {
  const letters = [...digest(tenantId, kind, payload).subarray(0, 26)]
  return `cnd_${letters.map((byte) => alphabet[byte % 32]).join('')}`
}

/** The hash of what an act would do: what is approved is exactly what is done. */
export function effectHashOf(kind: ActKind, payload: unknown): string {
  return digest(kind, payload).toString('hex')
}
