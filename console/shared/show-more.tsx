import { Button } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { useEffect } from 'react'

type Pages = {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError?: boolean
  readonly fetchNextPage: () => Promise<unknown>
}

/** The next page of a long list, where there is one. */
export function ShowMore({
  query,
  label = 'Show more',
}: {
  readonly query: Pages
  readonly label?: string
}) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  if (!hasNextPage) return null
  return (
    <Button
      size="xs"
      variant="default"
      loading={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {label}
    </Button>
  )
}

/** The next page of a long list, read by itself shortly before its end comes into sight. */
export function ShowMoreOnTheWay({ query }: { readonly query: Pages }) {
  const { ref, entry } = useIntersection({ rootMargin: '600px' })
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError = false, fetchNextPage } = query
  // What could not be read is read again when it is asked for.
  const isWanted = entry?.isIntersecting === true && !isFetchNextPageError
  useEffect(() => {
    if (isWanted && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isWanted, hasNextPage, isFetchingNextPage, fetchNextPage])
  return (
    <div ref={ref}>
      <ShowMore query={query} />
    </div>
  )
}
