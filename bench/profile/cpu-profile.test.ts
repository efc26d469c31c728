import { expect, test } from 'vitest'
import { CpuProfile, timeSpent } from './cpu-profile.ts'

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  ...{ id, callFrame: { functionName, url }, children },
})
const root = 'file:///house'
const profile = CpuProfile.parse({
  nodes: [
    node(1, '(root)', '', [2, 3, 6, 7]),
    node(2, '(idle)', ''),
    node(3, 'saveOrders', `${root}/dist/backbone/store/orders/save-orders.js`, [4]),
    node(4, 'parse', `${root}/node_modules/postgres/src/connection.js`, [5]),
    node(5, 'write', 'node:net'),
    node(6, '(garbage collector)', ''),
    node(7, 'query', 'wasm://wasm/pglite-1'),
  ],
  startTime: 1_000_000,
  samples: [4, 3, 5, 2, 6, 7],
  timeDeltas: [1_000, 2_000, 3_000, 4_000, 1_000, 3_000],
})

test('time goes to whose code ran, and to the file of ours it ran for', () => {
  expect(timeSpent(profile, { fromMs: 0, untilMs: 2_000 })).toEqual({
    busyPercent: 71,
    byOwner: [
      { where: 'Node', percent: 30 },
      { where: 'WebAssembly (the built-in database)', percent: 30 },
      { where: 'backbone/store', percent: 20 },
      { where: 'postgres', percent: 10 },
      { where: '(garbage collector)', percent: 10 },
    ],
    byOurFile: [
      { where: 'backbone/store/orders/save-orders', percent: 60 },
      { where: 'no file of ours on the stack', percent: 40 },
    ],
  })
})

test('only what happened under load counts, not the start', () => {
  const { byOwner } = timeSpent(profile, { fromMs: 1_001.5, untilMs: 1_003 })
  expect(byOwner).toEqual([{ where: 'backbone/store', percent: 100 }])
})
