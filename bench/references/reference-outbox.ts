import { setTimeout as wait } from 'node:timers/promises'
import type { ReferenceBooks, ReferenceOrder, ReleasedOrder } from './reference-work.ts'

type OutboxPlan = {
  readonly books: ReferenceBooks
  readonly toErp: (order: ReferenceOrder) => Promise<string>
}

const callsAtOnce = 32

/** Sends accepted orders to the ERP in the background, thirty-two at a time, and marks them released in batches. */
export function referenceOutbox({ books, toErp }: OutboxPlan): {
  deliver(order: ReferenceOrder): void
} {
  const queue: { readonly order: ReferenceOrder; readonly tries: number }[] = []
  const done: ReleasedOrder[] = []
  let active = 0
  let isMarking = false

  const mark = async () => {
    if (isMarking) return
    isMarking = true
    while (done.length > 0) await books.markReleased(done.splice(0, 500))
    isMarking = false
  }
  const deliverOne = async (order: ReferenceOrder, tries: number) => {
    try {
      done.push({ orderNumber: order.order_no, erpId: await toErp(order) })
      mark().catch(() => process.exit(1))
    } catch {
      await wait(Math.min(5_000, 100 * 2 ** tries))
      queue.push({ order, tries: tries + 1 })
    }
  }
  const pump = () => {
    while (active < callsAtOnce) {
      const next = queue.shift()
      if (next === undefined) return
      active += 1
      deliverOne(next.order, next.tries).then(ended, ended)
    }
  }
  const ended = () => {
    active -= 1
    pump()
  }
  return {
    deliver(order) {
      queue.push({ order, tries: 1 })
      pump()
    },
  }
}
