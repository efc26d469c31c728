import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'

// Base64 of the 32 bytes of a SHA-256; some senders leave the padding out.
const signaturePattern = /^[A-Za-z0-9+/]{43}=?$/

/**
 * Whether a webhook was signed by the shop: `X-Shopify-Hmac-Sha256` is the base64 HMAC-SHA256 of the raw
 * bytes under one of the app's secrets (two are valid while a secret is being changed).
 */
export function verifyShopifySignature(
  rawBody: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  if (header === undefined || !signaturePattern.test(header)) return false
  const claimed = Buffer.from(header, 'base64')
  return (
    secrets
      .filter((secret) => secret !== '')
      .map((secret) => createHmac('sha256', secret).update(rawBody).digest())
      // timingSafeEqual throws on unequal lengths.
      .some((digest) => digest.length === claimed.length && timingSafeEqual(digest, claimed))
  )
}
