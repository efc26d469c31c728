import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NeedsPerson } from '../errors.ts'

/** A folder taken by this process alone; `release` gives it back. */
export type FolderLock = { release(): void }

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** When a process began, in ticks since the machine started: tells it from a later one with its number. Linux only. */
function beganAt(pid: number): string {
  try {
    // The second field is the program's name in brackets and may hold blanks; the twenty-second is the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
    return fields?.[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process is there, but another user's.
    return codeOf(error) === 'EPERM'
  }
}

/** The living owner a lock names, or undefined for the lock of a process that is gone. */
function livingOwner(file: string): number | undefined {
  const [pidText = '', began = ''] = readFileSync(file, 'utf8').trim().split(' ')
  const pid = Number.parseInt(pidText, 10)
  if (!Number.isInteger(pid) || pid === process.pid || !isAlive(pid)) return undefined
  return began === '' || began === beganAt(pid) ? pid : undefined
}

// Written whole beside its place and then linked there: nobody ever sees a lock without its owner.
function claim(file: string): boolean {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, `${process.pid} ${beganAt(process.pid)}\n`, { mode: 0o600 })
  try {
    linkSync(mine, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(mine, { force: true })
  }
}

/** Takes a dead owner's lock away. Another process may have done so and locked the folder by now: then its lock goes back. */
function reap(file: string): void {
  const aside = `${file}.reaped.${process.pid}`
  try {
    renameSync(file, aside)
    if (livingOwner(aside) !== undefined) linkSync(aside, file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/**
 * Takes the data folder for this process. PGlite itself would let two processes ruin one folder.
 * The lock of a process that has died is reaped; a living owner is named in the error.
 */
export function lockFolder(folder: string): FolderLock {
  const file = join(folder, 'quittance.lock')
  for (let tries = 0; tries < 5; tries += 1) {
    if (claim(file)) return { release: () => rmSync(file, { force: true }) }
    const owner = ownerOf(file)
    if (owner !== undefined)
      throw new NeedsPerson(
        `The data folder ${folder} is in use by process ${owner}. Stop that process, or choose another folder with QUITTANCE_DATA, or use PostgreSQL with DATABASE_URL.`,
        { folder, owner },
      )
    reap(file)
  }
  throw new NeedsPerson(`The data folder ${folder} could not be locked.`, { folder })
}

function ownerOf(file: string): number | undefined {
  try {
    return livingOwner(file)
  } catch (error) {
    // Released between the claim and this look: the next try takes it.
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
