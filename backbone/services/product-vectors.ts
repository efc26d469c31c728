import { productText, textHash } from '../canonical/product-text.ts'
import { textVector, textVectorModel } from '../canonical/text-vector.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import {
  dropOtherVectors,
  keepsVectors,
  type ProductToCompare,
  productsToCompare,
  writeProductVectors,
} from '../store/vectors/product-vectors.ts'
import type { Log } from '../telemetry/log.ts'

/** What a service of embeddings made of some texts: a vector for each, or why there are none. */
type EmbeddingAnswer =
  | { readonly outcome: 'done'; readonly vectors: readonly (readonly number[])[] }
  | { readonly outcome: 'failed'; readonly message: string }

/** A service that makes vectors of texts; those of one model compare with each other. */
export type Embeddings = {
  readonly model: string
  embed(texts: readonly string[]): Promise<EmbeddingAnswer>
}

// Small parts: on the built-in database nothing else goes on meanwhile.
const inPeace = { limit: 50, share: 1 / 6 }
const whileOrdersWait = { limit: 20, share: 1 / 60 }
// After a whole walk there is a rest of so many times as long, within limits: looking for changes must cost next to nothing.
const restFactor = 20
const [shortestRestMs, longestRestMs] = [30_000, 900_000]
const pauseAfterFailureMs = 300_000

type Described = { readonly sku: string; readonly text: string; readonly textHash: string }

type Tools = {
  readonly database: Database
  readonly queue: JobQueue
  readonly log: Log
  /** Without it product texts never leave the house. */
  readonly embeddings?: Embeddings
  readonly nowMs?: () => number
}

/** How far the walk through a tenant's products has come. */
type Walk = { after: string; spentMs: number; restUntilMs: number }

const withoutVectorOf = (
  model: string,
  products: readonly ProductToCompare[],
  described: readonly Described[],
): Described[] => described.filter((one, at) => products[at]?.hashes[model] !== one.textHash)

async function writeHashed(
  tx: TenantTx,
  products: readonly ProductToCompare[],
  models: readonly string[],
): Promise<Described[]> {
  const described = products.map((product) => {
    const text = productText(product)
    return { sku: product.sku, text, textHash: textHash(text) }
  })
  const fresh = withoutVectorOf(textVectorModel, products, described)
  await writeProductVectors(
    tx,
    textVectorModel,
    fresh.map(({ sku, text, textHash: hash }) => ({
      ...{ sku, textHash: hash },
      numbers: [...textVector(text)].map(Math.fround),
    })),
  )
  const outdated = products.filter(({ hashes }) =>
    Object.keys(hashes).some((model) => !models.includes(model)),
  )
  if (outdated.length > 0)
    await dropOtherVectors(
      tx,
      outdated.map(({ sku }) => sku),
      models,
    )
  return described
}

/**
 * Walks through the products of tenants, a part each round, and sees that each has a vector of its description as it
 * is now: the hashed one always, and one of the embedding service's model where there is such a service.
 */
export function productVectorRound({
  database,
  queue,
  log,
  embeddings,
  nowMs = () => performance.now(),
}: Tools): (tenantId: string, everyMs: number) => Promise<void> {
  const walks = new Map<string, Walk>()
  const models = [textVectorModel, ...(embeddings === undefined ? [] : [embeddings.model])]
  let embedAgainMs = 0

  async function embed(tenantId: string, asked: readonly Described[]): Promise<void> {
    if (embeddings === undefined || asked.length === 0 || nowMs() < embedAgainMs) return
    const answer = await embeddings.embed(asked.map(({ text }) => text))
    if (answer.outcome === 'failed') {
      embedAgainMs = nowMs() + pauseAfterFailureMs
      log.warn(
        { tenantId, model: embeddings.model },
        `${answer.message} Products are compared by their spelling; it is tried again in five minutes.`,
      )
      return
    }
    const vectors = asked.flatMap(({ sku, textHash: hash }, at) => {
      const numbers = answer.vectors[at]
      return numbers === undefined ? [] : { sku, textHash: hash, numbers }
    })
    await database.inTenant(tenantId, (tx) => writeProductVectors(tx, embeddings.model, vectors))
  }

  /** One part of the walk; how many products it saw, or undefined where the database keeps no vectors. */
  async function part(tenantId: string, walk: Walk, limit: number): Promise<number | undefined> {
    const seen = await database.inTenant(tenantId, async (tx) => {
      if (!(await keepsVectors(tx))) return undefined
      const products = await productsToCompare(tx, { after: walk.after, limit })
      return { products, described: await writeHashed(tx, products, models) }
    })
    if (seen === undefined) return undefined
    const { products, described } = seen
    if (embeddings !== undefined)
      await embed(tenantId, withoutVectorOf(embeddings.model, products, described))
    walk.after = products.at(-1)?.sku ?? walk.after
    return products.length
  }

  return async (tenantId, everyMs) => {
    const startedMs = nowMs()
    const walk = walks.get(tenantId) ?? { after: '', spentMs: 0, restUntilMs: 0 }
    walks.set(tenantId, walk)
    if (startedMs < walk.restUntilMs) return
    // Orders go first, as with figures.
    const waitedSeconds = await database.inTenant(tenantId, (tx) =>
      queue.longestWaitSeconds(tx, ['read-receipt', 'apply-document', 'deliver-transaction']),
    )
    const { share, limit } = waitedSeconds > 0 ? whileOrdersWait : inPeace
    const untilMs = startedMs + everyMs * share
    let seen: number | undefined = limit
    while (seen === limit && nowMs() < untilMs) seen = await part(tenantId, walk, limit)
    const spentMs = walk.spentMs + nowMs() - startedMs
    if (seen === limit) walk.spentMs = spentMs
    else {
      const restMs = Math.min(longestRestMs, Math.max(shortestRestMs, spentMs * restFactor))
      walks.set(tenantId, { after: '', spentMs: 0, restUntilMs: nowMs() + restMs })
    }
  }
}
