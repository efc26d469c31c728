import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Answer, api } from './client.ts'

/** Failed calls with one cause. */
export type Cluster = Answer<'get', '/v1/transactions/clusters'>['items'][number]

/** A call as one line of a list. */
export type Call = Answer<'get', '/v1/transactions'>['items'][number]

/** A call with every try, what was sent and what came back. */
export type CallRecord = Answer<'get', '/v1/transactions/{id}'>

/** Input that nobody could read or apply. */
export type Quarantined = Answer<'get', '/v1/quarantine'>['items'][number]

const paged = (cursor: string) => ({ limit: 50, ...(cursor === '' ? {} : { cursor }) })

/** All causes of failures, the most pressing first; while calls of one are sent again they are read every two seconds. */
export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  refetchInterval: ({ state: { data } }) =>
    data?.items.some(({ state }) => state === 'replaying') === true ? 2_000 : 15_000,
  queryFn: () => api.get('/v1/transactions/clusters', {}),
})

/** How many causes there are, as the menu shows it. */
export const causesCountQuery = queryOptions({
  queryKey: ['clusters-count'],
  queryFn: () => api.get('/v1/transactions/clusters/count', {}),
})

/** What the list of given-up calls is narrowed to by the server. */
export type CallsFilter = {
  /** A number it goes by, whole. */
  readonly q?: string
  /** Part of a number or of what was said. */
  readonly text?: string
  readonly connectionId?: string
  readonly operation?: string
  readonly clusterId?: string
}

/** Calls that were given up, the newest first. */
export const failedCallsQuery = (filter: CallsFilter) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'failed', filter],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/transactions', {
        query: { ...paged(pageParam), status: 'failed', direction: 'out', ...filter },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

const ended: ReadonlySet<string> = new Set(['succeeded', 'failed', 'dropped'])

/** One call; while it is under way it is read every two seconds, once it has ended seldom: events tell of the rest. */
export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['call', id],
    refetchInterval: ({ state }) =>
      state.data === undefined || ended.has(state.data.status) ? 60_000 : 2_000,
    queryFn: () => api.get('/v1/transactions/{id}', { params: { id } }),
  })

/** Input that waits for a person's decision, the newest first. */
export const quarantineQuery = infiniteQueryOptions({
  queryKey: ['quarantine', 'open'],
  initialPageParam: '',
  queryFn: ({ pageParam }) =>
    api.get('/v1/quarantine', { query: { ...paged(pageParam), status: 'open' } }),
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** Sendings-again of a cause, asked for or done, the newest first. */
export const replaysQuery = (clusterId: string) =>
  queryOptions({
    queryKey: ['proposals', 'replays', clusterId],
    refetchInterval: 5_000,
    queryFn: () =>
      api.get('/v1/proposals', {
        query: { limit: 20, kind: 'retry-transactions', subject: `cluster:${clusterId}` },
      }),
  })
