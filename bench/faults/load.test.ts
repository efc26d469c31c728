import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { openLoad } from './load.ts'
import type { OrderBook } from './orders.ts'

/** A door that answers the tries of each delivery in turn as told; after the last one always 202. */
async function doorThat(answers: Readonly<Record<string, readonly (number | 'cut')[]>>) {
  const tries = new Map<string, number>()
  const answer = (response: ServerResponse, word: number | 'cut') => {
    if (word === 'cut') response.socket?.destroy()
    else response.writeHead(word).end()
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const nth = tries.get(path) ?? 0
    tries.set(path, nth + 1)
    request.resume().once('end', () => answer(response, answers[path]?.[nth] ?? 202))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    tries,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const book: OrderBook = (number) => ({
  purchaseOrderNumber: `FLT-${number}`,
  deliveries: [
    { path: `/order-${number}`, headers: {}, text: '{}', afterMs: 0, receipt: `order-${number}` },
    { path: `/change-${number}`, headers: {}, text: '{}', afterMs: 1 },
  ],
})

test('what got no answer is sent again until it does, and counts as promised only then', async () => {
  const door = await doorThat({ '/order-1': ['cut', 503, 500, 202], '/change-2': [400] })
  try {
    const load = openLoad({
      ...{ url: door.url, ordersPerSecond: 200, book, firstNumber: 1 },
      placeShopOrder: () => Promise.resolve(),
    })
    load.go()
    expect(await load.pause(10_000)).toBe(true)
    expect(door.tries.get('/order-1')).toBe(4)
    expect(load.counts.resent).toBeGreaterThanOrEqual(3)
    expect(load.promised.receipts).toContain('order-1')
    expect(load.promised.purchaseOrders).toContain('FLT-1')
  } finally {
    await door.close()
  }
})

test('an answer no sender should get is kept as a refusal and never sent again', async () => {
  const door = await doorThat({ '/order-1': [409] })
  try {
    const load = openLoad({
      ...{ url: door.url, ordersPerSecond: 200, book, firstNumber: 1 },
      placeShopOrder: () => Promise.resolve(),
    })
    load.go()
    await load.pause(10_000)
    expect(door.tries.get('/order-1')).toBe(1)
    expect(load.refusals[0]).toBe('FLT-1 /order-1: 409')
    expect(load.promised.receipts.has('order-1')).toBe(false)
  } finally {
    await door.close()
  }
})
