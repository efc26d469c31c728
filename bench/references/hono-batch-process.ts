import { openReferenceDoor, referencePlace } from './reference-door.ts'
import { referenceOutbox } from './reference-outbox.ts'
import { erpClient, openReferenceBooks, type ReferenceOrder } from './reference-work.ts'

// Reference "batch": like "outbox", but the orders of a few milliseconds share one statement and one commit.
const { port, databaseUrl, erpUrl } = referencePlace(process.argv)
const books = openReferenceBooks(databaseUrl)
const outbox = referenceOutbox({ books, toErp: erpClient(erpUrl) })
for (const order of await books.waiting()) outbox.deliver(order)

type Waiting = {
  readonly order: ReferenceOrder
  committed(isFresh: boolean): void
  failed(error: unknown): void
}
const waiting: Waiting[] = []
let isCommitting = false

async function commitTogether(batch: readonly Waiting[]): Promise<void> {
  try {
    const fresh = await books.insert(batch.map(({ order }) => order))
    for (const { order, committed } of batch) committed(fresh.has(order.order_no))
  } catch (error) {
    for (const { failed } of batch) failed(error)
  }
}

async function commitAll(): Promise<void> {
  if (isCommitting) return
  isCommitting = true
  while (waiting.length > 0) await commitTogether(waiting.splice(0, 200))
  isCommitting = false
}

openReferenceDoor({
  port,
  mistakes: books.mistakes,
  async accept(order) {
    const isFresh = await new Promise<boolean>((committed, failed) => {
      waiting.push({ order, committed, failed })
      commitAll().catch(failed)
    })
    if (isFresh) outbox.deliver(order)
    return { status: 202, says: { order_no: order.order_no, status: 'accepted' } }
  },
})
