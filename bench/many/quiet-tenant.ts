import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../../backbone/config.ts'
import { claimTenantForSeed } from '../../backbone/store/master-data/seeded-tenant.ts'
import { openStore } from '../../cli/open-store.ts'
import { monotonicMs } from '../house/erp-sink.ts'
import { type Api, apiOf } from '../house/furnish.ts'
import {
  purchaseOrderOf,
  shopDelivery,
  shopDomain,
  shopOrder,
  shopSecret,
} from '../house/orders.ts'
import { type QuittanceHome, runCommand } from '../house/quittance.ts'
import type { SinkClient } from '../house/sink.ts'
import { openShop } from '../load/shop.ts'

const quietTenantId = 'bench-quiet'
const quietShopId = 'bench-quiet-shop'
const seed = 7

/** A tenant with a single order now and then, while another one sends thousands. */
export type QuietTenant = {
  readonly home: QuittanceHome
  readonly token: string
}

/** Makes the quiet tenant on a home whose processes are not started yet. */
export async function openQuietTenant(home: QuittanceHome): Promise<QuietTenant> {
  const store = await openStore(readConfig(home.settings))
  const profile = { name: 'Quiet', timeZone: 'UTC', currency: 'USD', settings: {} }
  await store.database.inTenant(quietTenantId, (tx) => claimTenantForSeed(tx, profile))
  await store.close()
  const said = await runCommand(home, [
    ...['token', 'create', '--tenant', quietTenantId],
    ...['--name', 'quiet', '--role', 'admin'],
  ])
  const token = said.split('\n').find((line) => line.startsWith('qk_'))
  if (token === undefined) throw new Error(`No API key was printed: ${said}`)
  return { home, token }
}

async function connect(api: Api, connectionId: string, secret: string, draft: object) {
  await api.send('PUT', `/v1/connections/${connectionId}`, { isEnabled: true, ...draft })
  await api.send('POST', `/v1/connections/${connectionId}/secrets`, { secret })
}

/** Gives the quiet tenant what its orders need: the products, prices, stock and customers of exactly these. */
export async function furnishQuiet(
  { token }: QuietTenant,
  { url, sinkUrl, run, orders }: { url: string; sinkUrl: string; run: string; orders: number },
): Promise<void> {
  const api = apiOf(url, token)
  const sent = Array.from({ length: orders }, (_, index) => shopOrder({ seed, run, index }))
  const prices = new Map(
    sent.flatMap((order) => order.line_items.map((line) => [line.sku, line.price] as const)),
  )
  const skus = [...prices.keys()]
  const shoppers = new Set(sent.map((order) => order.customer.id))
  await api.load(
    '/v1/products',
    skus.map((sku) => ({ sku, name: sku, productClass: 'PART', currency: 'USD' })),
  )
  await api.load(
    '/v1/customers',
    [...shoppers].map((id) => ({
      customerNumber: `Q-${id}`,
      name: `Buyer ${id}`,
      currency: 'USD',
      terms: { netDays: 30, text: 'Net 30' },
      keys: [`shopify:${id}`],
    })),
  )
  await api.load('/v1/price-lists', [
    {
      priceListId: 'QUIET-LIST',
      name: 'List price',
      currency: 'USD',
      validFrom: '2020-01-01',
      prices: [...prices].map(([sku, unitPrice]) => ({ sku, unitPrice })),
    },
  ])
  const stock = { warehouse: 'MAIN', onHandEach: 1_000_000, asOf: new Date().toISOString() }
  await api.load(
    '/v1/stock',
    skus.map((sku) => ({ ...stock, sku })),
  )
  await connect(api, quietShopId, shopSecret, {
    kind: 'shopify',
    name: 'Quiet shop',
    settings: { shopDomain, cancelWindowSeconds: 0, receivesOnly: true },
  })
  await connect(api, 'quiet-erp', 'key-of-the-counting-erp', {
    kind: 'erp',
    name: 'Counting ERP',
    settings: { url: `${sinkUrl}/erp`, concurrency: 32 },
  })
}

/** The single orders of a quiet tenant: how each was answered, and how long it was on its way to the ERP. */
export type SingleOrders = {
  readonly sent: number
  readonly refused: readonly string[]
  readonly lost: number
  /** From the moment it was sent to its arrival at the ERP, oldest first. */
  readonly waysMs: readonly number[]
  readonly acceptMs: readonly number[]
}

/** Sends one order at a time, a pause between them, until told to stop; then says how each fared. */
export function sendSingleOrders(plan: {
  url: string
  run: string
  orders: number
  everyMs: number
  sink: SinkClient
}): { stop(): Promise<SingleOrders> } {
  const shop = openShop([`${plan.url}/v1/inbound/shopify/${quietShopId}`], 4)
  const sentAt = new Map<string, number>()
  const acceptMs: number[] = []
  const refused: string[] = []
  const stopping = new AbortController()
  const sending = (async () => {
    for (let index = 0; index < plan.orders && !stopping.signal.aborted; index += 1) {
      const place = { seed, run: plan.run, index }
      const atMs = monotonicMs()
      const answer = await shop.post(shopDelivery(place))
      acceptMs.push(monotonicMs() - atMs)
      if (answer.startsWith('2')) sentAt.set(purchaseOrderOf(place), atMs)
      else refused.push(answer)
      await wait(plan.everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await sending
      shop.close()
      const untilMs = monotonicMs() + 30_000
      while (monotonicMs() < untilMs && (await plan.sink.stats(plan.run)).unique < sentAt.size)
        await wait(100)
      const arrivals = await plan.sink.arrivals(plan.run)
      const waysMs = arrivals.flatMap(([purchaseOrder, , atMs]) => {
        const sent = sentAt.get(purchaseOrder)
        return sent === undefined ? [] : atMs - sent
      })
      const sent = acceptMs.length
      return { sent, refused, acceptMs, waysMs, lost: sentAt.size - waysMs.length }
    },
  }
}
