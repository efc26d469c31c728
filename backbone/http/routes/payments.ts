import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { IsoDate } from '../../canonical/document.ts'
import { MinorUnits } from '../../canonical/money.ts'
import {
  CashKpiView,
  DeductionView,
  PaymentView,
  UnappliedView,
} from '../../canonical/views/payment-view.ts'
import { CreditNoteUseView } from '../../canonical/views/return-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { CashService } from '../../services/cash.ts'
import type { PaymentsService } from '../../services/payments.ts'
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

const ofCustomer = Paging.extend({ customer: z.string().max(40).optional() })

const listPayments = createRoute({
  method: 'get',
  path: '/v1/payments',
  tags: ['Invoices and payments'],
  summary: 'Payments and what they paid, the newest first',
  ...guardedBy('invoices:read'),
  request: { query: ofCustomer },
  responses: { 200: json(pageOf(PaymentView), 'One page.'), ...problems(400, 401, 403, 429) },
})

const listUnapplied = createRoute({
  method: 'get',
  path: '/v1/cash/unapplied',
  tags: ['Invoices and payments'],
  summary: 'Money that is not matched whole, why not, and what it could be for',
  ...guardedBy('invoices:read'),
  request: { query: ofCustomer },
  responses: { 200: json(pageOf(UnappliedView), 'One page.'), ...problems(400, 401, 403, 429) },
})

const CashActAnswer = z
  .object({
    paymentId: z.string(),
    status: z.literal('done'),
    message: z.string(),
    unappliedMinor: MinorUnits,
  })
  .meta({ id: 'CashActResult' })

const acts = {
  200: json(CashActAnswer, 'It is done.'),
  ...problems(400, 401, 403, 404, 409, 415, 422, 429),
}

const apply = createRoute({
  method: 'post',
  path: '/v1/cash/{id}/apply',
  tags: ['Invoices and payments'],
  summary: 'Puts unapplied money to the invoices of one of its candidates',
  ...guardedBy('cash:write'),
  request: {
    params: IdParam,
    body: jsonBody(
      z.object({
        candidateId: z
          .string()
          .min(1)
          .max(160)
          .meta({ description: 'A candidateId or proposalId of /v1/cash/unapplied.' }),
        reason: z.string().trim().max(500).default(''),
      }),
    ),
  },
  responses: acts,
})

const takeBack = createRoute({
  method: 'post',
  path: '/v1/cash/{id}/take-back',
  tags: ['Invoices and payments'],
  summary: 'Takes a payment off everything it was wrongly put to; the money is unapplied again',
  ...guardedBy('cash:write'),
  request: { params: IdParam, body: jsonBody(Reason) },
  responses: acts,
})

const deductions = createRoute({
  method: 'get',
  path: '/v1/deductions',
  tags: ['Invoices and payments'],
  summary: 'What payers kept back, and whether they were right to',
  ...guardedBy('invoices:read'),
  request: {
    query: ofCustomer.extend({
      status: z.enum(['open', 'settled', 'charged-back', 'withdrawn']).optional(),
      route: z.enum(['pricing', 'logistics', 'receivables']).optional(),
      verdict: z.enum(['unchecked', 'valid', 'partly-valid', 'invalid']).optional(),
    }),
  },
  responses: { 200: json(pageOf(DeductionView), 'One page.'), ...problems(400, 401, 403, 429) },
})

const creditNotes = createRoute({
  method: 'get',
  path: '/v1/credit-notes',
  tags: ['Invoices and payments'],
  summary: 'Credit notes, what is open of them, and which invoices they were put to',
  ...guardedBy('invoices:read'),
  request: {
    query: ofCustomer.extend({
      status: z.enum(['open', 'used', 'void']).optional(),
      invoice: z.string().max(60).optional().meta({ description: 'Made for this invoice.' }),
    }),
  },
  responses: { 200: json(pageOf(CreditNoteUseView), 'One page.'), ...problems(400, 401, 403, 429) },
})

