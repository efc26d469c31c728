import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { type Api, apiOf } from '../../testing/kill-count.ts'
import type { World } from './world.ts'

const Page = z.object({ items: z.array(z.unknown()) })

const openStatuses = ['waiting', 'sending', 'in-doubt'] as const
const openStages = [
  ...(['received', 'validated', 'held', 'ready', 'released'] as const),
  ...(['picking', 'shipped', 'invoiced', 'paid'] as const),
]

async function anyAt(api: Api, path: string): Promise<boolean> {
  return Page.parse(await api.get(`${path}&limit=1`)).items.length > 0
}

/** How many calls are in doubt at this moment; undefined when nobody answers. */
export async function callsInDoubt({ url, apiKey }: World): Promise<number | undefined> {
  try {
    const path = '/v1/transactions?direction=out&status=in-doubt&limit=200'
    return Page.parse(await apiOf(url, apiKey).get(path)).items.length
  } catch {
    return undefined
  }
}

async function jobsLeft(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
  const counts = (await answer.text()).matchAll(/^quittance_queue_jobs\{[^}]*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** What is still moving, in words; empty when everything has come to rest. */
async function moving({ url, apiKey, sandbox, today }: World): Promise<string[]> {
  const api = apiOf(url, apiKey)
  const reports = await sandbox.levers.pendingDocuments()
  if (reports > 0) return [`${reports} reports of the outside systems`]
  for (const status of openStatuses)
    if (await anyAt(api, `/v1/transactions?direction=out&status=${status}`))
      return [`calls ${status}`]
  // Orders of the seeded past are open for ever: some customers of the demo owe.
  const since = `${today}T00:00:00.000Z`
  for (const stage of openStages)
    if (await anyAt(api, `/v1/orders?stage=${stage}&since=${since}`)) return [`orders ${stage}`]
  const jobs = await jobsLeft(url)
  return jobs === 0 ? [] : [`${jobs} jobs`]
}

/** Waits until nothing moves any more, seen twice; gives what still does when the time is over. */
export async function comeToRest(world: World, withinMs: number): Promise<readonly string[]> {
  const endAt = performance.now() + withinMs
  let calmLooks = 0
  for (;;) {
    const found = await moving(world).catch((error: unknown) => [`no answer: ${String(error)}`])
    calmLooks = found.length === 0 ? calmLooks + 1 : 0
    if (calmLooks === 2) return []
    if (performance.now() > endAt) return found
    await wait(500)
  }
}
