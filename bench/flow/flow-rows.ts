import type { LoadResult } from '../load/load-plan.ts'
import { median } from '../load/statistics.ts'
import type { BenchRow } from '../measurement.ts'
import type { InsertCeiling } from '../references/insert-ceiling.ts'
import { type Cell, medianOf, pairedRatio } from './cells.ts'
import type { TargetName } from './targets.ts'

type Figure = (result: LoadResult) => number

const endToEnd: Figure = (result) => result.endToEndPerSecond
const accepted: Figure = (result) => result.acceptPerSecond
const wholeCpu: Figure = (result) => result.cpuMsPerOrder + result.databaseCpuMsPerOrder
const targetCpu: Figure = (result) => result.cpuMsPerOrder
const endToEndP99: Figure = (result) => result.endToEndMs.p99
const acceptP99: Figure = (result) => result.acceptMs.p99

const ours = {
  'quittance-postgres': 'PostgreSQL',
  'quittance-pglite': 'built-in database',
} as const
type OurTarget = keyof typeof ours
const isMeasured = (value: number) => !Number.isNaN(value)

function medianText(cells: readonly Cell[], target: TargetName, figure: Figure, unit: string) {
  return (setting: Cell['setting']) => `${medianOf(cells, target, setting, figure)}${unit}`
}

function endToEndRow(cells: readonly Cell[], clients: number): BenchRow[] {
  const pair = {
    target: 'quittance-postgres',
    reference: 'hono-outbox',
    setting: clients,
  } as const
  const figure = medianOf(cells, 'quittance-postgres', clients, endToEnd)
  const reference = medianOf(cells, 'hono-outbox', clients, endToEnd)
  if (!isMeasured(figure) || !isMeasured(reference)) return []
  const ratio = pairedRatio(cells, pair, endToEnd)
  return [
    {
      row: `order received -> released to ERP, PostgreSQL, ${clients} clients`,
      bar: '>= 1.0 x hono-outbox',
      figure: `${figure} orders/s`,
      ratio,
      isReached: ratio >= 1,
      note: `hono-outbox ${reference} orders/s`,
    },
  ]
}

function acceptRow(cells: readonly Cell[]): BenchRow[] {
  const pair = { target: 'quittance-postgres', reference: 'hono-sync', setting: 64 } as const
  const figure = medianOf(cells, 'quittance-postgres', 64, accepted)
  const reference = medianOf(cells, 'hono-sync', 64, accepted)
  if (!isMeasured(figure) || !isMeasured(reference)) return []
  const ratio = pairedRatio(cells, pair, accepted)
  return [
    {
      row: 'durable accept, PostgreSQL, 64 clients',
      bar: '>= 1.2 x hono-sync',
      figure: `${figure} orders/s`,
      ratio,
      isReached: ratio >= 1.2,
      note: `hono-sync ${reference} orders/s`,
    },
  ]
}

function acceptWaitRow(cells: readonly Cell[]): BenchRow[] {
  const figure = medianOf(cells, 'quittance-postgres', 16, acceptP99)
  if (!isMeasured(figure)) return []
  const embedded = medianText(cells, 'quittance-pglite', acceptP99, ' ms')
  const reference = medianText(cells, 'hono-sync', acceptP99, ' ms')
  return [
    {
      row: 'durable accept p99, PostgreSQL, 16 clients',
      bar: '<= 60 ms',
      figure: `${figure} ms`,
      isReached: figure <= 60,
      note: `built-in database ${embedded(16)}, hono-sync ${reference(16)}`,
    },
  ]
}

function halfLoadRow(cells: readonly Cell[], target: OurTarget): BenchRow[] {
  const figure = medianOf(cells, target, 'half load', endToEndP99)
  if (!isMeasured(figure)) return []
  const rate = medianOf(cells, target, 'half load', endToEnd)
  const middle = medianOf(cells, target, 'half load', (result) => result.endToEndMs.p50)
  return [
    {
      row: `end-to-end p99 at half load, ${ours[target]}`,
      bar: '<= 500 ms',
      figure: `${figure} ms`,
      isReached: figure <= 500,
      note: `p50 ${middle} ms at ${rate} orders/s, from the intended send`,
    },
  ]
}

function cpuRow(cells: readonly Cell[], target: OurTarget, barMs: number): BenchRow[] {
  const figure = medianOf(cells, target, 64, wholeCpu)
  const reference = medianOf(cells, 'hono-outbox', 64, wholeCpu)
  if (!isMeasured(figure)) return []
  const own = medianOf(cells, target, 64, targetCpu)
  const pair = { target, reference: 'hono-outbox', setting: 64 } as const
  return [
    {
      row: `CPU per order, whole way, ${ours[target]}`,
      bar: `<= ${barMs} ms`,
      figure: `${figure.toFixed(2)} ms`,
      ...(isMeasured(reference) ? { ratio: pairedRatio(cells, pair, wholeCpu) } : {}),
      isReached: figure <= barMs,
      note: `64 clients; ${own} ms of it in our processes; hono-outbox ${reference.toFixed(2)} ms`,
    },
  ]
}

