import type { StockOutlookView } from '../canonical/views/stock-view.ts'
import { type FlowSetting, openFlowSetting } from '../flows/flow-setting.ts'
import { supplyLeft } from '../flows/supply-left.ts'
import { atpTimeline, type SupplyPicture } from '../policies/availability/available-to-promise.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { productFile } from '../store/master-data/product-file.ts'

/** What can be delivered, and when. */
export type StockOutlookService = {
  /** In the order asked for; a product that is not known is left out. */
  read(question: {
    readonly tenantId: string
    readonly skus: readonly string[]
  }): Promise<StockOutlookView[]>
}

// Whoever asks without an order stands behind all that wait already.
const lastInLine = '~'

const mostDays = 8

function warehouseOf(
  picture: SupplyPicture,
  { today }: Pick<FlowSetting, 'today'>,
): StockOutlookView['warehouses'][number] {
  const { warehouse, onHandEach, allocatedEach, safetyEach, asOf, supplies } = picture
  const [now, ...later] = atpTimeline(picture, today)
  const changes = later.filter(
    ({ promisableEach }, place) =>
      promisableEach !== (place === 0 ? now : later[place - 1])?.promisableEach,
  )
  return {
    ...{ warehouse, onHandEach, allocatedEach, safetyEach },
    countedAt: asOf ?? null,
    promisableEach: now.promisableEach,
    later: changes.slice(0, mostDays).map(({ on, promisableEach }) => ({ on, promisableEach })),
    expected: supplies
      .filter(({ on }) => on >= today)
      .toSorted((a, b) => (a.on < b.on ? -1 : 1))
      .slice(0, mostDays)
      .map(({ on, quantityEach }) => ({ on, quantityEach })),
  }
}

async function read(tx: TenantTx, skus: readonly string[]): Promise<StockOutlookView[]> {
  const setting = await openFlowSetting(tx, { isDryRun: true })
  const known = await productFile.load(tx, [...new Set(skus)])
  const products = new Map(known.map(({ id, document }) => [id, document]))
  const pictures = await supplyLeft(tx, [...products.keys()], { orderId: lastInLine, setting })
  return [...new Set(skus)].flatMap((sku) => {
    const product = products.get(sku)
    if (product === undefined) return []
    return {
      ...{ sku, name: product.name, status: product.status, baseUom: product.baseUom },
      on: setting.today,
      warehouses: (pictures.get(sku) ?? []).map((picture) => warehouseOf(picture, setting)),
    }
  })
}

/** Reads stock with what is expected and what is spoken for; promises nothing. */
export function stockOutlookService({
  database,
}: {
  readonly database: Database
}): StockOutlookService {
  return {
    read: ({ tenantId, skus }) => database.inTenant(tenantId, (tx) => read(tx, skus)),
  }
}
