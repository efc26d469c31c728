import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { QuarantineView } from '../../canonical/views/receipt-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { QuarantineActions } from '../../services/ports.ts'
import type { QuarantineService } from '../../services/quarantine.ts'
import { type AppEnv, actorOf, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import {
  answerPage,
  createRouter,
  IdParam,
  json,
  jsonBody,
  Paging,
  pageOf,
  problems,
  Reason,
} from '../router.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/quarantine',
  tags: ['Inbound'],
  summary: 'Input that nobody could read or apply, the newest first',
  ...guardedBy('documents:read'),
  request: {
    query: Paging.extend({
      status: z.string().max(40).optional(),
      kind: z.string().max(40).optional(),
    }),
  },
  responses: {
    200: json(pageOf(QuarantineView), 'One page.'),
    ...problems(400, 401, 403, 429),
  },
})

const Decided = z.object({ quarantineId: z.string(), decision: z.enum(['released', 'discarded']) })

const decisions = {
  release: { word: 'released', summary: 'Sends quarantined input on its way again' },
  discard: {
    word: 'discarded',
    summary: 'Leaves quarantined input out for good; it stays on record',
  },
} as const

function decisionRoute<Act extends keyof typeof decisions>(act: Act) {
  return createRoute({
    method: 'post',
    path: `/v1/quarantine/{id}/${act}`,
    tags: ['Inbound'],
    summary: decisions[act].summary,
    ...guardedBy('quarantine:write'),
    request: { params: IdParam, body: jsonBody(Reason) },
    responses: {
      200: json(Decided, 'It was decided.'),
      ...problems(400, 401, 403, 404, 409, 415, 422, 429),
    },
  })
}

/** The quarantine and what people decide about it. */
export function quarantineRoutes({
  quarantine,
  quarantineActions,
  cursors,
}: {
  readonly quarantine: QuarantineService
  readonly quarantineActions: QuarantineActions
  readonly cursors: Cursors
}): OpenAPIHono<AppEnv> {
  const router = createRouter()
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'documents:read')
    const { limit, cursor, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: list.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      quarantine.list({ tenantId, page: wanted, ...filter }),
    )
    return c.json(page, 200)
  })
  for (const act of ['release', 'discard'] as const)
    router.openapi(decisionRoute(act), async (c) => {
      const principal = requireScope(c, 'quarantine:write')
      const { id: quarantineId } = c.req.valid('param')
      const result = await quarantineActions[act]({
        tenantId: principal.tenantId,
        quarantineId,
        actor: actorOf(principal),
        reason: c.req.valid('json').reason,
      })
      if (result === 'unknown') throw notThere('quarantine entry')
      if (result === 'already-decided')
        throw new CallerMistake(409, 'already-decided', 'Somebody has decided this one already.')
      return c.json({ quarantineId, decision: decisions[act].word }, 200)
    })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type QuarantineApi =
  | typeof list
  | ReturnType<typeof decisionRoute<'release'>>
  | ReturnType<typeof decisionRoute<'discard'>>
