import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { recordOf } from '../../canonical/json-fields.ts'
import { answerEffect, badCall, notFound } from './effect-answer.ts'
import type { Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'
import type { Effect } from './records.ts'

/** The mailboxes of trading partners: what is put in is kept under its key and its interchange control number. */
export function sandboxPartners(ledger: Ledger): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.post('/:partner/documents', (context) =>
    takeDocument(context, ledger, context.req.param('partner')),
  )
  app.get('/:partner/documents', async (context) => {
    await ledger.settled()
    const held = ledger.about('partners', `mailbox:${context.req.param('partner')}`)
    const after = Number(context.req.query('after') ?? 0)
    const limit = Math.min(Number(context.req.query('limit') ?? 100), 1000)
    const documents = held.slice(after, after + limit).map(shownDocument)
    const end = after + documents.length
    return context.json({ documents, ...(end < held.length ? { next: end } : {}) })
  })
  app.get('/:partner/documents/:number', async (context) => {
    await ledger.settled()
    const { partner, number } = context.req.param()
    const held = ledger
      .about('partners', `mailbox:${partner}`)
      .find((effect) => keyOf(partner, number) === effect.key || controlNumberOf(effect) === number)
    if (held === undefined) return notFound(context, 'not_found', 'No such document.')
    return context.json({ ...shownDocument(held), text: recordOf(held.content)?.['text'] })
  })
  return app
}

async function takeDocument(
  context: Context<SandboxEnv>,
  ledger: Ledger,
  partner: string,
): Promise<Response> {
  const text = await context.req.text()
  const control = controlNumberIn(text)
  const number = context.req.header('idempotency-key') ?? control
  if (number === undefined)
    return badCall(context, 'Neither an Idempotency-Key nor an interchange control number.')
  const subject = `mailbox:${partner}`
  // The same interchange under another key is still the same interchange.
  const twin = ledger
    .about('partners', subject)
    .find((effect) => control !== undefined && controlNumberOf(effect) === control)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const content = { text, sha256, ...(control === undefined ? {} : { control_number: control }) }
  const key = twin?.key ?? keyOf(partner, number)
  return answerEffect(context, ledger, {
    ...{ system: 'partners', key, subject, content, idField: 'document_id' },
  })
}

function keyOf(partner: string, number: string): string {
  return `document:${partner}:${number}`
}

// X12: the character after ISA separates the elements; ISA13 is the interchange control number.
function controlNumberIn(text: string): string | undefined {
  return text.startsWith('ISA') ? text.split(text.charAt(3), 14)[13] : undefined
}

function controlNumberOf(effect: Effect): unknown {
  return recordOf(effect.content)?.['control_number']
}

function shownDocument({ id, key, content, at }: Effect) {
  const { sha256, control_number } = recordOf(content) ?? {}
  return { document_id: id, key, sha256, control_number, received_at: at }
}
