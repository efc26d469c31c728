import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import { amountText, compareDecimal, moneyText, sumMinor } from '../../canonical/money.ts'
import type { Change, MoneyAtStake, Subject } from '../../canonical/proposal.ts'
import { replayObstacle } from '../../policies/retry.ts'
import type { TenantTx } from '../../store/database.ts'
import { type CallFact, callFacts } from '../../store/outbox/call-facts.ts'
import { readCandidates } from '../../store/outbox/replay-calls.ts'
import { type JudgedCause, judgedCauses } from '../candidates/replay-readiness.ts'
import { replayTransactions } from '../replay-transactions.ts'
import { causesOfCalls, clusterNow } from '../triage/triage-service.ts'
import type { Act, ActPicture } from './act.ts'
import {
  asideChange,
  asideEvidence,
  asideName,
  isDecided,
  isReadAgain,
  type JudgedAside,
  judgedAsides,
} from './retry-inbound.ts'

/** How many calls and documents one proposal takes again at the most: so many a person can look through. */
export const retriedAtMost = 50

const RetryTransactions = z.object({
  /** Calls, and documents of the quarantine, which are read again. */
  transactionIds: z.array(z.string().min(1).max(40)).min(1).max(retriedAtMost),
  /** The cause they failed by: it counts as being replayed, and what depends on others waits for them. */
  cluster: z.string().min(1).max(160).optional(),
})
type RetryTransactions = z.infer<typeof RetryTransactions>

/** What becomes of one call: nothing when it is not given up any more, why it is not sent, or that it goes. */
type Judged = { readonly call: CallFact; readonly isGivenUp: boolean; readonly obstacle?: string }

async function judgedCalls(tx: TenantTx, ids: readonly string[]): Promise<Judged[]> {
  const [candidates, facts] = await Promise.all([readCandidates(tx, ids), callFacts(tx, ids)])
  const standing = new Map(candidates.map((call) => [call.transactionId, call]))
  return facts.map((call) => {
    const failed = standing.get(call.transactionId)
    const obstacle = failed === undefined ? undefined : replayObstacle(failed)
    return {
      call,
      isGivenUp: failed !== undefined,
      ...(obstacle === undefined ? {} : { obstacle }),
    }
  })
}

const nameOf = ({ operation, naturalKey }: CallFact) => `${operation} for ${naturalKey}`

function whatBecomes({ call, isGivenUp, obstacle }: Judged): string {
  if (!isGivenUp) return `${call.status}: it is left as it is`
  if (obstacle !== undefined) return obstacle
  return call.attempts > 0
    ? 'looked up first, and sent again with its first key only where it is not there'
    : 'sent with its first key'
}

function changeOf(judged: Judged): Change {
  const { errorClass, errorMessage, attempts, status } = judged.call
  const why = errorClass === null ? '' : ` (${errorClass}): ${errorMessage ?? ''}`
  return {
    label: nameOf(judged.call).slice(0, 120),
    before: `${status} after ${attempts} ${attempts === 1 ? 'try' : 'tries'}${why}`.slice(0, 500),
    after: whatBecomes(judged),
  }
}

/** What is safe about it and what is not: domain rules 3.3.2. */
function evidenceOf(judged: readonly Judged[]): Evidence[] {
  const inDoubt = judged.filter(({ call, isGivenUp }) => isGivenUp && call.isInDoubt)
  const dropped = judged.filter(({ obstacle }) => obstacle !== undefined)
  const gone = judged.filter(({ isGivenUp }) => !isGivenUp)
  const doubt: Evidence[] =
    inDoubt.length === 0
      ? []
      : [
          {
            weighs: 'note',
            text: `${inDoubt.length} of them may have had their effect: it is looked up before anything is sent.`,
            values: { inDoubt: inDoubt.length },
          },
        ]
  return [
    ...doubt,
    ...dropped.map(
      ({ call, obstacle }): Evidence => ({
        weighs: 'against',
        text: `${nameOf(call)} is not sent. ${obstacle}`.slice(0, 500),
        source: `transaction:${call.transactionId}`,
      }),
    ),
    ...gone.map(
      ({ call }): Evidence => ({
        weighs: 'against',
        text: `${nameOf(call)} is ${call.status}: there is nothing to send again.`.slice(0, 500),
        source: `transaction:${call.transactionId}`,
      }),
    ),
  ]
}

