import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { openErpSink } from '../house/erp-sink.ts'
import type { Stoppable } from '../house/keep.ts'
import { LoadPlan } from './load-plan.ts'
import { treeUse } from './process-tree.ts'
import { runLoad } from './run-load.ts'

let started: Stoppable[] = []
afterEach(async () => {
  for (const one of started) await one.stop()
  started = []
})

async function openSink() {
  const sink = await openErpSink(await freePort())
  started.push(sink)
  return sink
}

/** A house that takes orders and tells the ERP as often as it is planned for each purchase order. */
async function openHouse(sinkUrl: string, timesOf: (purchaseOrder: string) => number) {
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { po_number, name, line_items } = JSON.parse(Buffer.concat(parts).toString('utf8'))
    const times = timesOf(po_number)
    response.writeHead(times < 0 ? 503 : 202).end()
    const body = JSON.stringify({ order_no: name, po_no: po_number, lines: line_items })
    for (let time = 0; time < times; time += 1)
      await fetch(`${sinkUrl}/erp/orders`, { method: 'POST', body })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  started.push({
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  })
  const address: AddressInfo | string | null = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/orders`
}

const plan = (urls: string[], sinkUrl: string, changes: object) =>
  LoadPlan.parse({
    ...{ urls, sinkUrl, run: 't1', orders: 20, waitSeconds: 0.5 },
    pace: { loop: 'closed', clients: 4 },
    ...changes,
  })

test('the load counts what was lost, what came twice and what was refused', async () => {
  const sink = await openSink()
  const url = await openHouse(sink.url, (purchaseOrder) => {
    if (purchaseOrder.endsWith('3')) return 0
    if (purchaseOrder.endsWith('07')) return 2
    return purchaseOrder.endsWith('9') ? -1 : 1
  })
  const result = await runLoad(plan([url], sink.url, {}))
  expect(result).toMatchObject({
    sent: 20,
    accepted: 18,
    refused: { '503': 2 },
    lost: 2,
    doubled: 1,
  })
  expect(result.endToEndPerSecond).toBeGreaterThan(0)
  expect(result.endToEndMs.p99).toBeGreaterThanOrEqual(result.endToEndMs.p50)
})

test('at a fixed rate orders go out whether or not the ones before were answered', async () => {
  const sink = await openSink()
  const url = await openHouse(sink.url, () => 1)
  const pace = { loop: 'open', ordersPerSecond: 100 }
  const result = await runLoad(plan([url], sink.url, { pace, warmUpOrders: 3, run: 't2' }))
  expect(result).toMatchObject({ sent: 20, accepted: 20, lost: 0, doubled: 0 })
  // As fast as answers came it would be thousands; a machine that paused a moment makes up for it.
  expect(result.acceptPerSecond).toBeLessThan(400)
})

test.skipIf(!existsSync('/proc/self/stat'))(
  'what a short-lived child of a process used counts as the process’s',
  () => {
    const before = treeUse([process.pid])
    const burn = 'const until = Date.now() + 300; while (Date.now() < until);'
    spawnSync(process.execPath, ['-e', burn])
    const after = treeUse([process.pid])
    expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThan(0.05)
    expect(after.residentBytes).toBeGreaterThan(10_000_000)
  },
)
