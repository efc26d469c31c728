import { queryOptions } from '@tanstack/react-query'
import { type Answer, api } from './client.ts'

/** A document line by line, with its findings at their place. */
export type DocumentView = Answer<'get', '/v1/documents/{id}/view'>

/** One line of it. */
export type DocumentLine = DocumentView['lines'][number]

/** One thing found in it, or about it. */
export type MarkedFinding = DocumentView['findings'][number]

/**
 * A receipt or document as it was sent, from a line on; while another stretch is read the last one stays. It never
 * changes, so it is not read again and again.
 */
export const documentQuery = (id: string, from: number | undefined) =>
  queryOptions({
    queryKey: ['document', id, from ?? 1],
    placeholderData: (last: DocumentView | undefined) => (last?.id === id ? last : undefined),
    refetchInterval: false,
    queryFn: () =>
      api.get('/v1/documents/{id}/view', {
        params: { id },
        query: from === undefined ? {} : { from },
      }),
  })
