import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { chanceOf } from '../backbone/connectors/sandbox/chance.ts'
import { type SandboxClient, sandboxClient } from '../backbone/connectors/sandbox/client.ts'
import { quittance, type RunningCommand, runQuittance, type Settings } from './built-product.ts'
import { freePort } from './free-port.ts'
import { type Api, apiOf, type Count, comeToRest, countAll } from './kill-count.ts'
import { peachtreeOrder } from './peachtree-order.ts'

const loadConnection = 'kill-load'
const loadSecret = 'secret-of-the-kill-rounds'

/** What the kill rounds are run on. */
type KillOptions = {
  readonly folder: string
  readonly databaseUrl?: string
  /** How often the ready server is killed. */
  readonly rounds: number
  readonly seed: number
  /** How long the house may take to come to rest after the last kill. */
  readonly restWithinMs: number
}

/** What came of the rounds. */
export type KillReport = {
  readonly kills: number
  readonly sent: number
  readonly resent: number
  readonly count: Count
  readonly stopCode: number | null
  readonly verify: { readonly code: number | null; readonly out: string }
  readonly took: string
}

const purchaseOrder = (number: number) => `KILL${String(number).padStart(6, '0')}`

/** Partners that send orders through everything, and send again what got no answer. */
type Load = {
  readonly counts: { sent: number; resent: number }
  readonly refusals: string[]
  /** Takes no new orders; resolves when every order sent was answered 2xx. */
  finish(): Promise<void>
}

function startLoad(url: string, { senders, everyMs }: { senders: number; everyMs: number }): Load {
  const unanswered: number[] = []
  const counts = { sent: 0, resent: 0 }
  const refusals: string[] = []
  let isFinishing = false
  const post = async (number: number): Promise<number | undefined> => {
    try {
      const answer = await fetch(`${url}/v1/inbound/json/${loadConnection}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${loadSecret}`,
          'content-type': 'application/json',
          'idempotency-key': purchaseOrder(number),
        },
        body: peachtreeOrder(number, purchaseOrder(number)),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await answer.text()
      if (answer.status >= 400 && answer.status !== 429 && answer.status !== 503)
        refusals.push(`${purchaseOrder(number)}: ${answer.status} ${text}`)
      return answer.status
    } catch {
      return undefined
    }
  }
  const next = (): number | undefined => {
    const again = unanswered.shift()
    if (again !== undefined) counts.resent += 1
    if (again !== undefined || isFinishing) return again
    counts.sent += 1
    return counts.sent
  }
  const sender = async () => {
    for (let number = next(); number !== undefined; number = next()) {
      const status = await post(number)
      if (status === undefined || status === 429 || status === 503) unanswered.push(number)
      await wait(everyMs)
    }
  }
  const running = Promise.all(Array.from({ length: senders }, sender))
  return {
    counts,
    refusals,
    async finish() {
      isFinishing = true
      await running
      // A sender that left may have been the last one while another one's order came back unanswered.
      await sender()
    },
  }
}

const troubles = ['error-after', 'reset-after', 'error-before', 'reset-before'] as const

/** Systems slow by up to a second that break one call in five, mostly after its effect. */
async function misbehave(sandbox: SandboxClient, seed: number, round: number): Promise<void> {
  for (const system of ['erp', 'wms', 'webhooks'] as const)
    await sandbox.misbehave({
      system,
      jitterMs: 1000 * chanceOf(seed, 'jitter', system, String(round)),
      faults: troubles.map((kind) => ({
        kind,
        probability: kind.endsWith('-after') ? 0.08 : 0.02,
      })),
    })
}

/** The product as it is started again and again. */
type House = {
  readonly url: string
  readonly settings: Settings
  /** Starts the product; only one of them runs at a time. */
  start(): RunningCommand
  /** Kills what runs, so that nothing outlives a failed test. */
  kill(): Promise<void>
  api(): Promise<Api>
  sandbox(): Promise<SandboxClient>
}

const ErpConnection = z.object({ settings: z.object({ url: z.string() }) })

