import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { freePort } from '../../testing/free-port.ts'
import type { Stoppable } from './keep.ts'
import { startProcess } from './own-process.ts'

/** A PostgreSQL server to measure on. */
export type BenchPostgres = Stoppable & {
  /** Its process, where it runs on this machine: CPU of the database is counted from it. */
  readonly postmasterPid?: number
  /** Makes an empty database and gives its URL. */
  newDatabase(name: string): Promise<string>
}

const nativePostgres = () => join(packageRoot(), '..', 'shared', 'bin', 'native-postgres')

async function runScript(args: readonly string[]): Promise<string> {
  let said = ''
  const running = startProcess({
    command: 'bash',
    args: [nativePostgres(), ...args],
    environment: { TMPDIR: process.env['TMPDIR'] ?? '/tmp' },
    onOutput: (part) => {
      said += part
    },
  })
  if ((await running.ended) !== 0)
    throw new Error(`native-postgres ${args[0]} failed: ${running.lastWords()}`)
  return said.trim().split('\n').at(-1) ?? ''
}

// A backend's parent is the postmaster, if the server is on this machine at all.
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (!stat.includes('(postgres')) return undefined
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

async function openServer(url: string, stopServer: () => Promise<void>): Promise<BenchPostgres> {
  const server = postgres(url, { max: 1, onnotice: () => undefined })
  const made: string[] = []
  const [backend] = await server<{ pid: number }[]>`select pg_backend_pid() as pid`
  const postmasterPid = backend === undefined ? undefined : parentOf(backend.pid)
  return {
    ...(postmasterPid === undefined ? {} : { postmasterPid }),
    async newDatabase(name) {
      const database = `bench_${name}_${randomBytes(4).toString('hex')}`
      await server.unsafe(`create database ${database}`)
      made.push(database)
      const address = new URL(url)
      address.pathname = `/${database}`
      return address.toString()
    },
    async stop() {
      for (const name of made) await server.unsafe(`drop database if exists ${name} with (force)`)
      await server.end({ timeout: 5 })
      await stopServer()
    },
  }
}

/**
 * A PostgreSQL to measure on: the server of BENCH_DATABASE_URL (databases of our own are made there and dropped),
 * else a fresh cluster by ../shared/bin/native-postgres; undefined where neither is there.
 */
export async function startPostgres(): Promise<BenchPostgres | undefined> {
  const given = process.env['BENCH_DATABASE_URL']
  if (given !== undefined) return openServer(given, async () => undefined)
  if (!existsSync(nativePostgres())) return undefined
  const port = String(await freePort())
  // Also when the bench is broken off while the cluster is still starting.
  const orphaned = () => spawnSync('bash', [nativePostgres(), 'stop', port], { stdio: 'ignore' })
  process.once('exit', orphaned)
  const url = await runScript(['start', port])
  return openServer(url, async () => {
    await runScript(['stop', port])
    process.off('exit', orphaned)
  })
}
