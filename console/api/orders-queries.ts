import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { shownZone } from '../shared/moment.tsx'
import { type Answer, api } from './client.ts'

/** What the list of orders is narrowed to and sorted by, as the address says it. */
export type OrdersFilter = {
  readonly q?: string
  readonly stage?: string
  readonly held?: boolean
  readonly hold?: string
  readonly stock?: 'waiting'
  readonly customer?: string
  readonly connection?: string
  readonly receivedFrom?: string
  readonly receivedUntil?: string
  readonly wantedFrom?: string
  readonly wantedUntil?: string
  readonly late?: boolean
  readonly totalFrom?: number
  readonly currency?: string
  readonly test?: 'show' | 'only'
  readonly sort?: 'oldest' | 'wanted' | 'total'
}

const yesNo = (is: boolean) => (is ? ('true' as const) : ('false' as const))

const asked = ({ held, late, ...rest }: OrdersFilter) => ({
  ...rest,
  ...(held === undefined ? {} : { held: yesNo(held) }),
  ...(late === true ? { late: 'true' as const } : {}),
  zone: shownZone,
})

/** Orders as they are narrowed and sorted, page by page. */
export const ordersQuery = (filter: OrdersFilter) =>
  infiniteQueryOptions({
    queryKey: ['orders', filter],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/orders', {
        query: {
          limit: 50,
          ...(pageParam === '' ? {} : { cursor: pageParam }),
          ...asked(filter),
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** How many orders there are like this. */
export const ordersCountQuery = ({ sort, ...filter }: OrdersFilter) =>
  queryOptions({
    queryKey: ['orders', 'count', filter],
    queryFn: () => api.get('/v1/orders/count', { query: asked(filter) }),
  })

/** The one order a whole number belongs to, test orders among them; undefined where it is none or several. */
export async function orderOfNumber(q: string): Promise<string | undefined> {
  const query = { q, match: 'whole', test: 'show', limit: 2 } as const
  const { items } = await api.get('/v1/orders', { query })
  return items.length === 1 ? items[0]?.orderId : undefined
}

/** Where documents come from. */
export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  staleTime: 60_000,
  queryFn: () => api.get('/v1/connections', {}),
})

/** The views of the list of orders that whoever is signed in sees. */
export type OrderViews = Answer<'get', '/v1/saved-views'>

/** One of them. */
export type OrderView = OrderViews['items'][number]

/** The views of the list of orders. */
export const orderViewsQuery = queryOptions({
  queryKey: ['saved-views', 'orders'],
  staleTime: 60_000,
  queryFn: () => api.get('/v1/saved-views', { query: { screen: 'orders' } }),
})
