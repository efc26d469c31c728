import { QueryClient, queryOptions } from '@tanstack/react-query'
import { type Answer, ApiProblem, api, useCsrfToken } from './client.ts'
import { pagesOf } from './pages.ts'

// What the server refuses stays refused; only a server that is away or busy is asked again, at once or when it says so.
// One that wants to be left alone for longer says that to the reader instead.
const isPassing = (error: Error) =>
  error instanceof ApiProblem &&
  (error.status === 0 || error.status === 429 || error.status >= 500) &&
  error.waitSeconds <= 5

const waitMs = (failures: number, error: Error) =>
  error instanceof ApiProblem && error.waitSeconds > 0
    ? error.waitSeconds * 1_000
    : 500 * 2 ** failures

/** Everything the console has read, and when it reads it anew. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What changes without an event arrives all the same; a hidden page reads nothing.
      refetchInterval: ({ state }) => 15_000 * pagesOf(state.data),
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: waitMs,
      // A browser without a network still asks, so that it can say that nobody answers.
      networkMode: 'always',
    },
    // What is done now is done now or not at all: never later, when nobody looks any more.
    mutations: { networkMode: 'always' },
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
  refetchInterval: false,
  queryFn: async () => {
    const session = await api.get('/v1/session', {})
    useCsrfToken(session.csrfToken)
    return session
  },
})

/** One proposal. */
export const proposalQuery = (id: string) =>
  queryOptions({
    queryKey: ['proposal', id],
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
    // They are worked out each time they are asked for; what changes them is mostly told by an event.
    refetchInterval: 60_000,
    queryFn: () => api.get('/v1/candidates', { query: { subject } }),
  })
