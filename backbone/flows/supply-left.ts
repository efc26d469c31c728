import { groupBy } from '../canonical/group-by.ts'
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
