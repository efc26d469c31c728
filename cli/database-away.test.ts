import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { readConfig } from '../backbone/config.ts'
import { insertConnection, updateSecrets } from '../backbone/store/connections/connection-rows.ts'
import { sealSecret } from '../backbone/store/secrets/sealed-secret.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { until } from '../testing/built-product.ts'
import { purchaseOrder } from '../testing/flow-papers.ts'
import { newPostgresDatabase } from '../testing/test-database.ts'
import { type House, openHouse, startWork } from './house.ts'
import { startServer } from './server.ts'

const serverUrl = process.env['TEST_DATABASE_URL']
const tenantId = 'tenant-of-the-line'
const connectionId = 'json-of-the-line'
const secret = 'a-secret-of-the-line'

async function openConnection(house: House): Promise<void> {
  const { database, secretKey } = house
  await database.beforeTenant((tx) =>
    tx.run(sql`insert into tenant (tenant_id, name) values (${tenantId}, 'Tenant of the line')`),
  )
  await database.inTenant(tenantId, async (tx) => {
    const name = 'Shop'
    const content = { kind: 'json', name, partnerId: null, settings: {}, isEnabled: true }
    await insertConnection(tx, connectionId, content)
    const sealed = sealSecret(secretKey, { tenantId, connectionId }, secret)
    await updateSecrets(tx, connectionId, [{ sealed, createdAt: '2026-01-01T00:00:00.000Z' }])
  })
}

/** A house that listens and works, as `quittance start` opens it. */
async function openRunningHouse(databaseUrl: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-line-'))
  const config = readConfig({
    QUITTANCE_DATA: folder,
    QUITTANCE_PORT: '0',
    QUITTANCE_DEMO: 'false',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  })
  const house = await openHouse(config, createLog({ level: 'silent' }))
  await openConnection(house)
  const server = await startServer(house)
  const work = startWork(house)
  const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)
  return {
    house,
    ask,
    order: (number: string) =>
      ask(`/v1/inbound/json/${connectionId}`, {
        method: 'POST',
        headers: { 'x-api-key': secret, 'content-type': 'application/json' },
        body: JSON.stringify(purchaseOrder(number, [{ sku: 'FAS-1001', quantity: 1 }])),
      }),
    /** What each purchase order came in as, by the shop's own number. */
    async kept(): Promise<number[]> {
      const rows = await house.database.inTenant(tenantId, (tx) =>
        tx.rows<{ count: number }>(
          sql`select count(*)::int as count from receipt group by transport_id order by transport_id`,
        ),
      )
      return rows.map((row) => row.count)
    },
    async close() {
      await server.stop()
      await work.stop()
      await house.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The line to the database, which can be cut and mended. */
async function openLine(url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const listen = (at: number): Promise<Server> =>
    new Promise((listening) => {
      const server = createServer((near) => {
        const far = connect(Number(port), hostname)
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(one)
          one
            .on('error', () => undefined)
            .on('close', () => {
              sockets.delete(one)
              other.destroy()
            })
          one.pipe(other)
        }
      }).listen(at, '127.0.0.1', () => listening(server))
    })
  const portOf = (address: string | AddressInfo | null) =>
    typeof address === 'object' && address !== null ? address.port : 0
  let server = await listen(0)
  const nearPort = portOf(server.address())
  const near = new URL(url)
  near.port = String(nearPort)
  const cutNow = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: near.toString(),
    /** Every connection breaks; new ones are let in. */
    cutNow,
    cut: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        cutNow()
      }),
    async mend() {
      server = await listen(nearPort)
    },
  }
}

const isTrue = async (found: Promise<boolean>) => ((await found) ? true : undefined)

