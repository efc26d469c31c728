import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import {
  mainFile,
  quittance,
  type RunningCommand,
  runQuittance,
  type Settings,
} from './built-product.ts'
import { freePort } from './free-port.ts'

// `script` of util-linux gives a command a terminal of its own.
const hasTerminal = spawnSync('script', ['--version']).status === 0

let folder: string
let settings: Settings
let started: { end(): Promise<unknown> }[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-link-'))
  settings = {
    QUITTANCE_DATA: folder,
    QUITTANCE_PORT: String(await freePort()),
    QUITTANCE_DEMO: 'true',
    QUITTANCE_LOG_LEVEL: 'debug',
  }
  started = []
})
afterEach(async () => {
  await Promise.all(started.map((command) => command.end()))
  await rm(folder, { recursive: true, force: true })
})

const secret = /q[ls]_[\w-]{20,}/

/** Runs a command as a person at a terminal does; what the terminal showed. */
function atTerminal(args: string) {
  const child = spawn(
    'script',
    ['-qefc', `'${process.execPath}' '${mainFile}' ${args}`, '/dev/null'],
    {
      env: { PATH: process.env['PATH'], TERM: 'dumb', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let shown = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      shown += part
      for (const listener of [...listeners]) listener()
    })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    ended: () => ended.then(() => shown),
    shows: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(shown)
          if (found !== null) resolve(found)
        }
        listeners.add(look)
        look()
        void ended.then(() => reject(new Error(`The terminal never showed ${pattern}: ${shown}`)))
      }),
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const Session = z.object({
  person: z.object({ name: z.string(), role: z.string() }),
  tenant: z.object({ name: z.string(), timeZone: z.string() }),
})

/** Opens a link as a browser does and tells who came in. */
async function comeIn(link: string) {
  const { origin, hash } = new URL(link)
  const page = await fetch(link)
  expect(await page.text()).not.toMatch(secret)
  const answer = await fetch(`${origin}/v1/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: hash.slice(1) }),
  })
  expect(answer.status).toBe(200)
  return Session.parse(await answer.json())
}

const link = /(http:\/\/\S+\/sign-in#ql_[\w-]{43})/

test.skipIf(!hasTerminal)(
  'a house started at a terminal shows the first administrator a link, until somebody has signed in',
  async () => {
    const first = atTerminal('start')
    started.push(first)
    const [shown = ''] = await first.shows(link)
    await first.shows(/Ctrl-C stops it/)
    expect(await comeIn(shown)).toEqual({
      person: { name: 'Grace Hill', role: 'admin' },
      tenant: { name: 'Meridian Industrial Supply', timeZone: 'America/Chicago' },
    })
    await first.end()
    const second = atTerminal('start')
    started.push(second)
    await second.shows(/quittance sign-in-link --user EMAIL/)
    await second.end()
    expect(await second.ended()).not.toMatch(secret)
  },
  120_000,
)

test.skipIf(!hasTerminal)(
  'a house started by anything but a terminal shows no link and logs none; the command makes one while it runs',
  async () => {
    const house: RunningCommand = runQuittance(['start'], settings)
    started.push({ end: () => house.ended('SIGKILL') })
    await house.said(/Ctrl-C stops it/)
    const wanted = atTerminal('sign-in-link --user olivia.park@meridian.example')
    const shown = link.exec(await wanted.ended())?.[1] ?? ''
    expect((await comeIn(shown)).person).toEqual({ name: 'Olivia Park', role: 'operator' })
    const unknown = await atTerminal('sign-in-link --user nobody@meridian.example').ended()
    expect(unknown).toContain('Nobody here has the address nobody@meridian.example. There are ')
    const { out, err } = await house.ended('SIGTERM')
    expect(out).not.toMatch(secret)
    expect(err).toContain('A request was answered.')
    expect(err).not.toMatch(secret)
    const asleep = link.exec(await atTerminal('sign-in-link').ended())?.[1]
    expect(asleep).toMatch(/^http:\/\/127\.0\.0\.1:/)
  },
  120_000,
)

test('a sign-in link is refused where there is no terminal', async () => {
  const ending = await quittance(['sign-in-link'], settings)
  expect(ending.code).toBe(1)
  expect(ending.err).toContain('at a terminal only')
  expect(`${ending.out}${ending.err}`).not.toMatch(secret)
})
