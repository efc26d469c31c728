import { Hono } from 'hono'
import { verifyWebhook } from '../../documents/json/write-webhook.ts'
import { answerEffect, badCall } from './effect-answer.ts'
import type { Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'

/** Somebody who listens to our webhooks: checks the signature, and drops an event it has seen. */
export function sandboxWebhooks(ledger: Ledger, now: () => number): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/:listener', (context) => context.json({ listener: context.req.param('listener') }))
  app.post('/:listener', async (context) => {
    const body = await context.req.text()
    const isOurs = verifyWebhook(body, context.req.header('quittance-signature'), {
      secrets: ledger.settings().webhookSecrets,
      nowSeconds: Math.floor(now() / 1000),
    })
    if (!isOurs) return context.json({ code: 'bad_signature', message: 'Not signed by us.' }, 401)
    const eventId = context.req.header('ce-id')
    if (eventId === undefined) return badCall(context, 'No ce-id.')
    const key = `event:${context.req.param('listener')}:${eventId}`
    const seen = ledger.find('webhooks', key)
    if (seen !== undefined && ledger.settings().dedupe === 'on') {
      ledger.take({ system: 'webhooks', key, subject: key, content: body })
      return context.json({ event_id: seen.id, seen: true })
    }
    return answerEffect(context, ledger, {
      ...{ system: 'webhooks', key, subject: key, content: body, idField: 'event_id' },
    })
  })
  return app
}
