import { isDeepStrictEqual } from 'node:util'
import { activeHolds, type OrderState } from '../canonical/order-state.ts'
import type {
  PolicyTrial,
  PolicyTrialAsk,
  TrialOutcome,
  TrialSum,
} from '../canonical/views/policy-view.ts'
import { CallerMistake } from '../errors.ts'
import { openFlowSetting } from '../flows/flow-setting.ts'
import { openOrderBatch } from '../flows/order-batch.ts'
import { checkSteps } from '../flows/order-to-cash.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { readOrder } from '../store/orders/load-orders.ts'
import { addPolicyVersion } from '../store/policies/policy-settings.ts'
import { latestOrders } from '../store/reading/latest-orders.ts'
import { allPolicies } from './all-policies.ts'
import { answerAndUndo } from './answer-and-undo.ts'
import { assertSettings } from './policies.ts'

// Those that decide something while an order is checked; of the others a replay of orders would show nothing.
const tried = ['pricing', 'availability', 'substitution', 'credit', 'holds', 'calendar']

const mostShown = 100
// Before every day an order can be of: tried settings count from the beginning.
const longAgo = '1970-01-01'

const note =
  "Orders are checked one by one against today's prices, stock and ledger, as they were when they came in: holds placed by people and earlier releases are left out, and no order takes stock or credit from another."

type Ask = {
  readonly tenantId: string
  readonly policy: string
  readonly ask: PolicyTrialAsk
}

type Replayed = {
  readonly order: OrderState
  readonly before: TrialOutcome
  readonly after: TrialOutcome
}

/** An order as it stood when it had just been read. */
function asReceived(order: OrderState): OrderState {
  const { releasedAt: _released, ...rest } = order
  return {
    ...rest,
    stage: 'received',
    erpRevision: 0,
    holds: [],
    picks: [],
    shipments: [],
    invoices: [],
    findings: order.findings.filter(({ kind }) => kind === 'PAYMENT_TERMS'),
    lines: order.lines.map(({ promisedOn: _day, warehouse: _warehouse, ...line }) => ({
      ...line,
      ...{ allocatedEach: 0, shippedEach: 0, invoicedEach: 0 },
    })),
  }
}

async function outcomeOf(tx: TenantTx, order: OrderState): Promise<TrialOutcome> {
  const batch = openOrderBatch(await openFlowSetting(tx, { isDryRun: true }), [order])
  for (const step of checkSteps) await step.run(tx, batch)
  const after = batch.find(({ orderId }) => orderId === order.orderId) ?? order
  return {
    wouldBecome: after.stage,
    totalMinor: after.totalMinor,
    holds: activeHolds(after).map(({ type, reason }) => ({ type, reason })),
    findings: after.findings.map(({ kind, message }) => ({ kind, message })),
    promises: after.lines.map(({ line, promisedOn = null }) => ({ line, promisedOn })),
  }
}

/** Checks one order with the settings and without; the caller undoes it. */
async function replayed(
  tx: TenantTx,
  orderId: string,
  { policy, ask }: Ask,
): Promise<Replayed | undefined> {
  const found = await readOrder(tx, orderId)
  if (found === undefined) return undefined
  const order = asReceived(found)
  const before = await outcomeOf(tx, order)
  await addPolicyVersion(tx, {
    ...{ policy, scope: ask.scope, settings: ask.settings, validFrom: longAgo, validTo: null },
    ...{ changedBy: 'trial', reason: 'trial' },
  })
  return { order, before, after: await outcomeOf(tx, order) }
}

function sumOf(outcomes: readonly TrialOutcome[]): TrialSum {
  const heldByType: Record<string, number> = {}
  for (const { holds } of outcomes)
    for (const type of new Set(holds.map((hold) => hold.type)))
      heldByType[type] = (heldByType[type] ?? 0) + 1
  const touchless = outcomes.filter(({ holds }) =>
    holds.every(({ type }) => type === 'CANCEL_WINDOW'),
  ).length
  return { touchless, heldByType }
}

function assertTried(name: string): void {
  if (!tried.includes(name))
    throw new CallerMistake(
      422,
      'not-replayed',
      `Policy ${name} decides nothing while an order is checked, so past orders would not show what it changes; ${tried.join(', ')} can be tried.`,
      { policy: name },
    )
}

/** Tries settings of a policy on the latest orders: what would have become of them with and without. */
export type TryPolicy = (ask: Ask) => Promise<PolicyTrial | undefined>

/** Opens the trial of policies over a database; nothing of a trial is kept. */
export function policyTrial({ database }: { readonly database: Database }): TryPolicy {
  return async (asked) => {
    const { tenantId, policy: name, ask } = asked
    const policy = allPolicies.find((candidate) => candidate.name === name)
    if (policy === undefined) return undefined
    assertTried(name)
    assertSettings(policy, ask.settings)
    const ids = await database.inTenant(tenantId, (tx) => latestOrders(tx, ask.orders, ask.scope))
    const all: Replayed[] = []
    for (const { orderId } of ids) {
      const one = await answerAndUndo(database, tenantId, (tx) => replayed(tx, orderId, asked))
      if (one !== undefined) all.push(one)
    }
    const changed = all.filter(({ before, after }) => !isDeepStrictEqual(before, after))
    return {
      ...{ policy: name, scope: ask.scope, settings: ask.settings, note },
      ...{ ordersReplayed: all.length, ordersChanged: changed.length },
      before: sumOf(all.map(({ before }) => before)),
      after: sumOf(all.map(({ after }) => after)),
      changed: changed.slice(0, mostShown).map(({ order, before, after }) => ({
        orderId: order.orderId,
        orderNumber: order.orderNumber,
        customerNumber: order.customerNumber ?? null,
        currency: order.currency,
        ...{ before, after },
      })),
    }
  }
}
