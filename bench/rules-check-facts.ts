import {
  Agreement,
  Customer,
  PriceList,
  Product,
  Stock,
} from '../backbone/canonical/master-data.ts'
import { Order } from '../backbone/canonical/order.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { agreementFile } from '../backbone/store/master-data/agreement-file.ts'
import { customerFile } from '../backbone/store/master-data/customer-file.ts'
import { priceListFile } from '../backbone/store/master-data/price-list-file.ts'
import { productFile } from '../backbone/store/master-data/product-file.ts'
import { stockFile } from '../backbone/store/master-data/stock-file.ts'
import { benchTenantId } from './house/quittance.ts'

/** How large the distributor is whose orders are checked. */
export type Size = { readonly products: number; readonly agreements: number }

const classes = 200
const linesPerOrder = 20
const pricesPerAgreement = 20
const customersOf = ({ agreements }: Size) => agreements / 2

const skuOf = (index: number) => `SKU-${String(index).padStart(6, '0')}`
const indices = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, place) => from + place)

// Spread over the range, so that neighbours in an order or an agreement are no neighbours in the table.
const spread = (index: number, place: number, products: number) =>
  (index * 31 + place * 977) % products

const productAt = (index: number) =>
  Product.parse({
    sku: skuOf(index),
    name: `Part ${index}`,
    productClass: `C${index % classes}`,
    keys: [{ key: `gtin:${String(index).padStart(14, '0')}` }],
  })

const stockAt = (index: number) =>
  ['EAST', 'WEST'].map((warehouse) =>
    Stock.parse({
      ...{ warehouse, sku: skuOf(index), onHandEach: 100_000, safetyEach: 10 },
      asOf: new Date().toISOString(),
    }),
  )

const customerAt = (index: number) =>
  Customer.parse({
    customerNumber: `C-${index}`,
    name: `Buyer ${index}`,
    currency: 'USD',
    terms: { netDays: 30 },
    ...(index % 3 === 0 ? {} : { tier: 'GOLD' }),
    creditLimitMinor: 100_000_000_000,
    credit: { openedOn: '2019-01-01' },
    ...(index % 5 === 0 ? {} : { parentNumber: `C-${index - (index % 5)}` }),
    keys: [`seller-assigned:C-${index}`],
  })

function priceLists({ products }: Size): PriceList[] {
  const list = (priceListId: string, step: number, minimumQuantity: number) => ({
    priceListId,
    name: priceListId,
    currency: 'USD',
    validFrom: '2026-01-01',
    prices: indices(0, products / step).map((index) => ({
      sku: skuOf(index * step),
      minimumQuantity,
      unitPrice: (1 + ((index * step) % 997) / 7).toFixed(4),
    })),
  })
  return [
    PriceList.parse(list('LIST', 1, 1)),
    PriceList.parse({ ...list('GOLD', 5, 10), tier: 'GOLD' }),
  ]
}

const agreementAt = (index: number, size: Size) =>
  Agreement.parse({
    agreementId: `A-${index}`,
    name: `Agreement ${index}`,
    customerNumber: `C-${index % customersOf(size)}`,
    currency: 'USD',
    validFrom: '2026-01-01',
    prices: [
      ...indices(0, pricesPerAgreement).map((place) => ({
        sku: skuOf(spread(index, place, size.products)),
        minimumQuantity: 1 + 10 * (place % 3),
        unitPrice: (1 + place / 3).toFixed(4),
      })),
      ...[0, 7].map((place) => ({
        productClass: `C${(index + place) % classes}`,
        minimumQuantity: 1,
        percentOff: '5',
      })),
    ],
  })

const atOnce = 2_000

async function inPages(count: number, write: (page: number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += atOnce)
    await write(indices(from, Math.min(count, from + atOnce)))
}

async function writeDistributor(tx: TenantTx, size: Size): Promise<void> {
  await inPages(size.products, (page) => productFile.write(tx, page.map(productAt)))
  await inPages(size.products, (page) => stockFile.write(tx, page.flatMap(stockAt)))
  for (const list of priceLists(size)) await priceListFile.write(tx, [list])
  await inPages(customersOf(size), (page) => customerFile.write(tx, page.map(customerAt)))
  await inPages(size.agreements, (page) =>
    agreementFile.write(
      tx,
      page.map((index) => agreementAt(index, size)),
    ),
  )
}

/** Loads a distributor: products with stock in two warehouses, list and tier prices, agreements with items and classes. */
export async function loadDistributor(database: Database, size: Size): Promise<void> {
  await database.inTenant(benchTenantId, (tx) => writeDistributor(tx, size))
  // A server counts its tables within a minute by itself; the built-in database is told to (store/upkeep.ts).
  await database.driver.script('analyze')
}

/** An order of twenty lines; some at the customer's own prices, the rest at list price or off by a class agreement. */
export function orderOf(number: number, size: Size): Order {
  const customer = (number * 37) % customersOf(size)
  return Order.parse({
    docType: 'order',
    purchaseOrderNumber: `CHECK-${number}`,
    issuedOn: '2026-11-20',
    currency: 'USD',
    parties: [
      { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: `C-${customer}` }] },
    ],
    lines: indices(0, linesPerOrder).map((place) => ({
      line: String(place + 1),
      item: {
        identifiers: [{ scheme: 'sku', value: skuOf(spread(customer, place, size.products)) }],
      },
      quantity: { value: '12', uom: 'EA' },
    })),
  })
}
