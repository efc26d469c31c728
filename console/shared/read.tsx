import type { ReactNode } from 'react'
import { Failed, Reading } from './states.tsx'

/**
 * What was read, as soon as it is. When it cannot be read anew, that is said above it, and what stands there stays: with
 * it what somebody is typing.
 */
export function Read<Data>({
  query: { data, error, refetch },
  rows,
  children,
}: {
  readonly query: {
    readonly data: Data | undefined
    readonly error: Error | null
    readonly refetch: () => unknown
  }
  readonly rows?: number
  readonly children: (read: Data) => ReactNode
}) {
  if (data === undefined && error === null)
    return <Reading {...(rows === undefined ? {} : { rows })} />
  return (
    <>
      {error !== null && <Failed error={error} again={refetch} />}
      {data !== undefined && children(data)}
    </>
  )
}
