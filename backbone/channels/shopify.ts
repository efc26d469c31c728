import { createHash } from 'node:crypto'
import { z } from 'zod'
import { peekShopify } from '../documents/shopify/peek-shopify.ts'
import { readShopify } from '../documents/shopify/read-shopify.ts'
import { verifyShopifySignature } from '../documents/shopify/verify-shopify.ts'
import type { Channel, InboundRequest, ReadConnection } from './channel.ts'
import { jsonAnswer, receiptFields } from './door-answer.ts'
import { streamOfDocument } from './stream-key.ts'

const ShopSettings = z.object({
  shopDomain: z.string(),
  defaultCurrency: z.string().default('USD'),
})

const topicOf = (request: InboundRequest) => request.headers['x-shopify-topic'] ?? ''
const domainOf = (request: InboundRequest) => request.headers['x-shopify-shop-domain'] ?? ''

function webhookHeaders(request: InboundRequest, connection: ReadConnection) {
  return {
    topic: topicOf(request),
    shopDomain: ShopSettings.parse(connection.settings).shopDomain,
    webhookId: request.headers['x-shopify-webhook-id'] ?? '',
    apiVersion: request.headers['x-shopify-api-version'] ?? '',
  }
}

function isOurShop(request: InboundRequest, connection: ReadConnection): boolean {
  // The signature covers the body only: the shop the header names must be the connection's own.
  return ShopSettings.safeParse(connection.settings).data?.shopDomain === domainOf(request)
}

/**
 * Webhooks of a Shopify shop. Once the signature over the raw body holds, the answer is 200 whatever the
 * body says: Shopify would only send the same bytes again; what cannot be read is kept in quarantine.
 */
export function shopifyChannel(): Channel {
  return {
    kind: 'shopify',
    isAuthentic: (request, connection) =>
      verifyShopifySignature(
        request.body,
        request.headers['x-shopify-hmac-sha256'],
        connection.secrets(),
      ) && isOurShop(request, connection),
    peek(request, connection) {
      const webhookId = request.headers['x-shopify-webhook-id']
      const topic = topicOf(request)
      const { orderKey, updatedAt } = peekShopify(
        request.body,
        ShopSettings.parse(connection.settings),
      )
      return {
        transportId: `${topic}:${webhookId ?? createHash('sha256').update(request.body).digest('hex')}`,
        ...(orderKey === undefined || updatedAt === undefined
          ? {}
          : { businessKey: `${topic}:${orderKey}:${updatedAt}` }),
        streamKeys: orderKey === undefined ? [] : [`shop:${orderKey}`],
      }
    },
    read: (request, connection) =>
      readShopify(request.body, webhookHeaders(request, connection), {
        defaultCurrency: ShopSettings.parse(connection.settings).defaultCurrency,
      }),
    mayMendUnderSameId: false,
    streamKey(document, connection) {
      const { sender, objectKey } = document.source ?? {}
      return sender === undefined || objectKey === undefined
        ? streamOfDocument(document, connection.connectionId)
        : `shop:${sender}/${objectKey}`
    },
    answer: (result) => jsonAnswer(200, receiptFields(result)),
  }
}
