import { addDays } from '../canonical/calendar.ts'
import { groupBy } from '../canonical/group-by.ts'
import { moneyText } from '../canonical/money.ts'
import type { PromiseView } from '../canonical/views/collections-view.ts'
import { minutesOf, zoneClock } from '../canonical/zone-clock.ts'
import { openFlowSetting } from '../flows/flow-setting.ts'
import { bucketOf } from '../policies/collections/ageing.ts'
import { judgePromises, type PromiseVerdict } from '../policies/collections/promises.ts'
import { type CollectionsSettings, collectionsPolicy } from '../policies/collections/settings.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import {
  customerMoney,
  decidePromises,
  type JudgeablePromise,
  judgeablePromises,
  type PromiseDecision,
} from '../store/collections/promise-rows.ts'
import {
  contactedCounts,
  type ExperienceSpan,
  isRoundGone,
  leftAloneCounts,
  noteRound,
  type OddsRow,
  type PaidCount,
  replaceOdds,
  takeRound,
} from '../store/collections/rounds.ts'
import type { TenantTx } from '../store/database.ts'
import { appendTenantEvents } from '../store/events.ts'
import { raiseNotices } from '../store/notices/notice-rows.ts'
import { tenantDay } from '../store/reading/kpi.ts'

const actor = 'collections-round'

/** What a day's round did; `gone-before` when the day had its round, `too-early` before its hour. */
export type RoundOutcome =
  | { readonly outcome: 'gone-before' | 'too-early' }
  | { readonly outcome: 'done'; readonly kept: number; readonly broken: number }

// Money booked in time is often told days later: a broken promise may still turn out kept.
const secondLookDays = 10

function decisionOf(
  promise: JudgeablePromise,
  verdict: PromiseVerdict | undefined,
): PromiseDecision[] {
  if (verdict === undefined || verdict.status === 'pending' || verdict.status === promise.status)
    return []
  return [
    {
      promiseId: promise.promiseId,
      status: verdict.status,
      paidMinor: verdict.paidMinor,
      reason: verdict.evidence.map(({ text }) => text).join(' '),
    },
  ]
}

/** Judges the promises of one customer in one currency. */
function judged(
  promises: readonly JudgeablePromise[],
  money: Awaited<ReturnType<typeof customerMoney>>,
  today: string,
  settings: CollectionsSettings,
): PromiseDecision[] {
  const verdicts = judgePromises(
    promises.map((promise) => ({
      ...promise,
      status: promise.status === 'kept' && !promise.isInDoubt ? 'kept' : 'pending',
    })),
    money.map(({ invoiceNumber, ...piece }) => ({
      ...piece,
      ...(invoiceNumber === null ? {} : { invoiceNumber }),
    })),
    today,
    settings,
  )
  const byId = new Map(verdicts.map((verdict) => [verdict.promiseId, verdict]))
  return promises.flatMap((promise) => decisionOf(promise, byId.get(promise.promiseId)))
}

const ownerOf = ({ customerNumber, currency }: { customerNumber: string; currency: string }) =>
  `${customerNumber}\n${currency}`

async function judgeAll(
  tx: TenantTx,
  { now, today }: { readonly now: string; readonly today: string },
  settingsOf: (customerNumber: string) => CollectionsSettings,
): Promise<PromiseView[]> {
  const promises = await judgeablePromises(tx, addDays(today, -secondLookDays))
  const since = promises.map(({ recordedOn }) => recordedOn).sort()[0] ?? today
  const customers = [...new Set(promises.map(({ customerNumber }) => customerNumber))]
  const money = groupBy(await customerMoney(tx, customers, since), ownerOf)
  const decisions = [...groupBy(promises, ownerOf)].flatMap(([owner, own]) =>
    judged(own, money.get(owner) ?? [], today, settingsOf(own[0]?.customerNumber ?? '')),
  )
  return decidePromises(tx, decisions, { actor, now, today })
}

