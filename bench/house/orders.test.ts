import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shopifyChannel } from '../../backbone/channels/shopify.ts'
import { priceMinor, shopDelivery, shopDomain, shopOrder, shopSecret, skuOf } from './orders.ts'

const place = { seed: 7, run: 'r1', index: 42 }
const connection = {
  connectionId: 'bench-shop',
  tenantId: 'bench',
  partnerId: null,
  kind: 'shopify',
  isEnabled: true,
  version: 1,
  settings: { shopDomain },
  secrets: () => [shopSecret],
}
const asRequest = ({ body, headers }: ReturnType<typeof shopDelivery>) => ({
  body: new Uint8Array(body),
  headers,
})

test('the same order of the same run has the same bytes and the same signature every time', () => {
  expect(shopDelivery(place)).toEqual(shopDelivery({ ...place }))
  expect(shopDelivery(place).body.length).toBeGreaterThan(2_500)
  expect(shopDelivery({ ...place, index: 43 }).body).not.toEqual(shopDelivery(place).body)
})

test('orders of two runs never share the shop’s order id', () => {
  const name = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abc0129') })
  fc.assert(
    fc.property(name, name, fc.nat(1_999_999), fc.nat(1_999_999), (run, other, index, another) => {
      fc.pre(run !== other || index !== another)
      const id = shopOrder({ seed: 7, run, index }).id
      expect(Number.isSafeInteger(id)).toBe(true)
      expect(shopOrder({ seed: 7, run: other, index: another }).id).not.toBe(id)
    }),
    { numRuns: 200, seed: 20_261_122 },
  )
})

test('our shop channel takes the signature and reads every generated order without a finding', () => {
  const channel = shopifyChannel()
  for (const index of [0, 1, 500, 19_999]) {
    const request = asRequest(shopDelivery({ ...place, index }))
    expect(channel.isAuthentic(request, connection)).toBe(true)
    expect(channel.read(request, connection)).toMatchObject({ outcome: 'read', findings: [] })
  }
  const forged = asRequest(shopDelivery(place))
  forged.body[40] = 0x21
  expect(channel.isAuthentic(forged, connection)).toBe(false)
})

test('every line of a generated order has the price the products have', () => {
  const products = new Map(Array.from({ length: 2_000 }, (_, i) => [skuOf(i), priceMinor(i)]))
  for (const index of [3, 77, 12_345])
    for (const line of shopOrder({ ...place, index }).line_items)
      expect(Math.round(Number(line.price) * 100)).toBe(products.get(line.sku))
})
