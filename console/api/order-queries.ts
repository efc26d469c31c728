import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Answer, api } from './client.ts'

/** One line of an order, explained. */
export type LineExplanation = Answer<'get', '/v1/orders/{id}/lines/{line}'>

/** Why an order stands where it stands. */
export type Standing = Answer<'get', '/v1/orders/{id}/standing'>

/** One thing that happened to an order. */
export type StoryEntry = Answer<'get', '/v1/orders/{id}/story'>['items'][number]

/** Why a line is as it is; asked for only when somebody opens it. */
export const lineQuery = (id: string, line: string) =>
  queryOptions({
    queryKey: ['order', id, 'line', line],
    queryFn: () => api.get('/v1/orders/{id}/lines/{line}', { params: { id, line } }),
  })

/** What an order waits for, what it has passed, and what comes next. */
export const standingQuery = (id: string) =>
  queryOptions({
    queryKey: ['order', id, 'standing'],
    queryFn: () => api.get('/v1/orders/{id}/standing', { params: { id } }),
  })

/** How many entries of a story are read at once. */
export const storyPage = 40

/** What happened to an order, of one sort or all, the newest first, page by page. */
export const storyQuery = (id: string, sort: StoryEntry['sort'] | '') =>
  infiniteQueryOptions({
    queryKey: ['order', id, 'story', sort],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      api.get('/v1/orders/{id}/story', {
        params: { id },
        query: {
          limit: storyPage,
          ...(pageParam === '' ? {} : { cursor: pageParam }),
          ...(sort === '' ? {} : { sort }),
        },
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** What is proposed about an order and waits for a person. */
export const waitingAboutQuery = (id: string) =>
  queryOptions({
    queryKey: ['proposals', 'order', id],
    queryFn: () =>
      api.get('/v1/proposals', {
        query: { limit: 20, status: 'requires_review', subject: `order:${id}` },
      }),
  })
