import { useEffect } from 'react'

type Pages = {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isError: boolean
  readonly fetchNextPage: () => Promise<unknown>
}

/**
 * Reads a list to its end while something is looked for in it by name, which the server does not do here. Says whether
 * it still reads.
 */
export function useWholeList(query: Pages, isWanted: boolean): boolean {
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query
  const isReading = isWanted && hasNextPage && !isError
  useEffect(() => {
    if (isReading && !isFetchingNextPage) void fetchNextPage()
  }, [isReading, isFetchingNextPage, fetchNextPage])
  return isReading
}
