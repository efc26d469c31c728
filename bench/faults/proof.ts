import type { Promised } from './load.ts'

/** An order as the database has it. */
type KeptOrder = {
  readonly orderNumber: string
  readonly purchaseOrderNumber: string
  readonly stage: string
  /** Versions sent to the ERP. */
  readonly erpRevision: number
}

/** One effect at an outside system, in the order in which they happened there. */
export type SeenEffect = { readonly system: string; readonly key: string }

/** Everything the proof counts, read when nothing runs any more. */
export type Facts = {
  readonly orders: readonly KeptOrder[]
  /** Receipts by connection and transport id, each as often as it is there. */
  readonly receipts: readonly string[]
  /** Calls that count as done: operation and natural key. */
  readonly doneCalls: readonly { readonly operation: string; readonly naturalKey: string }[]
  /** Whatever should not be there at rest, in words: jobs, unread receipts, open or given-up calls. */
  readonly leftovers: readonly string[]
  readonly effects: readonly SeenEffect[]
}

/** The offenders by name; nothing was lost, doubled, stuck or out of order when all are empty. */
export type Proof = {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly stuck: readonly string[]
  readonly outOfOrder: readonly string[]
}

// What each call leaves behind at the sandbox, by the names under which it counts.
const effectNames: Readonly<Record<string, string>> = {
  'erp.create-order': 'erp order:',
  'erp.post-invoice': 'erp invoice:',
  'erp.post-payment': 'erp payment:',
  'erp.post-credit-note': 'erp credit-note:',
  'erp.apply-credit': 'erp credit-posting:',
  'wms.request-pick': 'wms pick:',
}

// A listener to webhooks has no look-up: a repeat carries the same event id, and the listener drops it.
const hasLookUp = (name: string) => !name.startsWith('webhooks ')

function timesOf(names: Iterable<string>): Map<string, number> {
  const times = new Map<string, number>()
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return times
}

const moreThanOnce = (times: ReadonlyMap<string, number>, what: string): string[] =>
  [...times].flatMap(([name, count]) => (count > 1 ? [`${what} ${name} x${count}`] : []))

const finalStages: readonly string[] = ['closed', 'cancelled']

function lostOf(
  facts: Facts,
  promised: Promised,
  ours: readonly KeptOrder[],
  effects: ReadonlyMap<string, number>,
): string[] {
  const orders = new Set(ours.map((order) => order.purchaseOrderNumber))
  const receipts = new Set(facts.receipts)
  const known = new Set(facts.orders.map((order) => `erp order:${order.orderNumber}`))
  return [
    ...[...promised.purchaseOrders].filter((po) => !orders.has(po)).map((po) => `order ${po}`),
    ...[...promised.receipts].filter((id) => !receipts.has(id)).map((id) => `receipt ${id}`),
    ...ours
      .filter((order) => order.stage === 'closed' && !effects.has(`erp order:${order.orderNumber}`))
      .map((order) => `order ${order.orderNumber} at the ERP`),
    ...facts.doneCalls.flatMap(({ operation, naturalKey }) => {
      const name = effectNames[operation]
      return name === undefined || effects.has(`${name}${naturalKey}`)
        ? []
        : [`effect ${name}${naturalKey}`]
    }),
    ...[...effects.keys()]
      .filter((name) => name.startsWith('erp order:') && !known.has(name))
      .map((name) => `the order of ${name}`),
  ]
}

/** The versions of each order as the ERP took them, 1 for the creation. */
function versionsAtErp(effects: readonly SeenEffect[]): Map<string, number[]> {
  const versions = new Map<string, number[]>()
  for (const { system, key } of effects) {
    const [, kind = '', orderNumber = '', revision = '1'] =
      /^(order|order-change):([^#]+)(?:#(\d+))?$/.exec(key) ?? []
    if (system !== 'erp' || kind === '') continue
    versions.set(orderNumber, [...(versions.get(orderNumber) ?? []), Number(revision)])
  }
  return versions
}

function outOfOrder(facts: Facts, ours: readonly KeptOrder[]): string[] {
  const versions = versionsAtErp(facts.effects)
  return ours.flatMap(({ orderNumber, erpRevision, stage }) => {
    const taken = versions.get(orderNumber) ?? []
    const isInTurn = taken.every(
      (version, place) => place === 0 || version > (taken[place - 1] ?? 0),
    )
    if (!isInTurn) return [`order ${orderNumber} at the ERP: versions ${taken.join(', ')}`]
    const isNewest = stage !== 'closed' || (taken.at(-1) ?? erpRevision) === erpRevision
    return isNewest
      ? []
      : [`order ${orderNumber} at the ERP: version ${taken.at(-1)} stands, ours is ${erpRevision}`]
  })
}

/** Counts what became of everything that was sent. */
export function prove(
  facts: Facts,
  { promised, sent }: { promised: Promised; sent: ReadonlySet<string> },
): Proof {
  const ours = facts.orders.filter((order) => sent.has(order.purchaseOrderNumber))
  const effects = timesOf(facts.effects.map(({ system, key }) => `${system} ${key}`))
  const withLookUp = new Map([...effects].filter(([name]) => hasLookUp(name)))
  return {
    lost: lostOf(facts, promised, ours, effects),
    doubled: [
      ...moreThanOnce(timesOf(ours.map((order) => order.purchaseOrderNumber)), 'order'),
      ...moreThanOnce(timesOf(facts.receipts), 'receipt'),
      ...moreThanOnce(withLookUp, 'effect'),
    ],
    stuck: [
      ...facts.leftovers,
      ...ours
        .filter((order) => !finalStages.includes(order.stage))
        .map((order) => `order ${order.purchaseOrderNumber} ${order.stage}`),
    ],
    outOfOrder: outOfOrder(facts, ours),
  }
}

/** How many offenders there are in all. */
export function offenders(proof: Proof): number {
  const { lost, doubled, stuck, outOfOrder: late } = proof
  return lost.length + doubled.length + stuck.length + late.length
}

/** What a proof names that earlier ones did not. */
export function newOffenders(proof: Proof, named: ReadonlySet<string>): Proof {
  const fresh = (names: readonly string[]) => names.filter((name) => !named.has(name))
  return {
    lost: fresh(proof.lost),
    doubled: fresh(proof.doubled),
    stuck: fresh(proof.stuck),
    outOfOrder: fresh(proof.outOfOrder),
  }
}
