import { bookPrice, type Desk, lineAt, ofClass } from './clean-lines.ts'
import type { CustomerGroup } from './customer-world.ts'
import { type Exact, exact, less, minus, over, plus, roughly, rounded, times } from './exact.ts'
import { listPrice, stacked, termPrice } from './expect.ts'
import type { ErrorKind } from './kinds.ts'
import { isSilentRatio } from './product-world.ts'
import {
  type DraftLine,
  factorOf,
  holdsOn,
  type WorldAgreement,
  type WorldProduct,
  type WorldPromotion,
} from './world.ts'

/** A way to get the price of a line or of several wrong, or right in an odd way. */
export type LineVariant = {
  readonly name: string
  /** What is put in; `clean` has nothing wrong. */
  readonly kind: ErrorKind | 'clean'
  readonly groups: readonly CustomerGroup[]
  readonly shipTo?: string
  /** The lines concerned; undefined when chance drew what cannot be used, to be asked again. */
  make(desk: Desk): readonly DraftLine[] | undefined
}

type Ordered = Pick<DraftLine, 'product' | 'quantity' | 'uom'>

export const each = (desk: Desk, product: WorldProduct, least = 2, most = 60): Ordered => ({
  product,
  uom: 'EA',
  quantity: desk.chance.whole(least, most),
})

export const cases = ({ chance }: Desk, product: WorldProduct): Ordered => ({
  product,
  uom: chance.pick(Object.keys(product.uomFactors)),
  quantity: chance.whole(1, 8),
})

export const standard = (desk: Desk) => desk.chance.pick(ofClass(desk.world, 'STD'))

/** One line of a product at a price made from what it should cost. */
export function oneLine(
  order: (desk: Desk) => Ordered,
  price: (expected: Exact, desk: Desk, line: Ordered) => Exact | undefined,
): LineVariant['make'] {
  return (desk) => {
    const line = order(desk)
    const expected = bookPrice(desk, line)
    const wrong = expected === undefined ? undefined : price(expected, desk, line)
    return wrong === undefined ? undefined : [lineAt(line, wrong)]
  }
}

export const standardEach = (desk: Desk) => each(desk, standard(desk))
export const standardAny = (desk: Desk) =>
  desk.chance.happens(0.3) ? cases(desk, standard(desk)) : standardEach(desk)

const listOf = (desk: Desk, id: string) => desk.world.lists.find((list) => list.id === id)

export const byList =
  (id: string) =>
  (_expected: Exact, desk: Desk, line: Ordered): Exact | undefined =>
    listPrice(listOf(desk, id), line.product, line.quantity * factorOf(line))

/** A product of an agreement of the customer, or of another, with the price it names. */
export function agreedLine(
  agreementOf: (desk: Desk, agreement: WorldAgreement) => boolean,
  places: readonly [number, number] = [0, 99],
): LineVariant['make'] {
  return (desk) => {
    const agreement = desk.world.agreements.find((one) => agreementOf(desk, one))
    if (agreement === undefined) return undefined
    const term = desk.chance.pick(agreement.terms.slice(...places))
    const product = desk.world.products.find(({ sku }) => 'sku' in term && sku === term.sku)
    if (product === undefined) return undefined
    const line = desk.chance.happens(0.3) ? cases(desk, product) : each(desk, product)
    const buying = { product, each: line.quantity * factorOf(line) }
    const price = termPrice(agreement, term, buying, listOf(desk, 'LIST-PRESENT'))
    return price === undefined ? undefined : [lineAt(line, price)]
  }
}

export const isOwn = ({ customer }: Desk, agreement: WorldAgreement) =>
  agreement.customer === customer.number

export const isRelatives = (desk: Desk, agreement: WorldAgreement) =>
  !isOwn(desk, agreement) &&
  holdsOn(agreement, desk.world.day) &&
  desk.world.customers.some(
    ({ number, parent }) => number === agreement.customer && parent === desk.customer.parent,
  )

