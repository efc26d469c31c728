/** A document that was set aside, as it stands now. */
export type AsideFacts = {
  /** unreadable, partly-readable, conflict, needs-person, poison, overdue. */
  readonly kind: string
  /** It is about a document of ours that has gone out, or only what a partner said of one. */
  readonly isAboutOurs: boolean
  /** The stage of the one order it would go to; null when there is none, or several. */
  readonly orderStage: string | null
  /** A later delivery of the same, which was taken. */
  readonly sentAgainAs: string | null
  /** A document of the same kind and number that came later was taken. */
  readonly isTakenElsewhere: boolean
}

/** What a replay does with a document that was set aside. */
export type AsideFate =
  | { readonly fate: 'read-again' }
  | { readonly fate: 'dropped'; readonly reason: string }
  /** Reading it again decides nothing: somebody has to. */
  | { readonly fate: 'for-person'; readonly reason: string }

const dropped = (why: string): AsideFate => ({ fate: 'dropped', reason: `Dropped: ${why}` })
const forPerson = (reason: string): AsideFate => ({ fate: 'for-person', reason })

/** Decides what a replay does with a document that was set aside (domain rules 3.3.1, before a replay). */
export function asideFate(aside: AsideFacts): AsideFate {
  const { kind, isAboutOurs, orderStage, sentAgainAs, isTakenElsewhere } = aside
  if (kind === 'overdue')
    return forPerson('Nothing has come that could be read: ask the partner whether they have it.')
  if (isAboutOurs)
    return forPerson('It tells of a document of ours: mend that, and have it sent anew.')
  if (kind === 'conflict')
    return forPerson('Two deliveries came under one id: ask the sender which of them counts.')
  if (sentAgainAs !== null)
    return dropped(`the sender has sent it again (receipt ${sentAgainAs}), and that was taken.`)
  if (isTakenElsewhere) return dropped('a later delivery of it was taken.')
  if (orderStage === 'cancelled' || orderStage === 'rejected')
    return dropped(`its order is ${orderStage}.`)
  return { fate: 'read-again' }
}
