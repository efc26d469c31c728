import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { ClassRule, Demand, SubstitutionRule, Supply } from '../../canonical/availability-data.ts'
import {
  Agreement,
  Customer,
  Partner,
  PriceList,
  PriceListSummary,
  Product,
  Stock,
  StockPosition,
} from '../../canonical/master-data.ts'
import { ExchangeRate, Promotion } from '../../canonical/pricing-data.ts'
import { Lane, SupplierOffer } from '../../canonical/sourcing.ts'
import { CallerMistake } from '../../errors.ts'
import { BulkResult } from '../../services/master-data/bulk-result.ts'
import type {
  IfMatch,
  MasterActor,
  MasterDataService,
  MasterDoor,
} from '../../services/master-data/master-data-service.ts'
import { ndjsonLines } from '../../services/master-data/ndjson-lines.ts'
import { type AppEnv, actorOf, guardedBy, requireScope } from '../app-env.ts'
import { streamUpTo } from '../body-limits.ts'
import type { Cursors } from '../cursor.ts'
import { createRouter, json, jsonBody, Paging, pageOf, problems } from '../router.ts'

// PostgreSQL's text has no NUL, so nothing can be named by it.
const Named = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'it has a NUL character')
const Text = Named.max(200)

const filters = {
  search: Text.optional().meta({ description: 'Found anywhere in the number or name.' }),
  productClass: Text.optional(),
  customerNumber: Text.optional(),
  warehouse: Text.optional(),
  sku: Text.optional(),
  tier: Text.optional(),
  kind: Text.optional(),
}

type FilterName = keyof typeof filters

/** How one kind of master data shows itself at the door. */
type Shown<Document, Listed> = {
  readonly path: string
  readonly one: string
  readonly schema: z.ZodType<Document>
  readonly listed: z.ZodType<Listed>
  readonly filters: readonly FilterName[]
  readonly door: MasterDoor<Document, Listed>
  readonly maxLineBytes: number
}

const Revision = z.object({ version: z.int().min(1), updatedAt: z.iso.datetime() })

const MasterId = z.object({ id: Named.max(160) })

const IfMatchHeader = z.object({
  'if-match': z
    .string()
    .regex(/^(\*|"\d{1,9}")$/, 'an ETag of ours such as "3", or *')
    .optional(),
})

const anyPage = Paging.extend(filters)

const smallLineBytes = 256 * 1024
// A price list or agreement is one line with all its prices.
const largeLineBytes = 16 * 1024 * 1024
const bulkBytes = 1024 * 1024 * 1024

const countedBulk = streamUpTo(bulkBytes)

// Under an Idempotency-Key the body has been read and measured already.
const bulkLimit: MiddlewareHandler<AppEnv> = (c, next) =>
  c.req.raw.bodyUsed ? next() : countedBulk(c, next)

const ndjsonTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl'])

const etagOf = (version: number) => `"${version}"`

function ifMatchOf(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined
  return header === '*' ? 'any' : Number(header.slice(1, -1))
}

async function* wholeBody(c: Context<AppEnv>): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(await c.req.arrayBuffer())
}

function ndjsonBody(c: Context<AppEnv>): AsyncIterable<Uint8Array> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!ndjsonTypes.has(type))
    throw new CallerMistake(
      415,
      'unsupported-media-type',
      'A bulk load comes as application/x-ndjson: one JSON record on each line.',
    )
  const { body, bodyUsed } = c.req.raw
  return body === null || bodyUsed ? wholeBody(c) : body
}

function writer(c: Context<AppEnv>): MasterActor {
  const principal = requireScope(c, 'master:write')
  return { tenantId: principal.tenantId, name: actorOf(principal) }
}

