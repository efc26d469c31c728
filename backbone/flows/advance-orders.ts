import type { JobQueue } from '../queue/job-queue.ts'
import type { BatchWork } from '../queue/worker.ts'
import type { TenantTx } from '../store/database.ts'
import { lockOrders } from '../store/orders/load-orders.ts'
import { openFlowSetting } from './flow-setting.ts'
import { openOrderBatch } from './order-batch.ts'
import { advance } from './order-to-cash.ts'

/** Takes orders as far as they can go now: at the end of a cancel window, when stock has come, after a hold. */
async function advanceOrders(
  tx: TenantTx,
  queue: JobQueue,
  orderIds: readonly string[],
): Promise<void> {
  const batch = openOrderBatch(await openFlowSetting(tx), await lockOrders(tx, orderIds))
  await advance(tx, batch)
  await batch.flush(tx, queue)
}

/** The work of the queue `advance-order`. */
export function advanceOrderWork(queue: JobQueue): BatchWork {
  return {
    queue: 'advance-order',
    batchSize: 100,
    work: (tx, ids) => advanceOrders(tx, queue, ids),
    // The order stays where it stands; the sweeper comes by again.
    onFailure: async () => 'set-aside',
  }
}