async function tellOfPromises(
  tx: TenantTx,
  queue: JobQueue,
  decided: readonly PromiseView[],
  now: string,
): Promise<void> {
  await appendTenantEvents(
    tx,
    decided.map(({ promiseId, customerNumber, status, paidMinor, decisionReason }) => ({
      kind: `promise.${status}`,
      actor,
      summary: `A promise of ${customerNumber} is ${status}. ${decisionReason ?? ''}`.trim(),
      body: { promiseId, customerNumber, paidMinor },
    })),
    now,
  )
  const broken = decided.filter(({ status }) => status === 'broken')
  await raiseNotices(
    tx,
    queue,
    [...groupBy(broken, ({ customerNumber }) => customerNumber)].map(([customerNumber, own]) => ({
      kind: 'promise-broken',
      cause: `promise-broken:${customerNumber}`,
      severity: 'warning',
      subject: `Customer ${customerNumber} broke ${own.length === 1 ? 'a promise' : `${own.length} promises`} to pay`,
      body: own
        .map(
          ({ amountMinor, currency, promisedOn }) =>
            `${moneyText(amountMinor, currency)} were promised for ${promisedOn} and did not come.`,
        )
        .join('\n'),
    })),
  )
}

const yearDays = 365
const paidDays = 14

type Counted = PaidCount & { readonly isContacted: boolean }

function oddsOf(counts: readonly Counted[], bucketDays: readonly number[]): OddsRow[] {
  const groups = groupBy(
    counts,
    ({ segment, oldestDays }) => `${segment}\n${bucketOf(oldestDays, bucketDays)}`,
  )
  const sum = (own: readonly Counted[], isContacted: boolean, part: 'trials' | 'paid') =>
    own
      .filter((count) => count.isContacted === isContacted)
      .reduce((total, count) => total + count[part], 0)
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    return [
      {
        segment: first.segment,
        bucket: bucketOf(first.oldestDays, bucketDays),
        contactedTrials: sum(own, true, 'trials'),
        contactedPaid: sum(own, true, 'paid'),
        leftAloneTrials: sum(own, false, 'trials'),
        leftAlonePaid: sum(own, false, 'paid'),
      },
    ]
  })
}

/** Counts how often debts were paid within 14 days, after a contact and without one, over the last year. */
async function countExperience(
  tx: TenantTx,
  { now, today }: { readonly now: string; readonly today: string },
  { bucketDays }: CollectionsSettings,
): Promise<void> {
  const span: ExperienceSpan = { today, days: yearDays, paidDays }
  const firstDays = [1, ...bucketDays.map((end) => end + 1)]
  const contacted = await contactedCounts(tx, span)
  const leftAlone = await leftAloneCounts(tx, span, firstDays)
  const counts: Counted[] = [
    ...contacted.map((count) => ({ ...count, isContacted: true })),
    ...leftAlone.map((count) => ({ ...count, isContacted: false })),
  ]
  await replaceOdds(tx, oddsOf(counts, bucketDays), now)
}

/**
 * The daily round of collections, once a day and tenant from its hour on: marks promises as kept or broken, tells
 * people of broken ones, and counts own experience anew. Cheap when the day had its round.
 */
export async function collectionsRound(tx: TenantTx, queue: JobQueue): Promise<RoundOutcome> {
  if (await isRoundGone(tx)) return { outcome: 'gone-before' }
  const flow = await openFlowSetting(tx)
  const { now, today } = flow
  const { settings } = flow.policy(collectionsPolicy, {})
  const { timeZone } = await tenantDay(tx)
  const { minutes } = zoneClock(timeZone).read(Date.parse(now))
  if (minutes < minutesOf(settings.roundFrom)) return { outcome: 'too-early' }
  if (!(await takeRound(tx, today, now))) return { outcome: 'gone-before' }
  const decided = await judgeAll(
    tx,
    { now, today },
    (customerNumber) => flow.policy(collectionsPolicy, { customerNumber }).settings,
  )
  await tellOfPromises(tx, queue, decided, now)
  await countExperience(tx, { now, today }, settings)
  const kept = decided.filter(({ status }) => status === 'kept').length
  const broken = decided.length - kept
  await noteRound(tx, today, { kept, broken })
  return { outcome: 'done', kept, broken }
}
