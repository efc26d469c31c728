import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { CallerMistake } from '../../errors.ts'
import { Readiness } from '../../services/ports.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { type AppEnv, requireScope } from '../app-env.ts'
import { isFromThisMachine } from '../remote-address.ts'
import { createRouter, json, problems } from '../router.ts'

const health = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Health'],
  summary: 'Does the process run',
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'It runs.') },
})

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['Health'],
  summary: 'Can work be taken on',
  responses: {
    200: json(Readiness, 'Work can be taken on.'),
    503: json(Readiness, 'Not now; the checks say why.'),
  },
})

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Health'],
  summary: 'Prometheus metrics: from this machine without a key, else with the scope metrics:read',
  responses: {
    200: {
      description: 'Metrics in the text format of Prometheus.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(401, 403),
  },
})

/** Health, readiness and metrics: for those who keep the house running. */
export function healthRoutes(ports: {
  readonly readiness: () => Promise<Readiness>
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
  readonly stopping: AbortSignal
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(health, (c) => c.json({ status: 'ok' as const }, 200))
  router.openapi(ready, async (c) => {
    const found = await ports.readiness()
    const isReady = found.isReady && !ports.stopping.aborted
    const checks = ports.stopping.aborted
      ? [...found.checks, { name: 'stopping', isOk: false, message: 'This process is stopping.' }]
      : found.checks
    return isReady ? c.json({ isReady, checks }, 200) : c.json({ isReady, checks }, 503)
  })
  router.openapi(metrics, async (c) => {
    if (!isFromThisMachine(c.env, (name) => c.req.header(name))) requireScope(c, 'metrics:read')
    return c.text(await ports.metrics.text(), 200, { 'content-type': ports.metrics.contentType })
  })
  return router
}

/** Answers for an address that is not of this API. */
export function noSuchRoute(): CallerMistake {
  return new CallerMistake(404, 'not-found', 'There is nothing at this address.')
}
