import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NeedsPerson } from '../../errors.ts'
import { type SecretKey, secretKeyFrom } from './sealed-secret.ts'

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

async function readKeyFile(file: string): Promise<SecretKey | undefined> {
  const found = await stat(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (found === undefined) return undefined
  if ((found.mode & 0o077) !== 0)
    throw new NeedsPerson(
      `The key file ${file} can be read by others. Run: chmod 600 '${file}', and enter the secrets of your connections again if somebody else may have read it.`,
      { file },
    )
  const key = secretKeyFrom(await readFile(file, 'utf8'))
  if (key === undefined)
    throw new NeedsPerson(
      `The key file ${file} holds no 32-byte key in base64. Put back the file the secrets were sealed with.`,
      { file },
    )
  return key
}

async function writeKeyFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // A link never replaces: of two processes that start at once, the first one's key stays.
  await link(draft, file).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error
  })
  await rm(draft, { force: true })
}

/**
 * The key that seals the secrets of connections: from the environment, or from a key file that is made
 * on first use and readable by its owner alone.
 */
export async function loadSecretKey(source: {
  envValue: string | undefined
  file: string
}): Promise<SecretKey> {
  if (source.envValue !== undefined && source.envValue !== '') {
    const key = secretKeyFrom(source.envValue)
    if (key !== undefined) return key
    throw new NeedsPerson(
      'QUITTANCE_SECRET_KEY must be 32 bytes in base64. Make one with: openssl rand -base64 32',
    )
  }
  const known = await readKeyFile(source.file)
  if (known !== undefined) return known
  await writeKeyFile(source.file)
  const made = await readKeyFile(source.file)
  if (made !== undefined) return made
  throw new NeedsPerson(`The key file ${source.file} could not be made.`, { file: source.file })
}
