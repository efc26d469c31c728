import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import { ActKind, Candidate, DraftCheck, Proposal } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import { askerOf } from '../../services/proposals/asker.ts'
import type { ProposalsService } from '../../services/proposals/ports.ts'
import {
  type AppEnv,
  guardedBy,
  guardedForPeople,
  requirePerson,
  requireScope,
} from '../app-env.ts'
import { createRouter, IdParam, json, jsonBody, problems, Reason } from '../router.ts'
import {
  mountProposalReads,
  type ProposalPorts,
  type ProposalsReadApi,
  SubjectText,
  seenSubject,
} from './proposals-read.ts'

const tags = ['Proposals']
const deciding = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

const Looked = z.object({
  version: z.int().meta({ description: 'The version you looked at.' }),
  effectHash: z.string().max(80).meta({ description: 'The effect you looked at.' }),
})

const reason = Reason.shape.reason

const Draft = z.record(z.string().max(60), z.unknown()).meta({
  description: 'The values of what may be changed, as `editable` of the proposal says.',
})

const Decision = z
  .discriminatedUnion('decision', [
    Looked.extend({ decision: z.literal('approve'), reason: reason.optional() }).strict(),
    Looked.extend({ decision: z.literal('reject'), reason }).strict(),
    Looked.extend({
      decision: z.literal('edit'),
      reason: reason.optional(),
      draft: Draft,
    }).strict(),
    Looked.extend({ decision: z.literal('withdraw'), reason }).strict(),
  ])
  .meta({ id: 'ProposalDecisionRequest' })

const Items = z
  .array(Looked.extend({ proposalId: z.string().min(1).max(60) }).strict())
  .min(1)
  .max(100)

const BulkRequest = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('approve'), reason: reason.optional(), items: Items }),
    z.strictObject({ decision: z.literal('reject'), reason, items: Items }),
  ])
  .meta({ id: 'ProposalBulkDecision' })

const BulkAnswer = z
  .object({
    items: z.array(
      z.object({
        proposalId: z.string(),
        proposal: Proposal.optional(),
        problem: z.string().optional().meta({ description: 'Why it was not decided.' }),
        message: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'ProposalBulkAnswer' })

const draftCheck = createRoute({
  method: 'post',
  path: '/v1/proposals/{id}/draft-check',
  tags,
  summary:
    'Checks a draft as an edit would, and keeps nothing: what is wrong, and how it would stand',
  description: 'For a form that is being typed in: ask when the typing pauses, not at every key.',
  ...guardedForPeople('proposals:decide'),
  request: {
    params: IdParam,
    body: jsonBody(Looked.extend({ draft: Draft }).strict().meta({ id: 'DraftCheckRequest' })),
  },
  responses: { 200: json(DraftCheck, 'What an edit would come to.'), ...deciding },
})

const propose = createRoute({
  method: 'post',
  path: '/v1/proposals',
  tags,
  summary: 'Proposes a candidate; nothing is done before somebody approves it',
  ...guardedBy('proposals:read'),
  request: {
    body: jsonBody(
      z
        .strictObject({ subject: SubjectText, candidateId: Candidate.shape.candidateId })
        .meta({ id: 'ProposalRequest' }),
    ),
  },
  responses: {
    201: json(Proposal, 'The proposal, or the pending one with the same effect.'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
  },
})

const decide = createRoute({
  method: 'post',
  path: '/v1/proposals/{id}/decision',
  tags,
  summary: 'A person approves, rejects, changes or takes back a proposal as they looked at it',
  ...guardedForPeople('proposals:decide'),
  request: { params: IdParam, body: jsonBody(Decision) },
  responses: { 200: json(Proposal, 'The proposal as it stands then.'), ...deciding },
})

const decideMany = createRoute({
  method: 'post',
  path: '/v1/proposals/decisions',
  tags,
  summary: 'A person decides proposals of one kind together; each stands for itself',
  ...guardedForPeople('proposals:decide'),
  request: { body: jsonBody(BulkRequest) },
  responses: { 200: json(BulkAnswer, 'What became of each.'), ...deciding },
})

const act = createRoute({
  method: 'post',
  path: '/v1/acts/{kind}',
  tags,
  summary: 'A person’s own act: done at once within their limit, else it waits for somebody else',
  ...guardedForPeople('proposals:decide'),
  request: {
    params: z.object({ kind: ActKind }),
    body: jsonBody(
      z
        .strictObject({
          payload: z.record(z.string().max(60), z.unknown()).meta({
            description: 'Names the records it is about, as the act takes them.',
          }),
          reason,
        })
        .meta({ id: 'OwnAct' }),
    ),
  },
  responses: { 200: json(Proposal, 'Done, or waiting: see its status.'), ...deciding },
})

/** Who asks for something to be done; whoever only looks on does not, as a policy may let it pass by itself. */
function requireAsker(c: Context<AppEnv>) {
  const who = requireScope(c, 'proposals:read')
  if (who.role === 'viewer')
    throw new CallerMistake(403, 'role-missing', 'The role viewer looks on; it proposes nothing.')
  return { tenantId: who.tenantId, ...askerOf(who) }
}

const said = (words: string | undefined) => (words === undefined ? {} : { reason: words })

function decided(
  proposals: ProposalsService,
  { tenantId, by }: ReturnType<typeof requirePerson>,
  proposalId: string,
  body: z.infer<typeof Decision>,
): Promise<Proposal> {
  const { version, effectHash } = body
  const about = { tenantId, by, proposalId, version, effectHash }
  switch (body.decision) {
    case 'approve':
      return proposals.approve({ ...about, ...said(body.reason) })
    case 'reject':
      return proposals.reject({ ...about, reason: body.reason })
    case 'edit':
      return proposals.edit({ ...about, ...said(body.reason), draft: body.draft })
    case 'withdraw':
      return proposals.withdraw({
        ...{ tenantId, proposalId, reason: body.reason },
        by: { kind: 'person', id: by.userId, name: by.name },
      })
  }
}

/** What is proposed, who decides it, and people's own acts. */
export function proposalRoutes(ports: ProposalPorts): OpenAPIHono<AppEnv> {
  const { proposals } = ports
  const router = createRouter()
  mountProposalReads(router, ports)
  router.openapi(propose, async (c) => {
    const { subject, candidateId } = c.req.valid('json')
    const ask = { ...requireAsker(c), subject: seenSubject(c, subject), candidateId }
    return c.json(await proposals.propose(ask), 201)
  })
  router.openapi(decideMany, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const { decision, items, reason: words } = c.req.valid('json')
    const results = await proposals.decideMany({ ...whose, decision, items, ...said(words) })
    return c.json({ items: results.map((result) => ({ ...result })) }, 200)
  })
  router.openapi(decide, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const { id } = c.req.valid('param')
    return c.json(await decided(proposals, whose, id, c.req.valid('json')), 200)
  })
  router.openapi(draftCheck, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const { id: proposalId } = c.req.valid('param')
    return c.json(await proposals.checkEdit({ ...whose, proposalId, ...c.req.valid('json') }), 200)
  })
  router.openapi(act, async (c) => {
    const whose = requirePerson(c, 'proposals:decide')
    const { kind } = c.req.valid('param')
    return c.json(await proposals.act({ ...whose, kind, ...c.req.valid('json') }), 200)
  })
  return router
}

/** The routes of this file, as the console's client is typed by them. */
export type ProposalsApi =
  | ProposalsReadApi
  | typeof draftCheck
  | typeof propose
  | typeof decide
  | typeof decideMany
  | typeof act
