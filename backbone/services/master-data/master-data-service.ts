import { CallerMistake } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  type Kept,
  lockForWriting,
  type MasterFilter,
} from '../../store/master-data/master-file.ts'
import { type AppliedRecord, applyRecords } from './apply-records.ts'
import { type BulkLine, batchesOf, type NumberedRecord } from './bulk-lines.ts'
import type { BulkResult } from './bulk-result.ts'
import {
  agreementKind,
  classRuleKind,
  customerKind,
  demandKind,
  exchangeRateKind,
  laneKind,
  partnerKind,
  priceListKind,
  productKind,
  promotionKind,
  stockKind,
  substitutionRuleKind,
  supplierOfferKind,
  supplyKind,
} from './kinds.ts'
import type { MasterFinding, MasterKind } from './master-kind.ts'
import { readRecord } from './read-record.ts'

/** Who acts on master data, in which tenant. */
export type MasterActor = { readonly tenantId: string; readonly name: string }

// A page of a list; `nextAfter` asks for the page behind it.
type MasterList<Listed> = {
  readonly items: readonly Kept<Listed>[]
  readonly nextAfter?: string
}

/** The version a caller believes current: one number, or any. */
export type IfMatch = number | 'any'

// What a put did.
type PutResult<Document> = {
  readonly outcome: 'created' | 'updated' | 'unchanged'
  readonly kept: Kept<Document>
}

/** The door to one kind of master data. */
export type MasterDoor<Document, Listed> = {
  list(
    tenantId: string,
    query: MasterFilter & { after?: string | undefined; limit: number },
  ): Promise<MasterList<Listed>>
  get(tenantId: string, id: string): Promise<Kept<Document>>
  put(
    actor: MasterActor,
    id: string,
    record: unknown,
    options?: { ifMatch?: IfMatch | undefined },
  ): Promise<PutResult<Document>>
  bulk(actor: MasterActor, lines: AsyncIterable<BulkLine>): Promise<BulkResult>
}

const namedRefusals = 100

function refusedRecord(noun: string, id: string, findings: readonly MasterFinding[]) {
  return new CallerMistake(
    422,
    'record-refused',
    `The ${noun} ${id} was refused: ${findings.map(({ message }) => message).join(' ')}`,
    { id },
    findings.map(({ field, message }) => ({ path: field, message })),
  )
}

function readForPut<Document, Listed>(
  kind: MasterKind<Document, Listed>,
  id: string,
  record: unknown,
): Document {
  const reading = readRecord(kind.schema, record)
  if (reading.outcome === 'refused') throw refusedRecord(kind.noun, id, reading.findings)
  const ownId = kind.idOf(reading.document)
  if (ownId !== id)
    throw new CallerMistake(
      422,
      'id-mismatch',
      `The ${kind.noun} in the body is ${ownId}, not ${id}.`,
      {
        id,
        ownId,
      },
    )
  return reading.document
}

function requireVersion(
  noun: string,
  id: string,
  { ifMatch, kept }: { ifMatch: IfMatch | undefined; kept: Kept<unknown> | undefined },
): void {
  if (ifMatch === undefined) return
  if (kept !== undefined && (ifMatch === 'any' || ifMatch === kept.version)) return
  throw new CallerMistake(
    412,
    'version-changed',
    kept === undefined
      ? `There is no ${noun} ${id} yet.`
      : `The ${noun} ${id} is at version ${kept.version}, not ${ifMatch}. Read it again and repeat the change.`,
    { id, version: kept?.version },
  )
}

async function putRecord<Document, Listed>(
  tx: TenantTx,
  kind: MasterKind<Document, Listed>,
  act: { actor: MasterActor; id: string; document: Document; ifMatch: IfMatch | undefined },
): Promise<PutResult<Document>> {
  const { actor, id, document } = act
  await lockForWriting(tx, kind.plural)
  const kept = await kind.file.load(tx, [id])
  requireVersion(kind.noun, id, { ifMatch: act.ifMatch, kept: kept[0] })
  const [applied] = await applyRecords(tx, kind, { documents: [document], kept })
  if (applied === undefined || applied.outcome === 'refused')
    throw refusedRecord(kind.noun, id, applied?.findings ?? [])
  if (applied.outcome === 'unchanged') return applied
  const draft = {
    kind: `master-data.${applied.outcome}`,
    actor: actor.name,
    summary: `The ${kind.noun} ${id} was ${applied.outcome}.`,
    body: { records: kind.plural, id, version: applied.kept.version },
  }
  await appendTenantEvents(tx, [draft], await databaseNow(tx))
  return applied
}

