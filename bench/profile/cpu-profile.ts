import { z } from 'zod'

/** What Node writes with --cpu-prof, as far as it is read here; times in microseconds of the monotonic clock. */
export const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.int()).default([]),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
})
export type CpuProfile = z.infer<typeof CpuProfile>

/** Shares of the time a process worked, the greatest first. */
export type Share = { readonly where: string; readonly percent: number }

/** Where a process spent its time between two moments. */
export type TimeSpent = {
  /** Share of the time in which it worked at all. */
  readonly busyPercent: number
  /** By the package, the folder of ours or the part of Node whose code ran. */
  readonly byOwner: readonly Share[]
  /** By the file of ours that asked for it. */
  readonly byOurFile: readonly Share[]
}

type Frame = CpuProfile['nodes'][number]['callFrame']

const ourFile = ({ url }: Frame): string | undefined =>
  url.includes('/node_modules/') ? undefined : /\/dist\/((?:backbone|cli)\/.+)\.js$/.exec(url)?.[1]

/** Who owns the code of a frame: a package, a folder of ours, or Node itself. */
function ownerOf(frame: Frame): string {
  const packages = [...frame.url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/g)]
  const innermost = packages.at(-1)?.[1]
  if (innermost !== undefined) return innermost
  const file = ourFile(frame)
  if (file !== undefined) return file.split('/').slice(0, 2).join('/')
  if (frame.url.startsWith('wasm:')) return 'WebAssembly (the built-in database)'
  if (frame.url !== '') return 'Node'
  return frame.functionName.startsWith('(') ? frame.functionName : `native ${frame.functionName}`
}

function sharesOf(times: ReadonlyMap<string, number>, total: number): Share[] {
  return [...times]
    .map(([where, time]) => ({ where, percent: Math.round((time / total) * 1000) / 10 }))
    .toSorted((a, b) => b.percent - a.percent)
}

const addTo = (times: Map<string, number>, where: string, time: number) =>
  times.set(where, (times.get(where) ?? 0) + time)

/** Time by the node of the call tree that ran, for the samples between two moments. */
function selfTimes(
  { samples, timeDeltas, startTime }: CpuProfile,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Map<number, number> {
  const times = new Map<number, number>()
  let now = startTime
  for (const [index, node] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    now += delta
    if (now >= fromMs * 1000 && now <= untilMs * 1000)
      times.set(node, (times.get(node) ?? 0) + delta)
  }
  return times
}

/** Adds up a profile: by whose code ran, and by which file of ours it ran for. */
export function timeSpent(
  profile: CpuProfile,
  period: { readonly fromMs: number; readonly untilMs: number },
): TimeSpent {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(
    profile.nodes.flatMap(({ id, children }) => children.map((child) => [child, id] as const)),
  )
  const nearestOurs = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at)
      const file = node === undefined ? undefined : ourFile(node.callFrame)
      if (file !== undefined) return file
    }
    return 'no file of ours on the stack'
  }
  const owners = new Map<string, number>()
  const files = new Map<string, number>()
  let idle = 0
  let busy = 0
  for (const [id, time] of selfTimes(profile, period)) {
    const frame = nodes.get(id)?.callFrame
    if (frame === undefined) continue
    if (frame.functionName === '(idle)') {
      idle += time
      continue
    }
    busy += time
    addTo(owners, ownerOf(frame), time)
    addTo(files, nearestOurs(id), time)
  }
  return {
    busyPercent: Math.round((busy / Math.max(1, busy + idle)) * 100),
    byOwner: sharesOf(owners, Math.max(1, busy)),
    byOurFile: sharesOf(files, Math.max(1, busy)),
  }
}
