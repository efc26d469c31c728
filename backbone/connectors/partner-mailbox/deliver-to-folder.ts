import { createHash } from 'node:crypto'
import { link, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { RetryLater } from '../../errors.ts'
import type { CallOutcome, LookUp } from '../connector.ts'
import { errorCode } from '../http-call.ts'

/** An interchange on its way into a folder, with the name the partner will find it under. */
export type FolderDrop = { readonly folder: string; readonly name: string; readonly text: string }

/** Puts an interchange into a folder whole or not at all, and never over another one. */
export async function deliverToFolder(drop: FolderDrop): Promise<CallOutcome> {
  const { folder, name, text } = drop
  // A name of its own for the half-written file; a try that died leaves one that the next try replaces.
  const drafted = join(folder, `.${name}.${sha256(text).slice(0, 16)}.part`)
  try {
    const file = await open(drafted, 'w', 0o640)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike a rename, a link refuses to replace what is there.
    await link(drafted, join(folder, name)).finally(() => unlink(drafted))
    await syncFolder(folder)
    return { outcome: 'done', externalId: name }
  } catch (error) {
    return afterFailure(drop, errorCode(error))
  }
}

async function afterFailure(drop: FolderDrop, code: string): Promise<CallOutcome> {
  const message = `The interchange could not be put into the folder (${code}).`
  if (code !== 'EEXIST') return { outcome: 'failed', errorClass: 'TRANSPORT', code, message }
  const found = await findInFolder(drop)
  if (found.found && found.isSame) return { outcome: 'done', externalId: drop.name }
  const other = `Another interchange is in the folder under ${drop.name}.`
  return { outcome: 'refused', errorClass: 'DUPLICATE', code: 'OTHER_CONTENT', message: other }
}

/** Whether an interchange lies in the folder already. */
export async function findInFolder({ folder, name, text }: FolderDrop): Promise<LookUp> {
  try {
    const held = await readFile(join(folder, name), 'utf8')
    return { found: true, externalId: name, isSame: held === text }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') return { found: false }
    throw new RetryLater(`The folder of the partner could not be read (${code}).`, { code })
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
