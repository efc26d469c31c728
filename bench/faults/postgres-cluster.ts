import { execFile, spawn } from 'node:child_process'
import { existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { NeedsPerson } from '../../backbone/errors.ts'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { postgresDriver } from '../../backbone/store/postgres-driver.ts'
import { until } from '../../testing/built-product.ts'
import { freePort } from '../../testing/free-port.ts'

const execute = promisify(execFile)

/** A PostgreSQL of our own that can be killed as a machine kills it. */
export type PostgresCluster = {
  readonly url: string
  /** Kill -9 of the postmaster and everything it started; comes back after a while through crash recovery. */
  kill(awayMs: number): Promise<void>
  /** Ends all connections of the product; gives how many there were. */
  cutConnections(): Promise<number>
  stop(): Promise<void>
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number)
}

function parentOf(pid: string): number | undefined {
  try {
    // The second field is the program's name in brackets and may hold blanks; two fields on stands the parent.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

async function ask<T>(
  url: string,
  work: (run: ReturnType<typeof postgresDriver>['run']) => Promise<T>,
): Promise<T> {
  const driver = postgresDriver(url, { poolSize: 1 })
  try {
    return await work(driver.run)
  } finally {
    await driver.close()
  }
}

async function answers(url: string): Promise<true | undefined> {
  try {
    await ask(url, (run) => run('select 1', []))
    return true
  } catch {
    return undefined
  }
}

function startAgain(commandLine: readonly string[], logFile: string): void {
  const log = openSync(logFile, 'a')
  const asPostgres = ['--reuid=postgres', '--regid=postgres', '--init-groups']
  spawn('setpriv', [...asPostgres, ...commandLine], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
  }).unref()
}

async function crash(home: string): Promise<readonly string[]> {
  const pid = Number(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
  const children = childrenOf(pid)
  for (const each of [pid, ...children]) kill9(each)
  const areGone = async () =>
    [pid, ...children].every((each) => !existsSync(`/proc/${each}`)) ? true : undefined
  await until(areGone, { withinMs: 10_000, everyMs: 20 })
  return commandLine
}

/** Starts a fresh cluster on a free port; Debian, as root. */
export async function startPostgres(): Promise<PostgresCluster> {
  const script = join(packageRoot(), '..', 'shared', 'bin', 'native-postgres')
  if (!existsSync(script))
    throw new NeedsPerson(
      'There is no ../shared/bin/native-postgres to start a PostgreSQL of our own with; faults on PostgreSQL need one.',
    )
  const port = await freePort()
  const { stdout } = await execute('bash', [script, 'start', String(port)])
  const url = stdout.trim().split('\n').at(-1) ?? ''
  const home = join(process.env['TMPDIR'] ?? tmpdir(), `native-postgres-${port}`)
  return {
    url,
    async kill(awayMs) {
      const commandLine = await crash(home)
      await wait(awayMs)
      startAgain(commandLine, join(home, 'log'))
      if ((await until(() => answers(url), { withinMs: 60_000 })) === undefined)
        throw new NeedsPerson(
          `PostgreSQL did not come back after kill -9; see ${join(home, 'log')}.`,
        )
    },
    cutConnections: () =>
      ask(url, async (run) => {
        const { affected } = await run(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'quittance' and pid <> pg_backend_pid()`,
          [],
        )
        return affected
      }),
    stop: async () => void (await execute('bash', [script, 'stop', String(port)])),
  }
}
