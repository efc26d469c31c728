import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Api } from '../../bench/house/furnish.ts'
import type { OrderDocument } from './order-document.ts'
import type { World, WorldAgreement, WorldBreak, WorldCustomer, WorldPromotion } from './world.ts'

const priceOf =
  (sku: string) =>
  ({ from, price }: WorldBreak) => ({ sku, minimumQuantity: from, unitPrice: price })

const validity = ({ from, to }: { readonly from: string; readonly to?: string }) => ({
  validFrom: from,
  ...(to === undefined ? {} : { validTo: to }),
})

function agreementRecord(agreement: WorldAgreement) {
  const { id, customer, shipTo, currency, breaks, isPromotionExcluded, terms } = agreement
  return {
    agreementId: id,
    name: id,
    customerNumber: customer,
    ...(shipTo === undefined ? {} : { shipTo }),
    currency,
    ...validity(agreement),
    // What a sister has is hers: it does not go down a family by itself.
    settings: { breaks, isPromotionExcluded, isForSubsidiaries: false },
    prices: terms.flatMap((term): object[] =>
      'sku' in term
        ? term.breaks.map(priceOf(term.sku))
        : [
            {
              productClass: term.productClass,
              minimumQuantity: 1,
              percentOff: term.percentOff,
            },
          ],
    ),
  }
}

function promotionRecord(promotion: WorldPromotion) {
  const { id, combination, priority, percentOff, family, excludedSkus, quota } = promotion
  return {
    promotionId: id,
    name: id,
    currency: 'USD',
    ...validity(promotion),
    combination,
    priority,
    percentOff,
    ...(quota === undefined ? {} : { quotaEach: quota.each, usedEach: quota.used }),
    targets: [{ family }],
    excludedSkus,
  }
}

function customerRecord(customer: WorldCustomer) {
  const { number, tier, currency, parent, netDays, discount, shipTos } = customer
  const credit = { openedOn: '2015-01-01' }
  return {
    customerNumber: number,
    name: `Buyer ${number}`,
    currency,
    legalKind: 'business',
    credit,
    ...(tier === undefined ? {} : { tier }),
    ...(parent === undefined ? {} : { parentNumber: parent }),
    terms: {
      netDays,
      ...(discount === undefined
        ? {}
        : { discountPercent: discount.percent, discountDays: discount.days }),
    },
    // Nothing but prices is to stand in an order's way here.
    creditLimitMinor: 9_000_000_000_000,
    addresses: shipTos.map((code) => ({
      role: 'ship-to',
      code,
      name: `${number} ${code}`,
      address: { street: ['1 Dock Road'], city: 'Dallas', region: 'TX', country: 'US' },
    })),
    settings: customerSettings(customer),
    keys: [`seller-assigned:${number}`],
  }
}

function customerSettings({ tax, freight }: WorldCustomer) {
  return {
    ...(tax === undefined
      ? {}
      : {
          tax: {
            ratePercent: tax.ratePercent,
            jurisdiction: tax.jurisdiction,
            ...(tax.certificateTo === undefined
              ? {}
              : { isExempt: true, certificateValidTo: tax.certificateTo }),
          },
        }),
    ...(freight === undefined
      ? {}
      : {
          freight: {
            agreed: freight.payer,
            ...(freight.freeFromMinor === undefined
              ? {}
              : { freeFromMinor: freight.freeFromMinor }),
          },
        }),
  }
}

/** Loads the generated distributor through the doors of a running Quittance. */
export async function furnishWorld(api: Api, world: World): Promise<void> {
  await api.load(
    '/v1/products',
    world.products.map(({ sku, productClass, family, uomFactors, landedCost }) => ({
      sku,
      name: `Part ${sku}`,
      productClass,
      family,
      currency: 'USD',
      uomFactors,
      ...(landedCost === undefined ? {} : { landedCost }),
    })),
  )
  await api.load('/v1/customers', world.customers.map(customerRecord))
  await api.load(
    '/v1/price-lists',
    world.lists.map((list) => ({
      priceListId: list.id,
      name: list.id,
      currency: list.currency,
      ...(list.tier === undefined ? {} : { tier: list.tier }),
      ...validity(list),
      prices: [...list.prices].flatMap(([sku, breaks]) => breaks.map(priceOf(sku))),
    })),
  )
  await api.load('/v1/agreements', world.agreements.map(agreementRecord))
  await api.load('/v1/promotions', world.promotions.map(promotionRecord))
  await api.load(
    '/v1/exchange-rates',
    world.rates.map(({ base, quote, rate }) => ({
      rateId: `${base}-${quote}`,
      base,
      quote,
      rate,
      validOn: world.day,
    })),
  )
  await api.load(
    '/v1/stock',
    world.products.map(({ sku }) => ({
      warehouse: 'MAIN',
      sku,
      onHandEach: 50_000_000,
      asOf: `${world.day}T00:00:00Z`,
    })),
  )
  for (const { number, rules } of world.customers)
    if (rules !== undefined) await setPricing(api, { scope: `customer:${number}`, settings: rules })
}

/** Sets the pricing policy as a person would. */
export async function setPricing(
  api: Api,
  { scope = 'tenant', settings }: { readonly scope?: string; readonly settings: object },
): Promise<void> {
  await api.send('PUT', '/v1/policies/pricing', { scope, settings, reason: 'Graded set' })
}

/** The tenant's settings: the house's floor and cap, and how far prices may be off. */
export function pricingSettings(world: World, percent: string): object {
  const amounts = Object.fromEntries(
    Object.entries(world.tolerance.amounts).map(([currency, { line, order }]) => [
      currency,
      { lineMinor: line, orderMinor: order },
    ]),
  )
  return {
    underpaid: { percent, amounts },
    overpaid: { percent, amounts },
    marginFloorPercent: world.marginFloorPercent,
    promotionCapPercent: world.promotionCapPercent,
  }
}

const Page = z.object({
  items: z.array(z.object({ stage: z.string() })),
  nextCursor: z.string().nullable(),
})

async function countsByStage(api: Api): Promise<{ all: number; received: number }> {
  let [all, received] = [0, 0]
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = Page.parse(await api.get(`/v1/orders?limit=200${after}`))
    all += page.items.length
    received += page.items.filter(({ stage }) => stage === 'received').length
    cursor = page.nextCursor
  }
  return { all, received }
}

const connectionId = 'eval-json'

/** Sends orders in by the JSON channel and waits until each of them is in the books. */
export async function receiveOrders(
  api: Api,
  url: string,
  orders: readonly OrderDocument[],
): Promise<void> {
  const secret = randomBytes(16).toString('hex')
  const draft = { isEnabled: true, kind: 'json', name: 'Earlier orders', settings: {} }
  await api.send('PUT', `/v1/connections/${connectionId}`, draft)
  await api.send('POST', `/v1/connections/${connectionId}/secrets`, { secret })
  for (const order of orders) {
    const answer = await fetch(`${url}/v1/inbound/json/${connectionId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify(order),
    })
    if (answer.status !== 202)
      throw new Error(`An earlier order was refused: ${answer.status} ${await answer.text()}`)
  }
  const endsAt = performance.now() + 60_000
  for (;;) {
    const { all, received } = await countsByStage(api)
    if (all >= orders.length && received === 0) return
    if (performance.now() > endsAt)
      throw new Error(`Of ${orders.length} earlier orders only ${all - received} are in the books.`)
    await wait(200)
  }
}
