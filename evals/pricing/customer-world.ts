import { named, range } from './product-world.ts'
import { dayAfter, type World, type WorldCustomer } from './world.ts'

export const customerGroups = {
  /** Buy at the list price. */
  list: 14,
  gold: 6,
  silver: 8,
  /** Have contracts for products and a percentage off a class. */
  contract: 8,
  /** Had a contract that is over. */
  lapsed: 6,
  /** Had one that has been over for too long to explain anything. */
  forgotten: 3,
  /** Two that belong to one parent: the first has a contract, the second has none. */
  family: 8,
  /** Have a contract for one of two places. */
  places: 5,
  /** Have two contracts that contradict each other. */
  conflict: 4,
  /** Have contracts below the margin floor. */
  thin: 5,
  /** Have contracts with prices for slices. */
  sliced: 4,
  euro: 5,
  yen: 3,
  /** Old prices and promotions are honoured for a while. */
  grace: 5,
  /** Must be asked when a price is missing. */
  asked: 4,
  taxed: 5,
  exempt: 4,
  /** Exempt once: the certificate has run out. */
  unproven: 4,
  freight: 6,
  terms: 6,
} as const
export type CustomerGroup = keyof typeof customerGroups

export const customerNumber = (group: CustomerGroup, index: number) =>
  named(group.toUpperCase(), index)

/** The customers of one group. */
export function customersOf(world: World, group: CustomerGroup): WorldCustomer[] {
  return world.customers.filter(({ number }) => number.startsWith(`${group.toUpperCase()}-`))
}

type Trait = Partial<Omit<WorldCustomer, 'number'>>

const traits: Partial<Record<CustomerGroup, (index: number, day: string) => Trait>> = {
  gold: () => ({ tier: 'GOLD' }),
  silver: () => ({ tier: 'SILVER' }),
  family: (index) => ({ parent: named('PARENT', Math.floor(index / 2)) }),
  places: () => ({ shipTos: ['NORTH', 'SOUTH'] }),
  euro: () => ({ currency: 'EUR' }),
  yen: () => ({ currency: 'JPY' }),
  grace: () => ({ rules: { staleListGraceDays: 75, promotionGraceDays: 45 } }),
  asked: () => ({ rules: { missingPrice: 'ask' } }),
  taxed: () => ({ tax: { ratePercent: '8.25', jurisdiction: 'US-TX' } }),
  exempt: (_index, day) => ({
    tax: { ratePercent: '8.25', jurisdiction: 'US-TX', certificateTo: dayAfter(day, 200) },
  }),
  unproven: (_index, day) => ({
    tax: { ratePercent: '8.25', jurisdiction: 'US-TX', certificateTo: dayAfter(day, -30) },
  }),
  freight: (index) => ({
    freight:
      index % 3 === 2
        ? { payer: 'prepaid-and-add', freeFromMinor: 700_000 }
        : { payer: index % 3 === 0 ? 'prepaid' : 'collect' },
  }),
  terms: (index) =>
    index % 2 === 0 ? { netDays: 30, discount: { percent: '2', days: 10 } } : { netDays: 45 },
}

export function customersIn(day: string): WorldCustomer[] {
  const groups: readonly CustomerGroup[] = Object.keys(customerGroups).filter(
    (name): name is CustomerGroup => Object.hasOwn(customerGroups, name),
  )
  const buyers = groups.flatMap((group) =>
    range(customerGroups[group]).map((index) => ({
      number: customerNumber(group, index),
      currency: 'USD',
      netDays: 30,
      shipTos: ['MAIN'],
      ...traits[group]?.(index, day),
    })),
  )
  const parents = range(customerGroups.family / 2).map((index) => ({
    number: named('PARENT', index),
    currency: 'USD',
    netDays: 30,
    shipTos: ['MAIN'],
  }))
  return [...parents, ...buyers]
}
