import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

const projectRoot = join(import.meta.dirname, '..')

// design.md section 3, row by row: what a folder may import beside its own files.
const mayImport = {
  canonical: [],
  documents: ['canonical'],
  policies: ['canonical'],
  store: ['canonical', 'queue', 'telemetry'],
  queue: ['canonical', 'store', 'telemetry'],
  telemetry: ['canonical', 'store', 'queue'],
  channels: ['canonical', 'documents', 'store', 'queue', 'telemetry'],
  connectors: ['canonical', 'documents', 'telemetry'],
  flows: ['canonical', 'policies', 'store', 'queue', 'telemetry'],
  services: ['canonical', 'policies', 'store', 'queue', 'telemetry', 'flows'],
  http: ['canonical', 'telemetry', 'services'],
  tools: ['canonical', 'services'],
  agents: ['canonical', 'tools'],
  'mcp-server': ['tools'],
  console: ['http'],
  cli: [
    'canonical',
    'documents',
    'policies',
    'store',
    'queue',
    'telemetry',
    'channels',
    'connectors',
    'flows',
    'services',
    'http',
    'tools',
    'agents',
    'mcp-server',
  ],
} as const
const layers = z.array(z.string()).parse(Object.keys(mayImport))
const atTop = ['tools', 'agents', 'mcp-server', 'console', 'cli', 'bench', 'evals', 'testing']
const folderOf = (layer: string): string => (atTop.includes(layer) ? layer : `backbone/${layer}`)

const relativePath = (fromFile: string, toFile: string): string => {
  const path = posix.relative(posix.dirname(fromFile), toFile)
  return path.startsWith('.') ? path : `./${path}`
}

// The ways one and the same file can be named in an import.
function spellings(fromFile: string, toFile: string): string[] {
  const direct = relativePath(fromFile, toFile)
  const up = '../'.repeat(fromFile.split('/').length - 1)
  return [...new Set([direct, `./${direct.replace(/^\.\//, '')}`, `${up}${toFile}`])]
}

const statements = (specifier: string): string[] => [
  `import { a } from '${specifier}'`,
  `import type { B } from '${specifier}'`,
  `export { c } from '${specifier}'`,
  `export * from '${specifier}'`,
  `export const d = () => import('${specifier}')`,
]

const Report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      message: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.int() }) }),
    }),
  ),
})

// Lints files that exist only in a temporary folder, under this project's own biome.json.
function refusedLines(files: ReadonlyMap<string, readonly string[]>): Map<string, Set<number>> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-layers-'))
  try {
    const config = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(join(projectRoot, 'biome.json'), 'utf8')))
    writeFileSync(
      join(folder, 'biome.json'),
      JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }),
    )
    for (const [path, lines] of files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
    }
    const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
    const rule = 'lint/style/noRestrictedImports'
    const run = spawnSync(
      process.execPath,
      [
        biome,
        'lint',
        '--only=style/noRestrictedImports',
        '--reporter=json',
        '--max-diagnostics=none',
        '.',
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
    )
    const refused = new Map<string, Set<number>>()
    for (const found of Report.parse(JSON.parse(run.stdout)).diagnostics) {
      expect(found.category).toBe(rule)
      const lines = refused.get(found.location.path) ?? new Set<number>()
      refused.set(found.location.path, lines.add(found.location.start.line))
    }
    return refused
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Two depths: rules written for `../x` are easily passed by `../../../x`.
function plant(from: string, targets: readonly string[]): Map<string, string[]> {
  const files = new Map<string, string[]>()
  for (const target of targets) {
    const name = target.replaceAll(/[^a-z]/g, '-')
    for (const depth of ['', 'deep/deeper/']) {
      const file = `${folderOf(from)}/${depth}planted-${name}.ts`
      files.set(file, spellings(file, target).flatMap(statements))
    }
  }
  return files
}

const allLayers = [...layers, 'bench', 'evals', 'testing']
const isAllowed = (from: string, to: string): boolean =>
  z.array(z.string()).parse(Reflect.get(mayImport, from)).includes(to)

function pairs(wanted: 'allowed' | 'forbidden'): Map<string, string[]> {
  const files = new Map<string, string[]>()
  for (const from of layers) {
    const targets = allLayers
      .filter((to) => to !== from && isAllowed(from, to) === (wanted === 'allowed'))
      .map((to) => `${folderOf(to)}/inner/order.ts`)
    if (wanted === 'allowed') targets.push('backbone/errors.ts', `${folderOf(from)}/order.ts`)
    else if (!['cli', 'store'].includes(from)) targets.push('backbone/config.ts')
    for (const [file, lines] of plant(from, targets)) files.set(file, lines)
  }
  return files
}

function shippedFiles(...folders: string[]): string[] {
  return (
    folders.length > 0 ? folders : ['agents', 'backbone', 'cli', 'console', 'mcp-server', 'tools']
  )
    .filter((folder) => existsSync(join(projectRoot, folder)))
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$|node_modules/.test(file))
}

