import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CallerMistake, RetryLater } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'
import type { Intake } from './intake.ts'

/** A folder that is looked at every second: `inbox/CONNECTION/FILE` is taken in and moved to `taken/` or `refused/`. */
export type WatchedFolder = { stop(): Promise<void> }

// A file that has not changed for this long is whole; until then somebody may still be writing it.
const restMs = 1_000

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
}

async function connectionsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
}

function headersOf(name: string): Record<string, string> {
  // A shop's webhook saved to a file names its topic: orders-create.1001.json.
  const topic = /(?:^|\.)orders[-_](create|updated|cancelled)\b/.exec(name)?.[1]
  return {
    'x-file-name': name,
    ...(topic === undefined ? {} : { 'x-shopify-topic': `orders/${topic}` }),
  }
}

function isForLater(error: unknown): boolean {
  if (error instanceof CallerMistake) return error.status === 429 || error.status === 503
  return error instanceof RetryLater
}

/** Starts watching. Whoever may write to the folder is trusted; connections are named by their folders. */
export function startWatchedFolder(options: {
  folder: string
  intake: Intake
  log: Log
  everyMs?: number
}): WatchedFolder {
  const { folder, intake, log, everyMs = 1_000 } = options

  async function move(connectionId: string, name: string, to: 'taken' | 'refused'): Promise<void> {
    const target = join(folder, connectionId, to)
    await mkdir(target, { recursive: true })
    await rename(join(folder, connectionId, name), join(target, `${Date.now()}-${name}`))
  }
  async function take(connectionId: string, name: string): Promise<void> {
    const file = join(folder, connectionId, name)
    const { mtimeMs } = await stat(file)
    if (Date.now() - mtimeMs < restMs) return
    const body = new Uint8Array(await readFile(file))
    const result = await intake.ingest({
      channel: '',
      connectionId,
      headers: headersOf(name),
      body,
      traceparent: undefined,
    })
    // Moved only after the commit: a crash in between takes the file again, and it is known then.
    await move(connectionId, name, result.verdict === 'rejected' ? 'refused' : 'taken')
    log.info(
      { connectionId, name, receiptId: result.receiptId, verdict: result.verdict },
      'A file of the inbox was taken in.',
    )
  }
  async function takeAll(connectionId: string): Promise<void> {
    for (const name of await filesOf(join(folder, connectionId)))
      try {
        await take(connectionId, name)
      } catch (error) {
        // The house takes nothing now, as its log says: the next file would hear the same.
        if (isForLater(error)) return
        log.warn(
          { err: error, connectionId, name },
          'A file of the inbox could not be taken in; it stays there.',
        )
      }
  }
  async function round(): Promise<void> {
    for (const connectionId of await connectionsOf(folder)) await takeAll(connectionId)
  }

  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const next = () => {
    if (isStopping) return
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) => log.warn({ err: error }, 'The inbox could not be looked at.'))
        .finally(next)
    }, everyMs)
  }
  next()
  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
