import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Happened, isFollowed, readAnew } from './read-anew.ts'

const console = join(import.meta.dirname, '..')

// Read once, when they are opened, or in their own time, and never because of what others do.
const byThemselves = new Set([
  'session',
  'threads',
  'collections-kpi',
  'saved-views',
  'dispute-codes',
])

test('every query of the console says what has it read anew: a list in `listsAfter` or a record in `recordIn` of read-anew.ts', () => {
  const names = readdirSync(console, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(console, file), 'utf8').matchAll(/queryKey: \['([^']+)'/g)].map(
        ([, name = '']) => name,
      ),
    )
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter((name) => !isFollowed(name) && !byThemselves.has(name))).toEqual([])
})

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-22T07:00:00Z') }))
afterEach(() => void vi.useRealTimers())

/** A page that shows these queries, and how often each was asked for since it was opened. */
async function pageWith(...keys: readonly (readonly unknown[])[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 10_000 } } })
  const asked = new Map<string, number>()
  const closings = keys.map((queryKey) =>
    new QueryObserver(client, {
      queryKey,
      queryFn: () => {
        const name = queryKey.join(' ')
        asked.set(name, (asked.get(name) ?? 0) + 1)
        return name === 'order SO-1' ? { orderId: 'ord_1' } : {}
      },
    }).subscribe(() => undefined),
  )
  await vi.advanceTimersByTimeAsync(60_000)
  asked.clear()
  const anew = readAnew(client)
  return {
    ...{ anew, client },
    after: async (passedMs: number) => {
      await vi.advanceTimersByTimeAsync(passedMs)
      return Object.fromEntries(asked)
    },
    close() {
      anew.stop()
      for (const close of closings) close()
      client.clear()
    },
  }
}

const ofOrder = (id: string, kind = 'hold.placed'): Happened => ({
  kind,
  about: [
    { kind: 'order', id },
    { kind: 'customer', id: 'C-1' },
  ],
})

test('an open order and what can be done about it are read anew after an event about it, and not because of other orders', async () => {
  const page = await pageWith(
    ['order', 'ord_1'],
    ['candidates', 'order:ord_1'],
    ['order', 'ord_2'],
    ['candidates', 'order:ord_2'],
    ['call', 'txn_1'],
    ['worklist', '', ''],
  )
  for (const id of ['ord_3', 'ord_4', 'ord_5']) page.anew.happened(ofOrder(id))
  expect(await page.after(20_000)).toEqual({})
  page.anew.happened(ofOrder('ord_1'))
  expect(await page.after(20_000)).toEqual({ 'order ord_1': 1, 'candidates order:ord_1': 1 })
  page.close()
})

test('an order that was opened by its number is read anew too', async () => {
  const page = await pageWith(['order', 'SO-1'])
  page.anew.happened(ofOrder('ord_1'))
  expect(await page.after(2_000)).toEqual({ 'order SO-1': 1 })
  page.close()
})

test('a burst of events has a list read at most every two seconds, and the last of it is never lost', async () => {
  const page = await pageWith(['orders', '', '', ''], ['proposals', 'all'])
  for (let passed = 0; passed < 10_000; passed += 100) {
    page.anew.happened(ofOrder(`ord_${passed}`))
    await page.after(100)
  }
  const during = await page.after(0)
  expect(during['orders   ']).toBeGreaterThanOrEqual(4)
  expect(during['orders   ']).toBeLessThanOrEqual(6)
  const afterwards = await page.after(4_000)
  expect(afterwards['orders   ']).toBe((during['orders   '] ?? 0) + 1)
  expect(afterwards['proposals all']).toBeUndefined()
  page.close()
})

test('what happens while a list is being read has it read once more', async () => {
  const client = new QueryClient()
  let asked = 0
  const close = new QueryObserver(client, {
    queryKey: ['orders'],
    queryFn: async () => {
      asked += 1
      await new Promise((read) => setTimeout(read, 5_000))
      return asked
    },
  }).subscribe(() => undefined)
  const anew = readAnew(client)
  await vi.advanceTimersByTimeAsync(1_000)
  anew.happened(ofOrder('ord_1'))
  await vi.advanceTimersByTimeAsync(20_000)
  expect(asked).toBe(2)
  anew.stop()
  close()
  client.clear()
})

test('a page that is looked at no longer asks nothing, and knows what it has missed', async () => {
  const page = await pageWith(['order', 'ord_1'], ['order', 'ord_2'])
  page.anew.happened(ofOrder('ord_1'))
  page.anew.stop()
  expect(await page.after(60_000)).toEqual({})
  const isInvalidated = (id: string) => page.client.getQueryState(['order', id])?.isInvalidated
  expect([isInvalidated('ord_1'), isInvalidated('ord_2')]).toEqual([true, false])
  page.close()
})

test('after a time in which events were missed everything that is open is read once', async () => {
  const page = await pageWith(['order', 'ord_1'], ['orders', '', '', ''], ['session'])
  page.anew.everything()
  expect(await page.after(20_000)).toEqual({ 'order ord_1': 1, 'orders   ': 1 })
  page.close()
})
