import { setTimeout as wait } from 'node:timers/promises'
import type { Delivery, OrderBook, SentOrder } from './orders.ts'

/** What senders were promised: answered 2xx, so it must be there. */
export type Promised = {
  readonly purchaseOrders: ReadonlySet<string>
  readonly receipts: ReadonlySet<string>
}

/** Buyers who send through everything, and send again what got no answer. */
export type Load = {
  readonly promised: Promised
  /** Everything ever sent, answered or not. */
  readonly sent: ReadonlySet<string>
  readonly counts: { deliveries: number; resent: number; unanswered: number }
  /** Answers that no sender should get, such as 400 or 409. */
  readonly refusals: string[]
  /** Sends new orders until `pause`. */
  go(): void
  /** Takes no new orders; resolves when everything sent was answered, at most after so long. */
  pause(withinMs: number): Promise<boolean>
}

type Setting = {
  readonly url: string
  readonly ordersPerSecond: number
  readonly book: OrderBook
  readonly firstNumber: number
  /** Tells the shop of its order before the shop tells us. */
  readonly placeShopOrder: (text: string) => Promise<unknown>
}

// More waiting for an answer than this, and buyers hold back.
const mostOpen = 150

async function post(url: string, { path, headers, text }: Delivery): Promise<Response | undefined> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers },
      body: text,
      signal: AbortSignal.timeout(15_000),
    })
    await answer.arrayBuffer()
    return answer
  } catch {
    return undefined
  }
}

const asksForAnother = (status: number) => status === 429 || status >= 500

// Longer than this no round could wait.
const longestWaitMs = 5_000

function askedToWaitMs(answer: Response | undefined): number {
  const seconds = Number(answer?.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.min(longestWaitMs, seconds * 1_000) : 0
}

async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work()
      return
    } catch {
      await wait(300)
    }
  }
}

/** Opens the load; nothing is sent before `go`. */
export function openLoad(setting: Setting): Load {
  const { url, ordersPerSecond, book, placeShopOrder } = setting
  const promised = { purchaseOrders: new Set<string>(), receipts: new Set<string>() }
  const sent = new Set<string>()
  const counts = { deliveries: 0, resent: 0, unanswered: 0 }
  const refusals: string[] = []
  let next = setting.firstNumber
  let isGoing = false
  let generator: Promise<void> = Promise.resolve()
  const open = new Set<Promise<void>>()

  /** Sends until it is taken or refused; gives the answer's status. */
  async function sendUntilAnswered(delivery: Delivery): Promise<number> {
    for (let tries = 0; ; tries += 1) {
      const answer = await post(url, delivery)
      if (answer === undefined) counts.unanswered += 1
      else if (!asksForAnother(answer.status)) return answer.status
      await wait(Math.max(askedToWaitMs(answer), Math.min(2_000, 200 * 2 ** tries)))
      counts.resent += 1
    }
  }
  async function deliver(order: SentOrder, delivery: Delivery): Promise<void> {
    await wait(delivery.afterMs)
    counts.deliveries += 1
    const status = await sendUntilAnswered(delivery)
    if (status >= 300) refusals.push(`${order.purchaseOrderNumber} ${delivery.path}: ${status}`)
    else if (delivery.receipt !== undefined) promised.receipts.add(delivery.receipt)
  }
  async function sendAll(order: SentOrder): Promise<void> {
    const { shopText, deliveries, purchaseOrderNumber } = order
    if (shopText !== undefined) await untilDone(() => placeShopOrder(shopText))
    sent.add(purchaseOrderNumber)
    await Promise.all(deliveries.map((delivery) => deliver(order, delivery)))
    promised.purchaseOrders.add(purchaseOrderNumber)
  }
  async function generate(): Promise<void> {
    while (isGoing) {
      if (open.size < mostOpen) {
        const sending = sendAll(book(next)).finally(() => open.delete(sending))
        open.add(sending)
        next += 1
      }
      await wait(1_000 / ordersPerSecond)
    }
  }
  return {
    promised,
    sent,
    counts,
    refusals,
    go() {
      isGoing = true
      generator = generate()
    },
    async pause(withinMs) {
      isGoing = false
      await generator
      const all = Promise.all([...open]).then(() => true)
      return Promise.race([all, wait(withinMs, false, { ref: false })])
    },
  }
}
