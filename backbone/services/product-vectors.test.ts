import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { Product } from '../canonical/master-data.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'
import { productFile } from '../store/master-data/product-file.ts'
import { createLog } from '../telemetry/log.ts'
import { type Embeddings, productVectorRound } from './product-vectors.ts'

let store: TestDatabase
let queue: JobQueue

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, { onError: () => undefined, supervise: false })
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

type Kept = { sku: string; model: string; dimension: number; made: string }

const keptOf = (tenantId: string) =>
  store.database.inTenant(tenantId, (tx) =>
    tx.rows<Kept>(sql`
      select sku, model, dimension, made_at::text as made from quittance_vector.product_vector order by sku, model`),
  )

const product = (sku: string, change: object = {}) =>
  Product.parse({ sku, name: `Hex bolt ${sku}`, productClass: 'BLT', ...change })

const write = (tenantId: string, products: readonly Product[]) =>
  store.database.inTenant(tenantId, (tx) => productFile.write(tx, products))

/** Rounds on a clock of their own; each call of `next` is one round, long after the one before. */
function rounds(tenantId: string, embeddings?: Embeddings) {
  const sentences: string[] = []
  const log = createLog({ destination: { write: (text: string) => void sentences.push(text) } })
  let clockMs = 0
  const round = productVectorRound({
    ...{ database: store.database, queue, log, nowMs: () => clockMs },
    ...(embeddings === undefined ? {} : { embeddings }),
  })
  return {
    async next() {
      clockMs += 3_600_000
      await round(tenantId, 3_000)
    },
    told: () => sentences.join(''),
  }
}

const hashed = 'hashed-3-to-5-grams'

test('products get vectors of their descriptions, and new ones when the description changes', async () => {
  const tenantId = await store.newTenant()
  const skus = Array.from({ length: 120 }, (_, at) => `B-${String(at).padStart(3, '0')}`)
  await write(
    tenantId,
    skus.map((sku) => product(sku, { attributes: { thread: 'M8' } })),
  )
  const { next } = rounds(tenantId)
  await next()
  const first = await keptOf(tenantId)
  expect(first.map(({ sku }) => sku)).toEqual(skus)
  expect(new Set(first.map(({ model, dimension }) => `${model} ${dimension}`))).toEqual(
    new Set([`${hashed} 384`]),
  )
  await write(tenantId, [
    product('B-007', { attributes: { thread: 'M10' } }),
    product('B-008', { attributes: { thread: 'M8' }, landedCost: '3' }),
  ])
  await next()
  const again = await keptOf(tenantId)
  const changed = again.filter(({ made }, at) => made !== first[at]?.made).map(({ sku }) => sku)
  expect(changed).toEqual(['B-007'])
})

test('with an embedding service each product has its vector too; when the service fails the others stay', async () => {
  const tenantId = await store.newTenant()
  await write(tenantId, [product('A'), product('B')])
  const sent: string[][] = []
  const working: Embeddings = {
    model: 'small',
    embed: async (texts) => {
      sent.push([...texts])
      return { outcome: 'done', vectors: texts.map((text) => [text.length, 1, 2]) }
    },
  }
  const failing: Embeddings = {
    model: 'small',
    embed: async () => ({ outcome: 'failed', message: 'The service is away.' }),
  }
  const models = async () =>
    (await keptOf(tenantId)).map(({ sku, model, dimension }) => `${sku} ${model} ${dimension}`)

  const away = rounds(tenantId, failing)
  await away.next()
  expect(await models()).toEqual([`A ${hashed} 384`, `B ${hashed} 384`])
  expect(away.told()).toContain('The service is away.')

  const both = [`A ${hashed} 384`, 'A small 3', `B ${hashed} 384`, 'B small 3']
  const there = rounds(tenantId, working)
  await there.next()
  await there.next()
  expect(sent).toEqual([['Hex bolt A', 'Hex bolt B']])
  expect(await models()).toEqual(both)

  await write(tenantId, [product('B', { name: 'Hex nut' })])
  await there.next()
  expect(sent.slice(1)).toEqual([['Hex nut']])

  // Without the key the vectors of its model are given up.
  await rounds(tenantId).next()
  expect(await models()).toEqual([`A ${hashed} 384`, `B ${hashed} 384`])
})

test('after a walk through all products it rests, for a new product too', async () => {
  const tenantId = await store.newTenant()
  let clockMs = 0
  const round = productVectorRound({
    ...{ database: store.database, queue, log: createLog({ level: 'silent' }) },
    nowMs: () => clockMs,
  })
  await round(tenantId, 3_000)
  await write(tenantId, [product('A')])
  clockMs += 10_000
  await round(tenantId, 3_000)
  expect(await keptOf(tenantId)).toEqual([])
  clockMs += 30_000
  await round(tenantId, 3_000)
  expect(await keptOf(tenantId)).toHaveLength(1)
})
