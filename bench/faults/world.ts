import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { readConfig } from '../../backbone/config.ts'
import { type SandboxClient, sandboxClient } from '../../backbone/connectors/sandbox/client.ts'
import { seedCustomers } from '../../backbone/services/seed/customers.ts'
import { seedStock } from '../../backbone/services/seed/stock.ts'
import { customerFile } from '../../backbone/store/master-data/customer-file.ts'
import { stockFile } from '../../backbone/store/master-data/stock-file.ts'
import { createLog } from '../../backbone/telemetry/log.ts'
import {
  type DemoSecrets,
  demoTenantId,
  furnishDemo,
  openSandboxDoors,
} from '../../cli/demo-world.ts'
import { openHouse } from '../../cli/house.ts'
import { type SandboxProcess, startSandboxProcess } from '../../cli/sandbox-process.ts'
import { mainFile, type Settings, until } from '../../testing/built-product.ts'
import { freePort } from '../../testing/free-port.ts'
import { type KeptProcess, keptProcess } from './kept-process.ts'
import type { DatabaseKind } from './options.ts'
import { type PostgresCluster, startPostgres } from './postgres-cluster.ts'
import { type ProductClock, productClock } from './product-clock.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** The outside systems in a process of their own, which can be killed. */
type KilledSandbox = {
  readonly levers: SandboxClient
  kill(awayMs: number): Promise<void>
  stop(): Promise<void>
}

/** Everything that runs on one database: the product, what it stands on, and the systems it speaks to. */
export type World = {
  readonly kind: DatabaseKind
  readonly url: string
  readonly settings: Settings
  readonly secrets: DemoSecrets
  readonly apiKey: string
  readonly today: string
  readonly clock: ProductClock
  readonly sandbox: KilledSandbox
  readonly server: KeptProcess
  /** A second process that only works; with PostgreSQL. */
  readonly worker: KeptProcess | undefined
  readonly cluster: PostgresCluster | undefined
  /** A disk that can be full; with the built-in database, where mounting is possible. */
  readonly disk: SmallDisk | undefined
  /** Resolves with whether the server takes work within the time. */
  isReady(withinMs: number): Promise<boolean>
  close(): Promise<void>
}

async function startSandbox(stateFile: string): Promise<KilledSandbox & { first: SandboxProcess }> {
  const first = await startSandboxProcess({ stateFile })
  const port = Number(new URL(first.url).port)
  let running = first
  return {
    first,
    levers: sandboxClient(first.url),
    async kill(awayMs) {
      await running.kill()
      await wait(awayMs)
      running = await startSandboxProcess({ stateFile, port })
    },
    stop: () => running.stop(),
  }
}

// Patient enough for systems that break for whole rounds, and quick enough that a run ends.
const delivery = {
  ...{ maxTries: 60, retryBaseMs: 200, retryCapMs: 3_000 },
  ...{ probeAfterMs: 1_000, probeMaxMs: 3_000 },
}

/** Fills the house as the demo does, with shelves and credit that no run uses up. */
async function furnish(
  settings: Settings,
  { sandbox, url, today }: { sandbox: SandboxProcess; url: string; today: string },
): Promise<{ secrets: DemoSecrets; apiKey: string }> {
  const house = await openHouse(readConfig(settings), createLog({ level: 'error' }))
  try {
    const pace = { cancelWindowSeconds: 0, sandboxSpeed: 1, delivery }
    const { secrets, keyFile } = await furnishDemo(house, sandbox, { pace, today })
    await house.database.inTenant(demoTenantId, async (tx) => {
      const creditLimitMinor = 1_000_000_000_000
      await customerFile.write(
        tx,
        seedCustomers().map((customer) => ({ ...customer, creditLimitMinor })),
      )
      await stockFile.write(
        tx,
        seedStock(today).map((stock) => ({ ...stock, onHandEach: 100_000_000 })),
      )
      // Many calls at once to slow systems: the more are under way at a kill, the more are in doubt.
      await tx.run(
        sql`update connection set settings = settings || '{"concurrency": 48}'::jsonb
            where connection_id in ('erp', 'wms', 'partner-webhook', 'meridian-shop-admin')`,
      )
    })
    await openSandboxDoors(sandbox, secrets, url)
    const levers = sandboxClient(sandbox.url)
    // Systems that refuse what they have would hide a second call: these take it and count it.
    await levers.change({
      ...{ dedupe: 'off', pickDelayMs: 3_000, shipDelayMs: 1_500 },
      ...{ deliveryDelayMs: 1_000, payDelayMs: 2_000 },
    })
    return { secrets, apiKey: (await readFile(keyFile, 'utf8')).trim() }
  } finally {
    await house.close()
  }
}

function settingsOf(place: {
  folder: string
  port: number
  cluster: PostgresCluster | undefined
}): Settings {
  return {
    QUITTANCE_DATA: join(place.folder, 'data'),
    QUITTANCE_PORT: String(place.port),
    QUITTANCE_DEMO: 'false',
    QUITTANCE_REQUESTS_PER_SECOND: '10000',
    QUITTANCE_LOG_LEVEL: 'warn',
    ...(place.cluster === undefined ? {} : { DATABASE_URL: place.cluster.url }),
  }
}

async function readiness(url: string): Promise<true | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
    await answer.arrayBuffer()
    return answer.ok ? true : undefined
  } catch {
    return undefined
  }
}

/** Builds the world of a run in a folder; the product is not started yet. */
export async function openWorld(kind: DatabaseKind, folder: string): Promise<World> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  const cluster = kind === 'postgres' ? await startPostgres() : undefined
  const disk = kind === 'pglite' ? await mountSmallDisk(data) : undefined
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sandbox = await startSandbox(join(folder, 'sandbox.jsonl'))
  const close = async () => {
    await sandbox.stop()
    await cluster?.stop()
    await disk?.unmount()
  }
  try {
    const settings = settingsOf({ folder, port, cluster })
    const today = new Date().toISOString().slice(0, 10)
    const { secrets, apiKey } = await furnish(settings, { sandbox: sandbox.first, url, today })
    const clock = productClock(join(folder, 'clock'))
    const environment = { ...settings, ...clock.environment }
    const product = (command: string) =>
      keptProcess({
        args: [mainFile, command],
        environment,
        logFile: join(folder, `${command}.log`),
      })
    const server = product('start')
    const worker = kind === 'postgres' ? product('work') : undefined
    return {
      ...{ kind, url, settings, secrets, apiKey, today, clock, sandbox, server, worker },
      ...{ cluster, disk },
      isReady: async (withinMs) => (await until(() => readiness(url), { withinMs })) === true,
      async close() {
        await Promise.all([server.stop(0), worker?.stop(0)])
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
