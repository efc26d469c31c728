import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { demoShopDomain } from '../demo-world.ts'

/** A document on its way to the inbound door, with what its channel needs beside the bytes. */
export type DemoDocument = {
  readonly channel: 'x12' | 'shopify' | 'json'
  readonly connectionId: string
  readonly body: Uint8Array
  /** What the sender shows or signs with. */
  readonly secret: string
  readonly topic?: string | undefined
  readonly webhookId?: string | undefined
}

/** What the door said: HTTP status, receipt, and its word for it. */
export type DoorWord = {
  readonly status: number
  readonly receiptId?: string
  readonly word: string
}

const Answer = z.object({ receiptId: z.string().optional(), status: z.unknown() })

const contentTypes = {
  x12: 'application/edi-x12',
  shopify: 'application/json',
  json: 'application/json',
} as const

function headersOf(document: DemoDocument): Record<string, string> {
  const common = { 'content-type': contentTypes[document.channel] }
  if (document.channel !== 'shopify')
    return { ...common, authorization: `Bearer ${document.secret}` }
  return {
    ...common,
    'x-shopify-topic': document.topic ?? 'orders/create',
    'x-shopify-shop-domain': demoShopDomain,
    'x-shopify-api-version': '2025-01',
    ...(document.webhookId === undefined ? {} : { 'x-shopify-webhook-id': document.webhookId }),
    // Shopify signs the raw bytes of the body, nothing else.
    'x-shopify-hmac-sha256': createHmac('sha256', document.secret)
      .update(document.body)
      .digest('base64'),
  }
}

/** Sends a document through the real HTTP door the way its sender would, and reads the answer. */
export async function sendDocument(serverUrl: string, document: DemoDocument): Promise<DoorWord> {
  const { channel, connectionId, body } = document
  const response = await fetch(`${serverUrl}/v1/inbound/${channel}/${connectionId}`, {
    method: 'POST',
    headers: headersOf(document),
    body: Buffer.from(body),
    signal: AbortSignal.timeout(30_000),
  })
  const { receiptId, status: word } = Answer.parse(await response.json())
  return {
    status: response.status,
    ...(receiptId === undefined ? {} : { receiptId }),
    // A problem's own `status` is the number again.
    word: typeof word === 'string' ? word : `HTTP ${response.status}`,
  }
}
