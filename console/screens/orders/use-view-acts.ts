import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type OrderView, orderViewsQuery } from '../../api/orders-queries.ts'
import { queryClient } from '../../api/queries.ts'

type Change = {
  readonly name?: string
  readonly filters?: Record<string, string>
  readonly isShared?: boolean
}

/** What a person does with their views; the server's words where it refuses. */
export function useViewActs() {
  const [failure, setFailure] = useState<string>()
  const done = async <T>(act: Promise<T>): Promise<T> => {
    setFailure(undefined)
    try {
      const answer = await act
      await queryClient.invalidateQueries({ queryKey: orderViewsQuery.queryKey })
      return answer
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
      throw error
    }
  }
  return {
    failure,
    save: (view: { name: string; filters: Record<string, string>; isShared: boolean }) =>
      done(api.post('/v1/saved-views', { body: { screen: 'orders', ...view } })),
    change: ({ viewId: id }: OrderView, change: Change) =>
      done(
        api.put('/v1/saved-views/{id}', { params: { id }, body: { screen: 'orders', ...change } }),
      ),
    remove: ({ viewId: id }: OrderView) =>
      done(api.delete('/v1/saved-views/{id}', { params: { id } })),
    openWith: (viewId: string | null) =>
      done(api.put('/v1/first-views/{screen}', { params: { screen: 'orders' }, body: { viewId } })),
  }
}

/** What `useViewActs` gives. */
export type ViewActs = ReturnType<typeof useViewActs>
