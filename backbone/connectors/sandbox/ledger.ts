import { createHash } from 'node:crypto'
import { recordOf } from '../../canonical/json-fields.ts'
import type { Journal } from './journal.ts'
import {
  type Effect,
  type Plan,
  SandboxRecord,
  SandboxSettings,
  type ShopOrder,
  type SystemName,
} from './records.ts'

/** What is asked of a system: one effect under one natural key. */
export type Ask = {
  readonly system: SystemName
  readonly key: string
  readonly subject: string
  readonly content: unknown
  readonly idempotencyKey?: string | undefined
  /** What follows from the effect when it is new: documents to send later. */
  readonly plans?: readonly Plan[]
  /** A new effect takes back everything still planned for its subject. */
  readonly withdrawsPlans?: boolean
}

/** How an ask was taken: as a new effect, as one more of the same, or refused for what is there. */
export type Taken = {
  readonly taken: 'new' | 'again' | 'duplicate' | 'conflict'
  readonly effect: Effect
}

type State = {
  effects: Effect[]
  byKey: Map<string, Effect[]>
  bySubject: Map<string, Effect[]>
  attempts: Map<SystemName, number>
  plans: Map<string, Plan>
  plansBySubject: Map<string, Plan[]>
  delivered: Set<string>
  shopOrders: Map<string, ShopOrder>
}

/** Everything the sandbox knows, rebuilt from its journal. */
export type Ledger = ReturnType<typeof openLedger>

function emptyState(): State {
  return {
    effects: [],
    byKey: new Map(),
    bySubject: new Map(),
    attempts: new Map(),
    plans: new Map(),
    plansBySubject: new Map(),
    delivered: new Set(),
    shopOrders: new Map(),
  }
}

/** Opens the books of all sandbox systems over a journal. */
export function openLedger(journal: Journal, now: () => number) {
  let state = emptyState()
  let settings = SandboxSettings.parse({})
  const watchers: ((record: SandboxRecord) => void)[] = []
  const apply = (record: SandboxRecord) => {
    if (record.record === 'reset') state = emptyState()
    else if (record.record === 'settings') settings = record.settings
    else applyTo(state, record)
  }
  const keep = (record: SandboxRecord) => {
    apply(record)
    journal.append(JSON.stringify(record))
    for (const watcher of watchers) watcher(record)
  }
  for (const line of journal.lines) apply(SandboxRecord.parse(JSON.parse(line)))
  const find = (system: SystemName, key: string) => state.byKey.get(`${system} ${key}`)?.[0]

  /** Check and effect are one tick: two equal asks at once can never both be new. */
  const take = (ask: Ask): Taken => {
    const { system, key, plans = [], withdrawsPlans = false } = ask
    const effect = effectOf(ask, state.effects.length + 1, now())
    const first = find(system, key)
    if (first === undefined) {
      keep({ record: 'effect', effect, plans: [...plans], withdrawsPlans })
      return { taken: 'new', effect }
    }
    keep({ record: 'attempt', system, key })
    if (settings.dedupe === 'on') {
      const isSame = first.contentHash === effect.contentHash
      return { taken: isSame ? 'duplicate' : 'conflict', effect: first }
    }
    keep({ record: 'effect', effect, plans: [], withdrawsPlans: false })
    return { taken: 'again', effect }
  }

  return {
    take,
    find,
    settings: () => settings,
    changeSettings: (changed: SandboxSettings) => keep({ record: 'settings', settings: changed }),
    about: (system: SystemName, subject: string): readonly Effect[] =>
      state.bySubject.get(`${system} ${subject}`) ?? [],
    effects: (): readonly Effect[] => state.effects,
    counts: () => countsOf(state),
    plan: (plan: Plan) => {
      if (!state.plans.has(plan.planId)) keep({ record: 'plan', plan })
    },
    plans: (subject: string): readonly Plan[] => state.plansBySubject.get(subject) ?? [],
    pendingPlans: (): readonly Plan[] =>
      [...state.plans.values()].filter((plan) => !state.delivered.has(plan.planId)),
    isPending: (planId: string) => state.plans.has(planId) && !state.delivered.has(planId),
    delivered: (planId: string) => keep({ record: 'delivered', planId }),
    addShopOrder: (order: ShopOrder) => keep({ record: 'shop-order', order }),
    shopOrder: (id: string) => state.shopOrders.get(id),
    reset: () => keep({ record: 'reset' }),
    settled: () => journal.settled(),
    watch: (watcher: (record: SandboxRecord) => void) => {
      watchers.push(watcher)
    },
  }
}

function effectOf(ask: Ask, ordinal: number, atMs: number): Effect {
  const { system, key, subject, content, idempotencyKey } = ask
  return {
    ...{ system, key, subject, content, contentHash: hashOf(content) },
    id: `${system.toUpperCase()}-${String(ordinal).padStart(6, '0')}`,
    at: new Date(atMs).toISOString(),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }
}

function applyTo(state: State, record: Exclude<SandboxRecord, { record: 'reset' | 'settings' }>) {
  switch (record.record) {
    case 'effect':
      if (record.withdrawsPlans) withdrawPlans(state, record.effect.subject)
      for (const plan of record.plans) addPlan(state, plan)
      state.effects.push(record.effect)
      addTo(state.byKey, `${record.effect.system} ${record.effect.key}`, record.effect)
      addTo(state.bySubject, `${record.effect.system} ${record.effect.subject}`, record.effect)
      return
    case 'attempt':
      state.attempts.set(record.system, (state.attempts.get(record.system) ?? 0) + 1)
      return
    case 'plan':
      addPlan(state, record.plan)
      return
    case 'delivered':
      state.delivered.add(record.planId)
      return
    case 'shop-order':
      state.shopOrders.set(record.order.id, record.order)
  }
}

function addPlan(state: State, plan: Plan): void {
  state.plans.set(plan.planId, plan)
  addTo(state.plansBySubject, plan.subject, plan)
}

function withdrawPlans(state: State, subject: string): void {
  for (const plan of state.plansBySubject.get(subject) ?? []) state.plans.delete(plan.planId)
  state.plansBySubject.delete(subject)
}

function addTo<Entry>(index: Map<string, Entry[]>, key: string, entry: Entry): void {
  const there = index.get(key)
  if (there === undefined) index.set(key, [entry])
  else there.push(entry)
}

function countsOf(state: State) {
  const counts: Record<string, { effects: number; distinct: number; attempts: number }> = {}
  const countOf = (system: SystemName) => {
    const count = counts[system] ?? { effects: 0, distinct: 0, attempts: 0 }
    counts[system] = count
    return count
  }
  for (const effects of state.byKey.values()) {
    const [first] = effects
    if (first === undefined) continue
    const count = countOf(first.system)
    count.effects += effects.length
    count.distinct += 1
  }
  for (const [system, attempts] of state.attempts) countOf(system).attempts = attempts
  return counts
}

/** A hash of what a document says, however its fields are ordered. */
function hashOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inFieldOrder(content)) ?? '')
    .digest('hex')
}

function inFieldOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inFieldOrder)
  const record = recordOf(value)
  if (record === undefined) return value
  const entries = Object.entries(record).map(([field, held]): [string, unknown] => [
    field,
    inFieldOrder(held),
  ])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
