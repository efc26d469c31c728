import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Answer, api } from './client.ts'

/** One line of the collectors' worklist. */
export type WorklistLine = Answer<'get', '/v1/collections/worklist'>['items'][number]

/** What is owed by age. */
export type Ageing = Answer<'get', '/v1/collections/ageing'>['items'][number]['ageing']

/** A customer's debt in one currency, by age. */
export type AgeingLine = Answer<'get', '/v1/collections/ageing'>['items'][number]

/** All that collections knows of a customer. */
export type Account = Answer<'get', '/v1/collections/customers/{id}'>

/** The figures of collecting in one currency over a period. */
export type CurrencyKpi = Answer<'get', '/v1/collections/kpi'>['currencies'][number]

/** What the worklist is narrowed to by the server; nothing is not narrowed. */
type WorklistFilter = { readonly kind: string; readonly level: string }

const paged = (cursor: string) => ({ limit: 200, ...(cursor === '' ? {} : { cursor }) })

/** Customers to be asked for money, the most worthwhile contact first, page by page. */
export const worklistQuery = ({ kind, level }: WorklistFilter) =>
  infiniteQueryOptions({
    queryKey: ['worklist', kind, level],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/collections/worklist', {
        query: {
          ...paged(pageParam),
          ...(kind === '' ? {} : { kind }),
          ...(level === '' ? {} : { level }),
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** What is owed by customer, the most overdue first, with the totals of all. */
export const ageingQuery = infiniteQueryOptions({
  queryKey: ['ageing'],
  initialPageParam: '',
  queryFn: ({ pageParam }) => api.get('/v1/collections/ageing', { query: paged(pageParam) }),
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** The figures of collecting over the last 90 days. */
export const collectionsKpiQuery = queryOptions({
  queryKey: ['collections-kpi'],
  staleTime: 60_000,
  refetchInterval: 60_000,
  queryFn: () => api.get('/v1/collections/kpi', { query: {} }),
})

/** One customer's account. */
export const accountQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['account', customerNumber],
    queryFn: () =>
      api.get('/v1/collections/customers/{id}', { params: { id: customerNumber }, query: {} }),
  })

/** What went out to a customer by mail, the newest first. */
export const messagesQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['messages', customerNumber],
    queryFn: () => api.get('/v1/messages', { query: { limit: 50, customer: customerNumber } }),
  })

/** What came back from a customer by mail, the newest first. */
export const mailsQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['mails', customerNumber],
    queryFn: () => api.get('/v1/mails', { query: { limit: 50, customer: customerNumber } }),
  })

/** What is proposed about a customer and waits for a person. */
export const waitingForQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['proposals', 'customer', customerNumber],
    queryFn: () =>
      api.get('/v1/proposals', {
        query: { limit: 20, status: 'requires_review', subject: `customer:${customerNumber}` },
      }),
  })
