import type { IsoDate } from '../canonical/document.ts'
import { groupBy } from '../canonical/group-by.ts'
import type { SupplyPicture } from '../policies/availability/available-to-promise.ts'
import { leftFor } from '../policies/availability/supply-book.ts'
import { readSupply } from '../store/checks/supply-facts.ts'
import type { TenantTx } from '../store/database.ts'

/** What can be promised of products to an order by everything that waits before it, as if it had been promised nothing itself. */
export async function supplyLeft(
  tx: TenantTx,
  skus: readonly string[],
  { orderId, today }: { readonly orderId: string; readonly today: IsoDate },
): Promise<Map<string, readonly SupplyPicture[]>> {
  const { supply, waiting } = await readSupply(tx, skus, { orderId, isPromised: false })
  const waitingBySku = groupBy(waiting, ({ sku }) => sku)
  return new Map(
    [...groupBy(supply, ({ sku }) => sku)].map(([sku, pictures]) => [
      sku,
      leftFor(pictures, waitingBySku.get(sku) ?? [], today),
    ]),
  )
}
