import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Agent, AgentAsk, AgentTools } from '../agents/agent.ts'
import type { RulesMind } from '../agents/model/run-model.ts'
import type { AgentRun } from '../backbone/canonical/agent-run.ts'
import type { ChatEvent } from '../backbone/canonical/chat.ts'
import { newId } from '../backbone/canonical/ids.ts'
import { readConfig } from '../backbone/config.ts'
import type { CallerMistake } from '../backbone/errors.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import type { Principal } from '../backbone/services/api-principal.ts'
import { takeUpLostRuns } from '../backbone/store/assistant/upkeep.ts'
import { packageRoot } from '../backbone/store/package-root.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { createTracer, type EndedSpan } from '../backbone/telemetry/trace.ts'
import { type LlmServer, startLlmServer } from '../testing/llm-server.ts'
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import type { ToolCaller } from '../tools/tool.ts'
import { type HouseAgents, openAgents } from './agents.ts'

type Play = (ask: AgentAsk, given: AgentTools) => AsyncIterable<Awaited<ReturnType<typeof text>>>
const text = (said: string) => ({ type: 'text' as const, text: said })

let store: TestDatabase
let queue: JobQueue
let llm: LlmServer
let house: HouseAgents
let tenantId: string
let play: Play
const asked: AgentAsk[] = []
const called: { caller: ToolCaller; name: string; args: unknown }[] = []
const spans: EndedSpan[] = []
const logLines: string[] = []

/** An agent that does what the test says. */
const actor = (name: string): Agent => ({
  name,
  about: 'Does what a test says.',
  version: '7',
  tools: ['order_get', 'propose_order_change'],
  run: (ask, given) => {
    asked.push(ask)
    return play(ask, given)
  },
})

function openHouse(environment: Record<string, string> = {}): HouseAgents {
  return openAgents(
    {
      config: readConfig(environment),
      database: store.database,
      queue,
      log: createLog({ level: 'warn', destination: { write: (line) => void logLines.push(line) } }),
      tracer: createTracer({
        exporter: { export: (span) => void spans.push(span), close: async () => undefined },
      }),
    },
    {
      agents: ['assistant', 'order-validation', 'triage', 'collections'].map(actor),
      callTool: async (caller, name, args) => {
        called.push({ caller, name, args })
        if (name === 'propose_order_change') return { proposal_id: 'prp_1' }
        return { order_id: 'ord_1', total: 'USD 12.00' }
      },
    },
  )
}

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, { onError: () => undefined, supervise: false })
  llm = await startLlmServer()
  llm.llm.onMessage('word it', { content: 'In the words of a model.' })
})
afterAll(async () => {
  await queue.stop()
  await store.close()
  await llm.close()
})
beforeEach(async () => {
  house = openHouse()
  tenantId = await store.newTenant()
  for (const list of [asked, called, spans, logLines]) list.length = 0
  play = async function* () {
    yield text('Done.')
  }
})

const ann = (): Principal => ({
  ...{ kind: 'person', userId: 'usr_ann', credentialId: 'usr_ann', tenantId, name: 'Ann Lee' },
  role: 'operator',
  scopes: ['orders:read', 'master:read', 'policies:read', 'proposals:read'],
})

async function chat(
  question: string,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of await house.chat.ask({ who: ann(), text: question, signal }))
    events.push(event)
  return events
}

async function runsOf(agent: string): Promise<readonly AgentRun[]> {
  return (await house.runs.runs({ tenantId, agent }, { limit: 50, after: undefined })).items
}

const inDatabase = (statement: ReturnType<typeof sql>) =>
  store.database.inTenant(tenantId, (tx) => tx.run(statement))

/** Works on what is queued until the agent has no unfinished run. */
async function workUntilDone(agent: string): Promise<readonly AgentRun[]> {
  const worker = house.startWork({ worked: () => undefined, failed: () => undefined })
  for (;;) {
    const runs = await runsOf(agent)
    if (runs.length > 0 && runs.every(({ finishedAt }) => finishedAt !== null)) {
      await worker.stop()
      return runs
    }
    await wait(5)
  }
}

