import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookEvent } from '../../canonical/instruction.ts'

/** A webhook as it goes out: CloudEvents attributes in the headers, the data as the body. */
export type WebhookMessage = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

// CloudEvents 1.0 HTTP binding 3.1.3.2: space, quote, percent and all but printable ASCII are percent-encoded.
function headerText(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    Array.from(new TextEncoder().encode(character), (byte) => {
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    }).join(''),
  )
}

/** Writes an event in the CloudEvents 1.0 binary mode; `source` is the URI of the tenant that tells it. */
export function writeWebhook(event: WebhookEvent, source: string): WebhookMessage {
  return {
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': headerText(event.eventId),
      'ce-type': headerText(event.eventType),
      'ce-source': headerText(source),
      'ce-subject': headerText(event.subject),
      'ce-time': headerText(event.occurredAt),
    },
    body: JSON.stringify(event.data),
  }
}

function digestOf(body: string | Uint8Array, secret: string, timestampSeconds: number): Buffer {
  return createHmac('sha256', secret).update(`${timestampSeconds}.`).update(body).digest()
}

/**
 * Signs a webhook: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. The time is part of what is signed,
 * so that an old message cannot be sent again as new.
 */
export function signWebhook(
  body: string | Uint8Array,
  secret: string,
  timestampSeconds: number,
): string {
  return `t=${timestampSeconds},v1=${digestOf(body, secret, timestampSeconds).toString('hex')}`
}

/** What a receiver checks a signature against. */
export type WebhookCheck = {
  /** The current secret, and the one before it while it is being changed. */
  readonly secrets: readonly string[]
  readonly nowSeconds: number
  readonly toleranceSeconds?: number
}

/** Whether a webhook was signed by us with one of the secrets, and lately. */
export function verifyWebhook(
  body: string | Uint8Array,
  header: string | undefined,
  check: WebhookCheck,
): boolean {
  const { secrets, nowSeconds, toleranceSeconds = 300 } = check
  const fields = (header ?? '').split(',').map((field) => field.trim())
  const time = fields.find((field) => /^t=\d{1,12}$/.test(field))?.slice(2)
  if (time === undefined) return false
  const timestampSeconds = Number(time)
  if (Math.abs(nowSeconds - timestampSeconds) > toleranceSeconds) return false
  const claimed = fields
    .filter((field) => /^v1=[0-9a-f]{64}$/i.test(field))
    .map((field) => Buffer.from(field.slice(3), 'hex'))
  return secrets
    .filter((secret) => secret !== '')
    .map((secret) => digestOf(body, secret, timestampSeconds))
    .some((digest) => claimed.some((claim) => timingSafeEqual(digest, claim)))
}
