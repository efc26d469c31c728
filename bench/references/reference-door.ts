import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { isSigned, type ReferenceOrder, referenceOrder } from './reference-work.ts'

/** What a reference answers to an order: the status and what it says. */
type ReferenceAnswer = { readonly status: 200 | 202; readonly says: object }

/** What a reference process is told: its port, its database, the ERP. */
export type ReferencePlace = {
  readonly port: number
  readonly databaseUrl: string
  readonly erpUrl: string
}

/** Reads what a reference process was started with: PORT DATABASE_URL ERP_URL. */
export function referencePlace(argv: readonly string[]): ReferencePlace {
  const [port = '', databaseUrl = '', erpUrl = ''] = argv.slice(2)
  return { port: Number(port), databaseUrl, erpUrl }
}

type Door = {
  readonly port: number
  mistakes(order: ReferenceOrder): Promise<string[]>
  accept(order: ReferenceOrder): Promise<ReferenceAnswer>
}

/** The door every reference has: signature, reading, price and stock, then its own way of accepting. */
export function openReferenceDoor({ port, mistakes, accept }: Door): void {
  const app = new Hono()
  app.post('/orders', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer())
    if (!isSigned(body, c.req.header('x-shopify-hmac-sha256')))
      return c.json({ error: 'bad signature' }, 401)
    const order = referenceOrder(body.toString('utf8'))
    const wrong = await mistakes(order)
    if (wrong.length > 0) return c.json({ error: wrong }, 422)
    const { status, says } = await accept(order)
    return c.json(says, status)
  })
  app.get('/health', (c) => c.text('ok'))
  serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
}
