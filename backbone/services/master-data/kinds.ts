import { ClassRule, Demand, SubstitutionRule, Supply } from '../../canonical/availability-data.ts'
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
import { ExchangeRate, Promotion } from '../../canonical/pricing-data.ts'
import { Lane, SupplierOffer, supplierOfferId } from '../../canonical/sourcing.ts'
import { agreementFile } from '../../store/master-data/agreement-file.ts'
import { classRuleFile } from '../../store/master-data/class-rule-file.ts'
import { customerFile } from '../../store/master-data/customer-file.ts'
import { demandFile } from '../../store/master-data/demand-file.ts'
import { exchangeRateFile } from '../../store/master-data/exchange-rate-file.ts'
import { laneFile } from '../../store/master-data/lane-file.ts'
import { partnerFile } from '../../store/master-data/partner-file.ts'
import { priceListFile } from '../../store/master-data/price-list-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { promotionFile } from '../../store/master-data/promotion-file.ts'
import { stockFile, stockId } from '../../store/master-data/stock-file.ts'
import { substitutionRuleFile } from '../../store/master-data/substitution-rule-file.ts'
import { supplierOfferFile } from '../../store/master-data/supplier-offer-file.ts'
import { supplyFile } from '../../store/master-data/supply-file.ts'
import type { MasterKind } from './master-kind.ts'
import {
  agreementFindings,
  customerFindings,
  partnerFindings,
  priceListFindings,
  productFindings,
  promotionFindings,
  skuFindings,
  substitutionRuleFindings,
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
  findings: skuFindings,
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

/** What will come in. */
export const supplyKind: MasterKind<Supply, Supply> = {
  plural: 'supplies',
  noun: 'supply',
  schema: Supply,
  file: supplyFile,
  idOf: ({ supplyId }) => supplyId,
  rowsOf: () => 1,
  findings: skuFindings,
}

/** What is spoken for elsewhere. */
export const demandKind: MasterKind<Demand, Demand> = {
  plural: 'demands',
  noun: 'demand',
  schema: Demand,
  file: demandFile,
  idOf: ({ demandId }) => demandId,
  rowsOf: () => 1,
  findings: skuFindings,
}

/** What may stand in for what. */
export const substitutionRuleKind: MasterKind<SubstitutionRule, SubstitutionRule> = {
  plural: 'substitution-rules',
  noun: 'substitution rule',
  schema: SubstitutionRule,
  file: substitutionRuleFile,
  idOf: ({ ruleId }) => ruleId,
  rowsOf: () => 1,
  findings: substitutionRuleFindings,
}

/** Which attributes of a class must agree. */
export const classRuleKind: MasterKind<ClassRule, ClassRule> = {
  plural: 'class-rules',
  noun: 'class rule',
  schema: ClassRule,
  file: classRuleFile,
  idOf: ({ productClass }) => productClass,
  rowsOf: () => 1,
  // A class may have its rule before it has its first product.
  findings: async (_tx, rules) => rules.map(() => []),
}

/** Money off for a time. */
export const promotionKind: MasterKind<Promotion, Promotion> = {
  plural: 'promotions',
  noun: 'promotion',
  schema: Promotion,
  file: promotionFile,
  idOf: ({ promotionId }) => promotionId,
  rowsOf: ({ targets }) => 1 + targets.length,
  findings: promotionFindings,
}

/** What currencies are worth in each other. */
export const exchangeRateKind: MasterKind<ExchangeRate, ExchangeRate> = {
  plural: 'exchange-rates',
  noun: 'exchange rate',
  schema: ExchangeRate,
  file: exchangeRateFile,
  idOf: ({ rateId }) => rateId,
  rowsOf: () => 1,
  findings: async (_tx, rates) => rates.map(() => []),
}

/** What suppliers offer. */
export const supplierOfferKind: MasterKind<SupplierOffer, SupplierOffer> = {
  plural: 'supplier-offers',
  noun: 'supplier offer',
  schema: SupplierOffer,
  file: supplierOfferFile,
  idOf: supplierOfferId,
  rowsOf: () => 1,
  findings: skuFindings,
}

/** Carriers' services between two places. */
export const laneKind: MasterKind<Lane, Lane> = {
  plural: 'lanes',
  noun: 'lane',
  schema: Lane,
  file: laneFile,
  idOf: ({ laneId }) => laneId,
  rowsOf: () => 1,
  findings: async (_tx, lanes) => lanes.map(() => []),
}
