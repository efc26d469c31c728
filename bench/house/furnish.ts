import { randomBytes } from 'node:crypto'
import type { Keep } from './keep.ts'
import {
  priceMinor,
  shopDomain,
  shopperCount,
  shopperId,
  shopSecret,
  skuCount,
  skuOf,
} from './orders.ts'
import {
  newHome,
  openTenant,
  type Quittance,
  type QuittanceHome,
  startQuittance,
} from './quittance.ts'

/** The connection the generated shop's webhooks come in through. */
export const shopConnectionId = 'bench-shop'

/** The path of the generated shop's webhooks at a server of ours. */
export const inboundPath = `/v1/inbound/shopify/${shopConnectionId}`

const erpConnectionId = 'erp'
const indices = (count: number) => Array.from({ length: count }, (_, index) => index)

const product = (index: number) => ({
  sku: skuOf(index),
  name: `Part ${index}`,
  productClass: 'PART',
  currency: 'USD',
})

const customer = (index: number) => ({
  customerNumber: `C-${10_000 + index}`,
  name: `Buyer ${index}`,
  currency: 'USD',
  terms: { netDays: 30, text: 'Net 30' },
  keys: [`shopify:${shopperId(index)}`],
})

const priceList = {
  priceListId: 'LIST',
  name: 'List price',
  currency: 'USD',
  validFrom: '2020-01-01',
  prices: indices(skuCount).map((index) => ({
    sku: skuOf(index),
    unitPrice: (priceMinor(index) / 100).toFixed(2),
  })),
}

const stock = (index: number) => ({
  warehouse: 'MAIN',
  sku: skuOf(index),
  onHandEach: 1_000_000,
  asOf: new Date().toISOString(),
})

/** The API of a running Quittance, with a key. */
export type Api = {
  get(path: string): Promise<unknown>
  send(method: 'PUT' | 'POST', path: string, body: unknown): Promise<unknown>
  /** Loads master records in bulk; a refused line is an error. */
  load(path: string, records: readonly unknown[]): Promise<void>
}

/** Speaks the API of a running Quittance. */
export function apiOf(url: string, token: string): Api {
  const call = async (method: string, path: string, contentType?: string, body?: string) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-api-key': token,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} was refused: ${answer.status} ${text}`)
    return text
  }
  return {
    get: async (path) => JSON.parse(await call('GET', path)),
    send: async (method, path, body) =>
      JSON.parse(await call(method, path, 'application/json', JSON.stringify(body))),
    async load(path, records) {
      const lines = records.map((record) => JSON.stringify(record)).join('\n')
      const said = await call('PUT', path, 'application/x-ndjson', lines)
      if (!said.includes('"refused":0'))
        throw new Error(`${path} refused records: ${said.slice(0, 500)}`)
    },
  }
}

async function connect(api: Api, connectionId: string, secret: string, draft: object) {
  await api.send('PUT', `/v1/connections/${connectionId}`, { isEnabled: true, ...draft })
  await api.send('POST', `/v1/connections/${connectionId}/secrets`, { secret })
}

/** Gives a running Quittance what the generated orders need: products, prices, stock, customers, shop and ERP. */
export async function furnish(
  api: Api,
  { sinkUrl, erpConcurrency = 32 }: { sinkUrl: string; erpConcurrency?: number },
): Promise<void> {
  const ledger = randomBytes(4).toString('hex')
  await api.load('/v1/products', indices(skuCount).map(product))
  await api.load('/v1/customers', indices(shopperCount).map(customer))
  await api.load('/v1/price-lists', [priceList])
  await api.load('/v1/stock', indices(skuCount).map(stock))
  // Runs last longer than a count does by default, and nobody counts meanwhile.
  await api.send('PUT', '/v1/policies/availability', {
    settings: { staleAfterMinutes: 525_600 },
    reason: 'Nothing is counted while it is measured.',
  })
  await connect(api, shopConnectionId, shopSecret, {
    kind: 'shopify',
    name: 'Generated shop',
    settings: { shopDomain, cancelWindowSeconds: 0, receivesOnly: true },
  })
  await connect(api, erpConnectionId, 'key-of-the-counting-erp', {
    kind: 'erp',
    name: 'Counting ERP',
    settings: { url: `${sinkUrl}/erp/${ledger}`, concurrency: erpConcurrency },
  })
}

/** A Quittance ready to be measured. */
export type FurnishedQuittance = {
  readonly home: QuittanceHome
  readonly quittance: Quittance
  readonly token: string
  readonly api: Api
}

type FurnishedPlan = Parameters<typeof newHome>[0] &
  NonNullable<Parameters<typeof startQuittance>[1]> & { readonly sinkUrl: string }

/** An empty Quittance, started and furnished; without a database URL it is the built-in database. */
export async function startFurnished(keep: Keep, plan: FurnishedPlan): Promise<FurnishedQuittance> {
  const home = keep(await newHome(plan))
  const token = await openTenant(home)
  const quittance = keep(await startQuittance(home, plan))
  const api = apiOf(quittance.urls[0] ?? '', token)
  await furnish(api, plan)
  return { home, quittance, token, api }
}