test('readiness names what presses on the house, and metrics count what was refused', async () => {
  const created = serverUrl === undefined ? undefined : await newPostgresDatabase(serverUrl)
  const { house, ask, order, close } = await openRunningHouse(created?.url)
  try {
    const ready = await ask('/readyz')
    expect(ready.status).toBe(200)
    const names = ['database', 'room', 'queues', ...(created === undefined ? ['disk'] : [])]
    const body = await ready.json()
    expect(body).toMatchObject({ isReady: true })
    for (const name of names) expect(JSON.stringify(body)).toContain(`"name":"${name}","isOk":true`)
    expect((await order('PO-1')).status).toBe(202)

    // A shared queue that is late takes no process out; only its tenant's deliveries are refused.
    const oldest = [{ queue: 'apply-document', tenantId, seconds: 100 }]
    house.pressure.learn({ oldest, isHouseBehind: true })
    const [late, stillReady] = await Promise.all([order('PO-2'), ask('/readyz')])
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '15'])
    expect(stillReady.status).toBe(200)
    expect(await stillReady.text()).toContain('"name":"queues","isOk":false')

    const metrics = await (await ask('/metrics')).text()
    expect(metrics).toContain('quittance_intake_refused_total{reason="queue-too-old"} 1')
    for (const name of ['intake_deliveries', 'intake_oldest_seconds', 'database_away'])
      expect(metrics).toContain(`quittance_${name}`)
  } finally {
    await close()
    await created?.drop()
  }
})

test.skipIf(serverUrl === undefined)(
  'a house that has lost its PostgreSQL server says so at once on every door, and goes on by itself when it is back',
  async () => {
    const created = await newPostgresDatabase(serverUrl ?? '')
    const line = await openLine(created.url)
    const { ask, order, kept, close } = await openRunningHouse(line.url)
    try {
      expect((await order('PO-1')).status).toBe(202)
      await line.cut()
      const refusals = await Promise.all(Array.from({ length: 20 }, (_, n) => order(`PO-2-${n}`)))
      for (const answer of refusals) {
        expect(answer.status).toBe(503)
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
      }
      const isNotReady = () => isTrue(ask('/readyz').then(({ status }) => status === 503))
      expect(await until(isNotReady, { withinMs: 8_000, everyMs: 20 })).toBe(true)
      const reading = await ask('/v1/orders', { headers: { 'x-api-key': 'qk_whatever' } })
      expect([reading.status, reading.headers.get('retry-after')]).toEqual([503, '5'])
      expect((await ask('/healthz')).status).toBe(200)
      expect((await ask('/metrics')).status).toBe(200)

      await line.mend()
      const isReady = () => isTrue(ask('/readyz').then(({ status }) => status === 200))
      expect(await until(isReady, { withinMs: 10_000, everyMs: 20 })).toBe(true)
      const repeated = await Promise.all(Array.from({ length: 20 }, (_, n) => order(`PO-2-${n}`)))
      for (const answer of repeated) expect(answer.status).toBeLessThan(300)
      expect(await kept()).toEqual(Array.from({ length: 21 }, () => 1))
    } finally {
      await close()
      await created.drop()
    }
  },
)

test.skipIf(serverUrl === undefined)(
  'connections that are cut again and again lose no order that had a yes and keep none twice',
  async () => {
    const created = await newPostgresDatabase(serverUrl ?? '')
    const line = await openLine(created.url)
    const { ask, order, kept, close } = await openRunningHouse(line.url)
    try {
      const wanted = Array.from({ length: 300 }, (_, n) => `PO-${n}`)
      let taken = 0
      const sendUntilTaken = async (number: string): Promise<void> => {
        for (;;) {
          const answer = await order(number)
          await answer.arrayBuffer()
          if (answer.status < 300) {
            taken += 1
            if (taken % 25 === 0 && taken < wanted.length) line.cutNow()
            return
          }
          expect([429, 503]).toContain(answer.status)
          expect(answer.headers.get('retry-after')).not.toBeNull()
          const isReady = () => isTrue(ask('/readyz').then(({ status }) => status === 200))
          await until(isReady, { withinMs: 10_000, everyMs: 50 })
        }
      }
      const next = wanted.values()
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          for (const number of next) await sendUntilTaken(number)
        }),
      )
      expect(await kept()).toEqual(wanted.map(() => 1))
    } finally {
      await close()
      await created.drop()
    }
  },
)
