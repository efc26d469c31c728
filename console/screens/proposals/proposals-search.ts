import type { InboxFilter, InboxSort } from '../../api/proposals-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { actWords } from '../../shared/words.ts'

/** What the inbox is narrowed to, as its address says it. */
export type ProposalsSearch = {
  readonly tab?: 'decided'
  readonly kind?: Proposal['kind']
  readonly asker?: string
  readonly sort?: Exclude<InboxSort, 'newest'>
}

const isKind = (text: unknown): text is Proposal['kind'] =>
  typeof text === 'string' && text in actWords

/** Reads what the address narrows the inbox to; what it does not know, it leaves out. */
export function proposalsSearch(search: Record<string, unknown>): ProposalsSearch {
  const { tab, kind, asker, sort } = search
  return {
    ...(tab === 'decided' ? { tab } : {}),
    ...(isKind(kind) ? { kind } : {}),
    ...(typeof asker === 'string' && asker !== '' ? { asker: asker.slice(0, 120) } : {}),
    ...(sort === 'money' || sort === 'expiry' ? { sort } : {}),
  }
}

/** The same as the server is asked for it. */
export function inboxFilter({ tab, ...filter }: ProposalsSearch): InboxFilter {
  return { isDecided: tab === 'decided', ...filter }
}
