import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { fromPglite, PgBoss } from 'pg-boss'
import { expect, test } from 'vitest'
import { z } from 'zod'

const projectRoot = join(import.meta.dirname, '..')
const notOurs = new Set(['node_modules', 'dist', 'data', '.git'])
const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

function ourFiles(folder = ''): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name)
    if (notOurs.has(entry.name)) return []
    return entry.isDirectory() ? ourFiles(file) : [file]
  })
}
const files = ourFiles()
const sources = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file))
const documents = files.filter((file) => file.endsWith('.md'))

const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  engines: z.record(z.string(), z.string()).optional(),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})
const ourPackage = Package.parse(JSON.parse(read('package.json')))

test('no file of ours is longer than 400 lines, tests aside', () => {
  const long = sources
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => read(file).split('\n').length > 401)
  expect(long, 'split it along the words of the trade').toEqual([])
})

test('no test runs alone and keeps the others silent', () => {
  const alone = /\b(test|it|describe)(\.\w+)*\.only\b/
  expect(sources.filter((file) => file.endsWith('.test.ts') && alone.test(read(file)))).toEqual([])
})

test('no file names a folder of somebody’s machine', () => {
  const machine = new RegExp(
    ['/work', '/root', '/home/[a-z]', '/Users/[A-Za-z]']
      .map((path) => `(?<![\\w.])${path}/`)
      .join('|'),
  )
  const found = files
    .filter(
      (file) => file !== 'package-lock.json' && statSync(join(projectRoot, file)).size < 2_000_000,
    )
    .filter((file) => machine.test(read(file)))
    .filter((file) => file !== 'testing/house.test.ts')
  expect(found).toEqual([])
})

// Of the product, and of the programs that CI tries the MCP server with.
const installs = ['', 'mcp-server/proofs/programs/']

test('the lock files and the npm settings name no registry', () => {
  for (const folder of installs) {
    expect(read(`${folder}package-lock.json`)).not.toMatch(/"resolved": "https?:/)
    expect(read(`${folder}.npmrc`)).not.toMatch(/registry\s*=/)
  }
})

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
})

test.each(installs)(
  'the lock file of "%s" names the packages of every platform, or npm ci refuses it',
  (folder) => {
    const { packages } = Lock.parse(JSON.parse(read(`${folder}package-lock.json`)))
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    )
    expect(missing, 'run: npm run lock').toEqual([])
  },
)

test('every version in package.json is exact', () => {
  const versions = { ...ourPackage.dependencies, ...ourPackage.devDependencies }
  const loose = Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
  expect(loose).toEqual([])
})

