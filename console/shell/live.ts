import { useEffect, useState } from 'react'
import { queryClient } from '../api/queries.ts'

/**
 * Follows the house's events and has what is shown read anew when something happened, at most once a second. Says
 * whether it follows; while it does not, lists are read every 15 seconds.
 */
export function useLiveEvents(mayFollow: boolean): boolean {
  const [isLive, setLive] = useState(false)
  useEffect(() => {
    if (!mayFollow) return
    let waiting: ReturnType<typeof setTimeout> | undefined
    const stream = new EventSource('/v1/stream?unnamed=true')
    const happened = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined
        void queryClient.invalidateQueries({
          predicate: ({ queryKey: [name] }) => name !== 'session',
        })
      }, 1_000)
    }
    stream.onopen = () => setLive(true)
    stream.onerror = () => setLive(false)
    stream.onmessage = happened
    return () => {
      clearTimeout(waiting)
      stream.close()
    }
  }, [mayFollow])
  return isLive
}
