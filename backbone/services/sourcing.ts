import {
  CarrierAnswer,
  type CarrierQuestion,
  SupplierAnswer,
  type SupplierQuestion,
} from '../canonical/views/sourcing-view.ts'
import { openFlowSetting } from '../flows/flow-setting.ts'
import { answerDelay, chooseCarrier } from '../policies/sourcing/choose-carrier.ts'
import { rankSuppliers } from '../policies/sourcing/rank-suppliers.ts'
import { sourcingPolicy } from '../policies/sourcing/sourcing-policy.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { lanesBetween } from '../store/master-data/lane-file.ts'
import { offersFor } from '../store/master-data/supplier-offer-file.ts'

/** Whom to buy from and whom to ship with. */
export type SourcingService = {
  /** Ranks the suppliers of a product; nothing is ordered. */
  suppliers(tenantId: string, question: SupplierQuestion): Promise<SupplierAnswer>
  /** Chooses a carrier's service, or says what to do about a delay; nothing is booked. */
  carriers(tenantId: string, question: CarrierQuestion): Promise<CarrierAnswer>
}

async function suppliers(tx: TenantTx, question: SupplierQuestion): Promise<SupplierAnswer> {
  const setting = await openFlowSetting(tx)
  const { sku, quantityEach, neededOn, currency = setting.currency } = question
  const need = { sku, quantityEach, neededOn, currency, today: setting.today }
  const offers = (await offersFor(tx, sku)).map(({ validTo, ...offer }) => ({
    ...offer,
    ...(validTo === undefined ? {} : { validTo }),
  }))
  return SupplierAnswer.parse(rankSuppliers(need, offers, setting.policy(sourcingPolicy, {})))
}

async function carriers(tx: TenantTx, question: CarrierQuestion): Promise<CarrierAnswer> {
  const setting = await openFlowSetting(tx)
  const { origin, destination, delay, shipOn, promisedOn, currency = setting.currency } = question
  const need = { shipOn, promisedOn, currency }
  const lanes = await lanesBetween(tx, { origin, destination })
  const policy = setting.policy(sourcingPolicy, {})
  const choice = chooseCarrier(need, lanes, policy)
  return CarrierAnswer.parse({
    ...choice,
    ...(delay === undefined ? {} : { delay: answerDelay({ ...need, ...delay }, lanes, policy) }),
  })
}

/** Answers from the offers and lanes that are kept. */
export function sourcingService({ database }: { readonly database: Database }): SourcingService {
  return {
    suppliers: (tenantId, question) => database.inTenant(tenantId, (tx) => suppliers(tx, question)),
    carriers: (tenantId, question) => database.inTenant(tenantId, (tx) => carriers(tx, question)),
  }
}
