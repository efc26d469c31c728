import { type CallCosts, protocolCosts, wholeCallCosts } from './mcp-calls.ts'
import { type ClientFigures, measureClients } from './mcp-clients.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
type DatabaseKind = keyof typeof names

const micros = ({ oursMicros, referenceMicros }: CallCosts) =>
  `${oursMicros.toFixed(0)} µs beside ${referenceMicros.toFixed(0)} µs`

function protocolRow(costs: CallCosts): BenchRow {
  return {
    row: 'MCP, CPU of a call: the protocol alone',
    bar: '<= 8 x a bare Hono JSON route',
    figure: micros(costs),
    ratio: costs.ratio,
    isReached: costs.ratio <= 8,
    note: `a tool that answers at once, in one process without sockets, both in turn, ${costs.calls} calls of each; median of the rounds`,
  }
}

function wholeRow(costs: CallCosts, kind: DatabaseKind): BenchRow {
  return {
    row: `MCP, CPU of a call: the whole of it, ${names[kind]}`,
    bar: '<= 3 x a Hono route doing the same',
    figure: micros(costs),
    ratio: costs.ratio,
    isReached: costs.ratio <= 3,
    note: `invoice_get through /mcp beside a route with the same authentication, service call and audit row, in one process without sockets, both in turn, ${costs.calls} calls of each${kind === 'pglite' ? '; the database is in the process, so its CPU counts in both' : '; CPU of the process, not of the database'}`,
  }
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MiB`

function clientsRow(figures: ClientFigures, kind: DatabaseKind): BenchRow {
  const { clients, calls, perSecond, failed, p50, p99, cpuMsPerCall } = figures
  return {
    row: `MCP, ${clients} clients, ${names[kind]}`,
    bar: 'reported',
    figure: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; memory ${mebibytes(figures.idleBytes)} before, ${mebibytes(figures.busyBytes)} with them`,
    note: `invoice_get every 5 s by each, on a connection of its own: ${perSecond.toFixed(0)} calls/s, ${calls} calls, ${failed} failed, ${cpuMsPerCall.toFixed(1)} ms CPU of the server each; latency from when a call was due; the clients are on the same two cores`,
  }
}

/** Runs a piece on PostgreSQL: what opens a database of a test looks for one in the environment. */
async function onPostgres<T>(url: string, run: () => Promise<T>): Promise<T> {
  const before = process.env['TEST_DATABASE_URL']
  process.env['TEST_DATABASE_URL'] = url
  try {
    return await run()
  } finally {
    if (before === undefined) delete process.env['TEST_DATABASE_URL']
    else process.env['TEST_DATABASE_URL'] = before
  }
}

async function measureMcp(house: BenchHouse): Promise<Measured> {
  const { isQuick, postgres, say } = house
  const protocol = await protocolCosts(isQuick)
  say(`mcp, protocol: ${protocol.ratio.toFixed(1)} x`)
  const costs: [DatabaseKind, CallCosts][] = [['pglite', await wholeCallCosts(isQuick)]]
  const clients: [DatabaseKind, ClientFigures][] = [
    ['pglite', await measureClients(house, undefined)],
  ]
  if (postgres !== undefined) {
    const url = await postgres.newDatabase('mcp')
    costs.push(['postgres', await onPostgres(url, () => wholeCallCosts(isQuick))])
    const another = await postgres.newDatabase('mcp_clients')
    clients.push(['postgres', await measureClients(house, another)])
  }
  return {
    rows: [
      protocolRow(protocol),
      ...costs.map(([kind, cost]) => wholeRow(cost, kind)),
      ...clients.map(([kind, figures]) => clientsRow(figures, kind)),
    ],
    details: { protocol, whole: Object.fromEntries(costs), clients: Object.fromEntries(clients) },
  }
}

/** What it costs that agent hosts come by MCP. */
export const mcp: Measurement = {
  name: 'mcp',
  about: 'calls of agent hosts: the protocol, the whole call, a thousand clients',
  takes: 'about 2 minutes; --quick 30 s',
  run: measureMcp,
}
