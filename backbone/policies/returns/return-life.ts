import type { ReturnStatus } from '../../canonical/views/return-view.ts'

// Domain rules 3.9: requested -> authorised -> received -> inspected -> credited, replaced or rejected. A request
// may be turned down at once; what has arrived is inspected before anything else is decided.
const nextByStatus: Readonly<Record<ReturnStatus, readonly ReturnStatus[]>> = {
  requested: ['authorised', 'rejected'],
  authorised: ['received', 'rejected'],
  received: ['inspected'],
  inspected: ['credited', 'replaced', 'rejected'],
  credited: [],
  replaced: [],
  rejected: [],
}

/** Why a return may not go from one state to another; nothing when it may. */
export function refusedMove(from: ReturnStatus, to: ReturnStatus): string | undefined {
  const next = nextByStatus[from]
  if (next.includes(to)) return undefined
  if (next.length === 0) return `The return is ${from}; nothing more happens to it.`
  return `A return that is ${from} can be ${next.join(' or ')} next, not ${to}.`
}
