import { callHttp } from '../http-call.ts'
import type { Ledger } from './ledger.ts'
import type { Plan, SandboxRecord } from './records.ts'

/** Carries planned documents to our inbound door, each until the door answered 2xx. */
export type Callbacks = {
  close(): Promise<void>
}

type Waiting = { readonly plan: Plan; readonly atMs: number; readonly tries: number }

const mostAtOnce = 16

/** Starts carrying; a plan survives restarts because the ledger holds it until it was delivered. */
export function startCallbacks(ledger: Ledger, now: () => number): Callbacks {
  let queue: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  const running = new Set<Promise<void>>()
  const closing = new AbortController()
  const wake = () => {
    clearTimeout(timer)
    if (closing.signal.aborted) return
    while (running.size < mostAtOnce && (queue[0]?.atMs ?? Infinity) <= now()) startNext()
    const [first] = queue
    // A timer holds at most 2^31 - 1 ms.
    if (first !== undefined && running.size < mostAtOnce)
      timer = setTimeout(wake, Math.min(Math.max(1, first.atMs - now()), 2_000_000_000))
  }
  const startNext = () => {
    const next = queue.shift()
    if (next === undefined || !ledger.isPending(next.plan.planId)) return
    const run = deliver(ledger, next.plan, closing.signal).then((isTaken) => {
      running.delete(run)
      if (!isTaken) insert(queue, { ...next, tries: next.tries + 1, atMs: now() + backOffMs(next) })
      wake()
    })
    running.add(run)
  }
  const enqueue = (plan: Plan) => insert(queue, { plan, atMs: plan.dueAtMs, tries: 0 })
  for (const plan of ledger.pendingPlans()) enqueue(plan)
  ledger.watch((record) => {
    const planned = plansIn(record)
    for (const plan of planned) enqueue(plan)
    // What was withdrawn or forgotten is not brought any more.
    if (record.record === 'reset' || (record.record === 'effect' && record.withdrawsPlans))
      queue = queue.filter(({ plan }) => ledger.isPending(plan.planId))
    // A door may have been opened: what was refused is tried again now.
    if (record.record === 'settings')
      queue = queue
        .map((waiting) => ({ ...waiting, atMs: waiting.plan.dueAtMs }))
        .sort((a, b) => a.atMs - b.atMs)
    if (planned.length > 0 || queue.length === 0 || record.record === 'settings') wake()
  })
  wake()
  return {
    close: async () => {
      closing.abort()
      clearTimeout(timer)
      await Promise.all(running)
    },
  }
}

function plansIn(record: SandboxRecord): readonly Plan[] {
  if (record.record === 'effect') return record.plans
  return record.record === 'plan' ? [record.plan] : []
}

async function deliver(ledger: Ledger, plan: Plan, signal: AbortSignal): Promise<boolean> {
  // What we tell others must not be forgotten by a kill.
  await ledger.settled()
  const { doors, repeatPosts } = ledger.settings()
  const door = doors[plan.sender]
  if (door === undefined) return false
  const call = {
    method: 'POST' as const,
    url: new URL(door.url),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${door.apiKey}`,
      'idempotency-key': plan.planId,
    },
    body: JSON.stringify(plan.document),
    timeoutMs: 30_000,
    signal,
  }
  for (let post = 0; post <= repeatPosts; post += 1) {
    const answer = await callHttp(call)
    if (!answer.arrived || answer.status < 200 || answer.status > 299) return false
  }
  ledger.delivered(plan.planId)
  await ledger.settled()
  return true
}

function backOffMs({ tries }: Waiting): number {
  return Math.min(5000, 250 * 2 ** Math.min(tries, 10))
}

// Most plans are the latest yet: look from the end.
function insert(queue: Waiting[], waiting: Waiting): void {
  const before = queue.findLastIndex(({ atMs }) => atMs <= waiting.atMs)
  queue.splice(before + 1, 0, waiting)
}
