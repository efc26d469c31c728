import { randomBytes } from 'node:crypto'
import { inboundPath, startFurnished } from '../house/furnish.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { measureLoad } from '../load/start-load.ts'
import type { BenchHouse } from '../measurement.ts'
import { furnishReferences, referenceNames, startReference } from '../references/start-reference.ts'

/** What is measured side by side. */
export const targetNames = ['quittance-postgres', 'quittance-pglite', ...referenceNames] as const

/** The name of one of them. */
export type TargetName = (typeof targetNames)[number]

/** Something that takes the generated orders and brings them to the ERP. */
export type Target = {
  readonly name: TargetName
  readonly urls: readonly string[]
  readonly pids: readonly number[]
  readonly postmasterPid?: number
}

type Places = {
  /** Database URLs by what they are for; absent without PostgreSQL. */
  newDatabase(name: string): Promise<string>
  readonly postmaster: { readonly postmasterPid?: number }
}

async function startOurs(
  house: BenchHouse,
  name: 'quittance-postgres' | 'quittance-pglite',
  places: Places,
): Promise<Target> {
  const isEmbedded = name === 'quittance-pglite'
  const { quittance } = await startFurnished(house.keep, {
    sinkUrl: house.sink.url,
    ...(isEmbedded ? {} : { databaseUrl: await places.newDatabase('quittance') }),
  })
  const urls = quittance.urls.map((url) => `${url}${inboundPath}`)
  return { name, urls, pids: quittance.pids, ...(isEmbedded ? {} : places.postmaster) }
}

async function startTarget(house: BenchHouse, name: TargetName, places: Places): Promise<Target> {
  if (name === 'quittance-postgres' || name === 'quittance-pglite')
    return startOurs(house, name, places)
  const databaseUrl = await places.newDatabase('reference')
  await furnishReferences(databaseUrl)
  const place = { databaseUrl, sinkUrl: house.sink.url }
  const reference = house.keep(await startReference(name, place))
  return { name, urls: [reference.url], pids: [reference.pid], ...places.postmaster }
}

/** Starts targets one after the other; without PostgreSQL only the built-in database is left. */
export async function startTargets(
  house: BenchHouse,
  names: readonly TargetName[],
): Promise<Target[]> {
  const { postgres } = house
  const places: Places = {
    newDatabase: (name) => postgres?.newDatabase(name) ?? Promise.reject(new Error('no server')),
    postmaster:
      postgres?.postmasterPid === undefined ? {} : { postmasterPid: postgres.postmasterPid },
  }
  const targets: Target[] = []
  for (const name of names.filter((each) => postgres !== undefined || each === 'quittance-pglite'))
    targets.push(await startTarget(house, name, places))
  return targets
}

type Load = Omit<
  Parameters<typeof measureLoad>[0],
  'urls' | 'sinkUrl' | 'pids' | 'postmasterPid' | 'run'
>

const newRun = () => `b${randomBytes(5).toString('hex')}`

/** Puts load on a target, its processes and its database watched. */
export function loadTarget(house: BenchHouse, target: Target, load: Load): Promise<LoadResult> {
  const { urls, pids, postmasterPid } = target
  return measureLoad({
    ...load,
    run: newRun(),
    sinkUrl: house.sink.url,
    urls: [...urls],
    pids: [...pids],
    ...(postmasterPid === undefined ? {} : { postmasterPid }),
  })
}
