import { type ChildProcess, spawn } from 'node:child_process'
import { extname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Stoppable } from './keep.ts'

/** A process of ours: what it says, its end, and how to end it. */
export type OwnProcess = Stoppable & {
  readonly pid: number
  /** Resolves when it has ended; -1 when a signal ended it. */
  readonly ended: Promise<number>
  /** The last it wrote, for the message when it fails. */
  lastWords(): string
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
}

type ProcessPlan = {
  readonly command: string
  readonly args: readonly string[]
  /** Nothing else of this process's environment is handed on but PATH. */
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  readonly onOutput?: (part: string) => void
}

const keptCharacters = 20_000

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  })
}

/** Starts a process; stopping it asks first (SIGTERM) and insists after ten seconds. */
export function startProcess(plan: ProcessPlan): OwnProcess {
  const child = spawn(plan.command, [...plan.args], {
    env: { PATH: process.env['PATH'], ...plan.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let tail = ''
  const remember = (part: string) => {
    tail = (tail + part).slice(-keptCharacters)
  }
  child.stdout.setEncoding('utf8').on('data', plan.onOutput ?? remember)
  child.stderr.setEncoding('utf8').on('data', remember)
  // A process that ends before it has read everything is noticed by its end, not by the broken pipe.
  child.stdin.on('error', () => undefined).end(plan.input ?? '')
  const ended = endOf(child)
  // Whoever breaks the bench off while this is still starting has nothing yet to stop it by.
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  const forget = () => process.off('exit', orphaned)
  ended.then(forget, forget)
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const late = await Promise.race([ended, wait(10_000, 'late' as const, { ref: false })])
    if (late !== 'late') return
    child.kill('SIGKILL')
    await ended
  }
  return {
    pid: child.pid ?? -1,
    ended,
    lastWords: () => tail.trim(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** How to run a file of this folder's making in a process of its own, from source as from dist. */
export function ownScript(folder: string, name: string): { command: string; args: string[] } {
  const extension = extname(import.meta.filename)
  const loader = extension === '.ts' ? ['--import', 'tsx'] : []
  return { command: process.execPath, args: [...loader, `${folder}/${name}${extension}`] }
}

/** Asks an address until it answers 200; resolves with the milliseconds it took, refuses when the process ended. */
export async function answering(
  process: OwnProcess,
  url: string,
  { withinMs = 60_000 }: { withinMs?: number } = {},
): Promise<number> {
  const startedAt = performance.now()
  let endCode: number | undefined
  process.ended.then(
    (code) => {
      endCode = code
    },
    () => {
      endCode = -1
    },
  )
  for (;;) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    const tookMs = performance.now() - startedAt
    if (status === 200) return tookMs
    if (endCode !== undefined || tookMs > withinMs)
      throw new Error(`${url} never became ready (exit ${endCode}): ${process.lastWords()}`)
    await wait(10)
  }
}
