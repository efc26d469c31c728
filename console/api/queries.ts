import { QueryClient, queryOptions } from '@tanstack/react-query'
import { type Answer, ApiProblem, api, useCsrfToken } from './client.ts'

// What the server refuses stays refused; only a server that is away or busy is asked again.
const isPassing = (error: Error) =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status >= 500)

/** Everything the console has read, and when it reads it anew. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 3 && isPassing(error),
    },
  },
})

/** Who is signed in, and what they may do. */
export type Session = Answer<'get', '/v1/session'>

/** A proposal as the inbox shows it. */
export type Proposal = Answer<'get', '/v1/proposals/{id}'>

/** An order as one line of the list. */
export type OrderSummary = Answer<'get', '/v1/orders'>['items'][number]

/** An order with everything on its way. */
export type Order = Answer<'get', '/v1/orders/{id}'>

/** The session; its answer carries the token that every change needs. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async () => {
    const session = await api.get('/v1/session', {})
    useCsrfToken(session.csrfToken)
    return session
  },
})

/** What waits for a person, the newest first; the rest of a long list comes page by page. */
export const proposalsQuery = (status: Proposal['status'] | undefined) =>
  queryOptions({
    queryKey: ['proposals', status ?? 'all'],
    refetchInterval: 15_000,
    queryFn: () =>
      api.get('/v1/proposals', {
        query: { limit: 200, ...(status === undefined ? {} : { status }) },
      }),
  })

/** One proposal. */
export const proposalQuery = (id: string) =>
  queryOptions({
    queryKey: ['proposal', id],
    refetchInterval: 15_000,
    queryFn: () => api.get('/v1/proposals/{id}', { params: { id } }),
  })

/** One order by its id or number. */
export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['order', id],
    queryFn: () => api.get('/v1/orders/{id}', { params: { id } }),
  })

/** What could be done about an order now. */
export const candidatesQuery = (subject: string) =>
  queryOptions({
    queryKey: ['candidates', subject],
    queryFn: () => api.get('/v1/candidates', { query: { subject } }),
  })
