import type { Query, QueryClient } from '@tanstack/react-query'
import { pagesOf } from './pages.ts'
import type { Order } from './queries.ts'

/** An event of the house, as far as it says what has to be read anew. */
export type Happened = Pick<Order['timeline'][number], 'kind' | 'about'>

const money = ['worklist', 'ageing']
const failures = ['clusters', 'clusters-count', 'calls']

// The lists that are read anew after an event, by how its kind begins; the first that fits holds. What shows one record
// is read anew after every event about it.
const listsAfter: readonly (readonly [prefix: string, queries: readonly string[]])[] = [
  ['proposal.', ['proposals']],
  ['approval.', ['proposals', 'delegations']],
  // Of the calls that go through only those that had failed are on a screen; their cause tells when they are.
  ['transaction.succeeded', []],
  ['transaction.', failures],
  ['failure-cluster.', failures],
  ['connection.', ['connections', ...failures]],
  ['signature.', failures],
  ['document.', ['quarantine', ...failures]],
  ['quarantine.', ['quarantine', ...failures]],
  ['partner.', ['quarantine', ...failures]],
  ['invoice.', ['orders', ...money]],
  ['payment.', ['orders', ...money]],
  ['cash.', money],
  ['credit.', money],
  ['deduction.', money],
  ['return.', ['orders']],
  ['promise.', money],
  ['dispute.', money],
  ['stop.', money],
  ['contact.', money],
  ['reply.', money],
  ['message.', money],
  ['collections.', money],
  ['policy.', ['candidates', 'proposals', 'worklist']],
  ['person.changed', ['session']],
  ['sla.', []],
  ...['order.', 'line.', 'hold.', 'condition.', 'pick.', 'stock.', 'tenant.'].map(
    (prefix) => [prefix, ['orders']] as const,
  ),
]

// Queries that show one record: the kind of it whose id stands second in their key, or `kind:id` itself.
const recordIn: Readonly<Record<string, string>> = {
  order: 'order',
  proposal: 'proposal',
  call: 'transaction',
  account: 'customer',
  messages: 'customer',
  mails: 'customer',
  replies: 'customer',
  document: 'document',
  candidates: '',
}

/** Whether live events have a query read anew; what they do not know is read in its own time. */
export function isFollowed(name: string): boolean {
  return name in recordIn || listsAfter.some(([, names]) => names.includes(name))
}

/** The records a query shows, as events name them. An order's address may be its number; its answer has its id. */
function recordsOf({ queryKey: [name, id], state }: Query): string[] {
  const kind = recordIn[String(name)]
  if (kind === undefined || typeof id !== 'string') return []
  if (kind === '') return [id]
  const read: unknown = state.data
  const isOrder = kind === 'order' && typeof read === 'object' && read !== null && 'orderId' in read
  return isOrder ? [`order:${id}`, `order:${String(read.orderId)}`] : [`${kind}:${id}`]
}

function isMeant(query: Query, { kind, about }: Happened): boolean {
  const [, lists] = listsAfter.find(([prefix]) => kind.startsWith(prefix)) ?? []
  if (lists?.includes(String(query.queryKey[0])) === true) return true
  const shown = recordsOf(query)
  return about.some((record) => shown.includes(`${record.kind}:${record.id}`))
}

// Events come in bursts; a record is read at most once a second, each page of a list every two.
const [togetherMs, recordMs, pageMs, underWayMs] = [150, 1_000, 2_000, 300]

function dueAt(query: Query, nowMs: number): number {
  const gapMs = recordsOf(query).length > 0 ? recordMs : pageMs * pagesOf(query.state.data)
  return Math.max(nowMs + togetherMs, query.state.dataUpdatedAt + gapMs)
}

/** Reads anew what events are about, each query no more often than it bears, and nothing else. */
export function readAnew(client: QueryClient) {
  const due = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = () => {
    clearTimeout(timer)
    if (due.size > 0) timer = setTimeout(readDue, Math.min(...due.values()) - Date.now())
  }
  const read = (hash: string) => {
    const query = client.getQueryCache().get(hash)
    due.delete(hash)
    // What was asked for before it happened may not have it yet.
    if (query?.state.fetchStatus === 'fetching') due.set(hash, Date.now() + underWayMs)
    else if (query !== undefined)
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true })
  }
  function readDue(): void {
    const nowMs = Date.now()
    for (const [hash, atMs] of [...due]) if (atMs <= nowMs) read(hash)
    plan()
  }
  return {
    happened(event: Happened): void {
      for (const query of client.getQueryCache().getAll())
        if (!due.has(query.queryHash) && isMeant(query, event))
          due.set(query.queryHash, dueAt(query, Date.now()))
      plan()
    },
    /** After a time in which events may have been missed. */
    everything(): void {
      due.clear()
      void client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name !== 'session' })
    },
    /** What is due then is read when the page is looked at again. */
    stop(): void {
      clearTimeout(timer)
      void client.invalidateQueries({
        predicate: ({ queryHash }) => due.has(queryHash),
        refetchType: 'none',
      })
      due.clear()
    },
  }
}
