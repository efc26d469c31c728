import { bookPrice, cleanLines, type Desk } from './clean-lines.ts'
import { customersOf } from './customer-world.ts'
import { compare, decimalText, exact, roughly, times } from './exact.ts'
import { sentPerEach } from './explain.ts'
import { errorKinds } from './kinds.ts'
import type { LineVariant } from './line-parts.ts'
import { lineVariants, oddVariants, twofoldVariants } from './line-variants.ts'
import { type OrderDocument, orderDocument } from './order-document.ts'
import { type Headed, type HeadingVariant, headingVariants, oddHeadings } from './order-variants.ts'
import { type Chance, chanceOf } from './random.ts'
import { type RepeatVariant, repeatVariants } from './repeat-variants.ts'
import { type Draft, lineTruths, type OrderFault, type Truth, truthOf } from './truth.ts'
import type { DraftLine, World } from './world.ts'

/** An order of the graded set with what is right about it. */
export type GradedOrder = {
  readonly id: string
  /** What was put in, in words; several when there are two. */
  readonly variants: readonly string[]
  readonly document: OrderDocument
  /** An order that must have been received before. */
  readonly earlier?: OrderDocument
  readonly truth: Truth
  /** How far prices of its lines are off, in percent and roughly; nothing of those that are not. */
  readonly offPercents: readonly number[]
}

type Variant =
  | { readonly of: 'lines'; readonly variant: LineVariant }
  | { readonly of: 'heading'; readonly variant: HeadingVariant }
  | { readonly of: 'repeat'; readonly variant: RepeatVariant }

const inLines = (variant: LineVariant): Variant => ({ of: 'lines', variant })
const inHeading = (variant: HeadingVariant): Variant => ({ of: 'heading', variant })
const inRepeat = (variant: RepeatVariant): Variant => ({ of: 'repeat', variant })

const wrong: readonly Variant[] = [
  ...lineVariants.map(inLines),
  ...headingVariants.map(inHeading),
  ...repeatVariants.filter(({ kind }) => kind !== 'clean').map(inRepeat),
]

const odd: readonly Variant[] = [
  ...oddVariants.map(inLines),
  ...oddHeadings.map(inHeading),
  ...repeatVariants.filter(({ kind }) => kind === 'clean').map(inRepeat),
]

type Plan = { readonly variants: readonly Variant[] }

/** All kinds equally often, and of each kind all its variants in turn. */
function inTurn(variants: readonly Variant[], count: number): Plan[] {
  const byKind = errorKinds
    .map((kind) => variants.filter(({ variant }) => variant.kind === kind))
    .filter((own) => own.length > 0)
  return Array.from({ length: count }, (_, index) => {
    const own = byKind[index % byKind.length] ?? []
    const variant = own[Math.floor(index / byKind.length) % own.length]
    return { variants: variant === undefined ? [] : [variant] }
  })
}

const sharedGroups = (a: Variant, b: Variant) =>
  a.variant.groups.filter((group) => b.variant.groups.some((other) => other === group))

// Two that do not touch each other: a difference inside its bounds would be judged by the other's money, and
// what is shifted by a row would be shifted by the other's line.
const keepsToItself = ({ variant }: Variant) =>
  variant.kind === 'WITHIN_TOLERANCE' || variant.name.includes('bound')

function pairs(chance: Chance, count: number): Plan[] {
  const able = wrong.filter((each) => each.of !== 'repeat' && !keepsToItself(each))
  const found: Plan[] = []
  while (found.length < count) {
    const [first, second] = [chance.pick(able), chance.pick(able)]
    const isApart = first.variant.kind !== second.variant.kind
    const hasRoom = first.of === 'lines' || second.of === 'lines'
    if (isApart && hasRoom && sharedGroups(first, second).length > 0)
      found.push({ variants: [first, second] })
  }
  return found
}

/** How many orders of each sort there are among so many: three in ten clean, a tenth of the faulty ones twice so. */
function plansFor(chance: Chance, orders: number): Plan[] {
  const clean = Math.round(orders * 0.3)
  const faulty = orders - clean
  const twice = Math.round(faulty * 0.1)
  const twofold = Math.round(faulty * 0.07)
  const oddOnes = Math.round(clean * 0.6)
  const turn = (from: readonly Variant[], count: number): Plan[] =>
    Array.from({ length: count }, (_, index) => {
      const variant = from[index % from.length]
      return { variants: variant === undefined ? [] : [variant] }
    })
  return [
    ...inTurn(wrong, faulty - twice - twofold),
    ...pairs(chance, twice),
    ...turn(twofoldVariants.map(inLines), twofold),
    ...turn(odd, oddOnes),
    ...Array.from({ length: clean - oddOnes }, () => ({ variants: [] })),
  ]
}

function deskFor(world: World, chance: Chance, { variants }: Plan): Desk {
  const [first, second] = variants
  const groups =
    first === undefined
      ? (['list', 'gold', 'silver', 'contract', 'freight', 'terms', 'taxed'] as const)
      : second === undefined
        ? first.variant.groups
        : sharedGroups(first, second)
  const customer = chance.pick(customersOf(world, chance.pick(groups)))
  const places = variants.flatMap((each) =>
    each.of === 'lines' && each.variant.shipTo !== undefined ? [each.variant.shipTo] : [],
  )
  const [shipTo = customer.shipTos[0] ?? 'MAIN'] = places
  return { world, chance, customer, shipTo, currency: customer.currency }
}

