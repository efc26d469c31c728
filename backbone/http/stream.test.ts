import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import { TimelineEvent } from '../canonical/views/order-view.ts'
import type { TenantTx } from '../store/database.ts'
import { appendOrderEvents, appendTenantEvents, databaseNow } from '../store/events.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor({
    options: { streamPace: { pollMs: 5, heartbeatMs: 20, lifeMs: 20_000 } },
  })
})
afterAll(() => door.close())

const happen = (tenantId: string, summary: string) =>
  door.database.inTenant(tenantId, async (tx: TenantTx) =>
    appendTenantEvents(
      tx,
      [{ kind: 'connection.changed', actor: 'key:Test', summary }],
      await databaseNow(tx),
    ),
  )

/** Reads a stream until the text it has brought matches. */
function reading(answer: Response) {
  const reader = answer.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) throw new Error(`The stream ended after: ${text}`)
        text += decoder.decode(value, { stream: true })
      }
      return text
    },
    async untilClosed(): Promise<string> {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) return text
        text += decoder.decode(value, { stream: true })
      }
    },
    close: () => reader?.cancel(),
  }
}

test('what happens in a tenant is streamed to it, in order and to nobody else', async () => {
  const [tenantId, otherId] = [await door.newTenant(), await door.newTenant()]
  await happen(tenantId, 'Before anybody listened.')
  const mine = reading(await door.request('/v1/stream', await door.newKey(tenantId)))
  const others = reading(await door.request('/v1/stream', await door.newKey(otherId)))
  await mine.until(/connected/)
  await happen(tenantId, 'The first.')
  await happen(tenantId, 'The second.')
  const text = await mine.until(/The second\./)
  expect(text.indexOf('The first.')).toBeGreaterThan(0)
  expect(text.indexOf('The first.')).toBeLessThan(text.indexOf('The second.'))
  expect(text).not.toContain('Before anybody listened.')
  expect(text).toMatch(/event: connection\.changed\ndata: \{.*\}\nid: \d+\n/)
  expect(await others.until(/still here/)).not.toContain('The first.')
  await mine.close()
  await others.close()
})

test('each event names the records it is about, so that whoever shows others need not look', async () => {
  const tenantId = await door.newTenant()
  const { orderId } = await insertWholeOrder(
    door.database,
    tenantId,
    orderOnItsWay({ customerNumber: 'C-7' }),
  )
  const stream = reading(await door.request('/v1/stream?unnamed=true', await door.newKey(tenantId)))
  await stream.until(/connected/)
  await door.database.inTenant(tenantId, async (tx) => {
    const at = await databaseNow(tx)
    const draft = { actor: 'key:Test', summary: 'Told.' }
    await appendOrderEvents(
      tx,
      [{ ...draft, orderId, kind: 'transaction.failed', body: { transactionId: 'txn_1' } }],
      at,
    )
    await appendTenantEvents(
      tx,
      [
        {
          ...{ ...draft, kind: 'proposal.made' },
          body: { proposalId: 'prp_1', subject: 'cluster:1f3a/item 7:b', act: 'x' },
        },
        { ...draft, kind: 'policy.changed', body: { policy: 'credit' } },
      ],
      at,
    )
  })
  const text = await stream.until(/policy\.changed/)
  await stream.close()
  const about = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, data = '']) => TimelineEvent.parse(JSON.parse(data)).about,
  )
  expect(about).toEqual([
    [
      { kind: 'order', id: orderId },
      { kind: 'customer', id: 'C-7' },
      { kind: 'transaction', id: 'txn_1' },
    ],
    [
      { kind: 'proposal', id: 'prp_1' },
      { kind: 'cluster', id: '1f3a/item 7:b' },
    ],
    [],
  ])
  const order = await door.request(`/v1/orders/${orderId}`, await door.newKey(tenantId))
  const { timeline } = z.object({ timeline: z.array(TimelineEvent) }).parse(await order.json())
  expect(timeline.at(-1)?.about).toEqual(about[0])
})

test('a caller that comes back with Last-Event-ID misses nothing and gets nothing twice', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const first = reading(await door.request('/v1/stream', key))
  await first.until(/connected/)
  await happen(tenantId, 'The first.')
  const id = /id: (\d+)/.exec(await first.until(/id: \d+\n/))?.[1] ?? ''
  await first.close()
  await happen(tenantId, 'While away.')
  const asked = reading(await door.request(`/v1/stream?after=${id}`, key))
  expect(await asked.until(/While away\./)).not.toContain('The first.')
  await asked.close()
  const headers = { 'last-event-id': id }
  const again = reading(await door.request('/v1/stream', key, { headers }))
  expect(await again.until(/While away\./)).not.toContain('The first.')
  await again.close()
})

test('a stream that is quiet shows that it lives, in the way its reader can hear', async () => {
  const key = await door.newKey(await door.newTenant())
  const named = reading(await door.request('/v1/stream', key))
  expect(await named.until(/still here/)).not.toContain('event: alive')
  await named.close()
  const unnamed = reading(await door.request('/v1/stream?unnamed=true', key))
  await unnamed.until(/event: alive\ndata: \{\}\n/)
  await unnamed.close()
})

test('streams end when the process stops', async () => {
  const stopping = await openTestDoor()
  try {
    const key = await stopping.newKey(await stopping.newTenant())
    const stream = reading(await stopping.request('/v1/stream', key))
    await stream.until(/connected/)
    stopping.stop()
    expect(await stream.untilClosed()).toContain('connected')
  } finally {
    await stopping.close()
  }
})

test('a key has at most ten streams open, and closing one makes room', async () => {
  const key = await door.newKey(await door.newTenant())
  const open = await Promise.all(Array.from({ length: 10 }, () => door.request('/v1/stream', key)))
  const [first, ...others] = open.map(reading)
  await Promise.all([first, ...others].map((stream) => stream?.until(/connected/)))
  expect((await door.request('/v1/stream', key)).status).toBe(429)
  expect((await door.request('/v1/stream', key, { method: 'HEAD' })).status).toBe(405)
  await first?.close()
  await expect
    .poll(async () => {
      const answer = await door.request('/v1/stream', key)
      await answer.body?.cancel()
      return answer.status
    })
    .toBe(200)
  await Promise.all(others.map((stream) => stream.close()))
})
