import type { Database } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { lastDeployment } from '../../store/triage/changes.ts'

/** Puts a new version of the product on a tenant's record, once: what fails from then on may be its doing. */
export async function noteDeployment(
  database: Database,
  tenantId: string,
  version: string,
): Promise<void> {
  await database.inTenant(tenantId, async (tx) => {
    const before = await lastDeployment(tx)
    if (before === version) return
    const event = {
      kind: 'product.deployed',
      actor: 'quittance',
      summary: `Version ${version} of Quittance runs${before === undefined ? '' : `, ${before} before`}.`,
      body: { version, before: before ?? null },
    }
    await appendTenantEvents(tx, [event], await databaseNow(tx))
  })
}
