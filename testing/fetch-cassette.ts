import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'

/** One call of a model service and its answer, fit to be kept: no keys, no headers but the type. */
const Recorded = z.strictObject({
  /** Hash of what was asked; the request beside it is for people. */
  asked: z.string(),
  request: z.unknown(),
  status: z.int(),
  contentType: z.string(),
  body: z.string(),
})
type Recorded = z.infer<typeof Recorded>

const Tape = z.array(Recorded)

/** Calls of a model service, recorded once and given again in tests. */
export type Cassette = {
  readonly fetch: typeof fetch
  /** Writes what was recorded; of a replay, throws when something recorded was not asked for. */
  close(): Promise<void>
}

const secretLike = /\b(sk-[\w-]{6,}|qk_[\w-]{16,}|qs_[\w-]{16,}|Bearer\s+\S+)/g
const withoutSecrets = (text: string): string => text.replaceAll(secretLike, '[redacted]')

// Ids are made anew for each run: they say nothing about what was asked.
const ownIds = /\b(call|chatcmpl|run|msg|thr)[_-][\w-]{8,}/g
const withoutIds = (text: string): string => text.replaceAll(ownIds, '$1_id')

async function requestOf(...[input, init]: Parameters<typeof fetch>) {
  const request = new Request(input, init)
  const { method } = request
  const { pathname } = new URL(request.url)
  const body = withoutSecrets(await request.text())
  const asked = createHash('sha256')
    .update(`${method} ${pathname}\n${withoutIds(body)}`)
    .digest('hex')
  const parsed: unknown = body === '' ? null : JSON.parse(body)
  return { asked, request: { method, path: pathname, body: parsed } }
}

/** The recorded ids under new names, the same one for the same id: whoever keeps conversations overwrites equal ids. */
function withFreshIds(body: string, round: number): string {
  const fresh = new Map<string, string>()
  return body.replaceAll(ownIds, (id, kind: string) => {
    const known = fresh.get(id) ?? `${kind}_replay${round}x${fresh.size}`
    fresh.set(id, known)
    return known
  })
}

/** Lets calls through to the service, and writes them down. */
function recording(file: string, through: typeof fetch): Cassette {
  const tape: Recorded[] = []
  return {
    async fetch(input, init) {
      const { asked, request } = await requestOf(input, init)
      const answer = await through(input, init)
      const body = withoutSecrets(await answer.clone().text())
      const contentType = answer.headers.get('content-type') ?? 'application/json'
      tape.push({ asked, request, status: answer.status, contentType, body })
      return answer
    },
    close: () => writeFile(file, `${JSON.stringify(tape, null, 2)}\n`),
  }
}

/** Gives what was recorded, in its order for equal calls; a call that was not recorded fails. */
function replaying(tape: readonly Recorded[]): Cassette {
  const left = [...tape]
  let round = 0
  return {
    async fetch(input, init) {
      const { asked, request } = await requestOf(input, init)
      const place = left.findIndex((recorded) => recorded.asked === asked)
      const [found] = place < 0 ? [] : left.splice(place, 1)
      if (found === undefined)
        throw new Error(
          `Nothing like this was recorded; record again: ${JSON.stringify(request).slice(0, 400)}`,
        )
      round += 1
      return new Response(withFreshIds(found.body, round), {
        status: found.status,
        headers: { 'content-type': found.contentType },
      })
    },
    async close() {
      if (left.length > 0)
        throw new Error(`${left.length} recorded calls were not asked for; record again.`)
    },
  }
}

/** Opens a cassette: to record calls that go through to the service, or to give recorded ones without it. */
export async function openCassette(
  file: string,
  mode: 'record' | 'replay',
  through: typeof fetch = fetch,
): Promise<Cassette> {
  if (mode === 'record') return recording(file, through)
  return replaying(Tape.parse(JSON.parse(await readFile(file, 'utf8'))))
}
