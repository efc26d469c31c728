import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { triageService } from './triage-service.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/x12/${name}`, import.meta.url), 'latin1')

// The fixture comes from another pair of partners than the door of the test trade knows.
const fromNorthwind = (text: string) => {
  const separator = text.charAt(3)
  const fields = text.slice(0, 106).split(separator)
  const put = (at: number, value: string) => {
    fields[at] = value.padEnd(15)
  }
  fields[5] = 'ZZ'
  fields[7] = 'ZZ'
  put(6, 'NORTHWIND')
  put(8, 'QUITTANCE')
  return fields.join(separator) + text.slice(106)
}

test('a partner’s 997 that refuses our invoice is a cause of its own: the element, the guide to mend, and nothing to replay', async () => {
  const trade = await world.newTrade({ x12: {}, erp: {}, wms: {} })
  await trade.deliver('x12', fromNorthwind(fixture('doc-997-cascade.edi')))
  await world.settle()
  const [aside] = await trade.quarantined()
  expect(aside).toMatchObject({ kind: 'needs-person', status: 'open' })
  const clusters = await triageService(world).clusters(trade.tenantId)
  expect(clusters).toMatchObject([
    {
      errorClass: 'SCHEMA',
      errorCode: '6',
      signatureId: 'ak403-6',
      remedy: 'fix_mapping',
      autoRetry: 'no',
      count: 1,
      blastRadius: { operations: ['receive.x12'] },
      plan: {
        steps: [],
        quarantined: [],
        forPerson: [{ quarantineId: aside?.quarantine_id }],
        text: '1 document in quarantine is for a person to decide about.',
      },
    },
  ])
  expect(clusters[0]?.evidence[0]?.values).toEqual({ code: '6', path: 'IT102' })
})

test('documents nobody could read come together by what is wrong with them', async () => {
  const trade = await world.newTrade({ x12: {}, erp: {}, wms: {} })
  for (const number of ['000000001', '000000002'])
    await trade.deliver(
      'x12',
      fromNorthwind(fixture('doc-997-cascade.edi'))
        .replace(/^(.{90})\d{9}/s, `$1${number}`)
        .slice(0, 140),
    )
  await world.settle()
  const clusters = await triageService(world).clusters(trade.tenantId)
  expect(clusters.map(({ errorClass, count }) => ({ errorClass, count }))).toEqual([
    { errorClass: 'SCHEMA', count: 2 },
  ])
})
