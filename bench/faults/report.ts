import type { DoubtfulCalls } from './facts.ts'
import type { DatabaseKind, FaultOptions } from './options.ts'
import type { RoundPlan } from './plan.ts'
import { offenders, type Proof } from './proof.ts'

/** One round, as it was run. */
export type RoundResult = {
  readonly round: number
  readonly plan: RoundPlan
  readonly made: readonly string[]
  readonly notRun: readonly string[]
  /** Orders acknowledged and effects at the outside systems in this round. */
  readonly accepted: number
  readonly effects: number
  /** Effects that a system with a look-up has had twice, up to now. */
  readonly doubledSoFar: number
  /** Calls in doubt at the end of the round; undefined when nobody answered. */
  readonly inDoubtNow: number | undefined
  /** Processes that ended by themselves in this round, and those that had to be ended. */
  readonly ownEnds: number
  readonly frozen: number
}

/** What was proved after some rounds. */
export type ProofResult = {
  readonly afterRound: number
  readonly blockSeed: number
  readonly rounds: number
  readonly orders: number
  readonly receipts: number
  readonly effects: number
  readonly calls: number
  readonly proof: Proof
  readonly doubtful: DoubtfulCalls
  readonly repeatedWebhooks: number
  readonly parked: number
  readonly refusals: readonly string[]
  /** What had not come to rest in time. */
  readonly restless: readonly string[]
  readonly restSeconds: number
  /** SIGTERM ended the processes in peace. */
  readonly isStopped: boolean
  readonly isVerified: boolean
  readonly verifyWords: string
}

/** Everything about the run on one database. */
export type DatabaseResult = {
  readonly database: DatabaseKind
  readonly seed: number
  readonly rounds: readonly RoundResult[]
  readonly proofs: readonly ProofResult[]
  readonly sent: number
  readonly deliveries: number
  readonly resent: number
  readonly seconds: number
}

/** Whether a proof shows that something is wrong. */
export function isFailed(result: ProofResult): boolean {
  const { proof, refusals, restless, isStopped, isVerified } = result
  const isAtFault = offenders(proof) + refusals.length + restless.length > 0
  return isAtFault || !isStopped || !isVerified
}

/** The command that runs the rounds of a failed proof again. */
export function repeatCommand(
  database: DatabaseKind,
  { blockSeed, rounds }: Pick<ProofResult, 'blockSeed' | 'rounds'>,
  { secondsPerRound, ordersPerSecond }: FaultOptions,
): string {
  return `npm run faults -- --database ${database} --rounds ${rounds} --rest-every ${rounds} --seed ${blockSeed} --seconds-per-round ${secondsPerRound} --rate ${ordersPerSecond}`
}

/** A round in one line. */
export function roundLine(result: RoundResult): string {
  const { round, plan, made, notRun, accepted, effects, doubledSoFar, ownEnds, frozen } = result
  const inDoubt = result.inDoubtNow ?? 'unknown'
  const ends = ownEnds === 0 ? '' : `; ${ownEnds} ends of its own, started again`
  const hung = frozen === 0 ? '' : `; ${frozen} times hung, killed and started again`
  const left = notRun.length === 0 ? '' : `; NOT RUN: ${notRun.join(', ')}`
  return `  round ${round} (seed ${plan.seed}): ${made.join(', ')}; sink 0-${plan.slowMs} ms with 429, 500, 503 and resets; accepted ${accepted}, effects ${effects}, in doubt now ${inDoubt}, doubled so far ${doubledSoFar}${ends}${hung}${left}`
}

/** A proof in one line. */
export function proofLine(result: ProofResult): string {
  const { proof, doubtful } = result
  const words = [
    `${result.orders} orders, ${result.receipts} receipts, ${result.calls} calls, ${result.effects} effects`,
    `in doubt ${doubtful.inDoubt} (found by look-up ${doubtful.lookedUp}, killed on the way ${doubtful.killed})`,
    `webhooks told again ${result.repeatedWebhooks}, parked ${result.parked}`,
    `lost ${proof.lost.length}, doubled ${proof.doubled.length}, stuck ${proof.stuck.length}, out of order ${proof.outOfOrder.length}, refused ${result.refusals.length}`,
    `chains ${result.isVerified ? 'verify' : 'DO NOT VERIFY'}`,
    `at rest after ${result.restSeconds} s`,
  ]
  return `  proof after round ${result.afterRound}: ${words.join('; ')}${isFailed(result) ? '  FAILED' : ''}`
}

const shown = 12

/** The offenders of a failed proof and how to see them again. */
export function failureLines(
  database: DatabaseKind,
  result: ProofResult,
  options: FaultOptions,
): string[] {
  const { proof, refusals, restless, isStopped, isVerified, verifyWords } = result
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['lost', proof.lost],
    ['doubled', proof.doubled],
    ['stuck', proof.stuck],
    ['out of order', proof.outOfOrder],
    ['refused', refusals],
    ['not at rest', restless],
  ]
  const named = lists.flatMap(([what, names]) =>
    names.length === 0
      ? []
      : [
          `    ${what}: ${names.slice(0, shown).join('; ')}${names.length > shown ? `; and ${names.length - shown} more` : ''}`,
        ],
  )
  return [
    ...named,
    ...(isStopped ? [] : ['    SIGTERM did not end the processes in peace.']),
    ...(isVerified ? [] : [`    verify: ${verifyWords}`]),
    `    seed ${result.blockSeed}; again with: ${repeatCommand(database, result, options)}`,
  ]
}

const columns = ['database', 'rounds', 'orders', 'effects', 'in doubt', 'lost', 'doubled'] as const
const moreColumns = ['stuck', 'out of order', 'not run', 'longest rest s', 'result'] as const

function row({ database, rounds, proofs, sent }: DatabaseResult): string[] {
  const sum = (count: (result: ProofResult) => number) =>
    String(proofs.reduce((total, result) => total + count(result), 0))
  const last = proofs.at(-1)
  return [
    database,
    String(rounds.length),
    String(sent),
    String(last?.effects ?? 0),
    String(last?.doubtful.inDoubt ?? 0),
    sum(({ proof }) => proof.lost.length),
    sum(({ proof }) => proof.doubled.length),
    sum(({ proof }) => proof.stuck.length),
    sum(({ proof }) => proof.outOfOrder.length),
    String(rounds.reduce((total, { notRun }) => total + notRun.length, 0)),
    String(Math.max(0, ...proofs.map((result) => result.restSeconds))),
    proofs.some(isFailed) ? 'FAILED' : 'ok',
  ]
}

/** The table at the end. */
export function table(results: readonly DatabaseResult[]): string {
  const rows = [[...columns, ...moreColumns], ...results.map(row)]
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  return rows
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .join('\n')
}
