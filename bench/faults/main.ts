import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ActionableError, NeedsPerson } from '../../backbone/errors.ts'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { type DatabaseKind, type FaultOptions, help, readOptions } from './options.ts'
import { type DatabaseResult, isFailed, table } from './report.ts'
import { runDatabase } from './run-database.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

// Broken off, it leaves no database, no mounted disk and no product behind.
function clearAwayWhenStopped(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      say(`Broken off by ${signal}.`)
      void close().finally(() => process.exit(2))
    })
}

async function inFolder<T>(
  keep: string | undefined,
  kind: DatabaseKind,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (keep !== undefined) {
    const folder = join(resolve(keep), kind)
    if (existsSync(folder))
      throw new NeedsPerson(`${folder} is there already. Give --keep another folder.`)
    await mkdir(folder, { recursive: true })
    return work(folder)
  }
  const folder = await mkdtemp(join(tmpdir(), 'quittance-faults-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeResult(result: DatabaseResult, options: FaultOptions): Promise<void> {
  const folder = join(packageRoot(), 'bench', 'results')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `faults-${result.database}.json`)
  const { keep: _, ...asked } = options
  const text = JSON.stringify({ at: new Date().toISOString(), asked, ...result }, undefined, 2)
  await writeFile(file, `${text}\n`)
}

async function runAll(options: FaultOptions): Promise<number> {
  const results: DatabaseResult[] = []
  for (const kind of options.databases) {
    const { rounds, seed, secondsPerRound, ordersPerSecond } = options
    say(
      `${kind}: ${rounds} rounds of ${secondsPerRound} s at ${ordersPerSecond} orders/s, seed ${seed}`,
    )
    const result = await inFolder(options.keep, kind, (folder) =>
      runDatabase(kind, { folder, options, say, onOpen: clearAwayWhenStopped }),
    )
    await writeResult(result, options)
    results.push(result)
    say(
      `  ${result.deliveries} deliveries, ${result.resent} sent again for want of an answer, ${result.seconds} s`,
    )
  }
  say('')
  say(table(results))
  return results.some(({ proofs }) => proofs.some(isFailed)) ? 1 : 0
}

async function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2))
    if (options === 'help') say(help)
    else process.exitCode = await runAll(options)
  } catch (error) {
    const isPlain =
      error instanceof ActionableError ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    process.stderr.write(`${error instanceof Error && !isPlain ? error.stack : String(error)}\n`)
    process.exitCode = 2
  }
}

await main()