function embeddedRow(cells: readonly Cell[]): BenchRow[] {
  const pair = { target: 'quittance-pglite', reference: 'hono-outbox', setting: 64 } as const
  const figure = medianOf(cells, 'quittance-pglite', 64, endToEnd)
  const reference = medianOf(cells, 'hono-outbox', 64, endToEnd)
  if (!isMeasured(figure)) return []
  return [
    {
      row: 'embedded default, end to end, 64 clients',
      bar: '>= 400 orders/s',
      figure: `${figure} orders/s`,
      ...(isMeasured(reference) ? { ratio: pairedRatio(cells, pair, endToEnd) } : {}),
      isReached: figure >= 400,
      note: isMeasured(reference) ? `hono-outbox ${reference} orders/s` : 'no reference measured',
    },
  ]
}

function countRow(cells: readonly Cell[]): BenchRow {
  const mine = cells.filter(({ target }) => target in ours).map(({ result }) => result)
  const sum = (figure: Figure) => mine.reduce((total, result) => total + figure(result), 0)
  const lost = sum((result) => result.lost)
  const doubled = sum((result) => result.doubled)
  const refused = sum((result) => result.sent - result.accepted)
  return {
    row: 'orders lost, doubled or refused under load',
    bar: '0',
    figure: `${lost}, ${doubled}, ${refused}`,
    isReached: lost + doubled + refused === 0,
    note: `of ${sum((result) => result.sent)} orders of ours in this run`,
  }
}

function ceilingRow(ceilings: readonly InsertCeiling[]): BenchRow[] {
  const rate = (size: number) =>
    Math.round(
      Math.max(
        0,
        ...ceilings
          .filter((one) => (one.ordersPerStatement === 1) === (size === 1))
          .map((one) => one.ordersPerSecond),
      ),
    )
  if (ceilings.length === 0) return []
  return [
    {
      row: 'raw insert ceiling, PostgreSQL',
      bar: '-',
      figure: `${rate(1)} orders/s one by one, ${rate(100)} in batches`,
      note: 'order and five lines, nothing else',
    },
  ]
}

/** The rows of design.md section 7 that the order flow's loads answer. */
export function flowRows(
  cells: readonly Cell[],
  ceilings: readonly InsertCeiling[],
): readonly BenchRow[] {
  return [
    ...endToEndRow(cells, 16),
    ...endToEndRow(cells, 64),
    ...acceptRow(cells),
    ...acceptWaitRow(cells),
    ...halfLoadRow(cells, 'quittance-postgres'),
    ...halfLoadRow(cells, 'quittance-pglite'),
    ...cpuRow(cells, 'quittance-postgres', 1.8),
    ...cpuRow(cells, 'quittance-pglite', 2.2),
    ...embeddedRow(cells),
    countRow(cells),
    ...ceilingRow(ceilings),
  ]
}

const waits = ({ p50, p95, p99 }: LoadResult['acceptMs']) => `${p50} / ${p95} / ${p99}`

/** Every target at every setting, medians over the repeats, as a Markdown table. */
export function cellTable(cells: readonly Cell[]): string {
  const keys = [...new Map(cells.map((cell) => [`${cell.target}|${cell.setting}`, cell])).values()]
  const lines = keys.map(({ target, setting }) => {
    const at = (figure: Figure) => medianOf(cells, target, setting, figure)
    const latency = (pick: (result: LoadResult) => LoadResult['acceptMs']) =>
      waits({
        p50: at((result) => pick(result).p50),
        p95: at((result) => pick(result).p95),
        p99: at((result) => pick(result).p99),
      })
    const cpu = `${at(targetCpu)} + ${at((result) => result.databaseCpuMsPerOrder)}`
    const columns = [
      ...[target, setting, at(accepted), at(endToEnd)],
      ...[latency((result) => result.acceptMs), latency((result) => result.endToEndMs)],
      ...[cpu, at((result) => result.peakRssMb), at((result) => result.lost)],
      at((result) => result.doubled),
    ]
    return `| ${columns.join(' | ')} |`
  })
  const noise = median(cells.map(({ result }) => result.neighboursPercent))
  return [
    `Every target at every setting, medians over the repeats. Other programs of the machine used ${noise} % of its CPU meanwhile.`,
    '',
    '| target | clients | accept/s | end to end/s | accept p50 / p95 / p99 ms | end to end p50 / p95 / p99 ms | CPU ms per order: processes + database | peak RSS MB | lost | doubled |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}
