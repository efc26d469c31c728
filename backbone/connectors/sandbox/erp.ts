import { type Context, Hono } from 'hono'
import { recordOf } from '../../canonical/json-fields.ts'
import { plannedPayment } from './bank.ts'
import { answerEffect, badCall, fieldsOf, notFound, textIn } from './effect-answer.ts'
import type { Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'
import type { Effect } from './records.ts'

// What the ledger takes by its number and shows again, and nothing else.
const postings = [
  { path: 'payments', what: 'payment', numberField: 'payment_no' },
  { path: 'credit-notes', what: 'credit-note', numberField: 'credit_note_no' },
  { path: 'credit-postings', what: 'credit-posting', numberField: 'posting_no' },
] as const

const noOrder = 'The order is not known.'

/** A small ERP: keeps orders, invoices, payments and credits by their numbers (docs/openapi/erp.yaml). */
export function sandboxErp(ledger: Ledger, now: () => number): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.post('/orders', (context) => createOrder(context, ledger))
  app.put('/orders/:number', (context) => changeOrder(context, ledger, context.req.param('number')))
  app.post('/orders/:number/cancellation', (context) =>
    cancelOrder(context, ledger, context.req.param('number')),
  )
  app.get('/orders/:number', async (context) => {
    await ledger.settled()
    const order = orderHeld(ledger, context.req.param('number'))
    return order === undefined ? notFound(context, 'order_not_found', noOrder) : context.json(order)
  })
  app.post('/invoices', async (context) => {
    const invoice = await fieldsOf(context)
    const number = textIn(invoice ?? {}, 'invoice_no')
    if (invoice === undefined || number === undefined)
      return badCall(context, 'An invoice needs invoice_no.')
    const key = `invoice:${number}`
    return answerEffect(context, ledger, {
      ...{ system: 'erp', key, subject: key, content: invoice, idField: 'erp_id' },
      plans: plannedPayment(ledger.settings(), { invoice, number, nowMs: now() }),
    })
  })
  for (const { path, what, numberField } of postings) {
    app.post(`/${path}`, (context) => takePosting(context, ledger, { what, numberField }))
    app.get(`/${path}/:number`, (context) =>
      showPosting(context, ledger, `${what}:${context.req.param('number')}`),
    )
  }
  app.get('/invoices/:number', (context) =>
    showPosting(context, ledger, `invoice:${context.req.param('number')}`),
  )
  return app
}

async function takePosting(
  context: Context<SandboxEnv>,
  ledger: Ledger,
  { what, numberField }: Pick<(typeof postings)[number], 'what' | 'numberField'>,
): Promise<Response> {
  const content = await fieldsOf(context)
  const number = textIn(content ?? {}, numberField)
  if (content === undefined || number === undefined)
    return badCall(context, `A ${what} needs ${numberField}.`)
  const key = `${what}:${number}`
  return answerEffect(context, ledger, {
    ...{ system: 'erp', key, subject: key, content, idField: 'erp_id' },
  })
}

async function createOrder(context: Context<SandboxEnv>, ledger: Ledger): Promise<Response> {
  const order = await fieldsOf(context)
  const number = textIn(order ?? {}, 'order_no')
  if (order === undefined || number === undefined || !Array.isArray(order['lines']))
    return badCall(context, 'An order needs order_no and lines.')
  return answerEffect(context, ledger, {
    ...{ system: 'erp', key: `order:${number}`, subject: `order:${number}`, idField: 'erp_id' },
    content: order,
  })
}

async function changeOrder(
  context: Context<SandboxEnv>,
  ledger: Ledger,
  number: string,
): Promise<Response> {
  const order = await fieldsOf(context)
  const revision = order?.['revision']
  if (order === undefined || typeof revision !== 'number' || !Array.isArray(order['lines']))
    return badCall(context, 'A change needs revision and lines.')
  const held = orderHeld(ledger, number)
  if (held === undefined) return notFound(context, 'order_not_found', noOrder)
  const key = `order-change:${number}#${revision}`
  const isKnown = ledger.find('erp', key) !== undefined
  if (!isKnown && held['status'] === 'cancelled')
    return context.json({ code: 'order_cancelled', message: 'The order is cancelled.' }, 422)
  if (!isKnown && Number(held['revision']) >= revision)
    return context.json({ code: 'conflict', message: 'A later revision is here.' }, 409)
  return answerEffect(context, ledger, {
    ...{ system: 'erp', key, subject: `order:${number}`, content: order, idField: 'erp_id' },
  })
}

async function cancelOrder(
  context: Context<SandboxEnv>,
  ledger: Ledger,
  number: string,
): Promise<Response> {
  const content = await fieldsOf(context)
  if (content === undefined) return badCall(context, 'A cancellation needs a reason.')
  if (orderHeld(ledger, number) === undefined) return notFound(context, 'order_not_found', noOrder)
  return answerEffect(context, ledger, {
    ...{ system: 'erp', key: `order-cancel:${number}`, subject: `order:${number}`, content },
    idField: 'erp_id',
  })
}

function orderHeld(ledger: Ledger, number: string): Readonly<Record<string, unknown>> | undefined {
  const effects = ledger.about('erp', `order:${number}`)
  const [first] = effects
  if (first === undefined) return undefined
  const isCancelled = effects.some(({ key }) => key === `order-cancel:${number}`)
  const versions = effects.filter(({ key }) => key !== `order-cancel:${number}`).map(revisionOf)
  const latest = versions.reduce((a, b) => (b.revision >= a.revision ? b : a), revisionOf(first))
  const status = isCancelled ? 'cancelled' : 'open'
  return { ...latest.content, revision: latest.revision, erp_id: first.id, status }
}

function revisionOf(effect: Effect) {
  const content = recordOf(effect.content) ?? {}
  const { revision } = content
  return { content, revision: typeof revision === 'number' ? revision : 1 }
}

async function showPosting(
  context: Context<SandboxEnv>,
  ledger: Ledger,
  key: string,
): Promise<Response> {
  await ledger.settled()
  const effect = ledger.find('erp', key)
  if (effect === undefined) return notFound(context, 'not_found', 'The number is not known.')
  return context.json({ ...recordOf(effect.content), erp_id: effect.id })
}
