import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { Stock } from '../../canonical/master-data.ts'
import { momentOf } from './calendar.ts'
import { productRanges, skusOf } from './catalogue.ts'
import { draw } from './draw.ts'

const warehouses = ['DAL', 'CHI', 'ATL']

/** Products no warehouse of the seed has any of. */
export const soldOutSkus = ['FAS-1040', 'BRG-1007', 'MTR-1013', 'VLV-1021', 'PMP-1005', 'SFT-1033']

type Shelf = { readonly warehouse: string; readonly sku: string; readonly usualEach: number }

function onShelf({ warehouse, sku, usualEach }: Shelf): Pick<Stock, 'onHandEach' | 'safetyEach'> {
  if (soldOutSkus.includes(sku)) return { onHandEach: 0, safetyEach: 0 }
  const ordersCovered = (warehouse === 'DAL' ? 20 : 6) + draw(`stock ${warehouse} ${sku}`, 10)
  return { onHandEach: usualEach * ordersCovered, safetyEach: usualEach }
}

/** What the three warehouses counted this morning; Dallas holds the most. */
export function seedStock(today: IsoDate): Stock[] {
  const asOf = momentOf(today, 6 * 60)
  return productRanges.flatMap((range) => {
    const usualEach = Math.max(...range.usualQuantities)
    const shelves = skusOf(range).flatMap((sku) =>
      warehouses.map((warehouse) => ({ warehouse, sku, usualEach })),
    )
    return shelves.map((shelf) => ({
      warehouse: shelf.warehouse,
      sku: shelf.sku,
      ...onShelf(shelf),
      asOf,
    }))
  })
}

/** The seed's warehouses count every morning and report what moves in between: a count holds for a day and a half. */
export function stockCountPolicy(today: IsoDate) {
  return {
    policy: 'availability',
    scope: 'tenant',
    validFrom: addDays(today, -365),
    validTo: null,
    settings: { staleAfterMinutes: 36 * 60 },
    changedBy: 'quittance',
    reason: 'Warehouses count every morning and report what moves in between.',
  }
}