function mountReading<Document, Listed>(
  router: OpenAPIHono<AppEnv>,
  shown: Shown<Document, Listed>,
  cursors: Cursors,
): void {
  const { path, one, door } = shown
  const list = createRoute({
    method: 'get',
    path,
    tags: ['Master data'],
    summary: `Lists ${one} records`,
    ...guardedBy('master:read'),
    request: {
      query: Paging.extend(Object.fromEntries(shown.filters.map((name) => [name, filters[name]]))),
    },
    responses: {
      200: json(pageOf(z.intersection(shown.listed, Revision)), 'One page.'),
      ...problems(400, 401, 403),
    },
  })
  router.openapi(list, async (c) => {
    const { tenantId } = requireScope(c, 'master:read')
    const { cursor, ...query } = anyPage.parse(c.req.valid('query'))
    const owner = { tenantId, route: path }
    const after = cursor === undefined ? undefined : cursors.open(owner, cursor)
    const page = await door.list(tenantId, { ...query, after })
    const items = page.items.map(({ document, version, updatedAt }) => ({
      ...document,
      version,
      updatedAt,
    }))
    const nextCursor = page.nextAfter === undefined ? null : cursors.seal(owner, page.nextAfter)
    return c.json({ items, nextCursor }, 200)
  })
}

function mountRecord<Document, Listed>(
  router: OpenAPIHono<AppEnv>,
  { path, one, schema, door }: Shown<Document, Listed>,
): void {
  const view = z.intersection(schema, Revision)
  const get = createRoute({
    method: 'get',
    path: `${path}/{id}`,
    tags: ['Master data'],
    summary: `Gives one ${one}; its ETag is its version`,
    ...guardedBy('master:read'),
    request: { params: MasterId },
    responses: { 200: json(view, `The ${one}.`), ...problems(400, 401, 403, 404) },
  })
  router.openapi(get, async (c) => {
    const { tenantId } = requireScope(c, 'master:read')
    const { document, version, updatedAt } = await door.get(tenantId, c.req.valid('param').id)
    c.header('etag', etagOf(version))
    return c.json({ ...document, version, updatedAt }, 200)
  })
  const put = createRoute({
    method: 'put',
    path: `${path}/{id}`,
    tags: ['Master data'],
    summary: `Creates or replaces one ${one}; If-Match guards against a change in between`,
    ...guardedBy('master:write'),
    request: { params: MasterId, headers: IfMatchHeader, body: jsonBody(schema) },
    responses: {
      200: json(view, `The ${one} was replaced, or is as it was.`),
      201: json(view, `The ${one} is new.`),
      ...problems(400, 401, 403, 412, 415, 422),
    },
  })
  router.openapi(put, async (c) => {
    const actor = writer(c)
    const ifMatch = ifMatchOf(c.req.valid('header')['if-match'])
    const { id } = c.req.valid('param')
    const { outcome, kept } = await door.put(actor, id, c.req.valid('json'), { ifMatch })
    const { document, version, updatedAt } = kept
    c.header('etag', etagOf(version))
    return c.json({ ...document, version, updatedAt }, outcome === 'created' ? 201 : 200)
  })
}

function mountBulk<Document, Listed>(
  router: OpenAPIHono<AppEnv>,
  { path, one, schema, door, maxLineBytes }: Shown<Document, Listed>,
): void {
  for (const { method, at } of [
    { method: 'post', at: `${path}/bulk` },
    { method: 'put', at: path },
  ] as const) {
    const guard = guardedBy('master:write')
    const bulk = createRoute({
      method,
      path: at,
      tags: ['Master data'],
      summary: `Creates or replaces many ${one} records, one on each line of NDJSON`,
      security: guard.security,
      middleware: [guard.middleware, bulkLimit],
      request: {
        body: { required: true, content: { 'application/x-ndjson': { schema } } },
      },
      responses: {
        200: json(
          BulkResult,
          'What became of the lines; the refused ones stop none of the others.',
        ),
        ...problems(401, 403, 413, 415),
      },
    })
    router.openapi(bulk, async (c) => {
      const actor = writer(c)
      return c.json(await door.bulk(actor, ndjsonLines(ndjsonBody(c), maxLineBytes)), 200)
    })
  }
}