/** What is at stake in each currency, the most first. */
function stakesOf(going: readonly Judged[]): MoneyAtStake[] {
  const currencies = [...new Set(going.map(({ call }) => call.currency))]
  return currencies
    .map((currency) => {
      const calls = going.filter(({ call }) => call.currency === currency)
      return { currency, amountMinor: sumMinor(calls.map(({ call }) => call.amountMinor ?? 0)) }
    })
    .filter(({ amountMinor }) => amountMinor !== 0)
    .sort((a, b) => compareDecimal(inUnits(b), inUnits(a)))
}

const inUnits = ({ amountMinor, currency }: MoneyAtStake) => amountText(amountMinor, currency)

// Limits are of one currency each: what has several is looked at by somebody who decides above them.
function moneyOf(going: readonly Judged[]): Pick<ActPicture, 'money' | 'leastRole'> {
  const [money, another] = stakesOf(going)
  if (money === undefined) return {}
  return another === undefined ? { money } : { money, leastRole: 'approver' }
}

function currenciesText(going: readonly Judged[]): Evidence[] {
  const stakes = stakesOf(going)
  if (stakes.length < 2) return []
  const sums = stakes.map(({ amountMinor, currency }) => moneyText(amountMinor, currency))
  return [
    {
      weighs: 'note',
      text: `At stake in all: ${sums.join(', ')}. Several currencies take an approver.`,
    },
  ]
}

function subjectOf({ cluster }: RetryTransactions, calls: readonly CallFact[]): Subject {
  const [first] = calls
  if (cluster !== undefined)
    return { kind: 'cluster', id: cluster, label: cluster.slice(cluster.indexOf('/') + 1) }
  const id = first?.transactionId ?? ''
  return {
    kind: 'transaction',
    id,
    label: first === undefined ? id : nameOf(first).slice(0, 200),
  }
}

// What passes by itself: nothing had to be mended first.
const passing: ReadonlySet<string | null> = new Set(['TRANSPORT', 'OUTAGE', 'RATE_LIMIT', 'STALE'])

function titleOf(going: readonly Judged[], documents: readonly JudgedAside[]): string {
  const [call] = going
  const [document] = documents
  const calls = going.length === 1 ? '1 call' : `${going.length} calls`
  const read = documents.length === 1 ? '1 document' : `${documents.length} documents`
  if (documents.length === 0 || document === undefined)
    return going.length === 1 && call !== undefined
      ? `Send ${nameOf(call.call)} again`
      : `Send ${calls} again`
  if (going.length > 0) return `Send ${calls} again and read ${read} again`
  return documents.length === 1 ? `Read ${asideName(document)} again` : `Read ${read} again`
}

function pictureOf(
  payload: RetryTransactions,
  judged: readonly Judged[],
  asides: readonly JudgedAside[],
): ActPicture {
  const going = judged.filter(({ isGivenUp, obstacle }) => isGivenUp && obstacle === undefined)
  const orders = new Set(judged.map(({ call }) => call.orderId))
  const [orderId] = orders
  const isExact =
    asides.length === 0 &&
    going.length === judged.length &&
    going.every(({ call }) => passing.has(call.errorClass))
  return {
    subject: subjectOf(
      payload,
      judged.map(({ call }) => call),
    ),
    title: titleOf(going, asides.filter(isReadAgain)).slice(0, 200),
    changes: [...judged.map(changeOf), ...asides.map(asideChange)],
    evidence: [...currenciesText(going), ...evidenceOf(judged), ...asideEvidence(asides)],
    records: [
      ...judged.map(({ call }) => ({
        record: `transaction:${call.transactionId}`,
        version: `${call.status}:${call.attempts}:${call.replays}`,
      })),
      ...asides.map(({ aside }) => ({
        record: `quarantine:${aside.quarantineId}`,
        version: aside.status,
      })),
    ],
    ...moneyOf(going),
    ...(orders.size === 1 && orderId !== undefined && orderId !== null ? { orderId } : {}),
    ...(isExact ? { isExact: true } : {}),
  }
}

