import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
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
type WorklistFilter = { readonly q: string; readonly kind: string; readonly level: string }

const paged = (cursor: string) => ({ limit: 200, ...(cursor === '' ? {} : { cursor }) })

/** Customers to be asked for money, the most worthwhile contact first, page by page. */
export const worklistQuery = ({ q, kind, level }: WorklistFilter) =>
  infiniteQueryOptions({
    queryKey: ['worklist', q, kind, level],
    // While another search is answered, what was found before stays in sight.
    placeholderData: keepPreviousData,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/collections/worklist', {
        query: {
          ...paged(pageParam),
          ...(q === '' ? {} : { q }),
          ...(kind === '' ? {} : { kind }),
          ...(level === '' ? {} : { level }),
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** What is owed by customer, the most overdue first, with the totals of all that are found. */
export const ageingQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['ageing', q],
    placeholderData: keepPreviousData,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/collections/ageing', {
        query: { ...paged(pageParam), ...(q === '' ? {} : { q }) },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** The figures of collecting over the last 90 days: of all customers, or of one. */
export const collectionsKpiQuery = (customer = '') =>
  queryOptions({
    queryKey: ['collections-kpi', customer],
    staleTime: 60_000,
    refetchInterval: 60_000,
    queryFn: () => api.get('/v1/collections/kpi', { query: customer === '' ? {} : { customer } }),
  })

/** One customer's account. */
export const accountQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['account', customerNumber],
    queryFn: () =>
      api.get('/v1/collections/customers/{id}', { params: { id: customerNumber }, query: {} }),
  })

/** An answer of a customer, and what it was taken for. */
export type Reply = Account['unreadReplies'][number]

/** Answers of a customer, read or not, the newest first. */
export const repliesQuery = (customer: string) =>
  queryOptions({
    queryKey: ['replies', customer],
    queryFn: () => api.get('/v1/collections/replies', { query: { limit: 50, customer } }),
  })

/** What an answer could be taken for, and what each would lead to. */
export const readingsQuery = (replyId: string) =>
  queryOptions({
    queryKey: ['replies', 'readings', replyId],
    staleTime: 300_000,
    queryFn: () => api.get('/v1/collections/replies/{id}/readings', { params: { id: replyId } }),
  })

/** The reasons an invoice is contested for; they are the trade's and never change here. */
export const disputeCodesQuery = queryOptions({
  queryKey: ['dispute-codes'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () => api.get('/v1/collections/dispute-codes', {}),
})

/** What happened between a customer and collections, the newest first. */
export const timelineQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['account', customerNumber, 'timeline'],
    queryFn: () =>
      api.get('/v1/collections/customers/{id}/timeline', { params: { id: customerNumber } }),
  })

/** Whom letters and calls to a customer may go to. */
export type Recipients = Answer<'get', '/v1/collections/customers/{id}/recipients'>

/** Whom letters and calls to a customer may go to. */
export const recipientsQuery = (customerNumber: string) =>
  queryOptions({
    queryKey: ['account', customerNumber, 'recipients'],
    queryFn: () =>
      api.get('/v1/collections/customers/{id}/recipients', { params: { id: customerNumber } }),
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
