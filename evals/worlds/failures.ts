import { sql } from 'drizzle-orm'
import { builtInSignatures } from '../../backbone/canonical/failures/built-in-signatures.ts'
import { matchSignature } from '../../backbone/canonical/failures/signature.ts'
import { newId } from '../../backbone/canonical/ids.ts'
import { rootKeyOf } from '../../backbone/flows/triage/root-key.ts'
import { factsOfCall } from '../../backbone/policies/triage/facts-of-call.ts'
import { triageService } from '../../backbone/services/triage/triage-service.ts'
import type { Database, TenantTx } from '../../backbone/store/database.ts'
import { putOrderIn } from './order-in.ts'

/** A call that failed, as the other system put it. */
export type Failed = {
  readonly connection: string
  readonly kind: string
  readonly operation: string
  readonly code: string
  readonly message: string
  /** The whole answer, where the code means something in it only. */
  readonly response?: string | undefined
  /** Orders by a name of the case: calls of one order share it. */
  readonly order?: string | undefined
}

// As the outbox notes it when the call ends: recognised by the same signatures, keyed by the same rule.
function notedAs({ connection, kind, operation, code, message, response }: Failed) {
  const match = matchSignature(factsOfCall({ code, message, response }), builtInSignatures)
  const errorClass = match?.signature.errorClass ?? 'UNKNOWN'
  const entity = match?.entity
  const connectionId = connection
  const fingerprint = rootKeyOf({
    ...{ connectionKind: kind, connectionId, operation, errorClass, code, message, entity },
    path: undefined,
  })
  return { errorClass, fingerprint }
}

async function insertFailed(
  tx: TenantTx,
  failed: Failed,
  { connectionId, orderId, place }: { connectionId: string; orderId: string | null; place: number },
): Promise<string> {
  const transactionId = newId('txn')
  const { errorClass, fingerprint } = notedAs({ ...failed, connection: connectionId })
  const key = `K-${place}`
  await tx.run(sql`
    insert into transaction (transaction_id, tenant_id, connection_id, operation, order_id, document_id, natural_key,
      ordering_key, idempotency_key, status, attempts, error_class, error_code, error_message, fingerprint, response, finished_at)
    values (${transactionId}, ${tx.tenantId}, ${connectionId}, ${failed.operation}, ${orderId}, ${newId('doc')},
      ${key}, ${key}, ${transactionId}, 'failed', 3, ${errorClass}, ${failed.code}, ${failed.message}, ${fingerprint},
      ${failed.response ?? null}, now() - make_interval(mins => 30))`)
  return transactionId
}

/** Puts failed calls into a house; the ids of the calls in their order. */
export async function furnishFailures(
  database: Database,
  tenantId: string,
  failed: readonly Failed[],
): Promise<string[]> {
  const orders = new Map<string, string>()
  for (const name of new Set(failed.flatMap(({ order }) => order ?? []))) {
    const number = `SO-${String(610_000 + orders.size)}`
    const { orderId } = await putOrderIn(database, tenantId, {
      orderNumber: number,
      customerNumber: 'C-10001',
      stage: 'ready',
    })
    orders.set(name, orderId)
  }
  return database.inTenant(tenantId, async (tx) => {
    // What comes with the paper of an order has nothing to do with the case.
    await tx.run(sql`update transaction set status = 'succeeded'`)
    await tx.run(sql`delete from quarantine`)
    const connections = new Map<string, string>()
    for (const { connection, kind } of failed) {
      if (connections.has(connection)) continue
      const id = newId('con')
      connections.set(connection, id)
      await tx.run(sql`
        insert into connection (connection_id, tenant_id, kind, name)
        values (${id}, ${tenantId}, ${kind}, ${connection})`)
    }
    const ids: string[] = []
    for (const [place, one] of failed.entries()) {
      const connectionId = connections.get(one.connection) ?? ''
      const orderId = one.order === undefined ? null : (orders.get(one.order) ?? null)
      ids.push(await insertFailed(tx, one, { connectionId, orderId, place }))
    }
    return ids
  })
}

/** Says, as a person would, that the cause of a call is mended. */
export async function sayFixed(
  database: Database,
  tenantId: string,
  transactionId: string,
): Promise<void> {
  const service = triageService({ database })
  const clusters = await service.clusters(tenantId)
  const cluster = clusters.find(({ transactionIds }) => transactionIds.includes(transactionId))
  if (cluster === undefined) throw new Error(`The call ${transactionId} has no cause.`)
  const { clusterId } = cluster
  for (const to of ['diagnosed', 'fix-proposed', 'fixed'] as const)
    await service.move({ tenantId, actor: 'Dana', clusterId, to })
}
