import type { JobQueue } from '../queue/job-queue.ts'
import { lockCreditAccounts } from '../store/checks/credit-accounts.ts'
import { ordersAwaitingCredit, takeCreditReviews } from '../store/checks/credit-reviews.ts'
import type { TenantTx } from '../store/database.ts'

const mostReviews = 500
// Jobs are put in by so many at once; none is left out, since nobody would ask for it again.
const jobsAtOnce = 1_000

/**
 * Money has come, a credit note, a cancelled order or another limit: orders of these families that wait for
 * credit are looked at again. Returns how many.
 */
export async function reviewCredit(tx: TenantTx, queue: JobQueue): Promise<number> {
  const customerNumbers = await takeCreditReviews(tx, mostReviews)
  if (customerNumbers.length === 0) return 0
  // A check under way may have read the ledgers before the money came and hold its order only now: it is waited for.
  await lockCreditAccounts(
    tx,
    customerNumbers.map((customerNumber) => ({ customerNumber, isJudged: true })),
  )
  const orderIds = await ordersAwaitingCredit(tx, customerNumbers)
  for (let start = 0; start < orderIds.length; start += jobsAtOnce)
    await queue.enqueue(tx, 'advance-order', orderIds.slice(start, start + jobsAtOnce))
  return orderIds.length
}