/** The cause that calls are sent again for: the one that was named, else that of the first. */
async function causeOf(
  tx: TenantTx,
  { cluster: id }: RetryTransactions,
  first = '',
): Promise<JudgedCause | undefined> {
  const cluster =
    id === undefined ? (await causesOfCalls(tx, [first])).get(first) : await clusterNow(tx, id)
  return cluster === undefined ? undefined : (await judgedCauses(tx, [cluster]))[0]
}

/** Why there is nothing to propose; nothing when there is. */
function whatIsGone(
  ids: readonly string[],
  judged: readonly Judged[],
  asides: readonly JudgedAside[],
): string | undefined {
  if (judged.length + asides.length < new Set(ids).size) return 'One of these calls is not there.'
  if (judged.every(({ isGivenUp }) => !isGivenUp) && !asides.some(isDecided))
    return 'None of these calls is given up any more: there is nothing to send again.'
  const [only, another] = judged
  return only?.obstacle !== undefined && another === undefined && asides.length === 0
    ? `It cannot be sent again. ${only.obstacle}`
    : undefined
}

/** What sending calls again would do now; whoever has looked at their cause already hands it in. */
export async function retryPicture(
  tx: TenantTx,
  payload: RetryTransactions,
  known?: JudgedCause,
): Promise<ActPicture | { readonly gone: string }> {
  const ids = payload.transactionIds
  const [judged, asides] = await Promise.all([judgedCalls(tx, ids), judgedAsides(tx, ids)])
  const gone = whatIsGone(ids, judged, asides)
  if (gone !== undefined) return { gone }
  const picture = pictureOf(payload, judged, asides)
  const first = judged[0]?.call.transactionId ?? asides[0]?.aside.receiptId ?? undefined
  const cause = known ?? (await causeOf(tx, payload, first))
  if (cause === undefined) return picture
  return { ...picture, evidence: [cause.readiness.evidence, ...picture.evidence] }
}

/** Sends given-up calls again, each with its first key, what may have happened looked up first. */
export const retryTransactionsAct: Act<RetryTransactions> = {
  kind: 'retry-transactions',
  payload: RetryTransactions,
  picture: (tx, payload) => retryPicture(tx, payload),
  async execute(tx, payload, { actor, queue }) {
    const { transactionIds, cluster } = payload
    const mendedBy =
      cluster === undefined ? undefined : (await causeOf(tx, payload))?.readiness.mendedBy
    const selection =
      cluster === undefined ? { ids: transactionIds } : { cluster, only: transactionIds, mendedBy }
    const done = await replayTransactions(tx, { actor, selection }, queue)
    const { replayed, dropped } = done.counts
    if (replayed + dropped === 0)
      return { status: 'refused', message: 'None of these calls is given up any more.' }
    const message = whatWasDone(done, dropped)
    const calls = done.transactionIds
    return calls.length === 0
      ? { status: 'done', message }
      : { status: 'requested', message, transactionIds: calls }
  },
}

function whatWasDone(
  {
    transactionIds,
    quarantineIds,
  }: { readonly transactionIds: readonly string[]; readonly quarantineIds: readonly string[] },
  dropped: number,
): string {
  const [calls, read] = [transactionIds.length, quarantineIds.length]
  const parts = [
    ...(calls === 0 ? [] : [`${calls === 1 ? '1 call is' : `${calls} calls are`} sent again.`]),
    ...(read === 0
      ? []
      : [`${read === 1 ? '1 document is' : `${read} documents are`} read again.`]),
    ...(dropped === 0 ? [] : [`${dropped} are not wanted any more and were dropped.`]),
  ]
  return parts.join(' ')
}
