import type { MasterFinding, MasterKind } from './master-kind.ts'
import { readRecord } from './read-record.ts'

// A line of a bulk load that could not be read as text, and why.
type UnreadableLine = { readonly refusal: string }

/** One line of a bulk load: a record as JSON text. */
export type BulkLine = string | UnreadableLine

/** A record of a bulk load with the number of its line, 1 first. */
export type NumberedRecord<Document> = { readonly line: number; readonly document: Document }

/** What is told of a line before it can join a batch. */
export type LineWatch = {
  received(): void
  refused(line: number, findings: readonly MasterFinding[]): void
}

const batchRecords = 1_000
// A price list is one record of many rows.
const batchRows = 20_000

function readLine<Document>(
  schema: MasterKind<Document, unknown>['schema'],
  line: BulkLine,
): ReturnType<typeof readRecord<Document>> {
  if (typeof line !== 'string')
    return { outcome: 'refused', findings: [{ field: '', message: line.refusal }] }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { outcome: 'refused', findings: [{ field: '', message: 'The line is not JSON.' }] }
  }
  return readRecord(schema, value)
}

/**
 * Cuts a stream of lines into batches for set-based statements. No id is twice in a batch, so that a
 * later line of the same record counts after the earlier one. Blank lines are no records.
 */
export async function* batchesOf<Document>(
  kind: Pick<MasterKind<Document, unknown>, 'schema' | 'idOf' | 'rowsOf'>,
  lines: AsyncIterable<BulkLine>,
  watch: LineWatch,
): AsyncGenerator<NumberedRecord<Document>[]> {
  let batch: NumberedRecord<Document>[] = []
  let ids = new Set<string>()
  let rows = 0
  let line = 0
  for await (const text of lines) {
    line += 1
    if (typeof text === 'string' && text.trim() === '') continue
    watch.received()
    const reading = readLine(kind.schema, text)
    if (reading.outcome === 'refused') {
      watch.refused(line, reading.findings)
      continue
    }
    const id = kind.idOf(reading.document)
    if (batch.length >= batchRecords || rows >= batchRows || ids.has(id)) {
      yield batch
      batch = []
      ids = new Set()
      rows = 0
    }
    batch.push({ line, document: reading.document })
    ids.add(id)
    rows += kind.rowsOf(reading.document)
  }
  if (batch.length > 0) yield batch
}
