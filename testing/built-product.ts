import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { packageRoot } from '../backbone/store/package-root.ts'

/** Where the built product begins; found from source and from a build of the benches alike. */
export const mainFile = join(packageRoot(), 'dist', 'cli', 'main.js')

/** How a command of the built product ended: exit code, or none when it was killed. */
export type Ending = { readonly code: number | null; readonly out: string; readonly err: string }

/** A command of the built product that runs in a process of its own. */
export type RunningCommand = {
  readonly pid: number
  /** Resolves with the first match in standard output; rejects when the process ends without it. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when the process has ended, and sends it a signal before if one is given. */
  ended(signal?: NodeJS.Signals): Promise<Ending>
}

/** Settings of the product by the name of their environment variable; nothing else is passed on to it. */
export type Settings = Readonly<Record<string, string>>

/** Starts `quittance` as people do: `node dist/cli/main.js ARGS`. End it before the test ends. */
export function runQuittance(args: readonly string[], settings: Settings): RunningCommand {
  if (!existsSync(mainFile)) throw new Error('The product is not built: npm run build.')
  const child = spawn(process.execPath, [mainFile, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part
    for (const listener of [...listeners]) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    err += part
  })
  const ending = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  return {
    pid: child.pid ?? -1,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(out)
          if (found === null) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
        ending.then(
          ({ code }) =>
            reject(new Error(`It ended (${code}) without saying ${pattern}: ${err.slice(-2000)}`)),
          reject,
        )
      }),
    ended(signal) {
      if (signal !== undefined) child.kill(signal)
      return ending
    },
  }
}

/** Runs a command of the product to its end. */
export function quittance(args: readonly string[], settings: Settings): Promise<Ending> {
  return runQuittance(args, settings).ended()
}

/** Asks until the answer is there, at most so long; undefined when it never came. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { withinMs, everyMs = 200 }: { withinMs: number; everyMs?: number },
): Promise<T | undefined> {
  const endAt = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || performance.now() > endAt) return answer
    await wait(everyMs)
  }
}
