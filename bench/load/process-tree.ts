import { readdirSync, readFileSync } from 'node:fs'

// Linux counts CPU in hundredths of a second and memory in pages of 4 KiB.
const ticksPerSecond = 100
const pageBytes = 4096

type ProcessFacts = {
  readonly parent: number
  readonly cpuSeconds: number
  readonly residentBytes: number
}

// The numbers after the command in brackets, which may itself hold blanks and brackets; proc(5) counts from 1.
function factsOf(pid: string): ProcessFacts | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const field = (number: number) => fields[number - 3] ?? 0
    // utime, stime, and what ended children used: short-lived processes count too.
    const ticks = field(14) + field(15) + field(16) + field(17)
    return {
      parent: field(4),
      cpuSeconds: ticks / ticksPerSecond,
      residentBytes: field(24) * pageBytes,
    }
  } catch {
    return undefined
  }
}

/** What a family of processes has used so far. */
export type TreeUse = {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly processes: number
}

/** CPU and memory of processes with all their descendants, from /proc; zero where there is no /proc. */
export function treeUse(roots: readonly number[]): TreeUse {
  const all = new Map<number, ProcessFacts>()
  const children = new Map<number, number[]>()
  for (const name of listProcesses()) {
    const facts = factsOf(name)
    if (facts === undefined) continue
    all.set(Number(name), facts)
    children.set(facts.parent, [...(children.get(facts.parent) ?? []), Number(name)])
  }
  const family = new Set<number>()
  const open = [...roots]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (family.has(pid)) continue
    family.add(pid)
    open.push(...(children.get(pid) ?? []))
  }
  const members = [...family].flatMap((pid) => all.get(pid) ?? [])
  return {
    cpuSeconds: members.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    residentBytes: members.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    processes: members.length,
  }
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** Busy and total CPU seconds of the whole machine, to see neighbours' noise. */
export function machineUse(): { readonly busySeconds: number; readonly totalSeconds: number } {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
    const total = ticks.reduce((sum, value) => sum + value, 0)
    const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0)
    return { busySeconds: (total - idle) / ticksPerSecond, totalSeconds: total / ticksPerSecond }
  } catch {
    return { busySeconds: 0, totalSeconds: 0 }
  }
}
