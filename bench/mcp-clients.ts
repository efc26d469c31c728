import { Agent, request } from 'node:http'
import { readConfig } from '../backbone/config.ts'
import { OurBug } from '../backbone/errors.ts'
import { houseKeys } from '../backbone/services/people/house-keys.ts'
import { openStore } from '../cli/open-store.ts'
import { insertWholeOrder } from '../testing/whole-order.ts'
import { toolScopes } from '../tools/tool.ts'
import { keeping } from './house/keep.ts'
import { benchTenantId, newHome, openTenant, startQuittance } from './house/quittance.ts'
import { treeUse } from './load/process-tree.ts'
import { type Latency, latencyOf } from './load/statistics.ts'
import { messageOf } from './mcp-calls.ts'
import type { BenchHouse } from './measurement.ts'

/** What a thousand hosts at once got, and what they cost. */
export type ClientFigures = Latency & {
  readonly clients: number
  readonly calls: number
  readonly perSecond: number
  readonly failed: number
  readonly cpuMsPerCall: number
  readonly idleBytes: number
  readonly busyBytes: number
}

type Target = { readonly url: string; readonly key: string; readonly invoice: string }

/** One host with a connection of its own; calls again and again, at its own pace. */
function openClient({ url, key, invoice }: Target) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { headers, body } = messageOf('invoice_get', { invoice })
  const sent = { ...Object.fromEntries(headers), authorization: `Bearer ${key}` }
  return {
    call: () =>
      new Promise<boolean>((answered, failed) => {
        const asked = request(url, { method: 'POST', agent, headers: sent }, (answer) => {
          let text = ''
          answer.on('data', (piece: Buffer) => {
            text += piece.toString()
          })
          answer.on('end', () =>
            answered(answer.statusCode === 200 && text.includes('"structuredContent"')),
          )
        })
        asked.on('error', failed)
        asked.end(body)
      }),
    close: () => agent.destroy(),
  }
}

async function callAtPace(
  target: Target,
  { clients, seconds, everyMs }: { clients: number; seconds: number; everyMs: number },
) {
  const tookMs: number[] = []
  let failed = 0
  const startedAtMs = performance.now()
  const oneClient = async (place: number) => {
    const client = openClient(target)
    // Spread over the first interval, so that they do not all come at once.
    let dueAtMs = startedAtMs + (place / clients) * everyMs
    while (dueAtMs < startedAtMs + seconds * 1_000) {
      await new Promise((due) => setTimeout(due, Math.max(0, dueAtMs - performance.now())))
      // From when it was due: a server that falls behind is not measured kindly.
      const isGood = await client.call().catch(() => false)
      tookMs.push(performance.now() - dueAtMs)
      if (!isGood) failed += 1
      dueAtMs += everyMs
    }
    client.close()
  }
  await Promise.all(Array.from({ length: clients }, (_, place) => oneClient(place)))
  return { tookMs, failed, tookSeconds: (performance.now() - startedAtMs) / 1_000 }
}

/** A thousand hosts that each call every five seconds, at the built product in a process of its own. */
export function measureClients(
  { isQuick, say }: BenchHouse,
  databaseUrl: string | undefined,
): Promise<ClientFigures> {
  return keeping(async (keep) => {
    const settings = {
      QUITTANCE_REQUESTS_PER_SECOND: '10000',
      QUITTANCE_MCP_CALLS_AT_ONCE: '1000',
    }
    const home = keep(
      await newHome({ settings, ...(databaseUrl === undefined ? {} : { databaseUrl }) }),
    )
    await openTenant(home)
    const { database, close } = await openStore(readConfig(home.settings))
    const { order } = await insertWholeOrder(database, benchTenantId)
    const { token: key } = await houseKeys({ database }).make({
      draft: { name: 'hosts', role: 'mcp', scopes: [...toolScopes] },
    })
    await close()
    const quittance = keep(await startQuittance(home))
    const target = {
      ...{ url: `${quittance.urls[0] ?? ''}/mcp`, key },
      invoice: order.invoices[0]?.invoiceId ?? '',
    }
    await callAtPace(target, { clients: 20, seconds: 3, everyMs: 200 })
    const idle = treeUse(quittance.pids)
    const clients = isQuick ? 100 : 1_000
    say(`mcp, ${home.databaseKind}: ${clients} clients`)
    const run = await callAtPace(target, { clients, seconds: isQuick ? 5 : 30, everyMs: 5_000 })
    const busy = treeUse(quittance.pids)
    const calls = run.tookMs.length
    if (run.failed === calls) throw new OurBug('No call of the clients was answered.', {})
    return {
      ...latencyOf(run.tookMs),
      ...{ clients, calls, failed: run.failed, perSecond: calls / run.tookSeconds },
      cpuMsPerCall: ((busy.cpuSeconds - idle.cpuSeconds) * 1_000) / calls,
      ...{ idleBytes: idle.residentBytes, busyBytes: busy.residentBytes },
    }
  })
}
