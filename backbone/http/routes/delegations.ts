import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoMoment } from '../../canonical/document.ts'
import { ApprovalDelegation } from '../../canonical/proposal.ts'
import type { DeputiesService } from '../../services/proposals/deputies.ts'
import { type AppEnv, guardedForPeople, requirePerson } from '../app-env.ts'
import { notThere } from '../problem.ts'
import { createRouter, IdParam, json, jsonBody, problems, Reason } from '../router.ts'

const tags = ['Proposals']

const NewDelegation = Reason.extend({
  toUserId: z.string().min(1).max(60).meta({ description: 'Who decides in your place.' }),
  validFrom: IsoMoment.optional().meta({ description: 'From now on unless said.' }),
  validUntil: IsoMoment.meta({ description: 'Ninety days at most.' }),
})
  .strict()
  .meta({ id: 'NewDelegation' })

const list = createRoute({
  method: 'get',
  path: '/v1/delegations',
  tags,
  summary: 'In whose place you decide, and who decides in yours; administrators see all',
  ...guardedForPeople('proposals:decide'),
  responses: {
    200: json(z.object({ items: z.array(ApprovalDelegation) }), 'The newest first.'),
    ...problems(401, 403, 429),
  },
})

const name = createRoute({
  method: 'post',
  path: '/v1/delegations',
  tags,
  summary: 'Has somebody decide in your place for a time; it goes on record as theirs, for you',
  ...guardedForPeople('proposals:decide'),
  request: { body: jsonBody(NewDelegation) },
  responses: {
    201: json(ApprovalDelegation, 'The delegation.'),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
})

const end = createRoute({
  method: 'post',
  path: '/v1/delegations/{id}/end',
  tags,
  summary: 'Ends a delegation of yours before its time',
  ...guardedForPeople('proposals:decide'),
  request: { params: IdParam },
  responses: {
    200: json(ApprovalDelegation, 'The delegation, ended.'),
    ...problems(400, 401, 403, 404, 409, 429),
  },
})

/** Who decides in whose place while they are away. */
export function delegationRoutes({
  deputies,
}: {
  readonly deputies: DeputiesService
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId, by } = requirePerson(c, 'proposals:decide')
    const whose = by.role === 'admin' ? {} : { userId: by.userId }
    return c.json({ items: await deputies.list({ tenantId, ...whose }) }, 200)
  })
  router.openapi(name, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const { validFrom, ...said } = c.req.valid('json')
    const from = validFrom === undefined ? {} : { validFrom }
    return c.json(await deputies.name({ ...whose, ...said, ...from }), 201)
  })
  router.openapi(end, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const ended = await deputies.end({ ...whose, delegationId: c.req.valid('param').id })
    if (ended === undefined) throw notThere('delegation')
    return c.json(ended, 200)
  })
  return router
}

/** The routes of this file that the console's client is typed by. */
export type DelegationsApi = typeof list
