import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monotonicMs } from './house/erp-sink.ts'
import { apiOf, furnish, inboundPath } from './house/furnish.ts'
import { type Keep, keepingWithin } from './house/keep.ts'
import { newHome, openTenant, startQuittance } from './house/quittance.ts'
import { measureLoad } from './load/start-load.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'
import { CpuProfile, type Share, type TimeSpent, timeSpent } from './profile/cpu-profile.ts'

type DatabaseKind = 'postgres' | 'pglite'

type Profiled = {
  readonly databaseKind: DatabaseKind
  readonly orders: number
  readonly spent: TimeSpent
}

const databaseName = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const

async function profileHouse(
  keep: Keep,
  { sink, postgres, isQuick }: BenchHouse,
  databaseKind: DatabaseKind,
): Promise<Profiled> {
  const databaseUrl =
    databaseKind === 'postgres' ? await postgres?.newDatabase('profile') : undefined
  const home = keep(await newHome(databaseUrl === undefined ? {} : { databaseUrl }))
  const folder = join(home.folder, 'profile')
  await mkdir(folder)
  const token = await openTenant(home)
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`]
  const quittance = keep(await startQuittance(home, { nodeOptions }))
  await furnish(apiOf(quittance.urls[0] ?? '', token), { sinkUrl: sink.url })
  const orders = isQuick ? 200 : databaseKind === 'postgres' ? 4_000 : 1_500
  const load = {
    ...{ urls: quittance.urls.map((url) => url + inboundPath), sinkUrl: sink.url, orders },
    ...{ pace: { loop: 'closed' as const, clients: 64 } },
  }
  // The first orders compile the code; what they cost is not what an order costs.
  await measureLoad({ ...load, run: `warm${randomBytes(4).toString('hex')}`, orders: 100 })
  const fromMs = monotonicMs()
  await measureLoad({ ...load, run: `prof${randomBytes(4).toString('hex')}` })
  const untilMs = monotonicMs()
  // Node writes the profile when the process ends in peace.
  await quittance.stop()
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  if (file === undefined) throw new Error('The product left no profile: it did not end in peace.')
  const profile = CpuProfile.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
  return { databaseKind, orders, spent: timeSpent(profile, { fromMs, untilMs }) }
}

const sharesText = (shares: readonly Share[], count: number) =>
  shares
    .slice(0, count)
    .map(({ where, percent }) => `${where} ${percent} %`)
    .join(', ')

function profileRow({ databaseKind, orders, spent }: Profiled): BenchRow {
  return {
    row: `where our process’s time goes, ${databaseName[databaseKind]}`,
    bar: '-',
    figure: sharesText(spent.byOwner, 4),
    note: `${orders} orders, 64 clients; the process worked ${spent.busyPercent} % of the time; the rest waits for database and ERP`,
  }
}

function profileTable({ databaseKind, spent }: Profiled): string {
  const count = 12
  const lines = Array.from({ length: count }, (_, index) => {
    const [owner, file] = [spent.byOwner[index], spent.byOurFile[index]]
    const columns = [owner?.where, owner?.percent, file?.where, file?.percent]
    return `| ${columns.map((column) => column ?? '').join(' | ')} |`
  })
  return [
    `Where the process’s own time goes under 64 clients, ${databaseName[databaseKind]}: by whose code ran, and by the file of ours it ran for (code called back by the event loop has none of ours on its stack).`,
    '',
    '| code of | % | for | % |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n')
}

async function run(house: BenchHouse): Promise<Measured> {
  const kinds = (['postgres', 'pglite'] as const).filter(
    (kind) => kind === 'pglite' || house.postgres !== undefined,
  )
  const profiled: Profiled[] = []
  for (const kind of kinds) {
    house.say(`profile under load, ${databaseName[kind]}`)
    profiled.push(await keepingWithin(house.keep, (keep) => profileHouse(keep, house, kind)))
  }
  return {
    rows: profiled.map(profileRow),
    details: profiled,
    tables: profiled.map(profileTable),
  }
}

/** Where the product's own time goes under load, for rows that are not reached. */
export const measureProfile: Measurement = {
  name: 'profile',
  about:
    'CPU profile of the product under 64 clients: whose code runs, and for which file of ours.',
  takes: 'about 1 minute',
  run,
}
