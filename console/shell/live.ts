import { useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { followEvents, type Liveness, type Place } from '../api/follow-events.ts'
import { queryClient } from '../api/queries.ts'
import { readAnew } from '../api/read-anew.ts'

/**
 * Follows the house's events while the page is looked at, and has what they are about read anew. A hidden page follows
 * nothing, so that many open pages do not take each other's streams; looked at again, it goes on where it stopped.
 */
export function useLiveEvents(mayFollow: boolean): Liveness {
  const [liveness, setLiveness] = useState<Liveness>({ state: 'polled' })
  const place = useRef<Place>({})
  const isFollowing = useDocumentVisibility() === 'visible' && mayFollow
  useEffect(() => {
    if (!isFollowing) return
    const stopped = new AbortController()
    const anew = readAnew(queryClient)
    void followEvents(
      place.current,
      { tell: setLiveness, happened: anew.happened, missed: anew.everything },
      stopped.signal,
    )
    return () => {
      stopped.abort()
      anew.stop()
    }
  }, [isFollowing])
  return liveness
}
