import { rollUpFigures } from '../backbone/services/kpi-roll-up.ts'
import { type Driver, openDatabase } from '../backbone/store/database.ts'
import { benchTenantId } from './house/quittance.ts'

/**
 * What an order leaves behind, table by table, with the columns that name it or what belongs to it: copies get
 * names of their own there, moments further back, and everything else as it was.
 */
const traces: Readonly<Record<string, readonly string[]>> = {
  receipt: ['receipt_id', 'transport_id', 'business_key'],
  raw_document: ['receipt_id'],
  document: ['document_id', 'receipt_id', 'order_id', 'number', 'stream_key', 'waits_for'],
  order_stream: ['stream_key'],
  stream_place: ['receipt_id', 'stream_key'],
  orders: [
    ...['order_id', 'document_id', 'stream_key', 'source_key', 'erp_id'],
    ...['purchase_order_number', 'po_normalised'],
  ],
  order_line: ['order_id'],
  hold: ['hold_id', 'order_id'],
  event: ['order_id'],
  sla_clock: ['order_id'],
  pick: ['pick_id', 'pick_number', 'order_id'],
  shipment: ['shipment_id', 'shipment_number', 'order_id', 'document_id'],
  invoice: ['invoice_id', 'invoice_number', 'order_id', 'shipment_id', 'document_id'],
  payment: ['payment_id', 'payment_number', 'document_id'],
  payment_application: ['payment_id', 'invoice_id'],
  transaction: [
    ...['transaction_id', 'order_id', 'document_id', 'natural_key', 'ordering_key'],
    ...['idempotency_key', 'external_id'],
  ],
  transaction_attempt: ['transaction_id'],
}

// A mark that no id of ours has, so that no copy is taken for an order to come.
const copyMark = '.c'
const patternSchema = 'growth_pattern'
const hoursApart = 4

type Column = { readonly name: string; readonly type: string }

async function columnsOf(driver: Driver, table: string): Promise<Column[]> {
  const { rows } = await driver.run(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_identity = 'NO' order by ordinal_position`,
    [table],
  )
  return rows.map((row) => {
    const { name, type } = Object.fromEntries(Object.entries(row))
    return { name: String(name), type: String(type) }
  })
}

// Six digits, and more when there are more orders than that: lpad alone would cut them off.
function laterNumber(orderNumber: string, pattern: number): string {
  const number = `(substr(${orderNumber}, 4)::bigint + copy.no * ${pattern})::text`
  return `'SO-' || lpad(${number}, greatest(6, length(${number})), '0')`
}

/** The value of a column in a copy; `copy.no` counts the copies. */
function valueInCopy(column: Column, named: readonly string[], pattern: number): string {
  const own = `source."${column.name}"`
  // Numbers that count on, as ours do: the history is older than what is measured and its numbers are lower.
  if (column.name === 'order_number') return laterNumber(own, pattern)
  if (column.name === 'subject') return `'order:' || ${laterNumber(`substr(${own}, 7)`, pattern)}`
  if (named.includes(column.name)) return `${own} || '${copyMark}' || copy.no`
  if (column.type === 'timestamp with time zone')
    return `${own} - copy.no * interval '${hoursApart} hours'`
  return own
}

async function countOrders(driver: Driver, schema: string): Promise<number> {
  const { rows } = await driver.run(
    `select count(*)::int as orders from ${schema}.orders where tenant_id = $1`,
    [benchTenantId],
  )
  return Number(Object.values(rows[0] ?? {})[0])
}

/** Sets the pattern aside once, so that a copy reads hundreds of orders and not the whole history. */
async function setPatternAside(driver: Driver): Promise<void> {
  await driver.script(`create schema if not exists ${patternSchema}`)
  for (const table of Object.keys(traces))
    await driver.script(`create table if not exists ${patternSchema}."${table}" as
      select * from public."${table}" where tenant_id = '${benchTenantId}'`)
}

/** Copies all an order leaves behind, from one copy number to another, in set-based statements. */
async function copyTraces(
  driver: Driver,
  { pattern, from, to }: { pattern: number; from: number; to: number },
): Promise<void> {
  for (const [table, named] of Object.entries(traces)) {
    const columns = await columnsOf(driver, table)
    const names = columns.map(({ name }) => `"${name}"`).join(', ')
    const values = columns.map((column) => valueInCopy(column, named, pattern)).join(', ')
    // Events of the tenant itself belong to no order; they are not what grows.
    await driver.script(
      `insert into "${table}" (${names}) select ${values}
       from ${patternSchema}."${table}" source cross join generate_series(${from}, ${to}) as copy(no)
       where source."${named[0]}" is not null`,
    )
  }
}

/** The series of order numbers goes on after the copies; the copied events count as sealed. */
async function settleSeries(driver: Driver): Promise<void> {
  await driver.script(`
    update number_series set last_number = (
        select max(substr(order_number, 4)::bigint) from orders where tenant_id = '${benchTenantId}')
      where tenant_id = '${benchTenantId}' and series = 'order';
    insert into event_checkpoint
      (tenant_id, checkpoint_no, after_event_id, up_to_event_id, event_count, previous_hash, hash)
    select '${benchTenantId}', coalesce(max(checkpoint_no), 0) + 1, coalesce(max(up_to_event_id), 0),
      (select max(event_id) from event), (select count(*) from event), '', 'copied'
    from event_checkpoint where tenant_id = '${benchTenantId}'`)
}

/** A house of this age has its figures written: all of them anew, each order once. */
async function writeFigures(driver: Driver): Promise<void> {
  await driver.script(`delete from figure_progress where tenant_id = '${benchTenantId}'`)
  await rollUpFigures(openDatabase(driver), benchTenantId, { forMs: Number.POSITIVE_INFINITY })
  await driver.script('vacuum analyze order_figure')
}

const copiesAtOnce = 20

/**
 * Copies the orders that are there, with all they left behind, until there are so many. The hash chains of copies
 * do not verify: this history is for measuring.
 */
export async function growTo(
  driver: Driver,
  orders: number,
  say: (line: string) => void,
): Promise<void> {
  await setPatternAside(driver)
  const pattern = await countOrders(driver, patternSchema)
  const first = Math.round((await countOrders(driver, 'public')) / pattern)
  const last = Math.ceil(orders / pattern) - 1
  await driver.script('set synchronous_commit = off')
  for (let from = first; from <= last; from += copiesAtOnce) {
    await copyTraces(driver, { pattern, from, to: Math.min(last, from + copiesAtOnce - 1) })
    if (from % (copiesAtOnce * 10) === first % (copiesAtOnce * 10))
      say(`  ${(from * pattern).toLocaleString('en')} orders of history`)
  }
  await settleSeries(driver)
  await driver.script('vacuum analyze')
  await writeFigures(driver)
}
