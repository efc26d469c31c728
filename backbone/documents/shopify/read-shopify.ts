import type { InboundDocument } from '../../canonical/canonical-document.ts'
import type { SourceEnvelope } from '../../canonical/document.ts'
import type { Finding } from '../../canonical/finding.ts'
import { Currency } from '../../canonical/money.ts'
import { Order } from '../../canonical/order.ts'
import { type JsonFault, type JsonPath, jsonFinding } from '../json/json-path.ts'
import { type JsonObject, type JsonValue, parseJson } from '../json/parse-json.ts'
import { schemaFindings } from '../json/schema-findings.ts'
import type { Reading } from '../reading.ts'
import { type ShopOrderKeys, shopOrderKey } from './peek-shopify.ts'
import { replacement, withdrawal } from './shop-change.ts'
import { isObject, ShopObject } from './shop-object.ts'
import { readHeader, readOrder, type ShopifyHeaders, type ShopOrderHeader } from './shop-order.ts'

/** What a shop's webhook says, with the keys by which its versions are told apart. */
export type ShopifyReading = Reading & ShopOrderKeys

/** What a reader of a shop's webhooks must be told. */
export type ShopifyProfile = {
  /** For the rare order that names no currency. */
  readonly defaultCurrency: Currency
}

type ReadOrders = {
  readonly documents: readonly InboundDocument[]
  readonly findings: readonly Finding[]
  readonly keys: ShopOrderKeys
}

type Context = { readonly headers: ShopifyHeaders; readonly profile: ShopifyProfile }

type SentOrder = { readonly path: JsonPath; readonly fields: JsonObject }

type Topic = 'create' | 'updated' | 'cancelled'

const topicByName: Readonly<Record<string, Topic>> = {
  'orders/create': 'create',
  'orders/updated': 'updated',
  'orders/cancelled': 'cancelled',
}

function refused(fault: JsonFault): ReadOrders {
  return { documents: [], findings: [jsonFinding(fault)], keys: {} }
}

const emptied = 'every line was taken out in the shop'

// A webhook's body is the order itself; an answer of the Admin API wraps it.
function sentOrders(body: JsonValue): SentOrder[] {
  if (!isObject(body)) return []
  for (const wrapper of ['order', 'draft_order']) {
    const fields = body[wrapper]
    if (isObject(fields)) return [{ path: [wrapper], fields }]
  }
  const list = body['orders']
  if (!Array.isArray(list)) return [{ path: [], fields: body }]
  return list.flatMap((fields, index) =>
    isObject(fields) ? [{ path: ['orders', index], fields }] : [],
  )
}

// A draft is an offer until the buyer completes it: then, and only then, it names its order.
function isOpenDraft(sent: SentOrder): boolean {
  return sent.path[0] === 'draft_order' && sent.fields['status'] !== 'completed'
}

function openOrder(sent: SentOrder, profile: ShopifyProfile) {
  const findings: Finding[] = []
  const named = Currency.safeParse(sent.fields['currency'])
  const currency = named.success ? named.data : profile.defaultCurrency
  const order = new ShopObject(sent.fields, sent.path, { findings, currency })
  if (named.success) order.skip(['currency'])
  else
    order.find('currency', 'currency', `The order names no currency; ${currency} is assumed.`, {
      severity: 'warning',
    })
  return { order, currency, findings }
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}

function keysOf(source: SourceEnvelope): ShopOrderKeys {
  const { version, sender, objectKey } = source
  return {
    ...(sender === undefined || objectKey === undefined
      ? {}
      : { orderKey: shopOrderKey(sender, objectKey) }),
    ...(version === undefined ? {} : { updatedAt: version }),
  }
}

function notAnOrder(sent: SentOrder): ReadOrders | undefined {
  const fault = { path: sent.path, code: 'not-an-order' }
  if (isOpenDraft(sent))
    return refused({ ...fault, message: 'An open draft order is an offer, not an order.' })
  if (!Array.isArray(sent.fields['line_items']))
    return refused({ ...fault, message: 'An order with a list of line_items was expected here.' })
  return undefined
}

// The order as it stands: its findings go where the shop object puts them, those of the schema come back.
function readStanding(
  order: ShopObject,
  header: ShopOrderHeader,
  topic: Topic,
): { readonly documents: readonly InboundDocument[]; readonly faults: readonly Finding[] } {
  const read = readOrder(order, header)
  if (read.lines.length === 0 && topic === 'updated')
    return { documents: [withdrawal(header, emptied, read.unknown)], faults: [] }
  if (read.lines.length === 0) {
    order.find('missing', 'line_items', 'The order has no line that can be delivered.')
    return { documents: [], faults: [] }
  }
  const checked = Order.safeParse(read)
  if (!checked.success)
    return { documents: [], faults: schemaFindings(checked.error, read, order.path) }
  return {
    documents: [topic === 'updated' ? replacement(header, checked.data) : checked.data],
    faults: [],
  }
}

function readSentOrder(sent: SentOrder, topic: Topic, context: Context): ReadOrders {
  const refusal = notAnOrder(sent)
  if (refusal !== undefined) return refusal
  const { order, currency, findings } = openOrder(sent, context.profile)
  const header = readHeader(order, context.headers, currency)
  const isCancelled = order.text('cancelled_at') !== undefined
  const reason = order.text('cancel_reason') ?? 'cancelled in the shop'
  const documents: InboundDocument[] = []
  // A cancelled order is often updated at the same moment: whichever webhook comes first must cancel it.
  if (topic === 'cancelled' || (topic === 'updated' && isCancelled)) {
    order.drop(['customer', 'line_items', 'billing_address', 'shipping_address', 'shipping_lines'])
    documents.push(withdrawal(header, reason, order.leftOver()))
  } else {
    const standing = readStanding(order, header, topic)
    findings.push(...standing.faults)
    documents.push(...standing.documents)
    if (isCancelled) documents.push(withdrawal(header, reason, []))
  }
  return { documents: hasError(findings) ? [] : documents, findings, keys: keysOf(header.source) }
}

function outcomeOf(
  documents: readonly unknown[],
  findings: readonly Finding[],
): Reading['outcome'] {
  if (documents.length === 0) return 'unreadable'
  return hasError(findings) ? 'partly' : 'read'
}

/**
 * Reads a shop's order webhook: `orders/create` gives an order, `orders/updated` a change that puts the
 * order as it stands now in the old one's place, `orders/cancelled` a cancellation.
 */
export function readShopify(
  bytes: Uint8Array,
  headers: ShopifyHeaders,
  profile: ShopifyProfile,
): ShopifyReading {
  const parsing = parseJson(bytes, { numbers: 'exact' })
  const topic = topicByName[headers.topic]
  const sent = parsing.outcome === 'parsed' ? sentOrders(parsing.value) : []
  const read =
    topic === undefined ? [] : sent.map((one) => readSentOrder(one, topic, { headers, profile }))
  const findings = [...parsing.findings, ...read.flatMap((one) => one.findings)]
  if (topic === undefined)
    findings.push(
      jsonFinding({
        code: 'topic',
        message: 'Only the topics orders/create, orders/updated and orders/cancelled are read.',
        path: [],
        found: headers.topic,
      }),
    )
  else if (parsing.outcome === 'parsed' && sent.length === 0)
    findings.push(
      jsonFinding({ code: 'not-an-order', message: 'An order was expected.', path: [] }),
    )
  const documents = read.flatMap((one) => one.documents)
  const outcome = outcomeOf(documents, findings)
  return { documents, findings, acknowledgements: [], outcome, ...read[0]?.keys }
}
