import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { causesCountQuery } from '../api/failures-queries.ts'

/** How many causes of failures there are, beside their place in the menu. */
export function CausesCount() {
  const { data } = useQuery(causesCountQuery)
  if (data === undefined || data.count === 0) return null
  const text = `${data.count}${data.isMore ? '+' : ''}`
  return (
    <Badge size="sm" variant="filled" color="red" aria-label={`${text} causes of failures`}>
      {text}
    </Badge>
  )
}
