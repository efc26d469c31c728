import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Answer, api } from './client.ts'
import type { Proposal } from './queries.ts'

/** In which order the inbox is worked through. */
export type InboxSort = 'newest' | 'expiry' | 'money'

/** What the inbox is narrowed to. */
export type InboxFilter = {
  readonly isDecided: boolean
  readonly kind?: Proposal['kind']
  /** The id of whoever asked. */
  readonly asker?: string
  readonly sort?: InboxSort
}

/** What an edit would come to. */
export type DraftCheck = Answer<'post', '/v1/proposals/{id}/draft-check'>

/** The records a proposal rests on, then and now. */
export type Basis = Answer<'get', '/v1/proposals/{id}/basis'>

/** What waits for a person, or was decided, page by page. */
export const inboxQuery = ({ isDecided, kind, asker, sort = 'newest' }: InboxFilter) =>
  infiniteQueryOptions({
    queryKey: ['proposals', 'inbox', isDecided, kind ?? '', asker ?? '', sort],
    refetchInterval: 15_000,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/proposals', {
        query: {
          limit: 100,
          sort,
          decided: isDecided ? 'true' : 'false',
          ...(pageParam === '' ? {} : { cursor: pageParam }),
          ...(kind === undefined ? {} : { kind }),
          ...(asker === undefined ? {} : { requestedBy: asker }),
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** How many wait for a person or were decided, by kind and whoever asked. */
export const proposalCountQuery = (isDecided: boolean) =>
  queryOptions({
    queryKey: ['proposals', 'count', isDecided],
    // What was decided is long and changes little.
    ...(isDecided ? { staleTime: 60_000 } : { refetchInterval: 15_000 }),
    queryFn: () =>
      api.get('/v1/proposals/count', { query: { decided: isDecided ? 'true' : 'false' } }),
  })

/** What a proposal rests on, as it was and as it is. */
export const basisQuery = (id: string) =>
  queryOptions({
    queryKey: ['proposal', id, 'basis'],
    queryFn: () => api.get('/v1/proposals/{id}/basis', { params: { id } }),
  })

/** In whose place the reader decides, and who decides in theirs. */
export const delegationsQuery = queryOptions({
  queryKey: ['delegations'],
  staleTime: 60_000,
  queryFn: () => api.get('/v1/delegations', {}),
})
