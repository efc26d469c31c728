import { setTimeout as wait } from 'node:timers/promises'
import { treeUse } from '../load/process-tree.ts'
import type { BenchRow } from '../measurement.ts'
import type { Target, TargetName } from './targets.ts'

/** What a target uses when no order comes: share of one processor, memory. */
export type IdleUse = {
  readonly target: TargetName
  readonly cpuPercent: number
  readonly rssMb: number
}

/** Watches targets that have nothing to do, after they have settled. */
export async function measureIdle(
  targets: readonly Target[],
  { settleMs, watchMs }: { settleMs: number; watchMs: number },
): Promise<IdleUse[]> {
  await wait(settleMs)
  const before = targets.map(({ pids }) => treeUse(pids))
  await wait(watchMs)
  return targets.map(({ name, pids }, index) => {
    const after = treeUse(pids)
    const seconds = after.cpuSeconds - (before[index]?.cpuSeconds ?? 0)
    return {
      target: name,
      cpuPercent: Math.round((seconds / watchMs) * 1_000_000) / 10,
      rssMb: Math.round(after.residentBytes / 1_048_576),
    }
  })
}

/** A row that says what our houses use when nothing is to be done. */
export function idleRow(idle: readonly IdleUse[]): BenchRow[] {
  const ours = idle.filter(({ target }) => target.startsWith('quittance'))
  if (ours.length === 0) return []
  return [
    {
      row: 'idle house: CPU of one processor, memory',
      bar: '-',
      figure: ours
        .map(({ target, cpuPercent, rssMb }) => `${target} ${cpuPercent} %, ${rssMb} MB`)
        .join('; '),
      note: 'all targets stay open during the run, so this is also what ours take from each other’s figures',
    },
  ]
}
