import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { Agreement, AgreementPrice, Customer, PriceList } from '../../canonical/master-data.ts'
import {
  type DecimalText,
  divideDecimal,
  multiplyDecimal,
  roundPrice,
  subtractDecimal,
} from '../../canonical/money.ts'
import { RuleTerms } from '../../canonical/pricing-data.ts'
import { monthStartBefore } from './calendar.ts'
import { listPriceOf, productRanges, skusOf } from './catalogue.ts'
import { draw } from './draw.ts'

// The list rose by 4.8 percent; tiers are permille of the list.
const lastYearsDivisor = '1.048'
const tierPermille = { wholesale: '940', contractor: '970' } as const

const permilleOf = (price: DecimalText, permille: string) =>
  divideDecimal(multiplyDecimal(price, permille), '1000', 4)

const lastYearsPriceOf = (sku: string) => divideDecimal(listPriceOf(sku), lastYearsDivisor, 4)

/** The list in force, last year's list before it, and the lists of the two tiers. */
export function seedPriceLists(today: IsoDate): PriceList[] {
  const since = monthStartBefore(today, 120)
  const before = addDays(since, -365)
  const skus = productRanges.flatMap(skusOf)
  const list = (
    head: Pick<PriceList, 'priceListId' | 'name' | 'validFrom'> &
      Partial<Pick<PriceList, 'tier' | 'validTo'>>,
    priceOf: (sku: string) => DecimalText,
  ): PriceList => ({
    ...head,
    currency: 'USD',
    prices: skus.map((sku) => ({ sku, minimumQuantity: 1, unitPrice: priceOf(sku) })),
  })
  return [
    list({ priceListId: `LIST-${since}`, name: 'List prices', validFrom: since }, listPriceOf),
    list(
      {
        priceListId: `LIST-${before}`,
        name: 'List prices of last year',
        validFrom: before,
        validTo: since,
      },
      lastYearsPriceOf,
    ),
    ...(['wholesale', 'contractor'] as const).map((tier) =>
      list(
        {
          priceListId: `${tier.toUpperCase()}-${since}`,
          name: `Prices for ${tier} customers`,
          tier,
          validFrom: since,
        },
        (sku) => permilleOf(listPriceOf(sku), tierPermille[tier]),
      ),
    ),
  ]
}

type AgreementRow = {
  readonly classes: readonly (readonly [productClass: string, percentOff: string])[]
  /** Products with a price of their own, and a lower one from a quantity on. */
  readonly skus: readonly (readonly [sku: string, from: number])[]
}

const ediAgreements: readonly AgreementRow[] = [
  {
    classes: [
      ['FAS', '8'],
      ['BRG', '6'],
    ],
    skus: [['MTR-1010', 5]],
  },
  {
    classes: [
      ['VLV', '7.5'],
      ['PMP', '5'],
    ],
    skus: [
      ['FAS-1004', 500],
      ['BRG-1014', 24],
    ],
  },
  {
    classes: [
      ['SFT', '10'],
      ['TLS', '6'],
    ],
    skus: [['CBL-1004', 10]],
  },
]

function drawnAgreement(place: number): AgreementRow {
  const classes = [0, 1].map(
    (turn) => productRanges[(place + turn * 3) % productRanges.length]?.code ?? 'FAS',
  )
  const range = productRanges[(place + 5) % productRanges.length]
  const skus = range === undefined ? [] : skusOf(range).slice(place, place + 3)
  return {
    classes: classes.map((code) => [code, String(4 + draw(`percent ${place} ${code}`, 8))]),
    skus: place % 3 === 0 ? skus.map((sku) => [sku, 20]) : [],
  }
}

function agreedPrices(row: AgreementRow): AgreementPrice[] {
  return [
    ...row.classes.map(([productClass, percentOff]) => ({
      productClass,
      minimumQuantity: 1,
      percentOff,
    })),
    ...row.skus.flatMap(([sku, from]) => [
      { sku, minimumQuantity: 1, unitPrice: permilleOf(listPriceOf(sku), '910') },
      { sku, minimumQuantity: from, unitPrice: permilleOf(listPriceOf(sku), '885') },
    ]),
  ]
}

