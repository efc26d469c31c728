import type { IsoDate } from '../../canonical/document.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { agreementFile } from '../../store/master-data/agreement-file.ts'
import { classRuleFile } from '../../store/master-data/class-rule-file.ts'
import { customerFile } from '../../store/master-data/customer-file.ts'
import { demandFile } from '../../store/master-data/demand-file.ts'
import { writeOrderHistory } from '../../store/master-data/order-history.ts'
import { partnerFile } from '../../store/master-data/partner-file.ts'
import { priceListFile } from '../../store/master-data/price-list-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import {
  claimTenantForSeed,
  markTenantSeeded,
  type TenantProfile,
} from '../../store/master-data/seeded-tenant.ts'
import { stockFile } from '../../store/master-data/stock-file.ts'
import { substitutionRuleFile } from '../../store/master-data/substitution-rule-file.ts'
import { supplyFile } from '../../store/master-data/supply-file.ts'
import { addPolicyVersion } from '../../store/policies/policy-settings.ts'
import { productRanges, seedProduct, skusOf } from './catalogue.ts'
import { seedCustomers } from './customers.ts'
import { seedHistory } from './history.ts'
import { seedPartners } from './partners.ts'
import { seedAgreements, seedPriceLists, seedPricing } from './prices.ts'
import { seedStock, stockCountPolicy } from './stock.ts'
import { seedClassRules, seedDemands, seedSubstitutionRules, seedSupplies } from './substitutes.ts'

/** What the seed is asked for: whose tenant, and the day its year ends. */
export type SeedRequest = {
  readonly tenantId: string
  readonly today: IsoDate
  readonly settings?: Readonly<Record<string, unknown>>
}

/** What the seed wrote, or that it was there before. */
export type SeedOutcome =
  | { readonly outcome: 'already-there' }
  | { readonly outcome: 'seeded'; readonly counts: Readonly<Record<string, number>> }

const seedName = 'meridian-1'

/** What comes in, what is spoken for, and what may stand in for what. */
async function writeAvailability(tx: TenantTx, today: IsoDate): Promise<void> {
  await addPolicyVersion(tx, stockCountPolicy(today))
  await supplyFile.write(tx, seedSupplies(today))
  await demandFile.write(tx, seedDemands(today))
  await classRuleFile.write(tx, seedClassRules())
  await substitutionRuleFile.write(tx, seedSubstitutionRules())
}

async function writeBusiness(
  tx: TenantTx,
  { tenantId, today }: SeedRequest,
): Promise<Readonly<Record<string, number>>> {
  const products = productRanges.flatMap(skusOf).map(seedProduct)
  const customers = seedCustomers()
  const partners = seedPartners()
  const priceLists = seedPriceLists(today)
  const agreements = seedAgreements(today, customers)
  const stock = seedStock(today)
  const partnerOf = new Map(
    partners.flatMap(({ customerNumber, partnerId }) =>
      customerNumber === undefined ? [] : [[customerNumber, partnerId] as const],
    ),
  )
  const priceOf = seedPricing(agreements, priceLists)
  const history = seedHistory({ tenantId, today, customers, partnerOf, priceOf })
  await productFile.write(tx, products)
  await customerFile.write(tx, customers)
  await partnerFile.write(tx, partners)
  await priceListFile.write(tx, priceLists)
  await agreementFile.write(tx, agreements)
  await stockFile.write(tx, stock)
  await writeAvailability(tx, today)
  await writeOrderHistory(tx, history)
  return {
    products: products.length,
    customers: customers.length,
    partners: partners.length,
    priceLists: priceLists.length,
    agreements: agreements.length,
    stock: stock.length,
    orders: history.orders.length,
    invoices: history.invoices.length,
    payments: history.payments.length,
  }
}

/**
 * Fills a tenant with the business of Meridian Industrial Supply: products, customers, partners, prices,
 * stock and a year of closed orders. The same tenant and day give the same rows; a second run changes nothing.
 */
export function seedDistributor(database: Database, request: SeedRequest): Promise<SeedOutcome> {
  const profile: TenantProfile = {
    name: 'Meridian Industrial Supply',
    timeZone: 'America/Chicago',
    currency: 'USD',
    settings: request.settings ?? {},
  }
  return database.inTenant(request.tenantId, async (tx) => {
    if (await claimTenantForSeed(tx, profile)) return { outcome: 'already-there' }
    const counts = await writeBusiness(tx, request)
    await markTenantSeeded(tx, seedName, profile)
    const draft = {
      kind: 'tenant.seeded',
      actor: 'quittance',
      summary: `${profile.name} was set up with ${counts['products']} products, ${counts['customers']} customers and ${counts['orders']} closed orders of the year before ${request.today}.`,
      body: { seed: seedName, today: request.today, ...counts },
    }
    await appendTenantEvents(tx, [draft], await databaseNow(tx))
    return { outcome: 'seeded', counts }
  })
}
