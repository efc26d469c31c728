import type { TenantTx } from '../../store/database.ts'
import { canonicalJson } from '../../store/events.ts'
import type { Kept } from '../../store/master-data/master-file.ts'
import type { MasterFinding, MasterKind } from './master-kind.ts'

/** What became of one record of a batch. */
export type AppliedRecord<Document> =
  | { readonly outcome: 'created' | 'updated' | 'unchanged'; readonly kept: Kept<Document> }
  | { readonly outcome: 'refused'; readonly findings: readonly MasterFinding[] }

type Plan<Document> =
  | { readonly outcome: 'unchanged'; readonly kept: Kept<Document> }
  | { readonly outcome: 'created' | 'updated'; readonly document: Document }
  | { readonly outcome: 'refused'; readonly findings: readonly MasterFinding[] }

function planned<Document>(
  document: Document,
  kept: Kept<Document> | undefined,
  findings: readonly MasterFinding[],
): Plan<Document> {
  if (findings.length > 0) return { outcome: 'refused', findings }
  if (kept === undefined) return { outcome: 'created', document }
  return canonicalJson(kept.document) === canonicalJson(document)
    ? { outcome: 'unchanged', kept }
    : { outcome: 'updated', document }
}

/**
 * Brings a batch of records, no id twice, to what the caller sent; the caller holds the writing lock
 * and has loaded what is kept. A record equal to the kept one is left alone, version and all.
 */
export async function applyRecords<Document, Listed>(
  tx: TenantTx,
  kind: MasterKind<Document, Listed>,
  batch: { documents: readonly Document[]; kept: readonly Kept<Document>[] },
): Promise<AppliedRecord<Document>[]> {
  const keptById = new Map(batch.kept.map((kept) => [kept.id, kept]))
  const findings = await kind.findings(tx, batch.documents)
  const plans = batch.documents.map((document, index) =>
    planned(document, keptById.get(kind.idOf(document)), findings[index] ?? []),
  )
  const changed = plans.flatMap((plan) => ('document' in plan ? [plan.document] : []))
  const written = changed.length === 0 ? [] : await kind.file.write(tx, changed)
  const writtenById = new Map(written.map((row) => [row.id, row]))
  return plans.map((plan) => {
    if (!('document' in plan)) return plan
    const id = kind.idOf(plan.document)
    const { version, updatedAt } = writtenById.get(id) ?? { version: 1, updatedAt: '' }
    return { outcome: plan.outcome, kept: { id, version, updatedAt, document: plan.document } }
  })
}
