import {
  CreditFile,
  type Customer,
  ProductRestrictions,
} from '../backbone/canonical/master-data.ts'
import type { TenantTx } from '../backbone/store/database.ts'
import { customerFile } from '../backbone/store/master-data/customer-file.ts'
import { partnerFile } from '../backbone/store/master-data/partner-file.ts'
import { priceListFile } from '../backbone/store/master-data/price-list-file.ts'
import { productFile } from '../backbone/store/master-data/product-file.ts'
import { stockFile } from '../backbone/store/master-data/stock-file.ts'

const prices: Readonly<Record<string, string>> = {
  'FAS-1001': '0.084',
  'BRG-1003': '4.4772',
  'TLS-1002': '9.2872',
  'PMP-1003': '250',
  'SFT-1014': '3.18',
  'CBL-1006': '136.29',
  'CBL-1001': '3.3333',
}

const classOf = (sku: string) => sku.slice(0, 3)

function customer(customerNumber: string, keys: readonly string[]): Customer {
  return {
    customerNumber,
    name: `Customer ${customerNumber}`,
    status: 'active',
    currency: 'USD',
    terms: { netDays: 30 },
    credit: CreditFile.parse({}),
    segment: 'standard',
    legalKind: 'business',
    addresses: [],
    contacts: [],
    settings: {},
    keys: [`seller-assigned:${customerNumber}`, ...keys],
  }
}

/** Every product of the trade, with 1000 of each in Dallas and 100 of each in Chicago. */
export async function writeMasterData(tx: TenantTx): Promise<void> {
  const skus = Object.keys(prices)
  await productFile.write(
    tx,
    skus.map((sku) => ({
      sku,
      name: `Product ${sku}`,
      productClass: classOf(sku),
      condition: 'new' as const,
      restrictions: ProductRestrictions.parse({}),
      status: 'active' as const,
      attributes: {},
      baseUom: 'EA',
      uomFactors: { XCS: 24 },
      minimumQuantity: 1,
      quantityMultiple: 1,
      currency: 'USD',
      keys: [],
    })),
  )
  await customerFile.write(tx, [
    customer('C-10001', ['x12:ZZ:NORTHWIND']),
    customer('C-10002', []),
    customer('C-10020', []),
  ])
  await partnerFile.write(tx, [
    {
      partnerId: 'northwind-tools',
      name: 'Northwind Tools',
      kind: 'customer',
      customerNumber: 'C-10001',
      identifiers: [],
      policy: {},
    },
  ])
  await priceListFile.write(tx, [
    {
      priceListId: 'LIST',
      name: 'List',
      currency: 'USD',
      validFrom: '2020-01-01',
      prices: skus.map((sku) => ({ sku, minimumQuantity: 1, unitPrice: prices[sku] ?? '1' })),
    },
  ])
  await writeStock(
    tx,
    skus.flatMap((sku) => [
      { sku, warehouse: 'DAL', onHandEach: 1_000 },
      { sku, warehouse: 'CHI', onHandEach: 100 },
    ]),
  )
}

/** Stock as a warehouse counts it. */
export type Count = {
  readonly sku: string
  readonly warehouse: string
  readonly onHandEach: number
}

/** Puts on the shelves what warehouses counted. */
export function writeStock(tx: TenantTx, counts: readonly Count[]) {
  const asOf = new Date().toISOString()
  return stockFile.write(
    tx,
    counts.map((count) => ({ ...count, safetyEach: 0, asOf })),
  )
}