const kpi = createRoute({
  method: 'get',
  path: '/v1/cash/kpi',
  tags: ['Figures'],
  summary:
    'How much money finds its invoices by itself: payments, lines, value, time, what was wrong',
  ...guardedBy('metrics:read'),
  request: {
    query: z.object({
      from: IsoDate.optional().meta({ description: 'First booking day; 30 days unless said.' }),
      to: IsoDate.optional().meta({
        description: 'Last booking day, included; today unless said.',
      }),
    }),
  },
  responses: { 200: json(CashKpiView, 'The figures.'), ...problems(400, 401, 403, 429) },
})

type Outcome = Awaited<ReturnType<CashService['apply']>>

function taken(paymentId: string, result: Outcome): z.infer<typeof CashActAnswer> {
  switch (result.status) {
    case 'unknown':
      throw notThere('payment')
    case 'refused':
      throw new CallerMistake(409, 'refused', result.message, { paymentId })
    case 'done':
      return { paymentId, ...result }
  }
}

type Ports = {
  readonly payments: PaymentsService
  readonly cash: CashService
  readonly cursors: Cursors
}

function mountLists(router: OpenAPIHono<AppEnv>, { payments, cash, cursors }: Ports): void {
  router.openapi(listPayments, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const { limit, cursor, customer } = c.req.valid('query')
    const owner = { tenantId, route: listPayments.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      payments.list({ tenantId, page: wanted, customerNumber: customer }),
    )
    return c.json(page, 200)
  })
  router.openapi(listUnapplied, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const { limit, cursor, customer } = c.req.valid('query')
    const owner = { tenantId, route: listUnapplied.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      cash.unapplied({ tenantId, page: wanted, customerNumber: customer }),
    )
    return c.json(page, 200)
  })
  router.openapi(deductions, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const { limit, cursor, customer, ...filter } = c.req.valid('query')
    const owner = { tenantId, route: deductions.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      cash.deductions({ tenantId, page: wanted, customerNumber: customer, ...filter }),
    )
    return c.json(page, 200)
  })
}

function mountCreditNotes(router: OpenAPIHono<AppEnv>, { cash, cursors }: Ports): void {
  router.openapi(creditNotes, async (c) => {
    const { tenantId } = requireScope(c, 'invoices:read')
    const { limit, cursor, customer, status, invoice } = c.req.valid('query')
    const filter = { customerNumber: customer, status, invoiceNumber: invoice }
    const owner = { tenantId, route: creditNotes.path }
    const page = await answerPage(cursors, owner, { limit, cursor }, (wanted) =>
      cash.creditNotes({ tenantId, page: wanted, ...filter }),
    )
    return c.json(page, 200)
  })
}

/** Money that came, what it paid, and what people do with the rest. */
export function paymentRoutes(ports: Ports): OpenAPIHono<AppEnv> {
  const { cash } = ports
  const router = createRouter()
  mountLists(router, ports)
  mountCreditNotes(router, ports)
  router.openapi(apply, async (c) => {
    const principal = requireScope(c, 'cash:write')
    const { tenantId } = principal
    const { id: paymentId } = c.req.valid('param')
    const wanted = c.req.valid('json')
    const act = { tenantId, paymentId, actor: actorOf(principal), ...wanted }
    return c.json(taken(paymentId, await cash.apply(act)), 200)
  })
  router.openapi(takeBack, async (c) => {
    const principal = requireScope(c, 'cash:write')
    const { tenantId } = principal
    const { id: paymentId } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    const act = { tenantId, paymentId, actor: actorOf(principal), reason }
    return c.json(taken(paymentId, await cash.takeBack(act)), 200)
  })
  router.openapi(kpi, async (c) => {
    const { tenantId } = requireScope(c, 'metrics:read')
    const { from, to } = c.req.valid('query')
    if (from !== undefined && to !== undefined && from > to)
      throw new CallerMistake(400, 'bad-period', 'The period ends before it begins.', { from, to })
    return c.json(await cash.figures({ tenantId, from, to }), 200)
  })
  return router
}
