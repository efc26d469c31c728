import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import {
  ActKind,
  Candidate,
  Proposal,
  ProposalBasis,
  ProposalCount,
  ProposalSort,
  ProposalStatus,
  Subject,
} from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import type { Scope } from '../../services/api-principal.ts'
import type { ProposalsService } from '../../services/proposals/ports.ts'
import { type AppEnv, guardedBy, requireScope } from '../app-env.ts'
import type { Cursors } from '../cursor.ts'
import { notThere } from '../problem.ts'
import { answerPage, IdParam, json, Paging, pageOf, problems, YesNo } from '../router.ts'

const tags = ['Proposals']

const SubjectKind = Subject.shape.kind

/** A record as an address or a body names it. */
export const SubjectText = z
  .string()
  .max(200)
  .regex(/^[a-z]+:.+$/, 'Kind and id, such as order:ord_01kyexample.')
  .meta({ example: 'order:ord_01kyexample' })

const standing = {
  status: ProposalStatus.optional(),
  decided: YesNo.optional().meta({
    description: 'Those that were decided, or are over in another way; or only those that wait.',
  }),
}

const list = createRoute({
  method: 'get',
  path: '/v1/proposals',
  tags,
  summary: 'What is proposed, in the order it is worked through',
  ...guardedBy('proposals:read'),
  request: {
    query: Paging.extend({
      ...standing,
      sort: ProposalSort.default('newest').meta({
        description:
          'The newest first, what expires soonest first, or the most money first. Amounts are compared as they are written, whatever their currency.',
      }),
      kind: ActKind.optional(),
      subject: SubjectText.optional(),
      requestedBy: z.string().max(120).optional().meta({ description: 'The id of whoever asked.' }),
    }),
  },
  responses: { 200: json(pageOf(Proposal), 'One page.'), ...problems(400, 401, 403, 429) },
})

const get = createRoute({
  method: 'get',
  path: '/v1/proposals/{id}',
  tags,
  summary: 'One proposal: what it would do, why, who decides, and what became of it',
  ...guardedBy('proposals:read'),
  request: { params: IdParam },
  responses: { 200: json(Proposal, 'The proposal.'), ...problems(400, 401, 403, 404, 429) },
})

const count = createRoute({
  method: 'get',
  path: '/v1/proposals/count',
  tags,
  summary: 'How many proposals there are, by kind and by whoever asked',
  ...guardedBy('proposals:read'),
  request: { query: z.object(standing) },
  responses: { 200: json(ProposalCount, 'The counts.'), ...problems(400, 401, 403, 429) },
})

const basis = createRoute({
  method: 'get',
  path: '/v1/proposals/{id}/basis',
  tags,
  summary: 'The records a proposal rests on, as they were then and as they are now',
  ...guardedBy('proposals:read'),
  request: { params: IdParam },
  responses: { 200: json(ProposalBasis, 'The records.'), ...problems(400, 401, 403, 404, 429) },
})

const candidates = createRoute({
  method: 'get',
  path: '/v1/candidates',
  tags,
  summary: 'What could be done about an order, a customer, a call or a cluster of failures now',
  ...guardedBy('proposals:read'),
  request: { query: z.object({ subject: SubjectText }) },
  responses: {
    200: json(z.object({ items: z.array(Candidate) }), 'Best first; none is a right answer.'),
    ...problems(400, 401, 403, 429),
  },
})

function subjectOf(text: string): Pick<Subject, 'kind' | 'id'> {
  const cut = text.indexOf(':')
  const kind = SubjectKind.safeParse(text.slice(0, cut))
  if (!kind.success)
    throw new CallerMistake(
      400,
      'unknown-subject',
      `A subject is one of ${SubjectKind.options.join(', ')}, such as order:ord_01kyexample.`,
    )
  return { kind: kind.data, id: text.slice(cut + 1) }
}

// What could be done about a record shows the record: whoever may not see it does not see it so.
const seenBy: Readonly<Partial<Record<Subject['kind'], Scope>>> = {
  order: 'orders:read',
  customer: 'collections:read',
  cluster: 'transactions:read',
  transaction: 'transactions:read',
}

/** The subject of a question, which the caller may see. */
export function seenSubject(c: Context<AppEnv>, text: string): Pick<Subject, 'kind' | 'id'> {
  const subject = subjectOf(text)
  const scope = seenBy[subject.kind]
  if (scope !== undefined) requireScope(c, scope)
  return subject
}

/** What the routes of proposals stand on. */
export type ProposalPorts = { readonly proposals: ProposalsService; readonly cursors: Cursors }

const standingOf = ({
  status,
  decided: isDecided,
}: {
  readonly status?: ProposalStatus | undefined
  readonly decided?: boolean | undefined
}) => ({
  ...(status === undefined ? {} : { status: [status] }),
  ...(isDecided === undefined ? {} : { isDecided }),
})

/** Mounts what is read of proposals. The count comes before the one with an id, which would take its address. */
export function mountProposalReads(
  router: OpenAPIHono<AppEnv>,
  { proposals, cursors }: ProposalPorts,
): void {
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'proposals:read')
    const { limit, cursor, kind, subject, requestedBy, sort, ...which } = c.req.valid('query')
    const filter = {
      ...standingOf(which),
      sort,
      ...(kind === undefined ? {} : { kind: [kind] }),
      ...(subject === undefined ? {} : { subject: subjectOf(subject) }),
      ...(requestedBy === undefined ? {} : { requestedBy }),
    }
    const owner = { tenantId, route: `proposals by ${sort}` }
    const page = await answerPage(cursors, owner, { limit, cursor }, async ({ after }) => {
      const from = after === undefined ? {} : { cursor: after }
      const { items, nextCursor } = await proposals.search({ tenantId, ...filter, limit, ...from })
      return { items, next: nextCursor }
    })
    return c.json(page, 200)
  })
  router.openapi(count, async (c) => {
    const { tenantId } = requireScope(c, 'proposals:read')
    return c.json(await proposals.count({ tenantId, ...standingOf(c.req.valid('query')) }), 200)
  })
  router.openapi(basis, async (c) => {
    const { tenantId } = requireScope(c, 'proposals:read')
    const found = await proposals.basis({ tenantId, proposalId: c.req.valid('param').id })
    if (found === undefined) throw notThere('proposal')
    return c.json(found, 200)
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'proposals:read')
    const found = await proposals.get({ tenantId, proposalId: c.req.valid('param').id })
    if (found === undefined) throw notThere('proposal')
    return c.json(found, 200)
  })
  router.openapi(candidates, async (c) => {
    const { tenantId } = requireScope(c, 'proposals:read')
    const subject = seenSubject(c, c.req.valid('query').subject)
    return c.json({ items: await proposals.candidates({ tenantId, subject }) }, 200)
  })
}

/** The routes of this file, as the console's client is typed by them. */
export type ProposalsReadApi =
  | typeof list
  | typeof count
  | typeof get
  | typeof basis
  | typeof candidates
