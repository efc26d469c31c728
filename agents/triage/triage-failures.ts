import { z } from 'zod'
import { WireCandidate } from '../../tools/wire/candidate.ts'
import { WireCluster } from '../../tools/wire/cluster.ts'
import { WireEvidence } from '../../tools/wire/evidence.ts'
import { type Finding, finding, type Option } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { optionsOf } from '../shared/options.ts'
import { asOfText, counted, listed, localTime, sentence } from '../shared/words.ts'

type Cluster = z.output<typeof WireCluster>

const Triaged = z.object({
  as_of: z.string(),
  clusters: z.int(),
  failed: z.int(),
  items: z.array(WireCluster),
})

const Safety = z.object({
  is_safe_now: z.boolean(),
  why: WireEvidence,
  cluster: WireCluster,
  plan: z.string(),
  goes_again: z.int(),
  dropped_count: z.int(),
  candidates: z.array(WireCandidate),
})
type Safety = z.output<typeof Safety>

const Dropped = z.object({ cluster_id: z.string(), operation: z.string(), reason: z.string() })

const Safeties = z.object({
  as_of: z.string(),
  causes: z.array(Safety),
  dropped: z.array(Dropped),
})
type Safeties = z.output<typeof Safeties>

type Clock = { readonly timeZone: string }

/** What people call a cause. */
const nameOf = ({ cause, error_class, error_code }: Cluster): string =>
  cause === undefined ? `${error_class} ${error_code}` : `${cause} (${error_class})`

/** How many calls one fix brings through: those of the cause and those behind it. */
const solvedBy = ({ calls, dependants }: Cluster): number => calls + dependants

function wordsOfCluster(cluster: Cluster, place: number, { timeZone }: Clock): string {
  const { calls, dependants, orders, blocked, fix, replay, suspects, last_failed_at } = cluster
  const behind = dependants === 0 ? '' : ` and ${dependants} behind them`
  const money =
    orders === 0
      ? ''
      : `, ${counted(orders, 'order')} held up${blocked.length === 0 ? '' : ` worth ${listed(blocked.map(({ text }) => text))}`}`
  const suspect =
    suspects[0] === undefined ? [] : [`   Changed shortly before: ${sentence(suspects[0])}`]
  return [
    `${place + 1}. ${nameOf(cluster)}: ${counted(calls, 'call')}${behind}${money}. Last failed ${localTime(last_failed_at, timeZone)}. ${sentence(cluster.advice)}`,
    `   Fix (${cluster.remedy}): ${sentence(fix)}`,
    `   Replay: ${sentence(replay)}`,
    ...suspect,
  ].join('\n')
}

function wordsOfSafety(
  { cluster, is_safe_now, why, plan, dropped_count }: Safety,
  dropped: Safeties['dropped'],
): string {
  const first = dropped.find(({ cluster_id: id }) => id === cluster.cluster_id)
  const because = why.text === '' ? sentence(cluster.advice) : sentence(why.text)
  const left = first === undefined ? '' : `, such as ${first.operation}: ${sentence(first.reason)}`
  return [
    is_safe_now
      ? `${nameOf(cluster)}: yes, it is safe to replay now. ${because}`
      : `${nameOf(cluster)}: not now. ${because} First: ${sentence(cluster.fix)}`,
    sentence(plan),
    ...(dropped_count === 0
      ? []
      : [`${counted(dropped_count, 'call')} would be left out${left === '' ? '.' : left}`]),
  ].join(' ')
}

const optionsOfSafety = ({ cluster, candidates }: Safety): Option[] =>
  optionsOf(
    candidates,
    { subject: { kind: 'cluster', id: cluster.cluster_id }, label: nameOf(cluster) },
    ['retry-transactions'],
  )

/** All that is asked of causes at once: they are looked at together. */
const safetyOf = (ids: readonly string[]) =>
  look({ name: 'replay_safety', args: { cluster_ids: [...ids] } }, Safeties)

/** Whether the calls of one cause may be sent again, and what that would do. */
export function* safetyOfCluster(clusterId: string, { timeZone }: Clock): Investigation<Finding> {
  const looked = yield* safetyOf([clusterId])
  if (looked.outcome === 'refused') return finding(looked.why)
  const { causes, dropped, as_of: asOf } = looked.value
  const words = causes.map((safety) => wordsOfSafety(safety, dropped))
  return finding([...words, asOfText(asOf, timeZone)].join(' '), {
    options: causes.flatMap(optionsOfSafety),
    listed: causes.map(({ cluster }) => nameOf(cluster)),
  })
}

const looksAt = 5

function mostSolving(clusters: readonly Cluster[]): Cluster | undefined {
  return clusters.toSorted((a, b) => solvedBy(b) - solvedBy(a))[0]
}

