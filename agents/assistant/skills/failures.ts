import { z } from 'zod'
import { finding } from '../../shared/finding.ts'
import { look } from '../../shared/investigation.ts'
import {
  safetyOfAll,
  safetyOfCall,
  safetyOfCluster,
  triageFailures,
} from '../../triage/triage-failures.ts'
import { findOrder, ordersNamed, referencesOf, type Skill } from './records.ts'

/** What failed, and what fixes most? */
export const failures: Skill = (asked, { timeZone }) =>
  triageFailures({ timeZone, since: asked.span?.since, sinceWords: asked.span?.words })

const Order = z.object({ order_id: z.string() })
const Failed = z.object({ items: z.array(z.object({ transaction_id: z.string() })) })

/** Is it safe to replay? */
export const replaySafety: Skill = function* (asked, { timeZone }) {
  const [call] = referencesOf(asked, ['transaction'])
  if (call !== undefined) return yield* safetyOfCall(call.text, { timeZone })
  const [cluster] = referencesOf(asked, ['cluster'])
  if (cluster !== undefined) return yield* safetyOfCluster(cluster.text, { timeZone })
  const [order] = ordersNamed(asked)
  if (order === undefined) return yield* safetyOfAll({ timeZone })
  const meant = yield* findOrder(order)
  if ('ask' in meant) return meant.ask
  const looked = yield* look({ name: 'order_get', args: { order: meant.id } }, Order)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { order_id } = looked.value
  const failed = yield* look({ name: 'failure_search', args: { order_id, limit: 5 } }, Failed)
  if (failed.outcome === 'refused') return finding(failed.why)
  const [first] = failed.value.items
  if (first === undefined)
    return finding(`No call for order ${meant.id} has failed, so there is nothing to replay.`)
  return yield* safetyOfCall(first.transaction_id, { timeZone })
}