// What a document writes as code: blocks and spans.
const commandsIn = (file: string): string =>
  (read(file).match(/^```\w*\n[\s\S]*?^```|`[^`\n]+`/gm) ?? []).join('\n')

test('the commands of the README and the documents exist', () => {
  const known = new Set([...Object.keys(ourPackage.scripts), 'ci', 'cit', 'install'])
  const unknown = documents.flatMap((file) =>
    [...commandsIn(file).matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !known.has(name))
      .map((name) => `${file}: npm ${name}`),
  )
  expect(unknown).toEqual([])
})

test('the README opens with the two commands a newcomer types', () => {
  const firstScreen = read('README.md').split('\n').slice(0, 40)
  expect(firstScreen).toContain('npm ci && npm start')
  expect(firstScreen).toContain('npm cit')
})

// Paths of the project and links between documents; `<system>` and the like are for the reader to fill in.
const namedPath =
  /`((?:backbone|cli|docs|fixtures|testing|tools|agents|console|\.ci)\/[\w./-]*)`|\]\(([^)#:\s]+)\)/g

function missingPaths(document: string): string[] {
  return [...read(document).matchAll(namedPath)]
    .map(([, inText, linked]) => inText ?? join(dirname(document), linked ?? ''))
    .filter((path) => !existsSync(join(projectRoot, path)))
    .map((path) => `${document}: ${path}`)
}

test('the files our documents send a reader to exist', () => {
  expect(documents.flatMap(missingPaths)).toEqual([])
})

// A setting is a name in capitals that backbone/config.ts reads from the environment.
const settingIn = /\b((?:DATABASE|QUITTANCE|OPENAI|OTEL|LOG|PORT|HOST)(?:_[A-Z0-9]+)*)\b/g
const namesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(settingIn)].map(([name]) => name))].sort()

test('the README lists the settings the house reads, all of them and no others', () => {
  const table = /<!-- settings:[\s\S]*<!-- \/settings -->/.exec(read('README.md'))?.[0] ?? ''
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  const listed = namesIn(rows.map((row) => row.split('|')[1]).join(' '))
  expect(listed).toContain('DATABASE_URL')
  const settings = ['config', 'mcp-settings', 'sign-in-settings']
    .map((file) => read(`backbone/${file}.ts`))
    .join('\n')
  expect(listed).toEqual(namesIn(settings))
})

// One run of .ci/tally.mjs over reports as vitest writes them; [passed, failed] from its last line.
function tally(
  parts: Record<string, { outcome: 'ok' | 'failed'; tests?: Record<string, string> }>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tally-'))
  try {
    for (const [part, { outcome, tests }] of Object.entries(parts)) {
      writeFileSync(join(folder, `${part}.part`), outcome)
      if (tests === undefined) continue
      const testResults = Object.entries(tests).map(([file, status]) => ({
        name: join(projectRoot, file),
        status: status === 'unloadable' ? 'failed' : 'passed',
        assertionResults: status === 'unloadable' ? [] : [{ fullName: 'a rule', status }],
      }))
      writeFileSync(join(folder, `${part}.json`), JSON.stringify({ testResults }))
    }
    const run = spawnSync(process.execPath, ['.ci/tally.mjs', folder], {
      cwd: projectRoot,
      encoding: 'utf8',
    })
    return { exitCode: run.status, lastLine: run.stdout.trim().split('\n').at(-1) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const rules = { 'testing/house.test.ts': 'passed', 'testing/layers.test.ts': 'passed' }
const whole = {
  embedded: { outcome: 'ok', tests: rules },
  start: { outcome: 'ok' },
  real: { outcome: 'ok', tests: { 'x.real-peer.test.ts': 'passed' } },
  mcp: { outcome: 'ok', tests: { 'mcp-server/proofs/x.test.ts': 'passed' } },
  browser: { outcome: 'ok', tests: { 'testing/console-x.test.ts': 'passed' } },
  postgres: { outcome: 'ok', tests: rules },
  evals: { outcome: 'ok' },
  bench: { outcome: 'ok' },
  faults: { outcome: 'ok' },
} as const

test('CI is green only when every part ran and nothing failed', () => {
  expect(tally(whole)).toEqual({ exitCode: 0, lastLine: '11 passed, 0 failed' })
  const onlyOnPostgres = {
    ...whole,
    embedded: { outcome: 'ok', tests: { ...rules, 'x.test.ts': 'skipped' } },
    postgres: { outcome: 'ok', tests: { ...rules, 'x.test.ts': 'passed' } },
  } as const
  expect(tally(onlyOnPostgres)).toEqual({ exitCode: 0, lastLine: '12 passed, 0 failed' })
})

test.each([
  [
    'a part did not run',
    {
      ...{
        embedded: whole.embedded,
        real: whole.real,
        mcp: whole.mcp,
        browser: whole.browser,
        postgres: whole.postgres,
      },
      ...{ evals: whole.evals, bench: whole.bench, faults: whole.faults },
    },
    '10 passed, 1 failed',
  ],
  ['a part left no report', { ...whole, postgres: { outcome: 'ok' } }, '9 passed, 1 failed'],
  [
    'a part broke before its tests',
    { ...whole, start: { outcome: 'failed' } },
    '10 passed, 1 failed',
  ],
  [
    'a test failed',
    { ...whole, postgres: { outcome: 'failed', tests: { ...rules, 'x.test.ts': 'failed' } } },
    '11 passed, 1 failed',
  ],
  [
    'a test file could not be loaded',
    { ...whole, postgres: { outcome: 'failed', tests: { ...rules, 'x.test.ts': 'unloadable' } } },
    '11 passed, 1 failed',
  ],
  [
    'a test was skipped everywhere',
    { ...whole, postgres: { outcome: 'ok', tests: { ...rules, 'x.test.ts': 'skipped' } } },
    '11 passed, 1 failed',
  ],
] as const)('CI is red when %s', (_, parts, lastLine) => {
  expect(tally(parts)).toEqual({ exitCode: 1, lastLine })
})

test('every kind of addition has its guide', () => {
  for (const kind of ['a-connector', 'a-document-format', 'a-flow-step', 'a-policy', 'a-screen']) {
    expect(files).toContain(join('docs', `adding-${kind}.md`))
  }
})

test('every decision says its context, the decision and what follows', () => {
  const decisions = documents.filter((file) => /docs\/decisions\/\d{4}-/.test(file))
  expect(decisions.length).toBeGreaterThan(0)
  for (const file of decisions) {
    expect(read(file), file).toMatch(/## Context\n[\s\S]+## Decision\n[\s\S]+## Consequence\n/)
    expect(read('docs/decisions/README.md'), file).toContain(file.split('/').at(-1))
  }
})

test('the job queue asks for a newer Node and runs on this one, so engines are never enforced', async () => {
  expect(read('.npmrc')).not.toContain('engine-strict')
  const pglite = new PGlite()
  const boss = new PgBoss({ db: fromPglite(pglite), supervise: false, schedule: false })
  try {
    await boss.start()
    await boss.createQueue('release')
    const id = await boss.send('release', { orderId: 'o-1' })
    const [job] = await boss.fetch<{ orderId: string }>('release')
    expect(job?.id).toBe(id)
    expect(job?.data.orderId).toBe('o-1')
    await boss.complete('release', job?.id ?? '')
  } finally {
    await boss.stop({ graceful: false })
    await pglite.close()
  }
})
