import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { packageRoot } from '../store/package-root.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const interchange = readFileSync(join(packageRoot(), 'fixtures/x12/northwind-850-4471.x12'), 'utf8')
// The same interchange, broken off before its end, as a cut transfer leaves it.
const cutOff = interchange.slice(0, interchange.indexOf('SE*'))

type Trade = Awaited<ReturnType<FlowWorld['newTrade']>>

/** The technical answers that went to the partner: which kind, and with which code. */
const technicalAnswers = (trade: Trade) =>
  trade
    .arrived('partner.technical-acknowledgement')
    .flatMap(({ document }) =>
      document.docType === 'technical-acknowledgement'
        ? [`${document.kind} ${document.verdict} ${document.body['note'] ?? ''}`.trim()]
        : [],
    )
    .sort()

test('an interchange number that comes again with other content is refused by TA1 025, and the first one counts', async () => {
  const trade = await world.newTrade()
  await trade.deliver('x12', interchange)
  await world.settle()
  const before = technicalAnswers(trade)
  const changed = interchange.replace('NW-4471', 'NW-9999')
  expect(changed).not.toBe(interchange)
  await trade.deliver('x12', changed)
  await world.settle()
  expect(await trade.orders('NW-9999')).toEqual([])
  expect(technicalAnswers(trade)).toEqual([...before, 'TA1 rejected 025'].sort())
  expect(await trade.quarantined()).toMatchObject([{ kind: 'conflict' }])
})

test('an interchange that was refused whole may be mended and sent again under its number', async () => {
  const trade = await world.newTrade()
  await trade.deliver('x12', cutOff)
  await world.settle()
  expect(technicalAnswers(trade)).toEqual(['TA1 rejected 023'])
  expect(await trade.orders('NW-4471')).toEqual([])
  await trade.deliver('x12', interchange)
  await world.settle()
  expect(await trade.orders('NW-4471')).toHaveLength(1)
  expect(await trade.quarantined()).toMatchObject([{ kind: 'unreadable' }])
})

test('the very same interchange again brings nothing new, names its first receipt and gets its answers once more', async () => {
  const trade = await world.newTrade()
  const first = await trade.deliver('x12', interchange)
  await world.settle()
  const answers = technicalAnswers(trade)
  const again = await trade.deliver('x12', interchange)
  await world.settle()
  expect(JSON.parse(again.body)).toMatchObject({ duplicateOf: JSON.parse(first.body).receiptId })
  expect(await trade.orders('NW-4471')).toHaveLength(1)
  expect(technicalAnswers(trade)).toEqual([...answers, ...answers].sort())
})

test('a byte no text may hold is answered by the 997 at its element, and the order goes on with a mark in its place', async () => {
  const trade = await world.newTrade()
  await trade.deliver(
    'x12',
    interchange.replace('Dock', 'Do\u0000ck').replace('NW-4471', 'NW-44\u000071'),
  )
  await world.settle()
  const sets = technicalAnswers(trade).filter((answer) => answer.startsWith('997'))
  expect(sets).toEqual(['997 accepted-with-errors'])
  expect(await trade.orders('NW-44\ufffd71')).toHaveLength(1)
  expect(await trade.quarantined()).toEqual([])
})
