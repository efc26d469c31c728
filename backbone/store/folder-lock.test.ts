import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is taken, given back and leaves nothing behind', () => {
  const lock = lockFolder(folder)
  expect(readdirSync(folder)).toEqual(['quittance.lock'])
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('a living owner is named, the lock of a dead one and of a number used again are taken over', async () => {
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await once(other, 'spawn')
  const file = join(folder, 'quittance.lock')
  writeFileSync(file, `${other.pid}\n`)
  expect(() => lockFolder(folder)).toThrow(`is in use by process ${other.pid}`)
  if (process.platform === 'linux') {
    // The same number, but a process that began at another time: the machine was started anew since.
    writeFileSync(file, `${other.pid} 1\n`)
    lockFolder(folder).release()
  }
  writeFileSync(file, `${other.pid}\n`)
  other.stdin.end()
  await once(other, 'exit')
  lockFolder(folder).release()
  expect(readdirSync(folder)).toEqual([])
})