async function houseOf({ folder, databaseUrl }: KillOptions): Promise<House> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings: Settings = {
    QUITTANCE_DATA: folder,
    QUITTANCE_PORT: String(port),
    QUITTANCE_DEMO: 'true',
    QUITTANCE_REQUESTS_PER_SECOND: '10000',
    QUITTANCE_LOG_LEVEL: 'warn',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  let running: RunningCommand | undefined
  const api = async () => apiOf(url, (await readFile(join(folder, 'demo-api-key'), 'utf8')).trim())
  return {
    url,
    settings,
    start() {
      running = runQuittance(['start'], settings)
      return running
    },
    async kill() {
      await running?.ended('SIGKILL')
    },
    api,
    sandbox: async () => {
      const erp = ErpConnection.parse(await (await api()).get('/v1/connections/erp'))
      return sandboxClient(erp.settings.url)
    },
  }
}

const ready = /Quittance is ready/

/** The first start: a connection of ours with a known secret, and systems that are quick and refuse nothing. */
async function furnish(house: House): Promise<void> {
  const api = await house.api()
  await api.send('PUT', `/v1/connections/${loadConnection}`, {
    kind: 'json',
    name: 'Partners of the kill rounds',
    settings: { cancelWindowSeconds: 0, repliesTo: 'partner-webhook' },
  })
  await api.send('POST', `/v1/connections/${loadConnection}/secrets`, { secret: loadSecret })
  const sandbox = await house.sandbox()
  // A system that refuses what it has would hide a second call: these take it and count it.
  await sandbox.change({
    ...{ dedupe: 'off', pickDelayMs: 4_000, shipDelayMs: 8_000, deliveryDelayMs: 8_000 },
    payDelayMs: 20_000,
  })
}

/** Kills the house at random moments after and sometimes during its start; gives the last one, left running. */
async function killAndRestart(
  house: House,
  first: RunningCommand,
  { rounds, seed }: KillOptions,
): Promise<{ running: RunningCommand; kills: number }> {
  let running = first
  let kills = 0
  for (let round = 1; round <= rounds; round += 1) {
    const chance = (name: string) => chanceOf(seed, name, String(round))
    await running.said(ready)
    await misbehave(await house.sandbox(), seed, round)
    await wait(1_000 + 2_000 * chance('gap'))
    await running.ended('SIGKILL')
    kills += 1
    running = house.start()
    if (chance('in the start') > 0.3) continue
    await wait(200 + 1_500 * chance('moment of the start'))
    await running.ended('SIGKILL')
    kills += 1
    running = house.start()
  }
  await running.said(ready)
  return { running, kills }
}

/** Orders come in while the house is killed and started again; then everything is counted. */
export async function runKillRounds(options: KillOptions): Promise<KillReport> {
  const since = new Date().toISOString()
  const startedAt = performance.now()
  const seconds = () => Math.round((performance.now() - startedAt) / 1000)
  const house = await houseOf(options)
  try {
    const first = house.start()
    await first.said(ready)
    await furnish(house)
    const load = startLoad(house.url, { senders: 4, everyMs: 300 })
    const { running, kills } = await killAndRestart(house, first, options)
    await load.finish()
    if (load.refusals.length > 0)
      throw new Error(`Refused: ${load.refusals.slice(0, 5).join('; ')}`)
    const sandbox = await house.sandbox()
    await sandbox.misbehave({ system: 'all' })
    const roundsTook = seconds()
    const sent = Array.from({ length: load.counts.sent }, (_, index) => purchaseOrder(index + 1))
    const counted = { connectionId: loadConnection, since, purchaseOrders: sent }
    await comeToRest(await house.api(), counted, options.restWithinMs)
    const restTook = seconds() - roundsTook
    const count = await countAll(await house.api(), sandbox, counted)
    const { code: stopCode } = await running.ended('SIGTERM')
    const verify = await quittance(['verify'], house.settings)
    return {
      kills,
      ...load.counts,
      count,
      stopCode,
      verify: { code: verify.code, out: `${verify.out}${verify.err}` },
      took: `rounds ${roundsTook} s, rest ${restTook} s, all ${seconds()} s`,
    }
  } finally {
    await house.kill()
  }
}
