import { z } from 'zod'
import type { Citation, EvidenceTable } from '../../backbone/canonical/chat.ts'
import { localTime, shortened } from './words.ts'

/** A table that shows what a tool found: which list of the answer, and which fields of its rows. */
type Layout = {
  readonly title: string
  /** The list in the answer; the answer itself is the only row where it is absent. */
  readonly list?: string
  readonly columns: readonly (readonly [heading: string, field: string])[]
}

const candidates: Layout = {
  title: 'What could be done',
  list: 'candidates',
  columns: [
    ['rank', 'rank'],
    ['what', 'title'],
    ['money', 'money'],
    ['candidate', 'candidate_id'],
  ],
}

const layouts: Readonly<Record<string, readonly Layout[]>> = {
  order_search: [
    {
      title: 'Orders',
      list: 'items',
      columns: [
        ['order', 'order_number'],
        ['PO', 'purchase_order_number'],
        ['customer', 'customer_name'],
        ['stage', 'stage'],
        ['holds', 'holds'],
        ['total', 'total'],
        ['received', 'received_at'],
      ],
    },
  ],
  order_get: [
    {
      title: 'Order',
      columns: [
        ['order', 'order_number'],
        ['PO', 'purchase_order_number'],
        ['customer', 'customer_name'],
        ['stage', 'stage'],
        ['total', 'total'],
        ['received', 'received_at'],
        ['wanted', 'requested_on'],
      ],
    },
    {
      title: 'Holds',
      list: 'holds',
      columns: [
        ['type', 'type'],
        ['line', 'line'],
        ['reason', 'reason'],
        ['in force', 'is_in_force'],
        ['placed', 'placed_at'],
      ],
    },
    {
      title: 'Calls to other systems',
      list: 'transactions',
      columns: [
        ['call', 'operation'],
        ['status', 'status'],
        ['attempts', 'attempts'],
        ['class', 'error_class'],
        ['id', 'transaction_id'],
      ],
    },
    {
      title: 'Last on its timeline',
      list: 'timeline',
      columns: [
        ['at', 'at'],
        ['what', 'summary'],
        ['who', 'actor'],
      ],
    },
  ],
  order_validate: [
    {
      title: 'Findings',
      list: 'findings',
      columns: [
        ['kind', 'kind'],
        ['line', 'line'],
        ['what', 'message'],
        ['difference', 'difference'],
      ],
    },
    {
      title: 'Lines',
      list: 'lines',
      columns: [
        ['line', 'line'],
        ['SKU', 'sku'],
        ['quantity', 'quantity_each'],
        ['their price', 'sent_unit_price'],
        ['our price', 'unit_price'],
        ['source', 'price_source'],
        ['promised', 'promised_on'],
      ],
    },
    candidates,
  ],
  order_alternatives: [
    {
      title: 'Instead',
      list: 'items',
      columns: [
        ['rank', 'rank'],
        ['way', 'kind'],
        ['what', 'text'],
        ['cost', 'money'],
        ['candidate', 'candidate_id'],
      ],
    },
  ],
  failure_search: [
    {
      title: 'Failed transactions',
      list: 'items',
      columns: [
        ['call', 'operation'],
        ['about', 'number'],
        ['class', 'error_class'],
        ['code', 'error_code'],
        ['attempts', 'attempts'],
        ['since', 'created_at'],
        ['id', 'transaction_id'],
      ],
    },
  ],
  failure_triage: [
    {
      title: 'Causes',
      list: 'items',
      columns: [
        ['cause', 'cause'],
        ['class', 'error_class'],
        ['calls', 'calls'],
        ['behind it', 'dependants'],
        ['orders', 'orders'],
        ['blocked', 'blocked'],
        ['remedy', 'remedy'],
        ['last failed', 'last_failed_at'],
      ],
    },
    candidates,
  ],
  replay_safety: [
    {
      title: 'What a replay would do',
      columns: [
        ['safe now', 'is_safe_now'],
        ['goes again', 'goes_again'],
        ['left out', 'dropped_count'],
        ['parked', 'parked'],
        ['in quarantine', 'quarantined'],
      ],
    },
    {
      title: 'Left out',
      list: 'dropped',
      columns: [
        ['call', 'operation'],
        ['why', 'reason'],
        ['id', 'transaction_id'],
      ],
    },
  ],
  transaction_get: [
    {
      title: 'Transaction',
      columns: [
        ['call', 'operation'],
        ['about', 'number'],
        ['status', 'status'],
        ['attempts', 'attempts'],
        ['class', 'error_class'],
        ['id', 'transaction_id'],
      ],
    },
    candidates,
  ],
  integration_health: [
    {
      title: 'Connections',
      list: 'items',
      columns: [
        ['connection', 'name'],
        ['kind', 'kind'],
        ['on', 'is_enabled'],
        ['circuit', 'circuit'],
        ['failures in a row', 'consecutive_failures'],
        ['last worked', 'last_succeeded_at'],
        ['last failed', 'last_failed_at'],
      ],
    },
  ],
  invoice_get: [
    {
      title: 'Invoice',
      columns: [
        ['invoice', 'invoice_number'],
        ['order', 'order_number'],
        ['customer', 'customer_number'],
        ['total', 'total'],
        ['open', 'open'],
        ['due', 'due_on'],
        ['status', 'status'],
      ],
    },
  ],
  ar_aging: [
    {
      title: 'Owed, in all',
      list: 'totals',
      columns: [
        ['currency', 'currency'],
        ['customers', 'customers'],
        ['open', 'open'],
        ['overdue', 'overdue'],
        ['disputed', 'disputed'],
        ['unapplied', 'unapplied'],
      ],
    },
    {
      title: 'Owed, by customer',
      list: 'items',
      columns: [
        ['customer', 'customer_number'],
        ['name', 'name'],
        ['open', 'open'],
        ['overdue', 'overdue'],
        ['disputed', 'disputed'],
        ['promised', 'promised'],
        ['unapplied', 'unapplied'],
      ],
    },
    candidates,
  ],
  proposal_search: [
    {
      title: 'Proposals',
      list: 'items',
      columns: [
        ['proposal', 'proposal_id'],
        ['what', 'summary'],
        ['about', 'subject'],
        ['money', 'money'],
        ['status', 'status'],
        ['who decides', 'required_role'],
        ['until', 'expires_at'],
      ],
    },
  ],
}

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