type Tally = Omit<BulkResult, 'refusals'> & { refusals: BulkResult['refusals'] }

function refuseLine(tally: Tally, line: number, findings: readonly MasterFinding[]): void {
  tally.refused += 1
  for (const { field, message } of findings)
    if (tally.refusals.length < namedRefusals) tally.refusals.push({ line, field, message })
}

function count<Document>(
  tally: Tally,
  records: readonly NumberedRecord<Document>[],
  applied: readonly AppliedRecord<Document>[],
): void {
  for (const [index, record] of applied.entries())
    if (record.outcome === 'refused') refuseLine(tally, records[index]?.line ?? 1, record.findings)
    else tally[record.outcome] += 1
}

async function recordBulk(
  database: Database,
  actor: MasterActor,
  load: { plural: string; tally: Tally; isComplete: boolean },
): Promise<void> {
  const { received, created, updated, unchanged, refused } = load.tally
  const draft = {
    kind: 'master-data.bulk',
    actor: actor.name,
    summary: `Bulk load of ${load.plural}${load.isComplete ? '' : ' broke off'}: ${received} received, ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused.`,
    body: { records: load.plural, received, created, updated, unchanged, refused },
  }
  await database.inTenant(actor.tenantId, async (tx) =>
    appendTenantEvents(tx, [draft], await databaseNow(tx)),
  )
}

async function bulkLoad<Document, Listed>(
  database: Database,
  kind: MasterKind<Document, Listed>,
  load: { actor: MasterActor; lines: AsyncIterable<BulkLine> },
): Promise<BulkResult> {
  const tally: Tally = {
    received: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: 0,
    refusals: [],
  }
  let isComplete = false
  const watch = {
    received: () => {
      tally.received += 1
    },
    refused: (line: number, findings: readonly MasterFinding[]) =>
      refuseLine(tally, line, findings),
  }
  try {
    for await (const records of batchesOf(kind, load.lines, watch)) {
      const documents = records.map(({ document }) => document)
      const applied = await database.inTenant(load.actor.tenantId, async (tx) => {
        await lockForWriting(tx, kind.plural)
        const kept = await kind.file.load(tx, documents.map(kind.idOf))
        return applyRecords(tx, kind, { documents, kept })
      })
      count(tally, records, applied)
    }
    isComplete = true
  } finally {
    // A load that breaks off half-way has changed what its first batches hold: that stays on record.
    if (tally.received > 0)
      await recordBulk(database, load.actor, { plural: kind.plural, tally, isComplete })
  }
  return { ...tally, refusals: tally.refusals.toSorted((a, b) => a.line - b.line) }
}

function masterDoor<Document, Listed>(
  database: Database,
  kind: MasterKind<Document, Listed>,
): MasterDoor<Document, Listed> {
  return {
    async list(tenantId, { after, limit, ...filter }) {
      const found = await database.inTenant(tenantId, (tx) =>
        kind.file.list(tx, filter, { after, limit: limit + 1 }),
      )
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return found.length > limit && last !== undefined ? { items, nextAfter: last.id } : { items }
    },
    async get(tenantId, id) {
      const [kept] = await database.inTenant(tenantId, (tx) => kind.file.load(tx, [id]))
      if (kept === undefined)
        throw new CallerMistake(404, 'not-found', `There is no ${kind.noun} ${id}.`, { id })
      return kept
    },
    async put(actor, id, record, { ifMatch } = {}) {
      const document = readForPut(kind, id, record)
      return database.inTenant(actor.tenantId, (tx) =>
        putRecord(tx, kind, { actor, id, document, ifMatch }),
      )
    },
    bulk: (actor, lines) => bulkLoad(database, kind, { actor, lines }),
  }
}

/** The one door to master data: products, customers, agreements, price lists, stock and partners. */
export type MasterDataService = ReturnType<typeof masterDataService>

/** Opens the master data of all tenants of a database. */
export function masterDataService({ database }: { database: Database }) {
  return {
    products: masterDoor(database, productKind),
    customers: masterDoor(database, customerKind),
    agreements: masterDoor(database, agreementKind),
    priceLists: masterDoor(database, priceListKind),
    stock: masterDoor(database, stockKind),
    partners: masterDoor(database, partnerKind),
    promotions: masterDoor(database, promotionKind),
    exchangeRates: masterDoor(database, exchangeRateKind),
    supplierOffers: masterDoor(database, supplierOfferKind),
    lanes: masterDoor(database, laneKind),
    supplies: masterDoor(database, supplyKind),
    demands: masterDoor(database, demandKind),
    substitutionRules: masterDoor(database, substitutionRuleKind),
    classRules: masterDoor(database, classRuleKind),
  }
}
