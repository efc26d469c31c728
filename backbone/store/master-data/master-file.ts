import { type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { TenantTx } from '../database.ts'

/** A master record as it is kept: its id, its content, and the version that ETags show. */
export type Kept<Document> = {
  readonly id: string
  readonly version: number
  readonly updatedAt: string
  readonly document: Document
}

/** What a list of master records is narrowed by; each kind heeds what it has. */
export type MasterFilter = {
  /** Text found in the number or name. */
  readonly search?: string | undefined
  readonly productClass?: string | undefined
  readonly customerNumber?: string | undefined
  readonly warehouse?: string | undefined
  readonly sku?: string | undefined
  readonly tier?: string | undefined
  readonly kind?: string | undefined
}

// Which part of a list: the records after one id, at most so many.
type MasterPage = { readonly after?: string | undefined; readonly limit: number }

/** The statements of one kind of master record, each over a whole batch. */
export type MasterFile<Document, Listed> = {
  load(tx: TenantTx, ids: readonly string[]): Promise<Kept<Document>[]>
  list(tx: TenantTx, filter: MasterFilter, page: MasterPage): Promise<Kept<Listed>[]>
  /** Creates or replaces; the version of a replaced record goes up by one. */
  write(tx: TenantTx, documents: readonly Document[]): Promise<Omit<Kept<Document>, 'document'>[]>
}

/** A row of a master table: its columns under the names of the document. */
export type MasterRow = {
  readonly id: string
  readonly version: number
  readonly updatedAt: string
}

/** Reads a row into its document; an empty column is an absent field. */
export function keptFrom<Document>(schema: z.ZodType<Document>, row: MasterRow): Kept<Document> {
  const { id, version, updatedAt, ...columns } = row
  const document = schema.parse(
    Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)),
  )
  return { id, version, updatedAt, document }
}

/** A condition that applies only when the caller asked for it. */
export function whenGiven(value: string | undefined, condition: (value: string) => SQL): SQL {
  return value === undefined ? sql`` : sql`and ${condition(value)}`
}

/** Finds a text anywhere in another, whatever the case. */
export function isFoundIn(search: string, text: SQL): SQL {
  return sql`position(lower(${search}) in lower(${text})) > 0`
}

/** Lets one writer of a kind of master records at a time into a tenant, so that versions and keys never race. */
export async function lockForWriting(tx: TenantTx, kind: string): Promise<void> {
  const key = `master:${tx.tenantId}:${kind}`
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}
