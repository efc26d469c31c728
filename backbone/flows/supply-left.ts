import { groupBy } from '../canonical/group-by.ts'
import type { OrderLineState } from '../canonical/order-state.ts'
import type { SupplyPicture } from '../policies/availability/available-to-promise.ts'
import { leftFor } from '../policies/availability/supply-book.ts'
import {
  type Asking,
  readSupply,
  type SupplyFacts,
  waitingRank,
} from '../store/checks/supply-facts.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'

/** Reads what can be promised of products to an order, held by nobody. */
export type SupplyReading = (skus: readonly string[], asking: Asking) => Promise<SupplyFacts>

/** Supply that is read once for each product and order: for a transaction that promises nothing. */
export function openSupplyReading(tx: TenantTx): SupplyReading {
  const known = new Map<string, SupplyFacts>()
  return async (skus, asking) => {
    const asked = [...new Set(skus)]
    const key = (sku: string) => `${waitingRank(asking)}|${sku}`
    const missing = asked.filter((sku) => !known.has(key(sku)))
    if (missing.length > 0) {
      const { supply, waiting } = await readSupply(tx, missing, asking)
      const supplyBySku = groupBy(supply, ({ sku }) => sku)
      const waitingBySku = groupBy(waiting, ({ sku }) => sku)
      for (const sku of missing)
        known.set(key(sku), {
          supply: supplyBySku.get(sku) ?? [],
          waiting: waitingBySku.get(sku) ?? [],
        })
    }
    const facts = asked.map((sku) => known.get(key(sku)))
    return {
      supply: facts.flatMap((fact) => fact?.supply ?? []),
      waiting: facts.flatMap((fact) => fact?.waiting ?? []),
    }
  }
}

/** A line of an order as far as it has goods, or a day, of its own. */
type OwnLine = Pick<OrderLineState, 'sku' | 'warehouse' | 'allocatedEach' | 'promisedOn'>

/** What can be promised of products to a kept order: what its own lines have taken counts as free for them again. */
export async function supplyLeftFor(
  tx: TenantTx,
  skus: readonly string[],
  {
    order: { orderId, lines },
    today,
  }: {
    readonly order: { readonly orderId: string; readonly lines: readonly OwnLine[] }
    readonly today: string
  },
): Promise<Map<string, readonly SupplyPicture[]>> {
  const promised = new Set(lines.flatMap((line) => (line.promisedOn ? (line.sku ?? []) : [])))
  const left = new Map<string, readonly SupplyPicture[]>()
  for (const isPromised of [true, false]) {
    const asked = skus.filter((sku) => promised.has(sku) === isPromised)
    const { supply, waiting } = await readSupply(tx, asked, { orderId, isPromised })
    const waitingBySku = groupBy(waiting, ({ sku }) => sku)
    for (const [sku, pictures] of groupBy(supply, (fact) => fact.sku)) {
      const free = pictures.map((picture) => withoutOwn(picture, sku, lines))
      left.set(sku, leftFor(free, waitingBySku.get(sku) ?? [], today))
    }
  }
  return left
}

function withoutOwn(picture: SupplyPicture, sku: string, lines: readonly OwnLine[]): SupplyPicture {
  const own = lines.filter((line) => line.sku === sku && line.warehouse === picture.warehouse)
  const ownEach = own.reduce((sum, line) => sum + line.allocatedEach, 0)
  return ownEach === 0 ? picture : { ...picture, allocatedEach: picture.allocatedEach - ownEach }
}

/** What can be promised of products to an order by everything that waits before it, as if it had been promised nothing itself. */
export async function supplyLeft(
  tx: TenantTx,
  skus: readonly string[],
  {
    orderId,
    setting: { today, dryRun },
  }: { readonly orderId: string; readonly setting: Pick<FlowSetting, 'today' | 'dryRun'> },
): Promise<Map<string, readonly SupplyPicture[]>> {
  const asking = { orderId, isPromised: false }
  const { supply, waiting } = await (dryRun === undefined
    ? readSupply(tx, skus, asking)
    : dryRun.supply(skus, asking))
  const waitingBySku = groupBy(waiting, ({ sku }) => sku)
  return new Map(
    [...groupBy(supply, ({ sku }) => sku)].map(([sku, pictures]) => [
      sku,
      leftFor(pictures, waitingBySku.get(sku) ?? [], today),
    ]),
  )
}
