import type { JobQueue } from '../queue/job-queue.ts'
import type { Database } from '../store/database.ts'
import { cancelByPerson } from './cancel-by-person.ts'
import { placeHold } from './place-hold.ts'
import type { OrderActions } from './ports.ts'
import { releaseHold } from './release-hold.ts'

/** What a person does to an order: cancel it as far as it still can be, hold it, or lift one of its holds. */
export function orderActions({
  database,
  queue,
}: {
  readonly database: Database
  readonly queue: JobQueue
}): OrderActions {
  return {
    cancel: (act) => database.inTenant(act.tenantId, (tx) => cancelByPerson(tx, act, queue)),
    placeHold: (act) => database.inTenant(act.tenantId, (tx) => placeHold(tx, act, queue)),
    releaseHold: (act) => database.inTenant(act.tenantId, (tx) => releaseHold(tx, act, queue)),
  }
}
