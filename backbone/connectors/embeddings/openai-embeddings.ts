import { z } from 'zod'
import { errorCode } from '../http-call.ts'

/** How the embedding service is reached. */
export type EmbeddingLine = {
  readonly baseUrl: string
  /** Never in a log, never in an error. */
  readonly apiKey: string
  readonly model: string
  readonly timeoutMs?: number
}

/** A vector for each text in its order, or why there are none in a sentence of our own. */
export type EmbeddingAnswer =
  | { readonly outcome: 'done'; readonly vectors: readonly (readonly number[])[] }
  | { readonly outcome: 'failed'; readonly message: string }

const textsAtMost = 100
const longestText = 2_000

// More than pgvector keeps would fail when it is written.
const longestVector = 16_000

const Answer = z.object({
  data: z.array(
    z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(longestVector) }),
  ),
})

const failed = (message: string): EmbeddingAnswer => ({ outcome: 'failed', message })

function vectorsIn(answer: unknown, count: number): EmbeddingAnswer {
  const parsed = Answer.safeParse(answer)
  if (!parsed.success) return failed('The embedding service answered in another form.')
  const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]))
  const vectors = Array.from({ length: count }, (_, at) => byIndex.get(at) ?? [])
  const [first = []] = vectors
  return first.length > 0 && vectors.every(({ length }) => length === first.length)
    ? { outcome: 'done', vectors }
    : failed('The embedding service left texts out or answered with vectors of several lengths.')
}

/** Texts as vectors by a service that speaks OpenAI's protocol (POST /embeddings). */
export function openAiEmbeddings({ baseUrl, apiKey, model, timeoutMs = 5_000 }: EmbeddingLine) {
  const url = `${baseUrl.replace(/\/+$/, '')}/embeddings`

  async function ask(texts: readonly string[]): Promise<EmbeddingAnswer> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({
        model,
        input: texts.map((text) => text.slice(0, longestText)),
        encoding_format: 'float',
      }),
      // The key must not travel to a host nobody configured.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      // What it says may quote the key.
      await response.body?.cancel()
      return failed(`The embedding service answered HTTP ${response.status}.`)
    }
    return vectorsIn(await response.json(), texts.length)
  }

  return {
    model,
    /** Vectors of at most a hundred texts. What the network or the service does is a result, never an exception. */
    async embed(texts: readonly string[]): Promise<EmbeddingAnswer> {
      if (texts.length > textsAtMost)
        return failed(`${texts.length} texts are more than ${textsAtMost}.`)
      try {
        return await ask(texts)
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError')
          return failed(`The embedding service did not answer within ${timeoutMs} ms.`)
        const cause = error instanceof Error ? error.cause : undefined
        return failed(`The embedding service could not be asked (${errorCode(cause ?? error)}).`)
      }
    },
  }
}
