import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NeedsPerson, OurBug } from '../../errors.ts'
import { loadSecretKey } from './load-secret-key.ts'
import { openSecret, type SecretKey, sealSecret, secretKeyFrom } from './sealed-secret.ts'

const owner = { tenantId: 'meridian', connectionId: 'con_shop' }

function newKey(): SecretKey {
  const key = secretKeyFrom(randomBytes(32).toString('base64'))
  if (key === undefined) throw new OurBug('32 bytes are a key.')
  return key
}

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-key-'))
  try {
    await work(join(folder, 'data', 'secret.key'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('a sealed secret always opens again for its own connection and never shows the secret', () => {
  const key = newKey()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 8, maxLength: 300 }), (secret) => {
      const sealed = sealSecret(key, owner, secret)
      expect(sealed).toMatch(/^v1\.[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(sealed).not.toContain(secret)
      expect(sealSecret(key, owner, secret)).not.toBe(sealed)
      expect(openSecret(key, owner, sealed)).toBe(secret)
    }),
  )
})

test('a sealed secret opens with no other key, for no other tenant or connection, and not when changed', () => {
  const key = newKey()
  const sealed = sealSecret(key, owner, 'shpss_very_secret')
  const [version, iv, content, tag] = sealed.split('.')
  const attempts = [
    () => openSecret(newKey(), owner, sealed),
    () => openSecret(key, { ...owner, tenantId: 'other' }, sealed),
    () => openSecret(key, { ...owner, connectionId: 'con_other' }, sealed),
    () => openSecret(key, owner, `v2.${iv}.${content}.${tag}`),
    () => openSecret(key, owner, [version, iv, `AAAA${content}`, tag].join('.')),
    () => openSecret(key, owner, [version, iv, content, tag?.slice(0, 8)].join('.')),
    () => openSecret(key, owner, ''),
  ]
  for (const attempt of attempts) {
    expect(attempt).toThrow(NeedsPerson)
    expect(attempt).toThrow('does not open with this key')
    expect(attempt).not.toThrow('shpss')
  }
})

test('the key file is made once, for its owner alone, and found again', async () => {
  await inFolder(async (file) => {
    const keys = await Promise.all(
      [1, 2, 3].map(() => loadSecretKey({ envValue: undefined, file })),
    )
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const again = await loadSecretKey({ envValue: '', file })
    for (const key of keys) expect(key.equals(again)).toBe(true)
  })
})

test('a key file others can read is refused with the command that mends it', async () => {
  await inFolder(async (file) => {
    await loadSecretKey({ envValue: undefined, file })
    await chmod(file, 0o644)
    await expect(loadSecretKey({ envValue: undefined, file })).rejects.toThrow('chmod 600')
  })
})

test('a key that is no key is refused without repeating it', async () => {
  await inFolder(async (file) => {
    const wrong = loadSecretKey({ envValue: 'c2hvcnQ=', file })
    await expect(wrong).rejects.toThrow('openssl rand -base64 32')
    await expect(wrong).rejects.not.toThrow('c2hvcnQ=')
    await loadSecretKey({ envValue: undefined, file })
    await writeFile(file, 'spoiled')
    await expect(loadSecretKey({ envValue: undefined, file })).rejects.toThrow('no 32-byte key')
    expect(await readFile(file, 'utf8')).toBe('spoiled')
  })
})

test('the key of the environment goes before the key file', async () => {
  await inFolder(async (file) => {
    const envValue = randomBytes(32).toString('base64')
    const key = await loadSecretKey({ envValue, file })
    expect(secretKeyFrom(envValue)?.equals(key)).toBe(true)
    await expect(stat(file)).rejects.toThrow('ENOENT')
  })
})
