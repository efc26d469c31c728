import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Api } from './house/furnish.ts'
import { inboundPath, shopConnectionId } from './house/furnish.ts'
import type { Stoppable } from './house/keep.ts'
import { shopDelivery, shopDomain } from './house/orders.ts'
import { openShop } from './load/shop.ts'

/** An ERP that takes whatever it is sent: orders, payments, bills. */
export async function openAgreeableErp(): Promise<Stoppable & { readonly url: string }> {
  let taken = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      taken += 1
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ erp_id: `ERP${taken}` }))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

const reportsConnectionId = 'bench-reports'
const reportsSecret = 'key-of-the-reporting-house'
const pageSize = 100

const Page = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  nextCursor: z.string().nullable(),
})
const OrderInList = z.object({ orderNumber: z.string(), stage: z.string() })
const OrderLines = z.object({
  lines: z.array(z.object({ line: z.string(), sku: z.string(), orderedEach: z.number() })),
  invoices: z.array(z.object({ invoiceNumber: z.string(), totalMinor: z.number() })),
})

async function listed(api: Api, path: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = Page.parse(await api.get(`${path}limit=${pageSize}${after}`))
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

/** Waits until so many orders stand at a stage; their numbers. */
async function ordersAt(api: Api, stage: string, count: number): Promise<string[]> {
  const untilMs = performance.now() + 120_000
  for (;;) {
    const items = await listed(api, `/v1/orders?stage=${stage}&`)
    if (items.length >= count) return items.map((item) => OrderInList.parse(item).orderNumber)
    if (performance.now() > untilMs)
      throw new Error(`Only ${items.length} of ${count} orders became ${stage}.`)
    await wait(250)
  }
}

/** Does the work for every value, a few at a time: a door limits what one key may ask in a second. */
async function inParallel<T>(values: readonly T[], work: (value: T) => Promise<void>) {
  const open = [...values]
  const one = async () => {
    for (let value = open.pop(); value !== undefined; value = open.pop()) await work(value)
  }
  await Promise.all(Array.from({ length: 4 }, one))
}

async function report(url: string, document: object): Promise<void> {
  const answer = await fetch(`${url}/v1/inbound/json/${reportsConnectionId}`, {
    method: 'POST',
    headers: { 'x-api-key': reportsSecret },
    body: JSON.stringify(document),
  })
  if (!answer.ok) throw new Error(`A report was refused: ${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function orderLines(api: Api, orderNumber: string): Promise<z.infer<typeof OrderLines>> {
  const order = await api.get(`/v1/orders/${orderNumber}`)
  return OrderLines.parse(order)
}

async function shipOrder(url: string, api: Api, orderNumber: string): Promise<void> {
  const { lines } = await orderLines(api, orderNumber)
  await report(url, {
    docType: 'shipment',
    currency: 'USD',
    shipmentNumber: `SH-${orderNumber}`,
    orderNumber,
    shippedAt: new Date().toISOString(),
    carrier: 'UPS',
    trackingNumber: `1Z${orderNumber}`,
    isFinal: true,
    lines: lines.map(({ line, sku, orderedEach }) => ({
      line,
      item: { identifiers: [{ scheme: 'sku', value: sku }] },
      shipped: { value: String(orderedEach), uom: 'EA' },
    })),
  })
}

async function payOrder(url: string, api: Api, orderNumber: string): Promise<void> {
  const { invoices } = await orderLines(api, orderNumber)
  for (const { invoiceNumber, totalMinor } of invoices)
    await report(url, {
      docType: 'payment',
      currency: 'USD',
      paymentNumber: `ACH-${invoiceNumber}`,
      method: 'ach',
      bookedOn: new Date().toISOString().slice(0, 10),
      amountMinor: totalMinor,
      remittance: [{ invoiceNumber, paidMinor: totalMinor }],
    })
}

async function placeOrders(url: string, count: number): Promise<void> {
  const shop = openShop([`${url}${inboundPath}`], 16)
  const indices = Array.from({ length: count }, (_, index) => index)
  await inParallel(indices, async (index) => {
    const answer = await shop.post(shopDelivery({ seed: 7, run: 'history', index }))
    if (answer !== '200') throw new Error(`An order of the history was refused: ${answer}`)
  })
  shop.close()
}

/** Takes some orders all the way through a running product: placed, released, shipped, billed, paid, closed. */
export async function closedOrders(
  { url, api }: { url: string; api: Api },
  count: number,
): Promise<void> {
  const reports = { kind: 'json', name: 'Reports', isEnabled: true, settings: {} }
  await api.send('PUT', `/v1/connections/${reportsConnectionId}`, reports)
  await api.send('POST', `/v1/connections/${reportsConnectionId}/secrets`, {
    secret: reportsSecret,
  })
  const shop = { shopDomain, cancelWindowSeconds: 0, receivesOnly: true }
  const connectShop = (settings: object) =>
    api.send('PUT', `/v1/connections/${shopConnectionId}`, {
      kind: 'shopify',
      name: 'Generated shop',
      isEnabled: true,
      settings: { ...shop, ...settings },
    })
  // The generated shop cannot be told of deliveries: the ship notices of the history go nowhere.
  await connectShop({ repliesTo: 'nobody' })
  await placeOrders(url, count)
  await inParallel(await ordersAt(api, 'released', count), (number) => shipOrder(url, api, number))
  await inParallel(await ordersAt(api, 'invoiced', count), (number) => payOrder(url, api, number))
  await ordersAt(api, 'closed', count)
  await connectShop({})
}
