import {
  Agreement,
  Customer,
  Partner,
  PriceList,
  type PriceListSummary,
  Product,
  Stock,
  type StockPosition,
} from '../../canonical/master-data.ts'
import { agreementFile } from '../../store/master-data/agreement-file.ts'
import { customerFile } from '../../store/master-data/customer-file.ts'
import { partnerFile } from '../../store/master-data/partner-file.ts'
import { priceListFile } from '../../store/master-data/price-list-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { stockFile, stockId } from '../../store/master-data/stock-file.ts'
import type { MasterKind } from './master-kind.ts'
import {
  agreementFindings,
  customerFindings,
  partnerFindings,
  priceListFindings,
  productFindings,
  stockFindings,
} from './reference-findings.ts'

/** What we sell. */
export const productKind: MasterKind<Product, Product> = {
  plural: 'products',
  noun: 'product',
  schema: Product,
  file: productFile,
  idOf: ({ sku }) => sku,
  rowsOf: ({ keys }) => 1 + keys.length,
  findings: productFindings,
}

/** Who buys. */
export const customerKind: MasterKind<Customer, Customer> = {
  plural: 'customers',
  noun: 'customer',
  schema: Customer,
  file: customerFile,
  idOf: ({ customerNumber }) => customerNumber,
  rowsOf: ({ keys }) => 1 + keys.length,
  findings: customerFindings,
}

/** What we agreed with one customer. */
export const agreementKind: MasterKind<Agreement, Agreement> = {
  plural: 'agreements',
  noun: 'agreement',
  schema: Agreement,
  file: agreementFile,
  idOf: ({ agreementId }) => agreementId,
  rowsOf: ({ prices }) => 1 + prices.length,
  findings: agreementFindings,
}

/** What things cost. */
export const priceListKind: MasterKind<PriceList, PriceListSummary> = {
  plural: 'price-lists',
  noun: 'price list',
  schema: PriceList,
  file: priceListFile,
  idOf: ({ priceListId }) => priceListId,
  rowsOf: ({ prices }) => 1 + prices.length,
  findings: priceListFindings,
}

/** What is where. */
export const stockKind: MasterKind<Stock, StockPosition> = {
  plural: 'stock',
  noun: 'stock record',
  schema: Stock,
  file: stockFile,
  idOf: stockId,
  rowsOf: () => 1,
  findings: stockFindings,
}

/** Who we exchange documents with. */
export const partnerKind: MasterKind<Partner, Partner> = {
  plural: 'partners',
  noun: 'partner',
  schema: Partner,
  file: partnerFile,
  idOf: ({ partnerId }) => partnerId,
  rowsOf: () => 1,
  findings: partnerFindings,
}