/** Causes of what failed, which fix brings most through, and what may be sent again now. */
export function* triageFailures({
  timeZone,
  since,
  sinceWords,
}: Clock & {
  readonly since?: string | undefined
  readonly sinceWords?: string | undefined
}): Investigation<Finding> {
  const args = since === undefined ? { limit: looksAt } : { failed_since: since, limit: looksAt }
  const looked = yield* look({ name: 'failure_triage', args }, Triaged)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { clusters, failed, items, as_of: asOf } = looked.value
  const when =
    since === undefined
      ? ''
      : ` since ${localTime(since, timeZone)}${sinceWords === undefined ? '' : ` (${sinceWords})`}`
  const most = mostSolving(items)
  if (most === undefined)
    return finding(`Nothing failed${when} that is still open. ${asOfText(asOf, timeZone)}`, {
      questions: ['Are all connections working?', 'What must I release before cut-off?'],
    })
  const pressing = items.slice(0, 3).map(({ cluster_id: id }) => id)
  const safety = yield* safetyOf(pressing)
  const options = safety.outcome === 'found' ? safety.value.causes.flatMap(optionsOfSafety) : []
  const shown = clusters > items.length ? ` The ${items.length} most pressing:` : ''
  const words = [
    `${counted(failed, 'call')} failed${when} and ${failed === 1 ? 'is' : 'are'} open, from ${counted(clusters, 'cause')}.${shown}`,
    ...items.map((cluster, place) => wordsOfCluster(cluster, place, { timeZone })),
    `What fixes most: ${nameOf(most)}. One fix and one replay bring ${counted(solvedBy(most), 'call')} through.`,
    options.length === 0
      ? 'Nothing of it is safe to send again before its fix.'
      : `Safe to send again now: ${listed([...new Set(options.map(({ label }) => label))])}.`,
    asOfText(asOf, timeZone),
  ].join('\n')
  return finding(words, {
    options,
    questions: ['Is it safe to replay?', 'Are all connections working?'],
    listed: items.map(nameOf),
  })
}

const Call = z.object({
  as_of: z.string(),
  transaction_id: z.string(),
  operation: z.string(),
  number: z.string(),
  status: z.string(),
  attempts: z.int(),
  error_class: z.string().optional(),
  cluster_id: z.string().optional(),
  candidates: z.array(WireCandidate).default([]),
})

/** Whether one call may be sent again. */
export function* safetyOfCall(transactionId: string, { timeZone }: Clock): Investigation<Finding> {
  const looked = yield* look(
    { name: 'transaction_get', args: { transaction_id: transactionId } },
    Call,
  )
  if (looked.outcome === 'refused') return finding(looked.why)
  const call = looked.value
  const options = optionsOf(
    call.candidates,
    { subject: { kind: 'transaction', id: call.transaction_id }, label: call.transaction_id },
    ['retry-transactions'],
  )
  const opening = `${call.operation} for ${call.number} (${call.transaction_id}) is ${call.status} after ${counted(call.attempts, 'attempt')}.`
  const safe =
    options.length > 0
      ? 'It is safe to send again now.'
      : 'The rules do not offer to send it again now.'
  const own = finding(`${opening} ${safe} ${asOfText(call.as_of, timeZone)}`, { options })
  if (call.cluster_id === undefined) return own
  const cause = yield* safetyOfCluster(call.cluster_id, { timeZone })
  return {
    ...own,
    words: `${opening} Its cause: ${cause.words}`,
    options: options.length > 0 ? options : cause.options,
  }
}

/** Whether what failed may be sent again, cause by cause. */
export function* safetyOfAll({ timeZone }: Clock): Investigation<Finding> {
  const looked = yield* look({ name: 'failure_triage', args: { limit: looksAt } }, Triaged)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, clusters, as_of: asOf } = looked.value
  if (items.length === 0)
    return finding(`Nothing has failed that could be replayed. ${asOfText(asOf, timeZone)}`)
  const safety = yield* safetyOf(items.map(({ cluster_id: id }) => id))
  const { causes: found, dropped } =
    safety.outcome === 'found' ? safety.value : { causes: [], dropped: [] }
  const safe = found.filter(({ is_safe_now }) => is_safe_now).length
  const shown = clusters > items.length ? ` The ${items.length} most pressing of ${clusters}:` : ''
  const words = [
    `It is safe for ${safe} of ${counted(found.length, 'cause')}.${shown}`,
    ...found.map((one, place) => `${place + 1}. ${wordsOfSafety(one, dropped)}`),
    asOfText(asOf, timeZone),
  ].join('\n')
  return finding(words, {
    options: found.flatMap(optionsOfSafety),
    questions: ['What failed since yesterday and what fixes most?'],
    listed: found.map(({ cluster }) => nameOf(cluster)),
  })
}
