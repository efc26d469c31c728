import { readFileSync, truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** Where a sandbox writes what it did, so that a killed one comes back with its state. */
export type Journal = {
  /** What an earlier run wrote, oldest first. */
  readonly lines: readonly string[]
  append(line: string): void
  /** Resolves when everything appended so far is on the disk. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** A journal that forgets, for a sandbox that need not survive. */
export function memoryJournal(): Journal {
  return { lines: [], append: () => {}, settled: async () => {}, close: async () => {} }
}

/** Opens a journal file, one JSON record a line; lines appended together share one fsync. */
export async function openJournal(path: string): Promise<Journal> {
  const lines = readWholeLines(path)
  // The state holds the callback keys of a demo: nobody else reads it.
  const file = await open(path, 'a', 0o600)
  let waiting: string[] = []
  let lastFlush: Promise<void> = Promise.resolve()
  const flush = async () => {
    const text = waiting.join('')
    waiting = []
    await file.appendFile(text)
    await file.datasync()
  }
  return {
    lines,
    append: (line) => {
      waiting.push(`${line}\n`)
      if (waiting.length === 1) lastFlush = lastFlush.then(flush)
    },
    settled: () => lastFlush,
    close: async () => {
      await lastFlush
      await file.close()
    },
  }
}

// A kill in the middle of a write leaves half a line: it was never answered for, so it never happened.
function readWholeLines(path: string): string[] {
  const bytes = readIfThere(path)
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1
  if (wholeBytes < bytes.length) truncateSync(path, wholeBytes)
  const text = bytes.subarray(0, wholeBytes).toString('utf8')
  return text.split('\n').filter((line) => line !== '')
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
