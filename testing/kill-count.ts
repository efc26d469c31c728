import { z } from 'zod'
import { OrderSummary } from '../backbone/canonical/views/order-view.ts'
import {
  TransactionSummary,
  TransactionView,
} from '../backbone/canonical/views/transaction-view.ts'
import type { SandboxClient } from '../backbone/connectors/sandbox/client.ts'
import { until } from './built-product.ts'

/** The API of the running product, for the holder of a key. */
export type Api = {
  get(path: string): Promise<unknown>
  send(method: string, path: string, body: unknown): Promise<void>
}

/** Opens the API at an address; what is not answered 2xx is an error. */
export function apiOf(url: string, key: string): Api {
  const call = async (path: string, init: RequestInit) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, { ...init, headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${init.method} ${path} was answered ${answer.status}: ${text}`)
    return text
  }
  return {
    get: async (path) => JSON.parse(await call(path, { method: 'GET' })),
    send: async (method, path, body) =>
      void (await call(path, { method, body: JSON.stringify(body) })),
  }
}

async function allOf<T>(api: Api, path: string, item: z.ZodType<T>): Promise<T[]> {
  const Page = z.object({ items: z.array(item), nextCursor: z.string().nullable() })
  const found: T[] = []
  let cursor = ''
  for (;;) {
    const page = Page.parse(await api.get(`${path}&limit=200${cursor}`))
    found.push(...page.items)
    if (page.nextCursor === null) return found
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}

/** The orders of one sender since a moment: which, and what they should be. */
export type Counted = {
  readonly connectionId: string
  readonly since: string
  readonly purchaseOrders: readonly string[]
}

async function ordersSince(api: Api, { since, connectionId }: Counted) {
  const all = await allOf(api, `/v1/orders?since=${since}`, OrderSummary)
  return { all, ours: all.filter((order) => order.connectionId === connectionId) }
}

const openStatuses: readonly string[] = ['waiting', 'sending', 'in-doubt']

const callsSince = (api: Api, since: string): Promise<TransactionSummary[]> =>
  allOf(api, `/v1/transactions?direction=out&since=${since}`, TransactionSummary)

const describeCall = ({ operation, naturalKey, status, attempts, errorCode }: TransactionSummary) =>
  `${operation} ${naturalKey} ${status} after ${attempts} tries ${errorCode ?? ''}`.trim()

/** Resolves when every order is closed and none of its calls is open, or when the time is over. */
export async function comeToRest(api: Api, counted: Counted, withinMs: number): Promise<void> {
  const isAtRest = async () => {
    const { ours } = await ordersSince(api, counted)
    const closed = ours.filter(({ stage }) => stage === 'closed')
    if (closed.length < counted.purchaseOrders.length) return false
    const orderIds = new Set(closed.map(({ orderId }) => orderId))
    const calls = await callsSince(api, counted.since)
    return !calls.some(
      ({ orderId, status }) =>
        orderId !== null && orderIds.has(orderId) && openStatuses.includes(status),
    )
  }
  await until(async () => ((await isAtRest()) ? true : undefined), { withinMs, everyMs: 1_000 })
}

/** How often each natural key of each system had an effect, as the sandbox counted it. */
async function effectsOf(sandbox: SandboxClient): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  let after: number | undefined = 0
  while (after !== undefined) {
    const page: Awaited<ReturnType<SandboxClient['effects']>> = await sandbox.effects(after)
    for (const { system, key } of page.effects) {
      const name = `${system} ${key}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    after = page.next
  }
  return counts
}

async function countTries(api: Api, calls: readonly TransactionSummary[]) {
  const counts: Record<string, number> = {}
  for (const { transactionId, attempts } of calls.filter((call) => call.attempts > 1)) {
    const { tries } = TransactionView.parse(await api.get(`/v1/transactions/${transactionId}`))
    // A try that was under way at a kill left no record: it shows as a missing number.
    counts['killed'] = (counts['killed'] ?? 0) + attempts - tries.length
    for (const { outcome } of tries) counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
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

/** What was counted when everything had come to rest. The lists name offenders: all of them should be empty. */
export type Count = {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly notClosed: readonly string[]
  readonly stuckCalls: readonly string[]
  readonly failedCalls: readonly string[]
  /** Calls that count as done and did not have exactly one effect. */
  readonly doneNotOnce: readonly string[]
  /** Orders without exactly one effect at the ERP. */
  readonly notOnceAtErp: readonly string[]
  /** Orders the ERP has and we do not. */
  readonly strangersAtErp: readonly string[]
  /** Natural keys that had an effect at ERP or warehouse more than once. */
  readonly doubledEffects: readonly string[]
  /** How the tries of calls that needed more than one ended; `killed` died with the process. */
  readonly repeatedTries: Readonly<Record<string, number>>
}

const erpName = (orderNumber: string) => `erp order:${orderNumber}`

function countCalls(
  calls: readonly TransactionSummary[],
  effects: ReadonlyMap<string, number>,
  ourOrders: ReadonlySet<string>,
) {
  const agoMs = (moment: string) => Date.now() - Date.parse(moment)
  return {
    // The demo's own orders go on meanwhile: only what is older than a few seconds is stuck.
    stuckCalls: calls
      .filter(({ status, createdAt }) => openStatuses.includes(status) && agoMs(createdAt) > 20_000)
      .map(describeCall),
    failedCalls: calls
      .filter(({ status, orderId }) => status === 'failed' && ourOrders.has(orderId ?? ''))
      .map(describeCall),
    doneNotOnce: calls
      .filter(({ status }) => status === 'succeeded')
      .flatMap(({ operation, naturalKey }) => {
        const name = effectNames[operation]
        const times = effects.get(`${name}${naturalKey}`) ?? 0
        return name === undefined || times === 1 ? [] : [`${name}${naturalKey} x${times}`]
      }),
  }
}

/** Counts what came of the orders here and at the sandbox. */
export async function countAll(api: Api, sandbox: SandboxClient, counted: Counted): Promise<Count> {
  // In this order: what the demo adds meanwhile is then at the ERP for every call read as done.
  const calls = await callsSince(api, counted.since)
  const effects = await effectsOf(sandbox)
  const { all, ours } = await ordersSince(api, counted)
  const timesOf = new Map<string, number>()
  for (const { purchaseOrderNumber: po } of ours) timesOf.set(po, (timesOf.get(po) ?? 0) + 1)
  const known = new Set(all.map(({ orderNumber }) => erpName(orderNumber)))
  return {
    lost: counted.purchaseOrders.filter((po) => !timesOf.has(po)),
    doubled: [...timesOf].filter(([, times]) => times > 1).map(([po]) => po),
    notClosed: ours
      .filter(({ stage }) => stage !== 'closed')
      .map(({ purchaseOrderNumber, stage }) => `${purchaseOrderNumber} ${stage}`),
    ...countCalls(calls, effects, new Set(ours.map(({ orderId }) => orderId))),
    notOnceAtErp: ours
      .filter(({ orderNumber }) => effects.get(erpName(orderNumber)) !== 1)
      .map(({ orderNumber }) => orderNumber),
    strangersAtErp: [...effects.keys()].filter(
      (name) => name.startsWith('erp order:') && !known.has(name),
    ),
    // A listener to webhooks has no look-up: a repeat carries the same event id and is dropped there.
    doubledEffects: [...effects]
      .filter(([name, times]) => times > 1 && /^(erp|wms) /.test(name))
      .map(([name, times]) => `${name} x${times}`),
    repeatedTries: await countTries(api, calls),
  }
}