test('a question in the chat is a run on the log: who asked, what was called, what came of it', async () => {
  play = async function* (_, { tools }) {
    await tools.call('order_get', { order_id: 'SO-1' })
    await tools.call('propose_order_change', { candidate_id: 'cnd_1' }, { isTainted: true })
    yield text('It is held, and proposed.')
  }
  const events = await chat('Why is SO-1 stuck?')
  expect(events.map(({ type }) => type)).toEqual(['thread', 'mode', 'text', 'done'])
  expect(events[1]).toMatchObject({ mode: 'rules', note: 'rules mode, no language model' })
  const [run] = await runsOf('assistant')
  expect(run).toMatchObject({
    trigger: 'chat',
    agentVersion: '7',
    status: 'succeeded',
    input: 'Why is SO-1 stuck?',
    outcome: 'It is held, and proposed.',
    proposalIds: ['prp_1'],
    requestedBy: { kind: 'person', id: 'usr_ann', name: 'Ann Lee' },
    mode: 'rules',
    error: null,
  })
  expect(run?.toolCalls.map(({ tool, args, outcome }) => [tool, args, outcome])).toEqual([
    ['order_get', { order_id: 'SO-1' }, 'answered'],
    ['propose_order_change', { candidate_id: 'cnd_1' }, 'answered'],
  ])
  expect(called[0]?.caller).toMatchObject({
    tenantId,
    requester: { kind: 'person', id: 'usr_ann' },
    agent: { agent: 'assistant', runId: run?.runId, isTainted: false },
  })
  expect(called[0]?.caller.scopes).toEqual(['o2c:read', 'order:propose', 'proposal:read'])
  expect(called[1]?.caller.agent?.isTainted).toBe(true)
})

test('a run calls no tool that its agent does not use, and not for ever', async () => {
  play = async function* (_, { tools }) {
    const refused: string[] = []
    for (const name of ['proposal_approve', 'order_search'])
      await tools.call(name, {}).catch((error: CallerMistake) => refused.push(error.problem))
    yield text(refused.join(' '))
    for (;;) await tools.call('order_get', {})
  }
  const events = await chat('Approve it yourself.')
  expect(events).toContainEqual(text('tool-not-allowed tool-not-allowed'))
  expect(events.at(-1)).toMatchObject({ type: 'error', message: 'A run calls 80 tools at most.' })
  expect(called.every(({ name }) => name === 'order_get')).toBe(true)
  const [run] = await runsOf('assistant')
  expect([run?.status, called.length]).toEqual(['failed', 80])
})

test('a fault of ours is told in our words and logged with the run', async () => {
  play = async function* () {
    yield text('Wait. ')
    throw new Error('connect to 10.0.0.1 with password hunter2')
  }
  const events = await chat('Anything?')
  expect(JSON.stringify(events)).not.toContain('hunter2')
  const [run] = await runsOf('assistant')
  expect(run).toMatchObject({ status: 'failed', outcome: 'Wait. ' })
  expect(JSON.stringify(run)).not.toContain('hunter2')
  expect(logLines.join('')).toContain(run?.runId)
})

test('a person who leaves ends the run, even one that does not listen', async () => {
  const leaving = new AbortController()
  play = async function* () {
    yield text('First. ')
    leaving.abort()
    await new Promise(() => undefined)
  }
  await chat('Anything?', { signal: leaving.signal })
  const [run] = await runsOf('assistant')
  expect(run).toMatchObject({ status: 'stopped', outcome: 'First. ', error: null })
})

test('a run that takes too long is stopped and says so', async () => {
  house = openHouse({ QUITTANCE_RUN_SECONDS: '1' })
  play = async function* () {
    yield text('First. ')
    await new Promise(() => undefined)
  }
  const events = await chat('Anything?')
  expect(events.at(-1)).toMatchObject({
    message: 'A run may take 1 s; this one was stopped there.',
  })
  expect((await runsOf('assistant'))[0]?.status).toBe('stopped')
})

const byRules: RulesMind = () => ({ text: 'By rules.' })

test('with a key the model words it; the run and the tenant’s day know what it cost', async () => {
  const environment = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: llm.settings.baseUrl }
  house = openHouse(environment)
  play = async function* (_, { model }) {
    yield text((await model.chat(byRules).invoke('word it')).text)
  }
  const events = await chat('Word it.')
  expect(events).toContainEqual(text('In the words of a model.'))
  expect(events[1]).toMatchObject({ type: 'mode', mode: 'model' })
  const [run] = await runsOf('assistant')
  expect(run?.spent.modelCalls).toBe(1)
  expect(run?.spent.costMicros).toBeGreaterThan(0)
  const spent = await store.database.inTenant(tenantId, (tx) =>
    tx.rows<{ calls: number; cost: number }>(
      sql`select calls, cost_micros as cost from model_spend`,
    ),
  )
  expect(spent).toEqual([{ calls: 1, cost: run?.spent.costMicros }])
})

