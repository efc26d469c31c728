import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow, type EventDraft } from '../../store/events.ts'
import { closeCleared, moveOnByDeeds, noteGivenUp } from '../../store/triage/clusters.ts'
import { placeAsides, setAsideDocuments } from '../../store/triage/set-aside.ts'
import { failuresOfAsides } from './failures.ts'

const nameOf = (clusterId: string) => clusterId.slice(clusterId.indexOf('/') + 1)

/** Documents that were set aside since the last look get their cause; one that people had done with is open again. */
async function placeNewAsides(tx: TenantTx, at: string): Promise<EventDraft[]> {
  const rows = await setAsideDocuments(tx, 'of-no-cause')
  if (rows.length === 0) return []
  const places = (await failuresOfAsides(tx, rows)).flatMap(({ rootKey, setAside }) =>
    setAside === undefined ? [] : [{ quarantineId: setAside.quarantineId, clusterId: rootKey }],
  )
  await placeAsides(tx, places)
  const again = await noteGivenUp(
    tx,
    places.map(({ clusterId }) => clusterId),
    at,
  )
  return again.map(({ clusterId, recurrences }) => ({
    kind: 'failure-cluster.reopened',
    actor: 'triage',
    summary: `The cause ${nameOf(clusterId)} has come again (${recurrences}).`,
    body: { clusterId, recurrences },
  }))
}

/**
 * Takes causes of failures through their states by what has happened: documents set aside open them (again), a look of
 * an agent diagnoses them, a proposal about them counts as a proposed fix, and when nothing fails any more they close.
 */
export async function followClusters(tx: TenantTx): Promise<void> {
  const at = await databaseNow(tx)
  const reopened = await placeNewAsides(tx, at)
  const moved = await moveOnByDeeds(tx, at)
  const closed = await closeCleared(tx, at)
  const events = [
    ...reopened,
    ...moved.map(({ clusterId, from, to }) => ({
      kind: `failure-cluster.${to}`,
      actor: 'triage',
      summary: `The cause ${nameOf(clusterId)} is ${to}, before ${from}.`,
      body: { clusterId, from, to },
    })),
    ...closed.map((clusterId) => ({
      kind: 'failure-cluster.closed',
      actor: 'triage',
      summary: `The cause ${nameOf(clusterId)} is closed: nothing fails by it any more.`,
      body: { clusterId },
    })),
  ]
  if (events.length > 0) await appendTenantEvents(tx, events, at)
}
