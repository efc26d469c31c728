import { compare, decimalText, type Exact, exact, rounded, times } from './exact.ts'
import { expectation, priceScale } from './expect.ts'
import type { Chance } from './random.ts'
import {
  type DraftLine,
  factorOf,
  type World,
  type WorldCustomer,
  type WorldProduct,
} from './world.ts'

/** Where an order is made: whose it is, and what there is to choose from. */
export type Desk = {
  readonly world: World
  readonly chance: Chance
  readonly customer: WorldCustomer
  readonly shipTo?: string
  readonly currency: string
}

/** The price of the books for a line, per base unit; a conflict of rules has none. */
export function bookPrice(
  { world, customer, shipTo, currency }: Desk,
  line: Pick<DraftLine, 'product' | 'quantity' | 'uom'>,
): Exact | undefined {
  const each = line.quantity * factorOf(line)
  const found = expectation(world, { customer, shipTo, product: line.product, each, currency })
  return found !== undefined && 'price' in found ? found.price : undefined
}

/** Writes a price of one base unit as that of one ordered unit, with at least two decimals. */
export function written(perEach: Exact, line: Pick<DraftLine, 'product' | 'uom'>): string {
  return decimalText(times(perEach, exact(factorOf(line))), { least: 2 })
}

/** A line at exactly the price of the books. */
export function lineAtBookPrice(
  desk: Desk,
  line: Pick<DraftLine, 'product' | 'quantity' | 'uom'>,
): DraftLine {
  const price = bookPrice(desk, line)
  if (price === undefined)
    throw new RangeError(`${desk.customer.number} has no one price of ${line.product.sku}.`)
  return { ...line, price: written(rounded(price, priceScale), line) }
}

/** A line at another price of one base unit. */
export const lineAt = (
  line: Pick<DraftLine, 'product' | 'quantity' | 'uom'>,
  perEach: Exact,
): DraftLine => ({ ...line, price: written(perEach, line) })

/** The products of a class, in the order of their numbers. */
export const ofClass = (world: World, productClass: string): WorldProduct[] =>
  world.products.filter((product) => product.productClass === productClass)

const usualClasses = ['STD', 'STD', 'STD', 'CAT', 'BRK', 'PRM', 'TEN']

function usualUnit(chance: Chance, product: WorldProduct): Pick<DraftLine, 'quantity' | 'uom'> {
  const units = Object.keys(product.uomFactors)
  if (units.length > 0 && chance.happens(0.3))
    return { uom: chance.pick(units), quantity: chance.whole(1, 6) }
  return { uom: 'EA', quantity: chance.whole(1, 80) }
}

function isCleanFor(desk: Desk, line: Pick<DraftLine, 'product' | 'quantity' | 'uom'>): boolean {
  const price = bookPrice(desk, line)
  if (price === undefined) return false
  const { landedCost } = line.product
  const { marginFloorPercent } = desk.world
  if (landedCost === undefined) return true
  const kept = times(price, exact(String((100 - Number(marginFloorPercent)) / 100)))
  return compare(kept, exact(landedCost)) >= 0
}

/** Lines nobody has to look at: other products than the ones taken already, at the price of the books. */
export function cleanLines(
  desk: Desk,
  count: number,
  taken: readonly DraftLine[] = [],
): DraftLine[] {
  const { world, chance } = desk
  const skus = new Set(taken.map(({ product }) => product.sku))
  const lines: DraftLine[] = []
  for (let tries = 0; lines.length < count && tries < 200; tries += 1) {
    const product = chance.pick(ofClass(world, chance.pick(usualClasses)))
    const line = { product, ...usualUnit(chance, product) }
    if (skus.has(product.sku) || !isCleanFor(desk, line)) continue
    skus.add(product.sku)
    lines.push(lineAtBookPrice(desk, line))
  }
  return lines
}
