import { agreementsOf, promotionsOf } from './agreement-world.ts'
import { customersIn } from './customer-world.ts'
import {
  allProducts,
  marginFloorPercent,
  priceLists,
  rates,
  roundDiscounts,
} from './product-world.ts'
import { chanceOf } from './random.ts'
import type { World } from './world.ts'

/** Builds the distributor of a seed as it stands on a day. */
export function buildWorld({ seed, day }: { readonly seed: number; readonly day: string }): World {
  const chance = chanceOf(seed)
  const products = allProducts(chance)
  return {
    day,
    products: products.map(({ prices: _prices, breaks: _breaks, ...product }) => product),
    lists: priceLists(products, day),
    agreements: agreementsOf(chance, products, day),
    promotions: promotionsOf(products, day),
    customers: customersIn(day),
    rates,
    tolerance: {
      percent: '0.5',
      amounts: { USD: { line: 500, order: 2500 }, EUR: { line: 500, order: 2500 } },
    },
    marginFloorPercent,
    promotionCapPercent: '15',
    roundDiscounts,
  }
}
