import { ClassRule, SubstitutionRule } from '../backbone/canonical/availability-data.ts'
import { Customer, PriceList, Product, Stock } from '../backbone/canonical/master-data.ts'
import { Order } from '../backbone/canonical/order.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { classRuleFile } from '../backbone/store/master-data/class-rule-file.ts'
import { customerFile } from '../backbone/store/master-data/customer-file.ts'
import { priceListFile } from '../backbone/store/master-data/price-list-file.ts'
import { productFile } from '../backbone/store/master-data/product-file.ts'
import { stockFile } from '../backbone/store/master-data/stock-file.ts'
import { substitutionRuleFile } from '../backbone/store/master-data/substitution-rule-file.ts'
import { benchTenantId } from './house/quittance.ts'

const classes = ['BRG', 'CBL', 'FAS', 'MTR', 'PMP', 'SFT', 'TLS', 'VLV']
const sizes = 50
const voltages = ['115', '230', '460']
const soldOutEvery = 7
const successorEvery = 50
const pageSize = 1_000

const skuOf = (index: number) => `SKU-${String(index).padStart(6, '0')}`
const classOf = (index: number) => classes[index % classes.length] ?? 'BRG'

/** Whether no warehouse has any of a product. */
const isSoldOut = (index: number) => index % soldOutEvery === 0

function productAt(index: number): Product {
  const turn = Math.floor(index / classes.length)
  return Product.parse({
    sku: skuOf(index),
    name: `${classOf(index)} part of size ${turn % sizes}, make ${turn % 11}, number ${index}`,
    productClass: classOf(index),
    attributes: {
      size: { value: String(1 + (turn % sizes)), unit: 'MMT' },
      voltage: voltages[Math.floor(turn / sizes) % voltages.length] ?? '230',
      power: { value: String(1 + (turn % 9)), unit: 'KWT' },
      make: `make ${turn % 11}`,
    },
    landedCost: (1 + (index % 89) / 5).toFixed(4),
  })
}

function stockAt(index: number, asOf: string): Stock[] {
  const onHandEach = isSoldOut(index) ? 0 : 500
  return ['EAST', 'WEST'].map((warehouse) =>
    Stock.parse({ warehouse, sku: skuOf(index), onHandEach, safetyEach: 0, asOf }),
  )
}

const classRule = (productClass: string) =>
  ClassRule.parse({
    productClass,
    attributes: [
      { name: 'size', role: 'required-equal' },
      { name: 'voltage', role: 'safety-equal' },
      { name: 'power', role: 'at-least' },
    ],
  })

const successorOf = (index: number) =>
  SubstitutionRule.parse({
    ruleId: `R-${index}`,
    kind: 'supersession',
    sku: skuOf(index),
    substituteSku: skuOf(index + classes.length),
  })

const indices = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, place) => from + place)

async function inPages(count: number, write: (page: number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += pageSize)
    await write(indices(from, Math.min(from + pageSize, count)))
}

async function writeRange(tx: TenantTx, products: number): Promise<void> {
  const asOf = new Date().toISOString()
  await classRuleFile.write(tx, classes.map(classRule))
  await inPages(products, (page) => productFile.write(tx, page.map(productAt)))
  await inPages(products, (page) =>
    stockFile.write(
      tx,
      page.flatMap((index) => stockAt(index, asOf)),
    ),
  )
  const ruled = indices(0, products - classes.length).filter((at) => at % successorEvery === 0)
  await substitutionRuleFile.write(tx, ruled.map(successorOf))
  const head = { priceListId: 'LIST', name: 'List', currency: 'USD', validFrom: '2020-01-01' }
  const prices = indices(0, products).map((index) => ({
    sku: skuOf(index),
    unitPrice: (2 + (index % 97) / 3).toFixed(4),
  }))
  await priceListFile.write(tx, [PriceList.parse({ ...head, prices })])
  const terms = { netDays: 30 }
  const keys = ['seller-assigned:C-1']
  const customer = { customerNumber: 'C-1', name: 'Buyer', currency: 'USD', terms, keys }
  await customerFile.write(tx, [Customer.parse(customer)])
}

/** Loads a range of products with typed attributes, rules of their classes, stock and prices; one of seven is sold out. */
export async function loadRange(database: Database, products: number): Promise<void> {
  await database.inTenant(benchTenantId, (tx) => writeRange(tx, products))
  await database.driver.script('analyze')
}

/** A cart of three lines, the first of which no warehouse has. */
export function cartOf(number: number, products: number): Order {
  const turns = Math.floor(products / soldOutEvery)
  const soldOut = ((number * 1_009) % turns) * soldOutEvery
  const skus = [soldOut, soldOut + 1, soldOut + 2].map((index) => skuOf(index % products))
  return Order.parse({
    docType: 'order',
    purchaseOrderNumber: `CART-${number}`,
    currency: 'USD',
    parties: [{ role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: 'C-1' }] }],
    lines: skus.map((sku, place) => ({
      line: String(place + 1),
      item: { identifiers: [{ scheme: 'sku', value: sku }] },
      quantity: { value: '20', uom: 'EA' },
    })),
  })
}