export const promotedLine =
  (
    family: string,
    pick: (promotions: readonly WorldPromotion[], desk: Desk) => readonly WorldPromotion[],
    products: (product: WorldProduct, desk: Desk) => boolean = () => true,
  ): LineVariant['make'] =>
  (desk) => {
    const { world, chance } = desk
    const own = world.products.filter(
      (product) => product.family === `PRM-${family}` && products(product, desk),
    )
    const line = each(desk, chance.pick(own))
    const base = listPrice(listOf(desk, 'LIST-PRESENT'), line.product, line.quantity)
    const there = world.promotions.filter((promotion) => promotion.family === `PRM-${family}`)
    return base === undefined ? undefined : [lineAt(line, stacked(base, pick(there, desk)))]
  }

export const named =
  (...ids: readonly string[]) =>
  (promotions: readonly WorldPromotion[]) =>
    promotions.filter(({ id }) => ids.includes(id))

/** A line of a product with breaks, at the price of another break than the one its quantity reaches. */
export const brokenLine =
  (least: number, most: number, from: number): LineVariant['make'] =>
  (desk) => {
    const line = each(desk, desk.chance.pick(ofClass(desk.world, 'BRK')), least, most)
    const price = listPrice(listOf(desk, 'LIST-PRESENT'), line.product, from)
    return price === undefined ? undefined : [lineAt(line, price)]
  }

/** Prices of some lines, each written beside the next one's. */
export function shiftedRows(desk: Desk, count: number): readonly DraftLine[] | undefined {
  const lines = Array.from({ length: count }, () => standardEach(desk))
  const skus = new Set(lines.map(({ product }) => product.sku))
  const prices = lines.map((line) => bookPrice(desk, line))
  if (skus.size < count) return undefined
  return lines.flatMap((line, index) => {
    const next = prices[(index + 1) % count]
    return next === undefined ? [] : [lineAt(line, next)]
  })
}

/** A difference of exactly so many minor units on one line, within so many percent of the price. */
function lineOffBy(
  desk: Desk,
  minor: number,
  [least, most]: readonly [number, number],
): DraftLine | undefined {
  const { chance } = desk
  const quantity = chance.pick([20, 25, 40, 50, 100, 125, 200])
  const line = { product: standard(desk), uom: 'EA', quantity }
  const expected = bookPrice(desk, line)
  if (expected === undefined) return undefined
  const off = over(exact(minor), exact(100 * quantity))
  const percent = roughly(over(times(off, exact(100)), expected))
  if (percent < least || percent > most) return undefined
  return lineAt(line, chance.happens(0.5) ? plus(expected, off) : minus(expected, off))
}

/** The same, drawn until it fits. */
export function linesOffBy(
  desk: Desk,
  amounts: readonly number[],
  bounds: readonly [number, number],
): readonly DraftLine[] | undefined {
  const lines: DraftLine[] = []
  for (let tries = 0; lines.length < amounts.length && tries < 3_000; tries += 1) {
    const line = lineOffBy(desk, amounts[lines.length] ?? 0, bounds)
    const isNew = lines.every(({ product }) => product.sku !== line?.product.sku)
    if (line !== undefined && isNew) lines.push(line)
  }
  return lines.length < amounts.length ? undefined : lines
}

/** A price so many percent off, to the last digit: the bound itself, or a hair beyond it. */
export const offByPercent =
  (percents: readonly string[], quantity: readonly [number, number]): LineVariant['make'] =>
  (desk) => {
    const line = each(desk, standard(desk), ...quantity)
    const expected = bookPrice(desk, line)
    if (expected === undefined) return undefined
    return [lineAt(line, times(expected, less(desk.chance.pick(percents))))]
  }

/** A price nothing explains: drawn until its share of the right one says nothing. */
export const senseless = (expected: Exact, { chance }: Desk): Exact | undefined => {
  const ratio = 0.55 + chance.next() * 0.95
  return isSilentRatio(ratio) ? rounded(times(expected, exact(ratio.toFixed(5))), 2) : undefined
}
