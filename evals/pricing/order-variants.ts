import type { Desk } from './clean-lines.ts'
import type { CustomerGroup } from './customer-world.ts'
import { exact, minorUnits, over, times } from './exact.ts'
import type { ErrorKind } from './kinds.ts'
import { buyersMinor } from './line-variants.ts'
import type { OrderFault } from './truth.ts'
import { type DraftLine, decimalsOf } from './world.ts'

/** Terms of payment as a document states them. */
type StatedTerms = {
  readonly netDays: number
  readonly discountPercent?: string
  readonly discountDays?: number
}

/** Freight and tax as a document states them. */
type StatedTax = {
  readonly category: string
  readonly ratePercent?: string
  readonly jurisdiction?: string
  readonly amountMinor: number
}
type StatedExtra = {
  readonly kind: 'allowance' | 'charge'
  readonly code?: string
  readonly description: string
  readonly amountMinor: number
}

/** What an order says besides its lines. */
export type Heading = {
  /** Another currency than that of the prices. */
  readonly currency?: string
  readonly terms?: StatedTerms
  readonly statedTotalMinor?: number
  readonly taxes?: readonly StatedTax[]
  readonly allowancesCharges?: readonly StatedExtra[]
}

/** A way to get the heading of an order wrong, or right in an odd way. */
export type HeadingVariant = {
  readonly name: string
  readonly kind: ErrorKind | 'clean'
  readonly groups: readonly CustomerGroup[]
  /** Undefined where the lines or the customer do not lend themselves to it, to be asked again. */
  make(desk: Desk, lines: readonly DraftLine[]): Headed | undefined
}

/** A heading, and what is wrong with it; nothing of a clean one. */
export type Headed = { readonly heading: Heading; readonly fault?: OrderFault }

const totalOf = ({ currency }: Desk, lines: readonly DraftLine[]): number =>
  lines.reduce((sum, line) => sum + buyersMinor(line, decimalsOf(currency)), 0)

const anyOfHouse: readonly CustomerGroup[] = ['list', 'gold', 'silver', 'contract', 'terms']

const charged = (amountMinor: number): Heading => ({
  allowancesCharges: [{ kind: 'charge', description: 'Freight', amountMinor }],
})

/** A total that is so much more than the lines come to. */
const totalOffBy =
  (offMinor: (desk: Desk, total: number) => number, mayGoOn: boolean): HeadingVariant['make'] =>
  (desk, lines) => {
    const total = totalOf(desk, lines)
    const deltaMinor = offMinor(desk, total)
    return {
      heading: { statedTotalMinor: total + deltaMinor },
      fault: { kind: 'EXTENSION_ERROR', deltaMinor, mayGoOn },
    }
  }

const extensions: readonly HeadingVariant[] = [
  {
    name: 'total far from its lines',
    kind: 'EXTENSION_ERROR',
    groups: anyOfHouse,
    make: totalOffBy(({ chance }, total) => {
      const off = 2_501 + chance.whole(0, Math.max(1_000, Math.round(total / 3)))
      return chance.happens(0.5) || total < 2 * off ? off : -off
    }, false),
  },
  {
    name: 'total without one of its lines',
    kind: 'EXTENSION_ERROR',
    groups: anyOfHouse,
    make: (desk, lines) => {
      const amounts = lines.map((line) => buyersMinor(line, decimalsOf(desk.currency)))
      const dropped = Math.max(...amounts)
      const off = dropped > 2_500 && dropped < totalOf(desk, lines) ? -dropped : 9_900
      return totalOffBy(() => off, false)(desk, lines)
    },
  },
  {
    name: 'total a little off',
    kind: 'EXTENSION_ERROR',
    groups: anyOfHouse,
    make: totalOffBy(({ chance }) => chance.pick([1, 5, 37, 120, 250, -1, -3, -64, -199]), true),
  },
]

const payment: readonly HeadingVariant[] = [
  {
    name: 'other days net',
    kind: 'PAYMENT_TERMS',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: ({ chance }) => ({
      heading: { terms: { netDays: chance.pick([10, 45, 60, 90]) } },
      fault: { kind: 'PAYMENT_TERMS', deltaMinor: null, mayGoOn: false },
    }),
  },
  {
    name: 'a discount for early payment that nobody granted',
    kind: 'PAYMENT_TERMS',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: ({ customer, chance }) => ({
      heading: {
        terms: {
          netDays: customer.netDays,
          discountPercent: chance.pick(['1', '2', '3']),
          discountDays: 10,
        },
      },
      fault: { kind: 'PAYMENT_TERMS', deltaMinor: null, mayGoOn: false },
    }),
  },
]

const claims: readonly HeadingVariant[] = [
  {
    name: 'an allowance without a code',
    kind: 'UNAUTHORISED_DISCOUNT',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: ({ chance }) => {
      const amountMinor = chance.whole(500, 4_000)
      const allowance = { kind: 'allowance' as const, description: 'Discount', amountMinor }
      return {
        heading: { allowancesCharges: [allowance] },
        fault: { kind: 'UNAUTHORISED_DISCOUNT', deltaMinor: -amountMinor, mayGoOn: false },
      }
    },
  },
]

const taxOn = (desk: Desk, lines: readonly DraftLine[], percent: string): number =>
  minorUnits(over(times(exact(totalOf(desk, lines)), exact(percent)), exact(100)), 0)

