import { setTimeout as wait } from 'node:timers/promises'
import type { FaultKind, PlannedFault, RoundPlan } from './plan.ts'
import type { World } from './world.ts'

/** A fault as it was made, in a few words; `undefined` where it could not be made here. */
type Made = Promise<string | undefined>

const breakers: Readonly<Record<FaultKind, (world: World, fault: PlannedFault) => Made>> = {
  'kill-server': async ({ server }, { forMs }) => {
    await server.kill(forMs)
    return 'server killed'
  },
  'kill-worker': async ({ worker }, { forMs }) => {
    await worker?.kill(forMs)
    return worker && 'worker killed'
  },
  'kill-database': async ({ cluster }, { forMs }) => {
    await cluster?.kill(forMs)
    return cluster && 'database killed'
  },
  'kill-sandbox': async ({ sandbox }, { forMs }) => {
    await sandbox.kill(forMs)
    return 'sandbox killed'
  },
  'kill-all': async ({ server, worker, cluster, sandbox }, { forMs }) => {
    await Promise.all([
      server.kill(forMs),
      worker?.kill(forMs),
      cluster?.kill(forMs),
      sandbox.kill(forMs),
    ])
    return 'everything killed at once'
  },
  'cut-connections': async ({ cluster }) => {
    // A database that is away has no connections to cut.
    const count = await cluster?.cutConnections().catch(() => 0)
    return count === undefined ? undefined : `${count} connections cut`
  },
  'step-clock': async ({ clock }, { stepMs }) => {
    const before = clock.shiftMs
    const by = Math.round((clock.step(stepMs) - before) / 1_000)
    return `clock stepped by ${by > 0 ? '+' : ''}${by} s`
  },
  'fill-disk': async ({ disk }, { forMs }) => {
    await disk?.fill()
    // Long enough to run out of what was set aside, such as the write-ahead log's own segments.
    await wait(3_000 + forMs)
    await disk?.free()
    return disk && 'disk full'
  },
}

const systems = ['erp', 'wms', 'shop', 'webhooks'] as const

/** Tells the outside systems how to behave; one that was killed has forgotten it. */
async function misbehave(world: World, { slowMs, troubles }: RoundPlan): Promise<void> {
  const faults = troubles.map((trouble) => ({
    ...trouble,
    ...(trouble.kind === 'rate-limit' ? { retryAfterSeconds: 1 } : {}),
  }))
  for (const system of systems)
    await world.sandbox.levers.misbehave({ system, jitterMs: slowMs, faults })
}

/** The outside systems behave again. */
export async function behave(world: World): Promise<void> {
  await world.sandbox.levers.misbehave({ system: 'all' })
}

/** What was made of a plan. */
export type MadeFaults = {
  readonly made: readonly string[]
  /** Faults that are not possible here. */
  readonly notRun: readonly FaultKind[]
}

// The same thing is never broken twice at the same time: what shares a chain comes one after the other.
const chainOf = (kind: FaultKind) =>
  kind === 'kill-sandbox' || kind === 'kill-database' || kind === 'kill-all' ? 'ground' : kind

/** Makes the faults of a round at their moments; resolves when all are over and the round's time is up. */
export async function makeFaults(
  world: World,
  plan: RoundPlan,
  lengthMs: number,
): Promise<MadeFaults> {
  const made: string[] = []
  const notRun: FaultKind[] = []
  const startedAt = performance.now()
  await misbehave(world, plan)
  const make = async (fault: PlannedFault) => {
    await wait(Math.max(0, fault.atMs - (performance.now() - startedAt)))
    const words = await breakers[fault.kind](world, fault)
    if (words === undefined) notRun.push(fault.kind)
    else made.push(words)
    if (fault.kind === 'kill-sandbox' || fault.kind === 'kill-all') await misbehave(world, plan)
  }
  const chains = new Map<string, Promise<void>>()
  for (const fault of plan.faults) {
    const before = chains.get(chainOf(fault.kind)) ?? Promise.resolve()
    chains.set(
      chainOf(fault.kind),
      before.then(() => make(fault)),
    )
  }
  await Promise.all([...chains.values(), wait(lengthMs)])
  return { made, notRun }
}