test('every import the layer table forbids is refused, however the path is spelled', () => {
  const files = pairs('forbidden')
  const refused = refusedLines(files)
  const passed = [...files].flatMap(([file, lines]) =>
    lines.filter((_, at) => !refused.get(file)?.has(at + 1)).map((line) => `${file}: ${line}`),
  )
  expect(passed, 'add the folder to the override of the importing folder in biome.json').toEqual([])
  expect(files.size).toBeGreaterThan(2 * 100)
})

test('flows see the port types of the connectors and nothing else of them', () => {
  const refused = refusedLines(
    new Map([
      [
        'backbone/flows/steps/planted.ts',
        [
          "import type { Connector } from '../../connectors/connector.ts'",
          "import { erp } from '../../connectors/erp/erp.ts'",
          "import { connectors } from '../../connectors/registry.ts'",
          "import { sandbox } from '../../connectors/sandbox/main.ts'",
        ],
      ],
    ]),
  )
  expect(refused.get('backbone/flows/steps/planted.ts')).toEqual(new Set([2, 3, 4]))
  const port = readFileSync(join(projectRoot, 'backbone/connectors/connector.ts'), 'utf8')
  expect(
    port.match(/^(export (?!type\b).*|import (?!type\b).*)/gm),
    'the port holds types only',
  ).toBeNull()
})

test('a detour through an allowed folder is refused too', () => {
  const detour = "import { a } from '../backbone/services/../store/database.ts'"
  const refused = refusedLines(
    new Map([
      ['tools/planted.ts', [detour]],
      ['agents/planted.ts', [detour.replace('services', 'canonical')]],
      ['console/planted.ts', [detour.replace('services', 'http')]],
      ['backbone/documents/planted.ts', ["import { a } from '../canonical/../store/database.ts'"]],
    ]),
  )
  expect([...refused.keys()].sort()).toEqual([
    'agents/planted.ts',
    'backbone/documents/planted.ts',
    'console/planted.ts',
    'tools/planted.ts',
  ])
})

test('documents and policies touch no file, no network and no database', () => {
  const reaching = [
    'node:fs',
    'node:fs/promises',
    'node:http',
    'postgres',
    'drizzle-orm/pglite',
    'pg-boss',
  ]
  const lines = [...reaching, 'node:crypto', 'zod'].map((from) => `import { a } from '${from}'`)
  const refused = refusedLines(
    new Map(
      ['canonical', 'documents', 'policies'].map((folder) => [
        `backbone/${folder}/planted.ts`,
        lines,
      ]),
    ),
  )
  expect([...refused.values()].map((found) => found.size)).toEqual([6, 6, 6])
})

// What Biome's rule does not see: `import('…').Type`, and an import() whose path is put together.
const unseen =
  /\bimport\((?!\s*['"][^'"]*['"]\s*[,)])|\bimport\(\s*['"][^'"]*['"]\s*\)\s*\.(?!then|catch)/

test('no shipped file imports in a way the layer rules cannot see', () => {
  for (const hidden of [
    "type A = import('../store/a.ts').A",
    'import(`../store/a.ts`)',
    "import('../' + where)",
  ]) {
    expect(unseen.test(hidden), hidden).toBe(true)
  }
  const found = shippedFiles().filter((file) =>
    unseen.test(readFileSync(join(projectRoot, file), 'utf8')),
  )
  expect(found, "write `import type { A } from '…'`, or import('…') of one quoted path").toEqual([])
})

test('the console takes only types from the HTTP routes', () => {
  const values =
    /^import (?!type\b)[^\n]*backbone\/|^export [^\n]*from '[^']*backbone\/|import\(['"][^'"]*backbone\//m
  const found = shippedFiles('console').filter((file) =>
    values.test(readFileSync(join(projectRoot, file), 'utf8')),
  )
  expect(found).toEqual([])
})

test('every folder of the backbone has a row in the layer table', () => {
  const folders = readdirSync(join(projectRoot, 'backbone'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const unknown = folders.filter((folder) => !layers.includes(folder))
  expect(unknown, 'give it an override in biome.json and a row in this test').toEqual([])
})

test('every import the layer table allows passes', () => {
  const files = pairs('allowed')
  const refused = [...refusedLines(files)].flatMap(([file, lines]) =>
    [...lines].map((line) => `${file}: ${files.get(file)?.[line - 1]}`),
  )
  expect(refused).toEqual([])
})
