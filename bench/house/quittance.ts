import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../backbone/config.ts'
import { claimTenantForSeed } from '../../backbone/store/master-data/seeded-tenant.ts'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { openStore } from '../../cli/open-store.ts'
import { freePort } from '../../testing/free-port.ts'
import type { Stoppable } from './keep.ts'
import { answering, type OwnProcess, startProcess } from './own-process.ts'

/** The tenant of every measurement. */
export const benchTenantId = 'bench'

/** Where a Quittance under measurement keeps its data: settings by the name of their environment variable. */
export type QuittanceHome = Stoppable & {
  readonly folder: string
  readonly databaseKind: 'pglite' | 'postgres'
  readonly settings: Readonly<Record<string, string>>
}

type HomePlan = {
  /** A PostgreSQL; without one it is the built-in database. */
  readonly databaseUrl?: string
  readonly settings?: Readonly<Record<string, string>>
}

// Processes of one house share the key that seals secrets; here it guards nothing.
const benchKey = createHash('sha256').update('key of the measuring house').digest('base64')

/** Makes an empty home for a Quittance: a folder of its own, no demo, a quiet log. */
export async function newHome({ databaseUrl, settings = {} }: HomePlan): Promise<QuittanceHome> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-bench-'))
  return {
    folder,
    databaseKind: databaseUrl === undefined ? 'pglite' : 'postgres',
    settings: {
      QUITTANCE_DATA: folder,
      QUITTANCE_DEMO: 'false',
      QUITTANCE_LOG_LEVEL: 'warn',
      // No balancer stands before it: a stop need not be announced.
      QUITTANCE_ANNOUNCE_SECONDS: '0',
      QUITTANCE_SECRET_KEY: benchKey,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...settings,
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}

function startCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): OwnProcess {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js')
  if (!existsSync(main)) throw new Error('The product is not built: npm run build.')
  return startProcess({
    command: process.execPath,
    args: [...nodeOptions, main, ...args],
    environment,
  })
}

/** Runs a command of the product to its end and gives what it printed. */
export async function runCommand(home: QuittanceHome, args: readonly string[]): Promise<string> {
  const running = startCommand(args, home.settings)
  const code = await running.ended
  if (code !== 0) throw new Error(`quittance ${args[0]} ended with ${code}: ${running.lastWords()}`)
  return running.lastWords()
}

/** Brings a home's database to the newest schema, with the tenant of the measurements; gives an admin's API key. */
export async function openTenant(home: QuittanceHome): Promise<string> {
  // There is no door that makes a tenant yet; from here on everything goes through the real ones.
  const store = await openStore(readConfig(home.settings))
  const profile = { name: 'Bench', timeZone: 'UTC', currency: 'USD', settings: {} }
  await store.database.inTenant(benchTenantId, (tx) => claimTenantForSeed(tx, profile))
  await store.close()
  const said = await runCommand(home, [
    ...['token', 'create', '--tenant', benchTenantId],
    ...['--name', 'measuring', '--role', 'admin'],
  ])
  const token = said.split('\n').find((line) => line.startsWith('qk_'))
  if (token === undefined) throw new Error(`No API key was printed: ${said}`)
  return token
}

/** A running Quittance: one process or several on one database. */
export type Quittance = Stoppable & {
  /** One address for each server process. */
  readonly urls: readonly string[]
  readonly pids: readonly number[]
  /** From the start of the first process to the first 200 of its /readyz. */
  readonly readyMs: number
  /** Ends all its processes as a crash would. */
  kill(): Promise<void>
}

type QuittancePlan = {
  /** `quittance start` processes; more than one needs PostgreSQL. */
  readonly servers?: number
  /** Additional `quittance work` processes. */
  readonly workers?: number
  readonly nodeOptions?: readonly string[]
}

async function startServer(home: QuittanceHome, index: number, nodeOptions: readonly string[]) {
  const port = await freePort()
  const folder = index === 0 ? home.folder : join(home.folder, `server-${index}`)
  await mkdir(folder, { recursive: true })
  const settings = { ...home.settings, QUITTANCE_DATA: folder, QUITTANCE_PORT: String(port) }
  const process = startCommand(['start'], settings, nodeOptions)
  const url = `http://127.0.0.1:${port}`
  const readyMs = await answering(process, `${url}/readyz`)
  return { process, url, readyMs }
}

/** Starts the built product on a home as people do, and resolves when every server is ready. */
export async function startQuittance(
  home: QuittanceHome,
  { servers = 1, workers = 0, nodeOptions = [] }: QuittancePlan = {},
): Promise<Quittance> {
  const first = await startServer(home, 0, nodeOptions)
  const others = await Promise.all(
    Array.from({ length: servers - 1 }, (_, index) => startServer(home, index + 1, nodeOptions)),
  )
  const workerProcesses = Array.from({ length: workers }, (_, index) =>
    startCommand(
      ['work'],
      { ...home.settings, QUITTANCE_DATA: join(home.folder, `worker-${index}`) },
      nodeOptions,
    ),
  )
  const processes = [first, ...others].map(({ process }) => process).concat(workerProcesses)
  const all = async (end: (process: OwnProcess) => Promise<void>) => {
    await Promise.all(processes.map(end))
  }
  return {
    urls: [first, ...others].map(({ url }) => url),
    pids: processes.map(({ pid }) => pid),
    readyMs: first.readyMs,
    stop: () => all((process) => process.stop()),
    kill: () => all((process) => process.kill()),
  }
}