type Mount = <Document, Listed>(shown: Shown<Document, Listed>) => void

/** What will come in, what is spoken for, and what may stand in for what. */
function mountAvailability(mount: Mount, service: MasterDataService): void {
  mount({
    path: '/v1/supplies',
    one: 'supply',
    schema: Supply,
    listed: Supply,
    filters: ['warehouse', 'sku'],
    door: service.supplies,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/demands',
    one: 'demand',
    schema: Demand,
    listed: Demand,
    filters: ['warehouse', 'sku'],
    door: service.demands,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/substitution-rules',
    one: 'substitution rule',
    schema: SubstitutionRule,
    listed: SubstitutionRule,
    filters: ['sku', 'customerNumber', 'kind'],
    door: service.substitutionRules,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/class-rules',
    one: 'class rule',
    schema: ClassRule,
    listed: ClassRule,
    filters: ['productClass'],
    door: service.classRules,
    maxLineBytes: smallLineBytes,
  })
}

/** Money off for a time, and what currencies are worth in each other. */
function mountPricing(mount: Mount, service: MasterDataService): void {
  mount({
    path: '/v1/promotions',
    one: 'promotion',
    schema: Promotion,
    listed: Promotion,
    filters: ['search'],
    door: service.promotions,
    maxLineBytes: largeLineBytes,
  })
  mount({
    path: '/v1/exchange-rates',
    one: 'exchange rate',
    schema: ExchangeRate,
    listed: ExchangeRate,
    filters: ['search'],
    door: service.exchangeRates,
    maxLineBytes: smallLineBytes,
  })
}

/** What suppliers offer, and what carriers' services cost and take. */
function mountSourcing(mount: Mount, service: MasterDataService): void {
  mount({
    path: '/v1/supplier-offers',
    one: 'supplier offer',
    schema: SupplierOffer,
    listed: SupplierOffer,
    filters: ['search', 'sku'],
    door: service.supplierOffers,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/lanes',
    one: 'lane',
    schema: Lane,
    listed: Lane,
    filters: ['search', 'warehouse'],
    door: service.lanes,
    maxLineBytes: smallLineBytes,
  })
}

/** The routes of master data: single records with ETags, lists by page, bulk loads as NDJSON. */
export function masterDataRoutes(
  service: MasterDataService,
  { cursors }: { readonly cursors: Cursors },
): OpenAPIHono<AppEnv> {
  const router = createRouter()
  const mount = <Document, Listed>(shown: Shown<Document, Listed>) => {
    mountReading(router, shown, cursors)
    mountRecord(router, shown)
    mountBulk(router, shown)
  }
  mount({
    path: '/v1/products',
    one: 'product',
    schema: Product,
    listed: Product,
    filters: ['search', 'productClass'],
    door: service.products,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/customers',
    one: 'customer',
    schema: Customer,
    listed: Customer,
    filters: ['search', 'tier'],
    door: service.customers,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/agreements',
    one: 'agreement',
    schema: Agreement,
    listed: Agreement,
    filters: ['search', 'customerNumber'],
    door: service.agreements,
    maxLineBytes: largeLineBytes,
  })
  mount({
    path: '/v1/price-lists',
    one: 'price list',
    schema: PriceList,
    listed: PriceListSummary,
    filters: ['search', 'tier', 'sku'],
    door: service.priceLists,
    maxLineBytes: largeLineBytes,
  })
  mount({
    path: '/v1/stock',
    one: 'stock record',
    schema: Stock,
    listed: StockPosition,
    filters: ['warehouse', 'sku'],
    door: service.stock,
    maxLineBytes: smallLineBytes,
  })
  mount({
    path: '/v1/partners',
    one: 'partner',
    schema: Partner,
    listed: Partner,
    filters: ['search', 'kind'],
    door: service.partners,
    maxLineBytes: smallLineBytes,
  })
  mountAvailability(mount, service)
  mountPricing(mount, service)
  mountSourcing(mount, service)
  return router
}
