import { sql } from 'drizzle-orm'
import { FailureSignature } from '../../canonical/failures/signature.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A tenant's own signature, with who wrote it and when. */
export type KeptSignature = {
  readonly signature: FailureSignature
  readonly changedBy: string
  readonly changedAt: string
}

/** A tenant's own signatures, by name. */
export async function ownSignatures(tx: TenantTx): Promise<KeptSignature[]> {
  const rows = await tx.rows<{ signature: unknown; changedBy: string; changedAt: string }>(sql`
    select signature, changed_by as "changedBy", changed_at as "changedAt"
    from failure_signature order by signature_id`)
  return rows.flatMap(({ signature, ...facts }) => {
    const read = FailureSignature.safeParse(signature)
    return read.success ? [{ signature: read.data, ...facts }] : []
  })
}

/** Writes signatures of a tenant, new or in the place of those of the same name. */
export async function putSignatures(
  tx: TenantTx,
  signatures: readonly FailureSignature[],
  { changedBy, at }: { changedBy: string; at: string },
): Promise<void> {
  await tx.run(sql`
    insert into failure_signature (tenant_id, signature_id, signature, changed_by, changed_at)
    select ${tx.tenantId}, signature ->> 'signatureId', signature, ${changedBy}, ${at}::timestamptz
    from jsonb_array_elements(${asJson(signatures)}) as signature
    on conflict (tenant_id, signature_id) do update
      set signature = excluded.signature, changed_by = excluded.changed_by, changed_at = excluded.changed_at`)
}

/** Takes away signatures of a tenant that are not among these. */
export async function keepOnlySignatures(
  tx: TenantTx,
  signatureIds: readonly string[],
): Promise<void> {
  await tx.run(sql`
    delete from failure_signature where not (signature_id = any(${asTextList(signatureIds)}))`)
}
