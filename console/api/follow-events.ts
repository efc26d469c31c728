import type { Happened } from './read-anew.ts'

/** Whether events come as they happen, lists are read every 15 seconds instead, or the server is away. */
export type Liveness =
  | { readonly state: 'live' }
  | { readonly state: 'polled' }
  | { readonly state: 'offline'; readonly sinceMs: number }

/** How far the events of the house were followed. */
export type Place = {
  /** The last event that came. */
  lastId?: string | undefined
  /** When anything came last, a sign of life included. */
  heardAtMs?: number
}

type Listener = {
  readonly tell: (liveness: Liveness) => void
  readonly happened: (event: Happened) => void
  /** Events may have been missed. */
  readonly missed: () => void
}

// The server shows every 15 seconds that it lives. After ten minutes all is read anew sooner than told one by one.
const [silenceMs, replayedMs] = [40_000, 600_000]

/** Waits; the end of the following, or a network that is there again, ends it at once. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((over) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      over()
    }
    const timer = setTimeout(done, forMs)
    addEventListener('online', done)
    signal.addEventListener('abort', done)
  })
}

/** Follows one stream to its end: until it breaks off, says nothing for too long, or is to stop. Says whether it began. */
function followOnce(place: Place, listener: Listener, signal: AbortSignal): Promise<boolean> {
  const after = place.lastId === undefined ? '' : `&after=${place.lastId}`
  const source = new EventSource(`/v1/stream?unnamed=true${after}`)
  return new Promise((over) => {
    let hasBegun = false
    const end = () => {
      clearTimeout(silence)
      source.close()
      removeEventListener('offline', end)
      signal.removeEventListener('abort', end)
      over(hasBegun)
    }
    let silence = setTimeout(end, silenceMs)
    const heard = () => {
      place.heardAtMs = Date.now()
      clearTimeout(silence)
      silence = setTimeout(end, silenceMs)
    }
    source.onopen = () => {
      hasBegun = true
      listener.tell({ state: 'live' })
      if (place.heardAtMs !== undefined && place.lastId === undefined) listener.missed()
      heard()
    }
    source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
      heard()
      place.lastId = lastEventId
      const event: Happened = JSON.parse(data)
      listener.happened(event)
    }
    source.addEventListener('alive', heard)
    source.onerror = end
    addEventListener('offline', end)
    signal.addEventListener('abort', end)
  })
}

// A stream that is not begun does not say why: the server may be away, or follow enough pages already.
async function isAway(signal: AbortSignal): Promise<boolean> {
  const answer = await fetch('/healthz', { signal }).catch(() => undefined)
  return answer === undefined || answer.status >= 500
}

/** Since when the server is away, and how often it was looked for in vain. */
type Away = { sinceMs?: number | undefined; times: number }

async function waitForStream(away: Away, { tell }: Listener, signal: AbortSignal): Promise<void> {
  if (!(await isAway(signal))) {
    away.sinceMs = undefined
    tell({ state: 'polled' })
    return pause(15_000, signal)
  }
  if (signal.aborted) return
  away.sinceMs ??= Date.now()
  away.times += 1
  tell({ state: 'offline', sinceMs: away.sinceMs })
  // Not all pages of a house at the same moment.
  return pause(Math.min(500 * 2 ** away.times, 8_000) * (0.75 + Math.random() / 2), signal)
}

/**
 * Follows the events of the house until it is told to stop: goes on where a stream broke off, and tells when the server
 * is away and since when.
 */
export async function followEvents(
  place: Place,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const away: Away = { times: 0 }
  while (!signal.aborted) {
    const isOld = Date.now() - (place.heardAtMs ?? 0) > replayedMs
    if (away.sinceMs !== undefined || isOld) place.lastId = undefined
    if (await followOnce(place, listener, signal)) {
      away.sinceMs = undefined
      away.times = 0
      await pause(500, signal)
    } else await waitForStream(away, listener, signal)
  }
}
