import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { workerTable } from '../backbone/queue/job-table.ts'
import { postgresDriver } from '../backbone/store/postgres-driver.ts'
import { monotonicMs } from '../bench/house/erp-sink.ts'
import { apiOf, furnish, inboundPath } from '../bench/house/furnish.ts'
import { type Keep, keeping } from '../bench/house/keep.ts'
import { shopDelivery } from '../bench/house/orders.ts'
import { newHome, openTenant, startQuittance } from '../bench/house/quittance.ts'
import { type Sink, startSink } from '../bench/house/sink.ts'
import { openShop } from '../bench/load/shop.ts'
import { measureFairness } from '../bench/many/fairness.ts'
import { openBalancer } from './balancer.ts'
import { until } from './built-product.ts'
import { newPostgresDatabase } from './test-database.ts'

const serverUrl = process.env['TEST_DATABASE_URL']

/** A shop that sends orders over and over, to one address, until told to stop. */
function keepSending(url: string, { run, clients }: { run: string; clients: number }) {
  const shop = openShop([`${url}${inboundPath}`], clients)
  const answers: Record<string, number> = {}
  let next = 0
  let isEnough = false
  const client = async () => {
    while (!isEnough) {
      const index = next
      next += 1
      const answer = await shop.post(shopDelivery({ seed: 7, run, index }))
      answers[answer] = (answers[answer] ?? 0) + 1
      await wait(20)
    }
  }
  const sending = Promise.all(Array.from({ length: clients }, client))
  return {
    async stop() {
      isEnough = true
      await sending
      shop.close()
      const accepted = Object.entries(answers).reduce(
        (sum, [answer, count]) => sum + (answer.startsWith('2') ? count : 0),
        0,
      )
      return { answers, accepted, sent: next }
    },
  }
}

async function onPostgres(keep: Keep) {
  const { url, drop } = await newPostgresDatabase(serverUrl ?? '')
  keep({ stop: drop })
  return url
}

async function openHome(keep: Keep, databaseUrl: string, settings: Record<string, string> = {}) {
  const home = keep(await newHome({ databaseUrl, settings }))
  return { home, token: await openTenant(home) }
}

/** Waits until the ERP has had every order of a run, and gives its count. */
async function allAtErp(sink: Sink, run: string, accepted: number) {
  await until(async () => ((await sink.stats(run)).unique >= accepted ? true : undefined), {
    withinMs: 60_000,
  })
  return sink.stats(run)
}

test.skipIf(serverUrl === undefined)(
  'servers restarted one after the other under load refuse no request, lose no order and send none twice',
  async () => {
    await keeping(async (keep) => {
      const databaseUrl = await onPostgres(keep)
      const sink = keep(await startSink())
      const { home, token } = await openHome(keep, databaseUrl, {
        QUITTANCE_ANNOUNCE_SECONDS: '2',
      })
      const balancer = keep(await openBalancer())
      const startOne = async () => {
        const server = keep(await startQuittance(home))
        const [url = ''] = server.urls
        balancer.add(url)
        await balancer.sees(url, true)
        return { url, server }
      }
      const first = await startOne()
      await furnish(apiOf(first.url, token), { sinkUrl: sink.url })
      const servers = [first, await startOne()]
      const run = 'rolling'
      const load = keepSending(balancer.url, { run, clients: 6 })
      for (const { url, server } of servers) {
        const gone = balancer.sees(url, false)
        await Promise.all([server.stop(), gone])
        balancer.remove(url)
        await startOne()
      }
      const { answers, accepted, sent } = await load.stop()
      expect(balancer.unanswered()).toEqual([])
      expect(Object.keys(answers).every((answer) => answer.startsWith('2'))).toBe(true)
      expect(accepted).toBe(sent)
      expect(await allAtErp(sink, run, accepted)).toMatchObject({
        unique: accepted,
        arrived: accepted,
      })
    })
  },
  120_000,
)

test.skipIf(serverUrl === undefined)(
  'when one of two processes is killed, every order it was working on goes on within ten seconds',
  async () => {
    await keeping(async (keep) => {
      const databaseUrl = await onPostgres(keep)
      const sink = keep(await startSink())
      const { home, token } = await openHome(keep, databaseUrl)
      const survivor = keep(await startQuittance(home))
      const victim = keep(await startQuittance(home))
      const [url = ''] = survivor.urls
      await furnish(apiOf(url, token), { sinkUrl: sink.url })
      const driver = postgresDriver(databaseUrl, { poolSize: 1 })
      keep({ stop: () => driver.close() })
      const countOf = async (text: string) => {
        const [row] = (await driver.run(text, [])).rows
        return row !== undefined && 'count' in row ? Number(row.count) : Number.NaN
      }
      const atWork = `select count(*)::int as count from ${workerTable} where seen_at > now() - interval '8 seconds'`
      expect(
        await until(async () => ((await countOf(atWork)) === 2 ? true : undefined), {
          withinMs: 10_000,
        }),
      ).toBe(true)
      const run = 'killed'
      const load = keepSending(url, { run, clients: 16 })
      await wait(2_000)
      await victim.kill()
      const killedAt = monotonicMs()
      const { accepted, sent } = await load.stop()
      expect(accepted).toBe(sent)
      // Every order decided on and its call to the ERP written: calls under way when it died wait for their own look-up.
      const decided = await until(
        async () =>
          (await countOf(
            `select count(*)::int as count from transaction where operation = 'erp.create-order'`,
          )) >= accepted
            ? monotonicMs() - killedAt
            : undefined,
        { withinMs: 60_000, everyMs: 50 },
      )
      // Nine seconds without a sign of life, then the work itself, which a busy machine does more slowly.
      expect(decided).toBeLessThan(20_000)
      expect(await allAtErp(sink, run, accepted)).toMatchObject({
        unique: accepted,
        arrived: accepted,
      })
    })
  },
  120_000,
)

test('a flood of one tenant does not hold up the single orders of another', async () => {
  await keeping(async (keep) => {
    const sink = keep(await startSink())
    const { beside, flood } = await measureFairness({
      sink,
      floodOrders: 2_000,
      name: 'test',
      ...(serverUrl === undefined ? {} : { databaseUrl: await onPostgres(keep) }),
    })
    expect(beside.lost).toBe(0)
    expect(beside.waysMs.length).toBeGreaterThan(1)
    expect(flood).toMatchObject({ lost: 0, doubled: 0 })
    // A machine that does other things beside may tell the flood to come again later; so the queue behind is short.
    expect(flood.accepted, JSON.stringify(flood.refused)).toBeGreaterThan(1_000)
    const toldToWait = ['429', '503']
    expect(Object.keys(flood.refused).filter((answer) => !toldToWait.includes(answer))).toEqual([])
    // On a machine with other things to do all takes longer, but never as long as standing behind the flood would.
    const longest = Math.max(...beside.waysMs)
    expect(longest).toBeLessThan(Math.max(2_000, flood.endToEndMs.p95 / 2))
  })
}, 180_000)
