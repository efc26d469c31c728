import { Buffer } from 'node:buffer'

/** The keys by which the intake tells one version of a shop's order from another. */
export type ShopOrderKeys = {
  /** Shop domain and the shop's order id: all webhooks of one order share it. */
  readonly orderKey?: string
  /** The moment of this version, UTC. */
  readonly updatedAt?: string
}

/** A moment as the shop writes it, with an offset, as UTC text that sorts by time. */
export function utcMoment(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    return undefined
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

/** The key that all webhooks of one order of one shop share. */
export function shopOrderKey(shopDomain: string, orderId: string): string {
  return `${shopDomain}/${orderId}`
}

function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes += 1
    if (escapes % 2 === 0) return at
  }
  return text.length
}

const depthChange: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }
const mark = /["{}[\]]/g
const idValue = /\s*:\s*"?(\d{1,30})/y
const momentValue = /\s*:\s*"([^"]{1,40})"/y

function valueAfter(text: string, at: number, pattern: RegExp): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[1]
}

// The top level's own fields only: a line and a customer have ids too.
function topLevelValue(text: string, key: string, value: RegExp): string | undefined {
  const quotedKey = `"${key}"`
  let depth = 0
  mark.lastIndex = 0
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += depthChange[found[0]] ?? 0
    if (found[0] !== '"') continue
    const end = endOfText(text, found.index)
    const isKey = depth === 1 && text.startsWith(quotedKey, found.index)
    const read = isKey ? valueAfter(text, end + 1, value) : undefined
    if (read !== undefined) return read
    mark.lastIndex = end + 1
  }
  return undefined
}

/**
 * Finds order id and version in the raw bytes of a webhook without reading all of it: the intake orders
 * webhooks of one order before anything is parsed. What is not found is absent; nothing throws.
 */
export function peekShopify(
  bytes: Uint8Array,
  headers: { readonly shopDomain: string },
): ShopOrderKeys {
  // Keys, ids and moments are ASCII, so latin1 reads them right whatever the texts hold.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const id = topLevelValue(text, 'id', idValue)
  const version = utcMoment(topLevelValue(text, 'updated_at', momentValue) ?? '')
  return {
    ...(id === undefined ? {} : { orderKey: shopOrderKey(headers.shopDomain, id) }),
    ...(version === undefined ? {} : { updatedAt: version }),
  }
}