test('a tenant that has used up its day is answered by rules, and told so', async () => {
  const environment = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: llm.settings.baseUrl }
  house = openHouse({ ...environment, QUITTANCE_MODEL_DOLLARS_PER_DAY: '0.000001' })
  play = async function* (_, { model }) {
    for (const round of [1, 2])
      yield text(`${round} ${(await model.chat(byRules).invoke('word it')).text} `)
  }
  const first = await chat('Word it.')
  expect(first).toContainEqual(text('1 In the words of a model. '))
  expect(first).toContainEqual(text('2 By rules. '))
  const told = first.flatMap((event) => (event.type === 'mode' ? [event.note] : []))
  expect(told.at(-1)).toContain("the day's budget for the model is used up")
  expect(await chat('And now?')).toContainEqual(text('1 By rules. '))
})

test('a run is a trace: the agent, its tools and the calls of the model', async () => {
  const environment = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: llm.settings.baseUrl }
  house = openHouse(environment)
  play = async function* (_, { model, tools }) {
    await tools.call('order_get', {})
    yield text((await model.chat(byRules).invoke('word it')).text)
  }
  await chat('Word it.')
  expect(spans.map(({ name }) => name)).toEqual([
    'execute_tool order_get',
    'chat gpt-4o-mini',
    'invoke_agent assistant',
  ])
  const [tool, call, agent] = spans
  expect([tool?.parentSpanId, call?.parentSpanId]).toEqual([agent?.spanId, agent?.spanId])
  expect(call?.attributes).toMatchObject({ 'gen_ai.operation.name': 'chat' })
  expect(JSON.stringify(spans)).not.toContain('Word it')
})

const change = (agent: string, isEnabled: boolean) =>
  house.runs.change({
    ...{ tenantId, agent, actor: 'person:Ann Lee', reason: 'It told customers nonsense.' },
    setting: { isEnabled, runsOnEvents: true, dailyAt: null },
  })

test('an agent that is switched off does not run: not in the chat, not on demand, not from the queue', async () => {
  const ask = { tenantId, requester: { kind: 'person', id: 'u', name: 'Ann' } as const, scopes: [] }
  await house.runs.start({ ...ask, agent: 'triage' })
  for (const agent of ['assistant', 'triage']) await change(agent, false)
  expect((await chat('Anything?')).at(-1)).toMatchObject({
    type: 'error',
    message: 'The agent assistant is switched off.',
  })
  await expect(house.runs.start({ ...ask, agent: 'triage' })).rejects.toThrow('switched off')
  const [run] = await workUntilDone('triage')
  expect(run).toMatchObject({ status: 'stopped', error: 'The agent is switched off.' })
  expect(asked).toEqual([])
  const events = await store.database.inTenant(tenantId, (tx) =>
    tx.rows<{ summary: string }>(sql`select summary from event where kind = 'agent.set'`),
  )
  expect(events[0]?.summary).toContain('assistant is set: off')
  await change('assistant', true)
  expect((await chat('Anything?')).at(-1)?.type).toBe('done')
})

test('a profile stands still with the agent whose work it narrows, in the queue and on demand', async () => {
  const settings = JSON.stringify({
    ...{ name: 'night-triage', title: 'At night', goal: 'Look at night.', agent: 'triage' },
    ...{ tools: ['order_get'], guardrails: { actKinds: [] }, owner: 'Ann Lee' },
  })
  await inDatabase(sql`
    insert into agent_profile (tenant_id, profile_id, version, name, status, settings, changed_by)
    values (${tenantId}, 'agp_night', 1, 'night-triage', 'active', ${settings}::text::jsonb, 'person:Ann Lee')`)
  const ask = { tenantId, requester: { kind: 'person', id: 'u', name: 'Ann' } as const, scopes: [] }
  await house.runs.start({ ...ask, agent: 'night-triage' })
  await change('triage', false)
  await expect(house.runs.start({ ...ask, agent: 'night-triage' })).rejects.toThrow('switched off')
  const [run] = await workUntilDone('night-triage')
  expect(run).toMatchObject({ status: 'stopped', error: 'The agent is switched off.' })
  expect(asked).toEqual([])
})