type Made = Omit<GradedOrder, 'id' | 'variants'>

// Whose differences are made to the last digit, or lie within a tolerance that a rounding would leave.
const isToTheDigit = ({ kind, name }: LineVariant) =>
  kind === 'clean' || kind === 'WITHIN_TOLERANCE' || /bound|hair/.test(name)

/** A price as another buyer's system would write it: rounded to cents, or for a hundred. */
function rewritten({ chance, currency }: Desk, line: DraftLine): DraftLine {
  const { price, priceBasis } = line
  if (price === undefined || priceBasis !== undefined || currency === 'JPY') return line
  if (chance.happens(0.25) && Number(price) >= 1)
    return { ...line, price: decimalText(exact(price), { least: 2, most: 2 }) }
  if (chance.happens(0.1))
    return { ...line, price: decimalText(times(exact(price), exact(100))), priceBasis: 100 }
  return line
}

/** The lines of a plan's variants; undefined when one of them had no luck or they want the same product. */
function specialLines(desk: Desk, plan: Plan): DraftLine[] | undefined {
  const made = plan.variants.map((each) => {
    if (each.of !== 'lines') return []
    const lines = each.variant.make(desk)
    return isToTheDigit(each.variant) ? lines : lines?.map((line) => rewritten(desk, line))
  })
  if (made.includes(undefined)) return undefined
  const lines = made.flatMap((some) => some ?? [])
  return new Set(lines.map(({ product }) => product.sku)).size < lines.length ? undefined : lines
}

/** The headings of a plan's variants; undefined when one of them does not go with the lines. */
function headingsOf(desk: Desk, plan: Plan, lines: readonly DraftLine[]): Headed[] | undefined {
  const made = plan.variants.map((each) =>
    each.of === 'heading' ? each.variant.make(desk, lines) : { heading: {} },
  )
  return made.includes(undefined) ? undefined : made.flatMap((some) => some ?? [])
}

function aroundLines(desk: Desk, special: readonly DraftLine[]): DraftLine[] {
  const { chance } = desk
  const few = chance.whole(special.length === 0 ? 2 : 0, 4)
  const fillers = cleanLines(desk, chance.happens(0.03) ? 20 : few, special)
  // Rows that are out of place stay beside each other.
  const before = fillers.slice(0, chance.whole(0, fillers.length))
  return [...before, ...special, ...fillers.slice(before.length)]
}

function offPercent(desk: Desk, line: DraftLine): number[] {
  const [sent, expected] = [sentPerEach(line), bookPrice(desk, line)]
  if (sent === undefined || expected === undefined || compare(sent, expected) === 0) return []
  return [Math.abs(roughly(sent) / roughly(expected) - 1) * 100]
}

function make(desk: Desk, plan: Plan, number: string): Made | undefined {
  const { world, customer, shipTo = 'MAIN', currency } = desk
  const special = specialLines(desk, plan)
  if (special === undefined) return undefined
  const lines = aroundLines(desk, special)
  const headings = headingsOf(desk, plan, lines)
  const draft: Draft = { customer, shipTo, currency, lines }
  const truths = lineTruths(world, draft)
  if (headings === undefined || truths.some(({ isUnclear }) => isUnclear)) return undefined
  const faults: OrderFault[] = headings.flatMap(({ fault }) => fault ?? [])
  const heading = Object.assign({}, ...headings.map((each) => each.heading))
  const document = orderDocument({ draft, heading, number, day: world.day })
  const offPercents = lines.flatMap((line) => offPercent(desk, line))
  const [repeat] = plan.variants.flatMap((each) => (each.of === 'repeat' ? [each.variant] : []))
  if (repeat === undefined) return { document, truth: truthOf(truths, faults), offPercents }
  const { before: earlier = document, again, fault } = repeat.make(desk, document)
  const all = fault === undefined ? faults : [...faults, fault]
  return { document: again, earlier, truth: truthOf(truths, all), offPercents }
}

/** An order of a plan; where two faults do not go together, of another two. */
function orderOf(world: World, chance: Chance, plan: Plan, id: string, seed: number): GradedOrder {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const made = make(deskFor(world, chance, plan), plan, `${id}-${seed}`)
    if (made !== undefined)
      return { id, variants: plan.variants.map(({ variant }) => variant.name), ...made }
  }
  const [other] = plan.variants.length > 1 ? pairs(chance, 1) : []
  if (other !== undefined) return orderOf(world, chance, other, id, seed)
  const names = plan.variants.map(({ variant }) => variant.name)
  throw new RangeError(`No order could be made of: ${names.join(' and ')}.`)
}

/** Makes the graded set: the same orders and truths for the same world and seed. */
export function generateOrders(
  world: World,
  { seed, orders }: { readonly seed: number; readonly orders: number },
): GradedOrder[] {
  const chance = chanceOf(seed + 1)
  const plans = chance.shuffled(plansFor(chance, orders))
  return plans.map((plan, index) =>
    orderOf(world, chance, plan, `G${String(index + 1).padStart(5, '0')}`, seed),
  )
}
