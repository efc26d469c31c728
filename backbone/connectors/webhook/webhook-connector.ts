import { z } from 'zod'
import { signWebhook, writeWebhook } from '../../documents/json/write-webhook.ts'
import { NeedsPerson, OurBug } from '../../errors.ts'
import type { Connector, OpenConnection } from '../connector.ts'
import { type ConnectorOptions, type Line, SystemUrl, testReach, writeKeyed } from '../rest-call.ts'
import { refusingMistakes, settingsMistakes, settingsOf } from '../settings-check.ts'

const WebhookSettings = z.object({
  url: SystemUrl,
  /** The CloudEvents source: a URI that names who tells. */
  source: z.string().min(1).default('urn:quittance'),
})

/**
 * Tells a listener what happened: signed CloudEvents, `Quittance-Signature: t=…,v1=…`. Listeners drop
 * repeats by `ce-id`, so nothing needs to be looked up.
 */
export function webhookConnector({
  timeoutMs = 10_000,
  now = () => new Date(),
}: ConnectorOptions = {}): Connector {
  const lineOf = (connection: OpenConnection, signal: AbortSignal): Line => {
    return { connection, signal, timeoutMs, now, secretAs: 'nothing' }
  }
  return {
    kind: 'webhook',
    operations: ['webhook.event'],
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(WebhookSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(() => {
        const { document, operation } = call
        if (document.docType !== 'webhook-event')
          throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
        const { url, source } = settingsOf(WebhookSettings, connection)
        const { headers, body } = writeWebhook(document, source)
        const signedAtSeconds = Math.floor(now().getTime() / 1000)
        const signature = signWebhook(body, secretOf(connection), signedAtSeconds)
        return writeKeyed({
          line: lineOf(connection, signal),
          call,
          request: {
            method: 'POST',
            url,
            body,
            headers: { ...headers, 'quittance-signature': signature },
          },
          readDone: () => ({ externalId: document.eventId }),
          notFoundMeans: 'SCHEMA',
        })
      }),
    test: async (connection, signal) => {
      const { url } = settingsOf(WebhookSettings, connection)
      return testReach(lineOf(connection, signal), url)
    },
  }
}

function secretOf({ connectionId, secrets }: OpenConnection): string {
  const [secret] = secrets
  if (secret === undefined || secret === '')
    throw new NeedsPerson('The webhook connection has no secret to sign with.', { connectionId })
  return secret
}