/** Agreements with the first fifteen customers, and the ended ones of the first four before them. */
export function seedAgreements(today: IsoDate, customers: readonly Customer[]): Agreement[] {
  const since = monthStartBefore(today, 200)
  const before = addDays(since, -365)
  const settings = RuleTerms.parse({})
  const kind = 'contract' as const
  return customers.slice(0, 15).flatMap(({ customerNumber, name }, index) => {
    const head = { name: `Prices for ${name}`, kind, customerNumber, currency: 'USD', settings }
    const number = customerNumber.slice(2)
    const prices = agreedPrices(ediAgreements[index] ?? drawnAgreement(index + 1))
    const current: Agreement = {
      ...head,
      agreementId: `AG-${number}-2`,
      validFrom: since,
      validTo: addDays(since, 365),
      prices,
    }
    const ended: Agreement = {
      ...head,
      agreementId: `AG-${number}-1`,
      validFrom: before,
      validTo: since,
      prices: prices.flatMap((price) =>
        'percentOff' in price ? [{ ...price, percentOff: '9.5' }] : [],
      ),
    }
    return index < 4 ? [current, ended] : [current]
  })
}

/** A line to be priced: who buys how much of what, and when. */
export type PriceQuestion = {
  readonly customer: Pick<Customer, 'customerNumber' | 'tier'>
  readonly sku: string
  readonly quantityEach: number
  readonly on: IsoDate
}

type Validity = { readonly validFrom: IsoDate; readonly validTo?: IsoDate | undefined }

const holdsOn = (on: IsoDate) => (validity: Validity) =>
  validity.validFrom <= on && (validity.validTo === undefined || on < validity.validTo)

function reached<Price extends { minimumQuantity: number }>(
  prices: readonly Price[],
  quantityEach: number,
): Price | undefined {
  return prices
    .filter(({ minimumQuantity }) => minimumQuantity <= quantityEach)
    .toSorted((a, b) => b.minimumQuantity - a.minimumQuantity)[0]
}

/**
 * What a customer of the seed pays for one base unit: the agreed price of the product, else the agreed
 * percentage off list, else the tier's list, else the list (domain rules 3.1.1, as far as the seed uses them).
 */
export function seedPricing(agreements: readonly Agreement[], lists: readonly PriceList[]) {
  const prices = lists.map((list) => ({
    ...list,
    unitPrices: new Map(list.prices.map(({ sku, unitPrice }) => [sku, unitPrice])),
  }))
  const listed = (question: PriceQuestion, tier: string | undefined) =>
    prices
      .find((list) => list.tier === tier && holdsOn(question.on)(list))
      ?.unitPrices.get(question.sku)
  return (question: PriceQuestion): { unitPrice: DecimalText; source: string } => {
    const { customer, sku, quantityEach } = question
    const agreed = agreements
      .filter(({ customerNumber }) => customerNumber === customer.customerNumber)
      .filter(holdsOn(question.on))
      .flatMap((agreement) => agreement.prices)
    const own = reached(
      agreed.flatMap((price) => ('sku' in price && price.sku === sku ? [price] : [])),
      quantityEach,
    )
    if (own !== undefined) return { unitPrice: roundPrice(own.unitPrice), source: 'agreement' }
    const list = listed(question, undefined) ?? listPriceOf(sku)
    const off = reached(
      agreed.flatMap((price) =>
        'productClass' in price && sku.startsWith(`${price.productClass}-`) ? [price] : [],
      ),
      quantityEach,
    )
    if (off !== undefined) {
      const kept = divideDecimal(
        multiplyDecimal(list, subtractDecimal('100', off.percentOff)),
        '100',
        12,
      )
      return { unitPrice: roundPrice(kept), source: 'agreement-class' }
    }
    const tiered = customer.tier === undefined ? undefined : listed(question, customer.tier)
    return tiered === undefined
      ? { unitPrice: roundPrice(list), source: 'list' }
      : { unitPrice: roundPrice(tiered), source: 'tier' }
  }
}
