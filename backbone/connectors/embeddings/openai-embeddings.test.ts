import { createServer, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openAiEmbeddings } from './openai-embeddings.ts'

const apiKey = 'sk-never-to-be-seen'
const Asked = z.object({ model: z.string(), input: z.array(z.string()) })

/** A service of embeddings on loopback that answers as told, while work goes on. */
async function withService<T>(
  answer: RequestListener,
  work: (baseUrl: string) => Promise<T>,
): Promise<T> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    return await work(`http://127.0.0.1:${port}/v1/`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const line = (baseUrl: string, timeoutMs = 2_000) =>
  openAiEmbeddings({ baseUrl, apiKey, model: 'small', timeoutMs })

test('texts become vectors in their own order, whatever the order of the answer', async () => {
  const seen: unknown[] = []
  const answer: RequestListener = async (request, response) => {
    const asked = Asked.parse(JSON.parse(await text(request)))
    seen.push([request.method, request.url, request.headers.authorization, asked.model])
    const data = asked.input.map((one, index) => ({ index, embedding: [one.length, index] }))
    response.end(JSON.stringify({ object: 'list', data: data.reverse(), model: asked.model }))
  }
  const made = await withService(answer, (url) => line(url).embed(['bolt', 'hex nut']))
  expect(made).toEqual({
    outcome: 'done',
    vectors: [
      [4, 0],
      [7, 1],
    ],
  })
  expect(seen).toEqual([['POST', '/v1/embeddings', `Bearer ${apiKey}`, 'small']])
})

test.each<[string, RequestListener, RegExp]>([
  [
    'refuses the key and quotes it',
    (_, response) => response.writeHead(401).end(`{"error":{"message":"Bad key ${apiKey}"}}`),
    /HTTP 401/,
  ],
  ['sends a page', (_, response) => response.end('<html>'), /could not be asked/],
  ['sends another form', (_, response) => response.end('{"data":[{}]}'), /another form/],
  [
    'leaves a text out',
    (_, response) => response.end('{"data":[{"index":0,"embedding":[1,2]}]}'),
    /left texts out/,
  ],
  [
    'sends the key elsewhere',
    (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    /could not be asked/,
  ],
  ['hangs up', (request) => request.socket.destroy(), /could not be asked/],
  ['says nothing', () => undefined, /did not answer within 200 ms/],
])('a service that %s is a result in our own words, without the key', async (_, answer, words) => {
  const made = await withService(answer, (url) => line(url, 200).embed(['bolt', 'nut']))
  expect(made).toMatchObject({ outcome: 'failed', message: expect.stringMatching(words) })
  expect(JSON.stringify(made)).not.toContain(apiKey)
})

test('a service that is not there is a result, and so is too much at once', async () => {
  const gone = await withService(
    () => undefined,
    (url) => Promise.resolve(url),
  )
  expect(await line(gone).embed(['bolt'])).toEqual({
    outcome: 'failed',
    message: 'The embedding service could not be asked (ECONNREFUSED).',
  })
  const many = Array.from({ length: 101 }, () => 'bolt')
  expect(await line(gone).embed(many)).toMatchObject({ outcome: 'failed' })
})
