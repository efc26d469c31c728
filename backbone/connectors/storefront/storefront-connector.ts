import { z } from 'zod'
import { recordOf } from '../../canonical/json-fields.ts'
import type { Shipment } from '../../canonical/shipment.ts'
import { readFulfilmentOrders, writeFulfilment } from '../../documents/shopify/write-fulfilment.ts'
import { NeedsPerson, OurBug, RetryLater } from '../../errors.ts'
import type { CallOutcome, Connector, LookUp, OpenConnection, OutboundCall } from '../connector.ts'
import type { ArrivedAnswer } from '../http-call.ts'
import {
  type ConnectorOptions,
  type Line,
  readKeyed,
  SystemUrl,
  testReach,
  writeKeyed,
} from '../rest-call.ts'
import { refusingMistakes, settingsMistakes, settingsOf } from '../settings-check.ts'

const ShopSettings = z.object({
  /** Address of the shop, for example https://example.myshopify.com. */
  url: SystemUrl,
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .default('2025-01'),
  /** The shop mails the customer about each parcel. */
  notifyCustomer: z.boolean().default(false),
})

type Shop = { readonly line: Line; readonly api: string; readonly notifyCustomer: boolean }

/** Tells a Shopify shop what has left: a fulfilment per shipment, found again by its tracking number. */
export function storefrontConnector({
  timeoutMs = 10_000,
  now = () => new Date(),
}: ConnectorOptions = {}): Connector {
  const shopOf = (connection: OpenConnection, signal: AbortSignal): Shop => {
    const { apiVersion, notifyCustomer, url } = settingsOf(ShopSettings, connection)
    const secretAs = { header: 'x-shopify-access-token' }
    const line: Line = { connection, signal, timeoutMs, now, secretAs }
    return { line, api: `${url}/admin/api/${apiVersion}`, notifyCustomer }
  }
  return {
    kind: 'shopify',
    operations: ['shop.fulfilment'],
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(ShopSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(() => fulfil(shopOf(connection, signal), call)),
    lookUp: async (call, connection, signal) => lookUpFulfilment(shopOf(connection, signal), call),
    test: async (connection, signal) => {
      const { line, api } = shopOf(connection, signal)
      return testReach(line, `${api}/shop.json`)
    },
  }
}

async function fulfil(shop: Shop, call: OutboundCall): Promise<CallOutcome> {
  const { api, line, notifyCustomer } = shop
  const shipment = shipmentOf(call)
  const orders = await openOrders(shop, shopOrderOf(shipment))
  if (orders.outcome !== 'open') return orders
  const writing = writeFulfilment(shipment, orders.orders, { notifyCustomer })
  const lookUp = () => lookUpFulfilment(shop, call)
  if (writing.outcome === 'refused') return doneBefore(lookUp, writing.message)
  return writeKeyed({
    line,
    call,
    request: { method: 'POST', url: `${api}/fulfillments.json`, body: writing.body },
    readDone: (answer) => (hasFulfilment(answer) ? {} : undefined),
    lookUp,
    notFoundMeans: 'SCHEMA',
  })
}

async function openOrders({ api, line }: Shop, orderId: string) {
  try {
    const answer = await readKeyed(line, `${api}/orders/${orderId}/fulfillment_orders.json`)
    const text = new TextEncoder().encode(answer?.text ?? '')
    const orders = readFulfilmentOrders(text)
    if (orders !== undefined) return { outcome: 'open' as const, orders }
    const message = `The shop has no fulfilment orders for order ${orderId}.`
    return { outcome: 'refused', errorClass: 'MAPPING', code: 'NO_SHOP_ORDER', message } as const
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error
    const { message } = error
    return { outcome: 'failed', errorClass: 'TRANSPORT', code: 'NOT_ASKED', message } as const
  }
}

// Nothing left to fulfil: either this very shipment was told before, or somebody else told the shop.
async function doneBefore(lookUp: () => Promise<LookUp>, message: string): Promise<CallOutcome> {
  const found = await lookUp()
  if (found.found) return { outcome: 'done' }
  return { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'NOT_OPEN', message }
}

const Fulfilments = z.object({
  fulfillments: z.array(z.object({ tracking_number: z.string().nullish() })),
})

async function lookUpFulfilment({ api, line }: Shop, call: OutboundCall): Promise<LookUp> {
  const shipment = shipmentOf(call)
  const orderId = shopOrderOf(shipment)
  const answer = await readKeyed(line, `${api}/orders/${orderId}/fulfillments.json`)
  if (answer === undefined) return { found: false }
  const held = Fulfilments.safeParse(answer.json)
  if (!held.success) throw new RetryLater('The shop did not list its fulfilments.', { orderId })
  const isThere = held.data.fulfillments.some(
    (fulfilment) => fulfilment.tracking_number === shipment.trackingNumber,
  )
  return isThere ? { found: true, isSame: true } : { found: false }
}

// A shop keeps no number of ours: a parcel is known by its tracking number, or else by our shipment number.
function shipmentOf({ document, operation }: OutboundCall): Shipment {
  if (document.docType !== 'shipment')
    throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
  return { ...document, trackingNumber: document.trackingNumber ?? document.shipmentNumber }
}

function shopOrderOf({ shipmentNumber, source }: Shipment): string {
  const orderId = source?.objectKey
  if (orderId !== undefined && /^\d+$/.test(orderId)) return orderId
  throw new NeedsPerson(`The shop's order id of shipment ${shipmentNumber} is not known.`, {
    shipmentNumber,
  })
}

function hasFulfilment(answer: ArrivedAnswer): boolean {
  const body = recordOf(answer.json)
  return recordOf(body?.['fulfillment']) !== undefined
}
