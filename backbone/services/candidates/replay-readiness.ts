import type { Evidence } from '../../canonical/decision.ts'
import type { TenantTx } from '../../store/database.ts'
import { type ChangeRow, changesBetween, recordsChanged } from '../../store/triage/changes.ts'
import { replaysUnderWay } from '../../store/triage/clusters.ts'
import type { CauseStanding } from '../triage/describe-cause.ts'

/** Whether the calls of a cause may be sent again by now, and why. */
type ReplayReadiness = {
  readonly isReady: boolean
  readonly evidence: Evidence
  /** What was changed since, where that is why. */
  readonly mendedBy?: string
}

const ready = (text: string): ReplayReadiness => ({
  isReady: true,
  evidence: { weighs: 'for', text: text.slice(0, 500) },
})

const notYet = (text: string): ReplayReadiness => ({
  isReady: false,
  evidence: { weighs: 'against', text: text.slice(0, 500) },
})

// The thing at the root of a cause, such as `item 1009`.
const rootOf = ({ rootEntity }: CauseStanding) => (rootEntity ?? '').split(' ')

const namesOf = (clusters: readonly CauseStanding[], wanted: string): string[] =>
  clusters.flatMap((cluster) => {
    const [kind, name] = rootOf(cluster)
    return kind === wanted && name !== undefined ? [name] : []
  })

const isMendedByRecord = ({ remedy }: CauseStanding) => remedy === 'fix_master_data'
const isMendedBySetting = ({ remedy }: CauseStanding) =>
  remedy === 'refresh_credentials' || remedy === 'change_config' || remedy === 'fix_mapping'

/** What shows whether causes are mended, loaded for all of them at once. */
type MendingFacts = {
  readonly underWay: ReadonlySet<string>
  readonly records: readonly ChangeRow[]
  readonly settings: readonly ChangeRow[]
}

async function mendingFacts(
  tx: TenantTx,
  clusters: readonly CauseStanding[],
): Promise<MendingFacts> {
  const replaying = clusters.filter(({ state }) => state === 'replaying')
  const byRecord = clusters.filter(isMendedByRecord)
  const bySetting = clusters.filter(isMendedBySetting)
  const since = (some: readonly CauseStanding[]) => ({
    from: some.map(({ lastFailedAt }) => lastFailedAt).toSorted()[0] ?? 'infinity',
    to: 'infinity',
  })
  const [items, customers] = [namesOf(byRecord, 'item'), namesOf(byRecord, 'customer')]
  const [underWay, records, settings] = await Promise.all([
    replaysUnderWay(
      tx,
      replaying.map(({ clusterId }) => clusterId),
    ),
    byRecord.length === 0 ? [] : recordsChanged(tx, { items, customers, ...since(byRecord) }),
    bySetting.length === 0 ? [] : changesBetween(tx, since(bySetting)),
  ])
  return { underWay, records, settings }
}

/** What was changed since the last of the calls failed that its remedy asks for. */
function mendedBy(cluster: CauseStanding, facts: MendingFacts): string | undefined {
  const isSince = ({ at }: ChangeRow) => Date.parse(at) >= Date.parse(cluster.lastFailedAt)
  if (isMendedByRecord(cluster)) {
    const [kind, name = ''] = rootOf(cluster)
    return facts.records.find(
      (change) =>
        isSince(change) &&
        change.subject.startsWith(`${kind === 'item' ? 'products' : `${kind}s`}:`) &&
        change.alsoKnownAs.includes(name),
    )?.summary
  }
  if (!isMendedBySetting(cluster)) return undefined
  const connections = new Set(cluster.blastRadius.connections.map((id) => `connection:${id}`))
  return facts.settings.find((change) => isSince(change) && connections.has(change.subject))
    ?.summary
}

function readinessOf(cluster: CauseStanding, facts: MendingFacts): ReplayReadiness {
  const { state, remedy, plan, advice } = cluster
  if (state === 'replaying')
    return facts.underWay.has(cluster.clusterId)
      ? notYet(
          'Others of its calls are being sent again at this moment: what comes of them shows whether it is mended.',
        )
      : ready('Those of its calls that were sent again went through.')
  if (plan.parked > 0)
    return notYet(`The connection is away: ${plan.parked} calls go by themselves once it is back.`)
  if (state === 'fixed') return ready('Somebody has said that the cause is mended.')
  if (remedy === 'retry') return ready(`Nothing has to be mended first. ${advice}`)
  if (remedy === 'wait_parent') return ready('What they wait for is looked for again.')
  const mended = mendedBy(cluster, facts)
  if (mended !== undefined)
    return { ...ready(`Changed since the last of them failed: ${mended}`), mendedBy: mended }
  return notYet(
    `Not mended yet, so they would fail again: ${cluster.proposedChange.text} Then say that it is fixed.`,
  )
}

/** A cause with whether it is mended. */
export type JudgedCause<Cause extends CauseStanding = CauseStanding> = {
  readonly cluster: Cause
  readonly readiness: ReplayReadiness
}

/**
 * Whether causes are mended, so that their calls may go again: what passes by itself may; all else once somebody has
 * said that it is fixed, or the thing at its root was changed since.
 */
export async function judgedCauses<Cause extends CauseStanding>(
  tx: TenantTx,
  clusters: readonly Cause[],
): Promise<JudgedCause<Cause>[]> {
  if (clusters.length === 0) return []
  const facts = await mendingFacts(tx, clusters)
  return clusters.map((cluster) => ({ cluster, readiness: readinessOf(cluster, facts) }))
}
