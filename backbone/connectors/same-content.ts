import { recordOf } from '../canonical/json-fields.ts'

/**
 * Whether what a system holds is what we sent: every field it shows us agrees with ours. Fields it keeps
 * for itself, and fields it does not show, say nothing.
 */
export function isSameContent(sent: unknown, held: unknown): boolean {
  if (Array.isArray(sent) && Array.isArray(held))
    return (
      sent.length === held.length && sent.every((entry, index) => isSameContent(entry, held[index]))
    )
  const ours = recordOf(sent)
  const theirs = recordOf(held)
  if (ours === undefined || theirs === undefined) return Object.is(sent, held)
  return Object.entries(ours).every(
    ([field, value]) =>
      value === undefined || theirs[field] === undefined || isSameContent(value, theirs[field]),
  )
}
