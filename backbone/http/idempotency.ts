import { createHmac } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { z } from 'zod'
import { CallerMistake } from '../errors.ts'
import type { IdempotencyService, KeyedRequest } from '../services/idempotency.ts'
import type { AppEnv } from './app-env.ts'

const KeptAnswer = z.object({ headers: z.record(z.string(), z.string()), body: z.string() })

const KeptStatus = z.literal([200, 201, 202])

const keptHeaders = ['content-type', 'etag', 'location']

async function keyedRequest(
  c: Context<AppEnv>,
  key: string,
  signingKey: Uint8Array,
): Promise<KeyedRequest> {
  const { tenantId, credentialId } = c.get('principal')
  // The path and query belong to the content: one key must not cancel two orders.
  const { pathname, search } = new URL(c.req.url)
  // Signed, not only hashed: a body may carry a connection's new secret, short enough to be guessed.
  const bodyHash = createHmac('sha256', signingKey)
    .update(`${pathname}${search}\n`)
    .update(new Uint8Array(await c.req.arrayBuffer()))
    .digest('hex')
  const route = `${c.req.method} ${routePath(c, -1)}`
  return { tenantId, principal: credentialId, route, key, bodyHash }
}

function replay(c: Context<AppEnv>, status: number, response: string): Response {
  const { headers, body } = KeptAnswer.parse(JSON.parse(response))
  return c.body(body, KeptStatus.parse(status), { ...headers, 'idempotent-replayed': 'true' })
}

async function keep(
  idempotency: IdempotencyService,
  request: KeyedRequest,
  { answer, instead }: { readonly answer: Response; readonly instead: string | undefined },
): Promise<void> {
  // What was refused or failed had no effect, so it may be mended and tried again under the same key.
  if (!KeptStatus.safeParse(answer.status).success) return idempotency.forget(request)
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = answer.headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const response = JSON.stringify({ headers, body: instead ?? (await answer.clone().text()) })
  await idempotency.finish(request, { status: answer.status, response })
}

/** Gives a POST repeated under its Idempotency-Key the first answer again, and its effect only once. */
export function idempotent(
  idempotency: IdempotencyService,
  signingKey: Uint8Array,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || key === undefined) return next()
    if (!/^[\x21-\x7e]{1,255}$/.test(key))
      throw new CallerMistake(
        400,
        'bad-idempotency-key',
        'An Idempotency-Key has 1 to 255 visible characters without blanks.',
      )
    const request = await keyedRequest(c, key, signingKey)
    const beginning = await idempotency.begin(request)
    switch (beginning.state) {
      case 'answered':
        return replay(c, beginning.status, beginning.response)
      case 'in-flight':
        throw new CallerMistake(
          409,
          'still-in-flight',
          'The first request under this Idempotency-Key has no answer yet; ask again in a moment.',
          { retryAfterSeconds: 1 },
        )
      case 'other-body':
        throw new CallerMistake(
          422,
          'idempotency-key-reused',
          'This Idempotency-Key was used for another request; take a new key.',
        )
      case 'new':
        await next()
        return keep(idempotency, request, { answer: c.res, instead: c.get('answerToKeep') })
    }
  }
}
