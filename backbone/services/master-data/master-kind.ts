import type { z } from 'zod'
import type { TenantTx } from '../../store/database.ts'
import type { MasterFile } from '../../store/master-data/master-file.ts'

/** What is wrong with a master record, and in which field. */
export type MasterFinding = { readonly field: string; readonly message: string }

/** One kind of master record: its schema, its id, its statements and the references it must keep. */
export type MasterKind<Document, Listed> = {
  /** The word in the address of its door. */
  readonly plural: string
  readonly noun: string
  readonly schema: z.ZodType<Document>
  readonly file: MasterFile<Document, Listed>
  idOf(document: Document): string
  /** How many rows a record makes: batches are cut by it. */
  rowsOf(document: Document): number
  /** References that point nowhere, for a whole batch in a few statements; one list per record. */
  findings(tx: TenantTx, documents: readonly Document[]): Promise<MasterFinding[][]>
}
