import { createParser } from 'eventsource-parser'
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

/** Waits; the end of the waiting, or a network that is there again, ends it at once. */
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

/** The server's answer; undefined when it is away. */
async function connect({ lastId }: Place, signal: AbortSignal): Promise<Response | undefined> {
  const headers = {
    accept: 'text/event-stream',
    ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
  }
  const answer = await fetch('/v1/stream?unnamed=true', { headers, signal }).catch(() => undefined)
  return answer === undefined || answer.status >= 500 ? undefined : answer
}

/** Takes in events until the stream ends, breaks, or says nothing for longer than it may. */
async function listen(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { place, happened, cut }: { place: Place; cut: () => void } & Pick<Listener, 'happened'>,
): Promise<void> {
  const parser = createParser({
    onEvent({ id, data }) {
      place.lastId = id ?? place.lastId
      const event: Happened = JSON.parse(data)
      happened(event)
    },
  })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let silence = setTimeout(cut, silenceMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      place.heardAtMs = Date.now()
      clearTimeout(silence)
      silence = setTimeout(cut, silenceMs)
      parser.feed(value)
    }
  } catch {
    // It broke off: who follows connects again, and hears then whether the server is away.
  } finally {
    clearTimeout(silence)
  }
}

const refused: ReadonlySet<number> = new Set([401, 403])

/** What became of a connection: it ended, the server is away, it takes no more now, or lets this person follow nothing. */
type Ended = 'ended' | 'away' | 'full' | 'refused'

/** One connection, from its answer on. */
async function followOnce(
  place: Place,
  listener: Listener,
  { wasAway, signal }: { readonly wasAway: boolean; readonly signal: AbortSignal },
): Promise<Ended> {
  const isOld = Date.now() - (place.heardAtMs ?? 0) > replayedMs
  if (wasAway || isOld) place.lastId = undefined
  const own = new AbortController()
  const cut = () => own.abort()
  addEventListener('offline', cut)
  try {
    const answer = await connect(place, AbortSignal.any([signal, own.signal]))
    if (answer === undefined) return 'away'
    if (refused.has(answer.status)) return 'refused'
    // Too many pages of one person follow already.
    if (!answer.ok || answer.body === null) return 'full'
    listener.tell({ state: 'live' })
    if (place.heardAtMs !== undefined && place.lastId === undefined) listener.missed()
    place.heardAtMs = Date.now()
    await listen(answer.body, { place, happened: listener.happened, cut })
    return 'ended'
  } finally {
    removeEventListener('offline', cut)
    own.abort()
  }
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
  let awayMs: number | undefined
  let failures = 0
  while (!signal.aborted) {
    const ended = await followOnce(place, listener, { wasAway: awayMs !== undefined, signal })
    if (signal.aborted) return
    if (ended === 'away') {
      awayMs ??= Date.now()
      failures += 1
      listener.tell({ state: 'offline', sinceMs: awayMs })
      // Not all pages of a house at the same moment.
      await pause(Math.min(500 * 2 ** failures, 8_000) * (0.75 + Math.random() / 2), signal)
      continue
    }
    awayMs = undefined
    failures = 0
    if (ended !== 'ended') listener.tell({ state: 'polled' })
    if (ended === 'refused') return
    await pause(ended === 'full' ? 15_000 : 500, signal)
  }
}