test('a run on demand has the tools of whoever asked for it, and no more', async () => {
  play = async function* (_, { tools }) {
    await tools.call('order_get', {})
    yield text('Done.')
  }
  const run = await house.runs.start({
    ...{ tenantId, agent: 'triage', subject: { kind: 'cluster', id: 'x' } },
    requester: { kind: 'key', id: 'crd_1', name: 'Nightly' },
    scopes: ['ops:read', 'made:up'],
  })
  expect(run).toMatchObject({ status: 'queued', trigger: 'demand' })
  const [done] = await workUntilDone('triage')
  expect(done).toMatchObject({ status: 'succeeded', runId: run?.runId })
  expect(asked[0]?.subject).toEqual({ kind: 'cluster', id: 'x' })
  expect(called[0]?.caller).toMatchObject({
    scopes: ['ops:read'],
    requester: { kind: 'key', id: 'crd_1' },
  })
})

async function holdOrder(orderId: string, type = 'PRICE'): Promise<void> {
  await inDatabase(sql`
    insert into hold (hold_id, tenant_id, order_id, type, blocks, reason, placed_at, placed_by)
    values (${newId('hld')}, ${tenantId}, ${orderId}, ${type}, '["release"]'::jsonb, 'Line 1 is too dear.', now(), 'check')`)
}

test('a newly held order wakes its agent once, however often and in how many processes the round is gone', async () => {
  await holdOrder('ord_1')
  await holdOrder('ord_2', 'CANCEL_WINDOW')
  const others = [openHouse(), openHouse()]
  await Promise.all([house, ...others].map((each) => each.round(tenantId)))
  house = openHouse()
  await house.round(tenantId)
  const runs = await workUntilDone('order-validation')
  expect(runs).toHaveLength(1)
  expect(runs[0]).toMatchObject({
    trigger: 'event',
    subject: { kind: 'order', id: 'ord_1' },
    requestedBy: { kind: 'agent', id: 'order-validation' },
    status: 'succeeded',
  })
  expect(asked.filter(({ trigger }) => trigger === 'event')).toHaveLength(1)
  // Held for something else, it is looked at again.
  await holdOrder('ord_1', 'CREDIT')
  house = openHouse()
  await house.round(tenantId)
  expect(await workUntilDone('order-validation')).toHaveLength(2)
})

test('a flood of held orders is not a flood of runs', async () => {
  for (let index = 0; index < 30; index += 1) await holdOrder(`ord_${index}`)
  await house.round(tenantId)
  expect(await runsOf('order-validation')).toHaveLength(20)
  await openHouse().round(tenantId)
  expect(await runsOf('order-validation')).toHaveLength(20)
})

test('a new cause of failures wakes triage, and again when it comes back', async () => {
  await inDatabase(sql`
    insert into failure_cluster (tenant_id, cluster_id, changed_by) values (${tenantId}, 'erp:FAS', 'outbox')`)
  await house.round(tenantId)
  await openHouse().round(tenantId)
  expect((await runsOf('triage')).map(({ subject }) => subject)).toEqual([
    { kind: 'cluster', id: 'erp:FAS' },
  ])
  await inDatabase(sql`update failure_cluster set recurrences = 1, state_since = now()`)
  await openHouse().round(tenantId)
  expect(await runsOf('triage')).toHaveLength(2)
})

test('the morning run comes once a day, at the tenant’s time, unless it is switched off', async () => {
  const daily = (dailyAt: string | null) =>
    house.runs.change({
      ...{ tenantId, agent: 'collections', actor: 'person:Ann', reason: 'Test.' },
      setting: { isEnabled: true, runsOnEvents: false, dailyAt },
    })
  await daily('00:00')
  await Promise.all([openHouse().round(tenantId), openHouse().round(tenantId)])
  await openHouse().round(tenantId)
  const runs = await runsOf('collections')
  expect(runs.map(({ trigger, subject }) => [trigger, subject])).toEqual([['schedule', null]])
  const otherTenant = tenantId
  tenantId = await store.newTenant()
  await daily(null)
  await openHouse().round(tenantId)
  expect(await runsOf('collections')).toEqual([])
  tenantId = otherTenant
})

