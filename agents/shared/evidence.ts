import { z } from 'zod'
import type { Citation, EvidenceTable } from '../../backbone/canonical/chat.ts'
import { layouts } from './evidence-layouts.ts'
import { localTime, shortened } from './words.ts'

const Money = z.object({ amount_minor: z.number(), currency: z.string(), text: z.string() })
const isMoment = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/
const longestCell = 200

function cellOf(value: unknown, timeZone: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string')
    return isMoment.test(value) ? localTime(value, timeZone) : shortened(value, longestCell)
  if (Array.isArray(value)) return value.map((one) => cellOf(one, timeZone)).join(', ')
  const money = Money.safeParse(value)
  return money.success ? money.data.text : String(value)
}

const Row = z.record(z.string(), z.unknown())

function rowsOf(
  answer: Readonly<Record<string, unknown>>,
  list: string | undefined,
): z.infer<typeof Row>[] {
  if (list === undefined) return [answer]
  const rows = z.array(Row).safeParse(answer[list])
  return rows.success ? rows.data : []
}

const AsOf = z.object({ as_of: z.string() })

/** The tables that show what a tool found; every cell is a value of the answer. */
export function tablesOf(
  tool: string,
  answer: Readonly<Record<string, unknown>>,
  timeZone: string,
): EvidenceTable[] {
  const read = AsOf.safeParse(answer)
  if (!read.success) return []
  return (layouts[tool] ?? []).flatMap(({ title, list, columns }) => {
    const rows = rowsOf(answer, list)
    // A column that nothing fills says nothing.
    const filled = columns.filter(([, field]) =>
      rows.some((row) => cellOf(row[field], timeZone) !== ''),
    )
    if (rows.length === 0 || filled.length === 0) return []
    return [
      {
        ...{ title, tool, asOf: read.data.as_of },
        columns: filled.map(([heading]) => heading),
        rows: rows.map((row) => filled.map(([, field]) => cellOf(row[field], timeZone))),
      },
    ]
  })
}

const longestOutside = 1_000

/** What a tool of others said, marked as such. */
export function outsideTable(
  tool: string,
  answer: Readonly<Record<string, unknown>>,
): EvidenceTable {
  const asOf = AsOf.parse(answer).as_of
  const said = shortened(String(answer['untrusted_text'] ?? ''), longestOutside)
  return {
    ...{ title: 'Said by somebody outside (untrusted)', tool, asOf },
    columns: ['server', 'untrusted text'],
    rows: [[String(answer['source']), said]],
  }
}

// The field that names a record, and what people call the record.
const cited: readonly (readonly [field: string, kind: string, label: string])[] = [
  ['order_number', 'order', 'order'],
  ['invoice_number', 'invoice', 'invoice'],
  ['transaction_id', 'transaction', 'transaction'],
  ['proposal_id', 'proposal', 'proposal'],
  ['cluster_id', 'cluster', 'cause'],
  ['customer_number', 'customer', 'customer'],
  ['payment_id', 'payment', 'payment'],
  ['connection_id', 'connection', 'connection'],
  ['sku', 'product', 'product'],
]

function citationOf(row: z.infer<typeof Row>, asOf: string): Citation[] {
  const first = cited.find(([field]) => typeof row[field] === 'string')
  if (first === undefined) return []
  const [field, kind, noun] = first
  const id = String(row[field])
  const label =
    kind === 'cluster' ? `${noun} ${cellOf(row['cause'] ?? id, 'UTC')}` : `${noun} ${id}`
  return [{ label: shortened(label, longestCell), record: `${kind}:${id}`, asOf }]
}

const mostCited = 5

/** The records an answer of a tool is from, with the moment they were read. */
export function citationsOf(
  tool: string,
  answer: Readonly<Record<string, unknown>>,
  now: string,
): Citation[] {
  if (layouts[tool] === undefined) return []
  const read = AsOf.safeParse(answer)
  const asOf = read.success ? read.data.as_of : now
  const own = citationOf(answer, asOf)
  if (own.length > 0) return own
  return rowsOf(answer, 'items')
    .slice(0, mostCited)
    .flatMap((row) => citationOf(row, asOf))
}
