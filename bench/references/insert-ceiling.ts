import { shopDelivery } from '../house/orders.ts'
import { openReferenceBooks, type ReferenceOrder, referenceOrder } from './reference-work.ts'

/** How fast the same rows can be inserted when nothing else is done. */
export type InsertCeiling = {
  readonly connections: number
  readonly ordersPerStatement: number
  readonly ordersPerSecond: number
}

async function insertAll(
  insert: (orders: readonly ReferenceOrder[]) => Promise<unknown>,
  orders: readonly ReferenceOrder[],
  { connections, size }: { connections: number; size: number },
): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < orders.length) {
      const batch = orders.slice(next, next + size)
      next += size
      await insert(batch)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
}

/** Measures the raw insert ceiling on a database furnished for references: one by one and in batches. */
export async function measureInsertCeiling(
  databaseUrl: string,
  orderCount: number,
): Promise<InsertCeiling[]> {
  const books = openReferenceBooks(databaseUrl)
  const orders = Array.from({ length: orderCount }, (_, index) =>
    referenceOrder(shopDelivery({ seed: 7, run: 'ceiling', index }).body.toString('utf8')),
  )
  const measured: InsertCeiling[] = []
  try {
    for (const [connections, size] of [
      [1, 1],
      [8, 1],
      [4, 100],
      [4, 500],
    ] as const) {
      await books.empty()
      const part = connections === 1 ? orders.slice(0, Math.ceil(orderCount / 4)) : orders
      const startedAt = performance.now()
      await insertAll(books.insert, part, { connections, size })
      const ordersPerSecond = (part.length / (performance.now() - startedAt)) * 1000
      measured.push({ connections, ordersPerStatement: size, ordersPerSecond })
    }
    await books.empty()
  } finally {
    await books.close()
  }
  return measured
}
