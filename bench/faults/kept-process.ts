import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** A process that is started again whenever it ends, as a service manager does. */
export type KeptProcess = {
  start(): void
  /** Kill -9; it comes back after a while. */
  kill(awayMs: number): Promise<void>
  /** SIGTERM, and no start after it. Gives whether it ended in peace within the time. */
  stop(withinMs: number): Promise<boolean>
  /** How often it ended without having been asked. */
  readonly ownEnds: number
}

type Command = {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Where its standard output and error are kept. */
  readonly logFile: string
}

const startAgainMs = 300

function spawnLogged({ args, environment, logFile }: Command): ChildProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, [...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return child
}

/** Keeps a node program running from `start` to `stop`. */
export function keptProcess(command: Command): KeptProcess {
  let child: ChildProcess | undefined
  let ended: Promise<number | null> = Promise.resolve(0)
  let isWanted = false
  let ownEnds = 0
  const launch = () => {
    const started = spawnLogged(command)
    child = started
    ended = new Promise((resolve) => started.once('close', resolve))
    started.once('close', () => {
      if (child !== started) return
      child = undefined
      if (!isWanted) return
      ownEnds += 1
      setTimeout(() => {
        if (isWanted && child === undefined) launch()
      }, startAgainMs)
    })
  }
  return {
    get ownEnds() {
      return ownEnds
    },
    start() {
      isWanted = true
      if (child === undefined) launch()
    },
    async kill(awayMs) {
      const [dying, gone] = [child, ended]
      // It is no longer ours to start again: this kill does.
      child = undefined
      dying?.kill('SIGKILL')
      await gone
      await wait(awayMs)
      if (isWanted && child === undefined) launch()
    },
    async stop(withinMs) {
      isWanted = false
      const dying = child
      if (dying === undefined) return true
      const gone = ended
      dying.kill('SIGTERM')
      const code = await Promise.race([gone, wait(withinMs, 'late' as const, { ref: false })])
      if (code === 'late') {
        dying.kill('SIGKILL')
        await gone
      }
      return code === 0
    },
  }
}