test('a run whose process went away is taken up again, three times at most', async () => {
  const run = await house.runs.start({
    ...{ tenantId, agent: 'triage' },
    requester: { kind: 'key', id: 'crd_1', name: 'Nightly' },
    scopes: [],
  })
  const lose = (attempts: number) =>
    inDatabase(sql`
      update agent_run set status = 'running', attempts = ${attempts}::int, alive_at = now() - interval '2 minutes'`)
  await lose(1)
  await openHouse().round(tenantId)
  expect((await runsOf('triage'))[0]?.status).toBe('queued')
  await lose(3)
  expect(await store.database.inTenant(tenantId, takeUpLostRuns)).toEqual([])
  expect((await runsOf('triage'))[0]).toMatchObject({
    runId: run?.runId,
    status: 'failed',
    error: 'The process that worked on it went away.',
  })
})

test('a process that stops leaves its queued run to another', async () => {
  let begun: () => void = () => undefined
  const running = new Promise<void>((resolve) => {
    begun = resolve
  })
  play = async function* (ask) {
    // Runs that earlier tests left in the queue come first.
    if (ask.tenantId !== tenantId) return
    begun()
    yield text('First. ')
    await new Promise(() => undefined)
  }
  await house.runs.start({
    ...{ tenantId, agent: 'triage' },
    requester: { kind: 'key', id: 'crd_1', name: 'Nightly' },
    scopes: [],
  })
  const worker = house.startWork({ worked: () => undefined, failed: () => undefined })
  await running
  await worker.stop()
  expect((await runsOf('triage'))[0]?.status).toBe('running')
})

test('a forged job that names another tenant’s run begins nothing', async () => {
  const run = await house.runs.start({
    ...{ tenantId, agent: 'triage' },
    requester: { kind: 'key', id: 'crd_1', name: 'Nightly' },
    scopes: [],
  })
  const owner = tenantId
  // Without the owner's own job only the forged one is left.
  await store.database.jobs.executeSql(`delete from pgboss.job where data->>'tenantId' = $1`, [
    owner,
  ])
  tenantId = await store.newTenant()
  await store.database.inTenant(tenantId, (tx) =>
    queue.enqueue(tx, 'run-agent', [run?.runId ?? '']),
  )
  await house.runs.start({
    ...{ tenantId, agent: 'collections' },
    requester: { kind: 'key', id: 'crd_2', name: 'Stranger' },
    scopes: [],
  })
  await workUntilDone('collections')
  tenantId = owner
  expect((await runsOf('triage'))[0]?.status).toBe('queued')
  expect(asked.some(({ tenantId: of }) => of === owner)).toBe(false)
})

test('the log is kept for its days; what is still at work stays', async () => {
  const start = (agent: string) =>
    house.runs.start({
      ...{ tenantId, agent },
      requester: { kind: 'key', id: 'crd_1', name: 'Nightly' },
      scopes: [],
    })
  for (const agent of ['triage', 'collections', 'assistant']) await start(agent)
  await inDatabase(sql`
    update agent_run set created_at = now() - interval '91 days' where agent in ('triage', 'collections')`)
  await inDatabase(sql`update agent_run set status = 'succeeded' where agent = 'triage'`)
  await openHouse({ QUITTANCE_RUN_DAYS: '90' }).round(tenantId)
  const kept = await Promise.all(['triage', 'collections', 'assistant'].map(runsOf))
  // The round also wakes collections for the day.
  expect(kept.map((runs) => runs.some(({ trigger }) => trigger === 'demand'))).toEqual([
    false,
    true,
    true,
  ])
})

/** The files that a file loads at once, with all they load; what is only imported as a type, or later, is left out. */
function loadedAtOnce(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s(?!type\s)[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm,
  )
  for (const [, named = '', bare = ''] of statements) {
    const target = named === '' ? bare : named
    if (target.startsWith('.')) loadedAtOnce(resolve(dirname(file), target), seen)
    else seen.add(target)
  }
  return seen
}

test('a server starts without the framework of the agents: it is loaded by the first run', () => {
  const loaded = loadedAtOnce(join(packageRoot(), 'cli', 'start.ts'))
  expect(loaded.size).toBeGreaterThan(100)
  expect([...loaded].filter((name) => name.startsWith('@langchain'))).toEqual([])
})
