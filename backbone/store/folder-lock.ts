import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { NeedsPerson } from '../errors.ts'

/** A folder taken by this process alone; `release` gives it back. */
export type FolderLock = { release(): void }

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process is there, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function claim(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, `${process.pid}\n`)
    closeSync(handle)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes the data folder for this process. PGlite itself would let two processes ruin one folder.
 * The lock of a process that has died is reaped; a living owner is named in the error.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, 'quittance.lock')
  for (let tries = 0; tries < 3; tries += 1) {
    if (claim(file)) return { release: () => rmSync(file, { force: true }) }
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10)
    if (Number.isInteger(owner) && owner !== process.pid && isAlive(owner))
      throw new NeedsPerson(
        `The data folder ${folder} is in use by process ${owner}. Stop that process, or choose another folder with QUITTANCE_DATA, or use PostgreSQL with DATABASE_URL.`,
        { folder, owner },
      )
    rmSync(file, { force: true })
  }
  throw new NeedsPerson(`The data folder ${folder} could not be locked.`, { folder })
}
