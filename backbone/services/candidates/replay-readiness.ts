import type { Evidence } from '../../canonical/decision.ts'
import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../../store/database.ts'
import { databaseNow } from '../../store/events.ts'
import { changesBetween, recordsChanged } from '../../store/triage/changes.ts'
import { isReplayUnderWay } from '../../store/triage/clusters.ts'
import { causeNow } from '../triage/triage-service.ts'

/** Whether the calls of a cause may be sent again by now, and why. */
export type ReplayReadiness = { readonly isReady: boolean; readonly evidence: Evidence }

const ready = (text: string): ReplayReadiness => ({
  isReady: true,
  evidence: { weighs: 'for', text: text.slice(0, 500) },
})

const notYet = (text: string): ReplayReadiness => ({
  isReady: false,
  evidence: { weighs: 'against', text: text.slice(0, 500) },
})

/** What was changed since the last of the calls failed that its remedy asks for. */
async function mendedBy(tx: TenantTx, cluster: FailureCluster): Promise<string | undefined> {
  const { remedy, rootEntity, lastFailedAt, blastRadius } = cluster
  const moments = { from: lastFailedAt, to: await databaseNow(tx) }
  if (remedy === 'fix_master_data') {
    const [kind, name] = (rootEntity ?? '').split(' ')
    const items = kind === 'item' && name !== undefined ? [name] : []
    const customers = kind === 'customer' && name !== undefined ? [name] : []
    const changed = await recordsChanged(tx, { items, customers, ...moments })
    return changed[0]?.summary
  }
  if (remedy !== 'refresh_credentials' && remedy !== 'change_config') return undefined
  const connections = new Set(blastRadius.connections.map((id) => `connection:${id}`))
  const changed = await changesBetween(tx, moments)
  return changed.find(({ subject }) => connections.has(subject))?.summary
}

/**
 * Whether a cause is mended, so that its calls may go again: what passes by itself may; all else once somebody has
 * said that it is fixed, or the thing at its root was changed since.
 */
export async function replayReadiness(
  tx: TenantTx,
  cluster: FailureCluster,
): Promise<ReplayReadiness> {
  const { state, remedy, plan, advice } = cluster
  if (state === 'replaying')
    return (await isReplayUnderWay(tx, cluster.clusterId))
      ? notYet(
          'Others of its calls are being sent again at this moment: what comes of them shows whether it is mended.',
        )
      : ready('Those of its calls that were sent again went through.')
  if (plan.parked > 0)
    return notYet(`The connection is away: ${plan.parked} calls go by themselves once it is back.`)
  if (state === 'fixed') return ready('Somebody has said that the cause is mended.')
  if (remedy === 'retry') return ready(`Nothing has to be mended first. ${advice}`)
  if (remedy === 'wait_parent') return ready('What they wait for is looked for again.')
  const mended = await mendedBy(tx, cluster)
  if (mended !== undefined) return ready(`Changed since the last of them failed: ${mended}`)
  return notYet(
    `Not mended yet, so they would fail again: ${cluster.proposedChange.text} Then say that it is fixed.`,
  )
}

/** The cause that a failed call belongs to, as it stands now. */
export function causeOfCall(
  tx: TenantTx,
  transactionId: string,
): Promise<FailureCluster | undefined> {
  return causeNow(tx, ({ calls, dependants }) =>
    [...calls, ...dependants].some((call) => call.transactionId === transactionId),
  )
}
