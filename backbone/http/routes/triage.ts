import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { FailureSignature } from '../../canonical/failures/signature.ts'
import { ClusterState, FailureCluster } from '../../canonical/views/transaction-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { TriageService } from '../../services/triage/triage-service.ts'
import { type AppEnv, actorOf, guardedBy, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const tags = ['Transactions']

const ClusterParam = z.object({
  id: z.string().min(1).max(500).meta({ example: '1f3a5c7e9b0d/item 1009' }),
})

const list = createRoute({
  method: 'get',
  path: '/v1/transactions/clusters',
  tags,
  summary: 'Failed calls by their cause: what it is, what mends it, what it blocks and its replay',
  ...guardedBy('transactions:read'),
  responses: {
    200: json(z.object({ items: z.array(FailureCluster) }), 'All causes, most pressing first.'),
    ...problems(401, 403, 429),
  },
})

const mostCounted = 100

const CauseCount = z
  .object({
    count: z.int(),
    isMore: z
      .boolean()
      .meta({ description: `There are more than ${mostCounted}; no more are counted.` }),
  })
  .meta({ id: 'CauseCount' })

const count = createRoute({
  method: 'get',
  path: '/v1/transactions/clusters/count',
  tags,
  summary: 'How many causes of failures there are, without working out what they are',
  ...guardedBy('transactions:read'),
  responses: { 200: json(CauseCount, 'How many.'), ...problems(401, 403, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/transactions/clusters/{id}',
  tags,
  summary: 'One cause of failures',
  ...guardedBy('transactions:read'),
  request: { params: ClusterParam },
  responses: { 200: json(FailureCluster, 'The cause.'), ...problems(400, 401, 403, 404, 429) },
})

const Move = z
  // A cause is being replayed when a replay of it has begun, not when somebody says so.
  .object({
    to: ClusterState.exclude(['replaying']),
    note: z.string().trim().min(1).max(500).optional(),
  })
  .meta({ id: 'ClusterMove' })

const move = createRoute({
  method: 'post',
  path: '/v1/transactions/clusters/{id}/state',
  tags,
  summary: 'Says where people are with a cause: diagnosed, fix proposed, fixed, closed',
  ...guardedBy('transactions:write'),
  request: { params: ClusterParam, body: jsonBody(Move) },
  responses: {
    200: json(FailureCluster, 'The cause as it stands now.'),
    ...problems(400, 401, 403, 404, 409, 415, 422, 429),
  },
})

const Signatures = z
  .object({
    items: z.array(
      z.object({ signature: FailureSignature, changedBy: z.string(), changedAt: IsoMoment }),
    ),
  })
  .meta({ id: 'FailureSignatures' })

const listSignatures = createRoute({
  method: 'get',
  path: '/v1/signatures',
  tags,
  summary: 'The signs by which this tenant knows failures of its own systems',
  ...guardedBy('transactions:read'),
  responses: { 200: json(Signatures, 'All of them.'), ...problems(401, 403, 429) },
})

const NewSignatures = z
  .object({
    items: z
      .array(FailureSignature)
      .max(500)
      .refine(
        (items) => new Set(items.map(({ signatureId }) => signatureId)).size === items.length,
        'A signature stands twice.',
      ),
  })
  .meta({ id: 'NewFailureSignatures' })

const putSignatures = createRoute({
  method: 'put',
  path: '/v1/signatures',
  tags,
  summary: 'Sets all of them; they go before the built-in ones from the next failure on',
  ...guardedBy('transactions:write'),
  request: { body: jsonBody(NewSignatures) },
  responses: { 200: json(Signatures, 'As they are now.'), ...problems(401, 403, 415, 422, 429) },
})

function mountSignatures(router: OpenAPIHono<AppEnv>, triage: TriageService): void {
  router.openapi(listSignatures, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    return c.json({ items: [...(await triage.signatures(tenantId))] }, 200)
  })
  router.openapi(putSignatures, async (c) => {
    const principal = requireScope(c, 'transactions:write')
    const { tenantId } = principal
    const signatures = c.req.valid('json').items
    const kept = await triage.putSignatures({ tenantId, actor: actorOf(principal), signatures })
    return c.json({ items: [...kept] }, 200)
  })
}

/** Why calls fail: causes with their fix and replay, and the signs failures are known by. */
export function triageRoutes({ triage }: { readonly triage: TriageService }): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    return c.json({ items: [...(await triage.clusters(tenantId))] }, 200)
  })
  router.openapi(count, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    const found = await triage.countClusters(tenantId, mostCounted + 1)
    return c.json({ count: Math.min(found, mostCounted), isMore: found > mostCounted }, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'transactions:read')
    const found = await triage.cluster(tenantId, c.req.valid('param').id)
    if (found === undefined) throw notThere('cluster')
    return c.json(found, 200)
  })
  router.openapi(move, async (c) => {
    const principal = requireScope(c, 'transactions:write')
    const { tenantId } = principal
    const { id: clusterId } = c.req.valid('param')
    const { to, note } = c.req.valid('json')
    const moved = await triage.move({ tenantId, actor: actorOf(principal), clusterId, to, note })
    if (moved.outcome === 'not-found') throw notThere('cluster')
    if (moved.outcome === 'not-allowed')
      throw new CallerMistake(409, 'cluster-state', moved.reason, { clusterId, to })
    if (moved.cluster === undefined) throw notThere('cluster')
    return c.json(moved.cluster, 200)
  })
  mountSignatures(router, triage)
  return router
}

/** The routes of this file that the console's client is typed by. */
export type TriageApi = typeof list | typeof count | typeof move
