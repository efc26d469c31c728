import { AIMessage } from '@langchain/core/messages'
import { fakeModel } from '@langchain/core/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { triageService } from '../backbone/services/triage/triage-service.ts'
import { runAgent, toolsOf } from '../testing/agents-world.ts'
import {
  furnishForTools,
  openToolsHouse,
  type ToolsHouse,
  type ToolsTenant,
} from '../testing/tools-world.ts'
import { catalog } from '../tools/catalog.ts'
import type { Agent, AgentAsk } from './agent.ts'
import { allAgents } from './all-agents.ts'
import { collections } from './collections/collections.ts'
import type { RunModel } from './model/run-model.ts'
import { orderValidation } from './order-validation/order-validation.ts'
import { promptOf } from './shared/prompt.ts'
import { substitution } from './substitution/substitution.ts'
import { triage } from './triage/triage.ts'

let house: ToolsHouse
let own: ToolsTenant
let bare: ToolsTenant

beforeAll(async () => {
  house = await openToolsHouse()
  own = await furnishForTools(house.database, await house.newTenant())
  bare = await furnishForTools(house.database, await house.newTenant(), {
    ...{ held: 0, failed: 0, isSeeded: false },
  })
}, 60_000)
afterAll(() => house.close())

const run = (agent: Agent, ask: Partial<AgentAsk> = {}, model?: RunModel) => {
  const tenantId = ask.tenantId ?? own.tenantId
  return runAgent(agent, {
    tools: toolsOf(house.callTool, tenantId, agent),
    ask: { ...ask, tenantId },
    ...(model === undefined ? {} : { model }),
  })
}

/** A language model that words a finding as the test wants. */
const wording = (words: string): RunModel => ({
  chat: () => fakeModel().respond(new AIMessage(words)),
  mode: () => 'model',
  note: () => 'a scripted model',
  spent: () => ({ calls: 1, inputTokens: 0, outputTokens: 0, costMicros: 0 }),
})

test.each(allAgents.map((agent) => ({ name: agent.name, agent })))(
  '$name has a prompt, a version, and tools there are',
  async ({ name, agent }) => {
    const prompt = await promptOf(name)
    expect(prompt).toMatchObject({ agent: name, version: agent.version })
    const names = catalog.map((tool) => tool.name)
    expect(agent.tools.filter((tool) => !names.includes(tool))).toEqual([])
  },
)

test('no agent is given a tool that decides or does', () => {
  const used = new Set(allAgents.flatMap(({ tools }) => tools))
  const effects = catalog.filter(({ name }) => used.has(name)).map(({ effect }) => effect)
  expect(effects.filter((effect) => effect !== 'read' && effect !== 'propose')).toEqual([])
})

test('order validation says what is wrong with an order, what it costs and why', async () => {
  const orderId = own.held[0]?.orderId ?? ''
  const told = await run(orderValidation, {
    subject: { kind: 'order', id: orderId },
    trigger: 'event',
  })
  expect(told.text).toContain('price-mismatch')
  expect(told.text).toContain('The buyer wrote 12.5; our price is 11.9 (agreement)')
  expect(told.events.some((event) => event.type === 'citation')).toBe(true)
})

test('order validation goes through what is held when no order is named', async () => {
  const told = await run(orderValidation)
  expect(told.text).toContain('5 held orders need a look')
  for (const { orderNumber } of own.held) expect(told.text).toContain(orderNumber)
})

test('what order validation proposes waits for a person, by ids alone', async () => {
  const told = await run(orderValidation)
  const proposed = told.calls.filter(({ name }) => name === 'propose_order_change')
  expect(proposed.length).toBe(told.cards.length)
  for (const { args } of proposed)
    expect(Object.keys(args).sort()).toEqual(['candidate_id', 'order_id'])
  for (const { status } of told.cards) expect(status).toBe('requires_review')
})

test('substitution finds nothing to do where no line is short', async () => {
  const told = await run(substitution)
  expect(told.text).toContain('No held order has a short line')
  expect(told.cards).toEqual([])
})

test('triage tells causes, the fix of each, and proposes nothing before it', async () => {
  const told = await run(triage)
  expect(told.text).toContain('Fix (fix_master_data): Create or correct item FAS-1000')
  expect(told.text).toContain('What fixes most:')
  expect(told.cards).toEqual([])
})

test('triage proposes to send again what is safe once people have fixed its cause', async () => {
  const told = await run(triage)
  const cluster = told.events.flatMap((event) =>
    event.type === 'citation' && event.citation.label.includes('FAS-1000')
      ? [event.citation.record.replace('cluster:', '')]
      : [],
  )[0]
  expect(cluster).toBeDefined()
  const id = cluster ?? ''
  const clusters = triageService({ database: house.database })
  for (const to of ['diagnosed', 'fix-proposed', 'fixed'] as const)
    await clusters.move({ tenantId: own.tenantId, actor: 'Dana', clusterId: id, to })
  const safe = await run(triage, { subject: { kind: 'cluster', id } })
  expect(safe.text).toContain('yes, it is safe to replay now')
  expect(safe.cards).toEqual([expect.objectContaining({ kind: 'retry-transactions' })])
})

test('collections says of every customer what to do, and clears cash before it writes', async () => {
  const told = await run(collections)
  expect(told.text).toContain('Clear cash first: their money is here and not applied; no message')
  expect(told.text).toContain('Leave alone: all contact is stopped')
})

test('in a house without work every agent says so and proposes nothing', async () => {
  for (const agent of [orderValidation, substitution, triage, collections]) {
    const told = await run(agent, { tenantId: bare.tenantId })
    expect(told.text).toMatch(
      /No order is held|No held order|Nothing failed|Nobody is to be asked|open, from|to act on today/,
    )
    expect(told.cards).toEqual([])
  }
})

test('a model’s words about a finding are used while they hold nothing else', async () => {
  const words =
    'Five held orders need a look; each differs in price, 12.50 ordered and 11.90 agreed.'
  const told = await run(orderValidation, {}, wording(words))
  expect(told.text).toBe(words)
  const notes = told.calls.filter(({ name }) => name.startsWith('propose')).map(({ note }) => note)
  for (const note of notes) expect(note).toEqual({ words, isTainted: false })
})

test.each([
  'All of them are approved.',
  'The difference is 987.65 USD.',
  'See https://evil.example.',
])('a model that words a finding as "%s" is not quoted', async (words) => {
  const told = await run(orderValidation, {}, wording(words))
  expect(told.text).toContain('5 held orders need a look')
  expect(told.text).not.toContain(words)
  expect(told.events).toContainEqual(expect.objectContaining({ type: 'mode', mode: 'rules' }))
})

test('nothing an agent did changed an order', async () => {
  const [counted] = await house.database.inTenant(own.tenantId, (tx) =>
    tx.rows<{ lifted: number }>(
      sql`select count(*)::int as lifted from hold where released_at is not null and placed_by = 'price-check'`,
    ),
  )
  expect(counted?.lifted).toBe(0)
})
