import { groupBy } from '../canonical/group-by.ts'
import type { PartnerSlaView } from '../canonical/views/sla-view.ts'
import { type PartnerPromises, partnerSla } from '../policies/sla/partner-sla.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { databaseNow } from '../store/events.ts'
import { partnerClocks, partnersOfOrders } from '../store/sla/partner-clocks.ts'
import { readForecast } from './sla-forecast.ts'
import { loadSlaSetting } from './sla-setting.ts'

/** With whom we do not keep our promises in time. */
export type PartnerSlaService = {
  /** Over the promises of the last days, the partner with the most broken or soon broken first. */
  read(question: { readonly tenantId: string; readonly days?: number }): Promise<PartnerSlaView>
}

/** How many of a partner's running promises are expected late, by partner and what was promised. */
async function expectedLate(tx: TenantTx): Promise<ReadonlyMap<string, number>> {
  const { targets } = await readForecast(tx)
  const late = targets.flatMap(({ target, late: promises }) =>
    promises.flatMap(({ orderId }) => (orderId === null ? [] : { target, orderId })),
  )
  const partners = await partnersOfOrders(
    tx,
    late.map(({ orderId }) => orderId),
  )
  const partnerOf = new Map(partners.map(({ orderId, partnerId }) => [orderId, partnerId]))
  const counted = groupBy(
    late,
    ({ target, orderId }) => `${partnerOf.get(orderId) ?? ''}|${target}`,
  )
  return new Map([...counted].map(([key, promises]) => [key, promises.length]))
}

async function read(tx: TenantTx, days: number): Promise<PartnerSlaView> {
  const now = await databaseNow(tx)
  const since = new Date(Date.parse(now) - days * 86_400_000).toISOString()
  const { settings } = await loadSlaSetting(tx)
  const late = await expectedLate(tx)
  const promises = (await partnerClocks(tx, since)).map(
    (row): PartnerPromises => ({
      ...row,
      expectedLate: late.get(`${row.partnerId ?? ''}|${row.target}`) ?? 0,
    }),
  )
  return {
    at: now,
    since,
    wantedShare: settings.keptShare,
    partners: partnerSla(promises, settings),
  }
}

/** Counts clocks by partner. */
export function partnerSlaService({
  database,
}: {
  readonly database: Database
}): PartnerSlaService {
  return {
    read: ({ tenantId, days = 30 }) => database.inTenant(tenantId, (tx) => read(tx, days)),
  }
}
