import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoDate } from '../../canonical/document.ts'
import {
  PolicyChange,
  PolicyTrial,
  PolicyTrialAsk,
  PolicyVersion,
  PolicyView,
} from '../../canonical/views/policy-view.ts'
import type { PoliciesService } from '../../services/policies.ts'
import type { TryPolicy } from '../../services/policy-trial.ts'
import { type AppEnv, actorOf, guardedBy, guardedForSystems, requireScope } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, json, jsonBody, problems } from '../router.ts'

const Subject = z.object({
  customer: z.string().max(40).optional().meta({ description: 'As they hold for this customer.' }),
  partner: z.string().max(40).optional().meta({ description: 'As they hold for this partner.' }),
  on: IsoDate.optional().meta({ description: "Today in the tenant's time zone unless said." }),
})

const PolicyName = z.object({ policy: z.string().min(1).max(60).meta({ example: 'pricing' }) })

const list = createRoute({
  method: 'get',
  path: '/v1/policies',
  tags: ['Policies'],
  summary: 'Every rule set: what it decides, what is in force, what can be set, who set what',
  ...guardedBy('policies:read'),
  request: { query: Subject },
  responses: {
    200: json(z.object({ items: z.array(PolicyView) }), 'The policies.'),
    ...problems(400, 401, 403, 429),
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/policies/{policy}',
  tags: ['Policies'],
  summary: 'One rule set with every change of its settings',
  ...guardedBy('policies:read'),
  request: { params: PolicyName, query: Subject },
  responses: { 200: json(PolicyView, 'The policy.'), ...problems(400, 401, 403, 404, 429) },
})

const change = createRoute({
  method: 'put',
  path: '/v1/policies/{policy}',
  tags: ['Policies'],
  summary: 'Sets settings for the tenant, a partner or a customer from a day on',
  ...guardedForSystems('policies:write', 'change-policy'),
  request: { params: PolicyName, body: jsonBody(PolicyChange) },
  responses: {
    201: json(PolicyVersion, 'The new version; those before it stay on the record.'),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429),
  },
})

const trial = createRoute({
  method: 'post',
  path: '/v1/policies/{policy}/trial',
  tags: ['Policies'],
  summary:
    'What settings would have changed: past orders checked with them and without, nothing kept',
  ...guardedBy('policies:read'),
  request: { params: PolicyName, body: jsonBody(PolicyTrialAsk) },
  responses: {
    200: json(PolicyTrial, 'What would have changed.'),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429),
  },
})

const subjectOf = ({ customer, partner }: z.infer<typeof Subject>) => ({
  ...(customer === undefined ? {} : { customerNumber: customer }),
  ...(partner === undefined ? {} : { partnerId: partner }),
})

/** The rules a tenant may configure. */
export function policyRoutes({
  policies,
  tryPolicy,
}: {
  readonly policies: PoliciesService
  readonly tryPolicy: TryPolicy
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'policies:read')
    const query = c.req.valid('query')
    const items = await policies.list({ tenantId, subject: subjectOf(query), on: query.on })
    return c.json({ items }, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'policies:read')
    const query = c.req.valid('query')
    const found = await policies.get({
      tenantId,
      policy: c.req.valid('param').policy,
      subject: subjectOf(query),
      on: query.on,
    })
    if (found === undefined) throw notThere('policy')
    return c.json(found, 200)
  })
  router.openapi(change, async (c) => {
    const principal = requireScope(c, 'policies:write')
    const made = await policies.change({
      tenantId: principal.tenantId,
      actor: actorOf(principal),
      policy: c.req.valid('param').policy,
      change: c.req.valid('json'),
    })
    if (made === undefined) throw notThere('policy')
    return c.json(made, 201)
  })
  router.openapi(trial, async (c) => {
    const { tenantId } = requireScope(c, 'policies:read')
    const { policy } = c.req.valid('param')
    const answer = await tryPolicy({ tenantId, policy, ask: c.req.valid('json') })
    if (answer === undefined) throw notThere('policy')
    return c.json(answer, 200)
  })
  return router
}