/** The tax as the customer's file has it. */
const rightTax = (desk: Desk, lines: readonly DraftLine[]): StatedTax => {
  const { ratePercent = '0', jurisdiction = '' } = desk.customer.tax ?? {}
  return { category: 'S', ratePercent, jurisdiction, amountMinor: taxOn(desk, lines, ratePercent) }
}

const exempt: StatedTax = { category: 'E', ratePercent: '0', amountMinor: 0 }

const taxFault = (deltaMinor: number): OrderFault => ({
  kind: 'TAX_OR_EXEMPTION',
  deltaMinor,
  mayGoOn: false,
})

const taxes: readonly HeadingVariant[] = [
  {
    name: 'tax at another rate',
    kind: 'TAX_OR_EXEMPTION',
    groups: ['taxed'],
    make: (desk, lines) => {
      const ratePercent = desk.chance.pick(['6.25', '7', '9.5'])
      const right = rightTax(desk, lines)
      const amountMinor = taxOn(desk, lines, ratePercent)
      return {
        heading: { taxes: [{ ...right, ratePercent, amountMinor }] },
        fault: taxFault(amountMinor - right.amountMinor),
      }
    },
  },
  {
    name: 'exemption claimed without a certificate',
    kind: 'TAX_OR_EXEMPTION',
    groups: ['taxed'],
    make: (desk, lines) => ({
      heading: { taxes: [exempt] },
      fault: taxFault(-rightTax(desk, lines).amountMinor),
    }),
  },
  {
    name: 'exemption claimed on a certificate that has run out',
    kind: 'TAX_OR_EXEMPTION',
    groups: ['unproven'],
    make: (desk, lines) => ({
      heading: { taxes: [exempt] },
      fault: taxFault(-rightTax(desk, lines).amountMinor),
    }),
  },
  {
    name: 'tax on an exempt customer',
    kind: 'TAX_OR_EXEMPTION',
    groups: ['exempt'],
    make: (desk, lines) => {
      const right = rightTax(desk, lines)
      return { heading: { taxes: [right] }, fault: taxFault(right.amountMinor) }
    },
  },
]

/** Clean headings that look odd. */
export const oddHeadings: readonly HeadingVariant[] = [
  {
    name: 'tax to the cent',
    kind: 'clean',
    groups: ['taxed', 'unproven'],
    make: (desk, lines) => ({ heading: { taxes: [rightTax(desk, lines)] } }),
  },
  {
    name: 'exemption with a certificate',
    kind: 'clean',
    groups: ['exempt'],
    make: () => ({ heading: { taxes: [exempt] } }),
  },
  {
    name: 'total that fits',
    kind: 'clean',
    groups: ['list', 'gold', 'contract', 'sliced'],
    make: (desk, lines) => ({ heading: { statedTotalMinor: totalOf(desk, lines) } }),
  },
  {
    name: 'terms as agreed',
    kind: 'clean',
    groups: ['terms'],
    make: ({ customer: { netDays, discount } }) => ({
      heading: {
        terms: {
          netDays,
          ...(discount === undefined
            ? {}
            : { discountPercent: discount.percent, discountDays: discount.days }),
        },
      },
    }),
  },
  {
    name: 'no freight charge',
    kind: 'clean',
    groups: ['freight'],
    make: () => ({ heading: {} }),
  },
  {
    name: 'freight added where it is not free yet',
    kind: 'clean',
    groups: ['freight'],
    make: (desk, lines) => {
      const { payer, freeFromMinor = 0 } = desk.customer.freight ?? {}
      const isDue = payer === 'prepaid-and-add' && totalOf(desk, lines) < freeFromMinor
      return isDue ? { heading: charged(2_500) } : undefined
    },
  },
]

const currencies: readonly HeadingVariant[] = [
  {
    name: 'prices in the currency agreed, the order in another',
    kind: 'CURRENCY_MISMATCH',
    groups: ['euro'],
    make: () => ({
      heading: { currency: 'USD' },
      fault: { kind: 'CURRENCY_MISMATCH', deltaMinor: null, mayGoOn: false },
    }),
  },
]

const freightFault = (deltaMinor: number): OrderFault => ({
  kind: 'FREIGHT_TERMS',
  deltaMinor,
  // What is small goes by the terms without a word: up to five.
  mayGoOn: deltaMinor <= 500,
})

const freight: readonly HeadingVariant[] = [
  ...[true, false].map((isSmall) => ({
    name: `${isSmall ? 'a little' : 'much'} freight on an order whose freight is not ours to bill`,
    kind: 'FREIGHT_TERMS' as const,
    groups: ['freight'] as const,
    make: ({ customer, chance }: Desk) => {
      if (customer.freight?.payer === 'prepaid-and-add') return undefined
      const amountMinor = isSmall ? chance.whole(100, 500) : chance.whole(1_500, 9_000)
      return { heading: charged(amountMinor), fault: freightFault(amountMinor) }
    },
  })),
  {
    name: 'freight on an order large enough to go free',
    kind: 'FREIGHT_TERMS',
    groups: ['freight'],
    make: (desk, lines) => {
      const { payer, freeFromMinor = 0 } = desk.customer.freight ?? {}
      if (payer !== 'prepaid-and-add' || totalOf(desk, lines) < freeFromMinor) return undefined
      const amountMinor = desk.chance.whole(1_500, 9_000)
      return { heading: charged(amountMinor), fault: freightFault(amountMinor) }
    },
  },
]

/** Every way to put something wrong into the heading of an order. */
export const headingVariants: readonly HeadingVariant[] = [
  ...extensions,
  ...payment,
  ...claims,
  ...taxes,
  ...freight,
  ...currencies,
]
