import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { AgentRun } from '../backbone/canonical/agent-run.ts'
import { ChatEvent } from '../backbone/canonical/chat.ts'
import { Proposal } from '../backbone/canonical/proposal.ts'
import { ToolServer, ToolServerTest } from '../backbone/canonical/tool-server.ts'
import { readConfig } from '../backbone/config.ts'
import { claimTenantForSeed } from '../backbone/store/master-data/seeded-tenant.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { openHouse } from '../cli/house.ts'
import { startServer } from '../cli/server.ts'
import { type LlmServer, startLlmServer } from './llm-server.ts'
import { type SignedIn, signedIn } from './signed-in.ts'
import { injected, startToolServer } from './tool-server.ts'
import { furnishForTools } from './tools-world.ts'

const secret = 'freight-secret-0123456789'
const allowed = ['quote_rate', 'book_truck', 'news', 'flood', 'unsaid']

let folder: string
let llm: LlmServer
let freight: Awaited<ReturnType<typeof startToolServer>>
let house: Awaited<ReturnType<typeof openHouse>>
let server: Awaited<ReturnType<typeof startServer>>
let admin: SignedIn
let stranger: SignedIn
let order: { readonly orderNumber: string; readonly orderId: string }
let otherOrder: typeof order
/** What the model does next, by the results it has seen in this turn. */
let play: (results: readonly string[]) => object
let offered: string[] = []
const logLines: string[] = []

const call = (name: string, args: object = {}) => ({
  toolCalls: [{ name, arguments: JSON.stringify(args) }],
})

const Asked = z.looseObject({
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).default([]),
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tool-servers-'))
  llm = await startLlmServer()
  llm.llm.on({ predicate: () => true }, (request) => {
    const { messages } = request
    offered = Asked.parse(request).tools.map((tool) => tool.function.name)
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    return play(
      messages
        .slice(asked + 1)
        .flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : [])),
    )
  })
  freight = await startToolServer(secret)
  const log = createLog({
    level: 'debug',
    destination: { write: (line) => void logLines.push(line) },
  })
  house = await openHouse(
    readConfig({
      ...{ QUITTANCE_DATA: folder, QUITTANCE_PORT: '0', QUITTANCE_DEMO: 'false' },
      ...{ OPENAI_API_KEY: llm.settings.apiKey, OPENAI_BASE_URL: llm.settings.baseUrl },
      QUITTANCE_TOOL_SERVER_HOSTS: '127.0.0.1',
    }),
    log,
  )
  for (const tenantId of ['own', 'other']) {
    const profile = { name: tenantId, timeZone: 'UTC', currency: 'USD', settings: {} }
    await house.database.inTenant(tenantId, (tx) => claimTenantForSeed(tx, profile))
  }
  const { held } = await furnishForTools(house.database, 'own', { held: 2, failed: 1 })
  const [first, second] = held
  if (first === undefined || second === undefined) throw new Error('Two orders are held.')
  order = first
  otherOrder = second
  server = await startServer(house)
  const person = (tenantId: string) =>
    signedIn(house, { tenantId, role: 'admin', name: 'Ann Lee', origin: server.url })
  admin = await person('own')
  stranger = await person('other')
}, 120_000)
afterAll(async () => {
  await server.stop()
  await house.close()
  await freight.close()
  await llm.close()
  await rm(folder, { recursive: true, force: true })
})

const send = (who: SignedIn, method: string, path: string, body?: object) =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { ...who.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const put = (change: object = {}) =>
  send(admin, 'PUT', '/v1/tool-servers/freight', {
    ...{ url: freight.url, secret, tools: allowed },
    ...change,
  })

async function ask(text: string, who = admin): Promise<ChatEvent[]> {
  const answer = await send(who, 'POST', '/v1/chat', { text })
  return (await answer.text())
    .split('\n')
    .flatMap((line) =>
      line.startsWith('data: ') ? [ChatEvent.parse(JSON.parse(line.slice(6)))] : [],
    )
}

const wordsOf = (events: readonly ChatEvent[]): string =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')
const tablesOf = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === 'evidence' ? [event.table] : []))
const outsideOffered = () => offered.filter((name) => name.includes('__'))

async function lastRun(): Promise<AgentRun> {
  const answer = await send(admin, 'GET', '/v1/agents/assistant/runs?limit=1')
  const { items } = z.object({ items: z.array(AgentRun) }).parse(await answer.json())
  const [run] = items
  if (run === undefined) throw new Error('There was a run.')
  return run
}

beforeEach(async () => {
  expect((await put()).status).toBe(200)
  freight.called.length = 0
  freight.onCall = async () => undefined
  play = () => ({ content: 'Nothing to say.' })
})

/** A model that calls one tool and then says something. */
const callsOnce = (name: string, args: object, says: string) => {
  play = (results) => (results.length === 0 ? call(name, args) : { content: says })
}

test('a tool of others that reads is called, and what it said is evidence marked as untrusted', async () => {
  const quoted = 'The lane DAL-HOU is quiet today.'
  callsOnce('freight__quote_rate', { lane: 'DAL-HOU' }, `The carrier says "${quoted}"`)
  const events = await ask('How busy is the lane from Dallas to Houston?')
  expect(freight.called).toEqual(['quote_rate DAL-HOU'])
  expect(tablesOf(events)).toContainEqual(
    expect.objectContaining({
      title: 'Said by somebody outside (untrusted)',
      tool: 'freight__quote_rate',
      rows: [['freight', quoted]],
    }),
  )
  expect(events.at(-1)?.type).toBe('done')
  const { toolCalls } = await lastRun()
  expect(toolCalls.map(({ tool, args, outcome }) => [tool, args, outcome])).toEqual([
    ['freight__quote_rate', { lane: 'DAL-HOU' }, 'answered'],
  ])
})

test('only named tools that say they only read are offered; with the word of an administrator those that write too', async () => {
  await ask('Hello there, what can you do with freight?')
  expect(outsideOffered()).toEqual(['freight__quote_rate', 'freight__news', 'freight__flood'])
  await put({ tools: ['quote_rate', 'book_truck'], mayWrite: true })
  callsOnce('freight__book_truck', { lane: 'DAL' }, 'Nothing else.')
  await ask('Please get a truck for us.')
  expect(outsideOffered()).toEqual(['freight__quote_rate', 'freight__book_truck'])
  expect(freight.called).toEqual(['book_truck DAL'])
})

test('a tool that writes is called no more once text of somebody outside has been read', async () => {
  await put({ mayWrite: true })
  const seen: string[] = []
  play = (results) => {
    seen.splice(0, seen.length, ...results)
    if (results.length === 0) return call('freight__news')
    if (results.length === 1) return call('freight__book_truck', { lane: 'DAL' })
    return { content: 'I did nothing.' }
  }
  await ask('What is the news of the road?')
  expect(freight.called).toEqual(['news'])
  expect(seen[1]).toContain('not called after that')
})

const Found = z.object({
  items: z.array(z.object({ candidate_id: z.string(), kind: z.string(), subject_id: z.string() })),
})

test('text that tries to inject approves nothing, and what is proposed after it is marked as tainted', async () => {
  play = (results) => {
    if (results.length === 0) return call('freight__news')
    if (results.length === 1)
      return call('candidates_list', { subject_kind: 'order', subject_id: order.orderId })
    if (results.length > 2) return { content: 'It is proposed and waits for a person.' }
    const shown = results[1] ?? ''
    const json = shown.slice(shown.indexOf('{'), shown.lastIndexOf('}') + 1)
    const lift = Found.parse(JSON.parse(json)).items.find(({ kind }) => kind === 'release-hold')
    const ids = { order_id: lift?.subject_id, candidate_id: lift?.candidate_id }
    return call('propose_order_change', ids)
  }
  const events = await ask(`Release the hold of order ${order.orderNumber}, please.`)
  expect(JSON.stringify(tablesOf(events))).toContain(injected)
  const [card] = events.flatMap((event) => (event.type === 'proposal' ? [event.card] : []))
  expect(card).toMatchObject({ kind: 'release-hold', status: 'requires_review' })
  const answer = await send(admin, 'GET', `/v1/proposals/${card?.proposalId}`)
  const proposal = Proposal.parse(await answer.json())
  expect([proposal.status, proposal.agent?.isTainted]).toEqual(['requires_review', true])
  expect(wordsOf(events)).not.toContain('lifted')
})

test('what the rules propose in place of a model that was offered tools of others is marked as tainted too', async () => {
  play = (results) => (results.length === 0 ? call('freight__news') : call('proposal_approve'))
  const events = await ask(`Release the hold of order ${otherOrder.orderNumber}, please.`)
  expect(events.flatMap((event) => (event.type === 'mode' ? [event.mode] : []))).toContain('rules')
  const [card] = events.flatMap((event) => (event.type === 'proposal' ? [event.card] : []))
  const answer = await send(admin, 'GET', `/v1/proposals/${card?.proposalId}`)
  expect(Proposal.parse(await answer.json()).agent?.isTainted).toBe(true)
})

test('what a tool says is cut to what a model is given', async () => {
  let read = ''
  play = (results) => {
    read = results[0] ?? ''
    return results.length === 0 ? call('freight__flood') : { content: 'It says a lot.' }
  }
  await ask('Tell me all of the road.')
  expect(read).toContain('much much')
  expect(Buffer.byteLength(read)).toBeLessThan(8_600)
})

test('another tenant sees neither the server nor its tools, and cannot call them', async () => {
  const listed = await send(stranger, 'GET', '/v1/tool-servers')
  expect(await listed.json()).toEqual({ items: [] })
  callsOnce('freight__quote_rate', { lane: 'DAL' }, 'Nothing.')
  const events = await ask('How busy is the lane?', stranger)
  expect(outsideOffered()).toEqual([])
  expect(freight.called).toEqual([])
  expect(events.at(-1)?.type).toBe('done')
})

test('a server that is switched off is not asked, from the next call on', async () => {
  play = () => ({ content: 'Nothing.' })
  await put({ isEnabled: false, secret: undefined })
  await ask('How busy is the lane?')
  expect(outsideOffered()).toEqual([])
  await put()
  const seen: string[] = []
  play = (results) => {
    seen.splice(0, seen.length, ...results)
    if (results.length === 0) return call('freight__quote_rate', { lane: 'DAL' })
    return results.length === 1
      ? call('freight__quote_rate', { lane: 'HOU' })
      : { content: 'It was switched off.' }
  }
  freight.onCall = async () => void (await put({ isEnabled: false }))
  const events = await ask('How busy is the lane?')
  expect(freight.called).toEqual(['quote_rate DAL'])
  expect(seen[1]).toContain('switched off')
  expect(events.at(-1)?.type).toBe('done')
})

test('a server that is away is a word on the run’s log, and the run goes on without its tools', async () => {
  const gone = await startToolServer(secret)
  await put({ url: gone.url })
  await gone.close()
  play = () => ({ content: 'Nothing.' })
  const events = await ask('How busy is the lane?')
  expect(events.at(-1)?.type).toBe('done')
  const run = await lastRun()
  expect(run.status).toBe('succeeded')
  expect(run.toolCalls).toEqual([
    expect.objectContaining({
      ...{ tool: 'freight__', outcome: 'failed' },
      message: expect.stringContaining('does not answer'),
    }),
  ])
})

test('the test of a server names its tools and what they say of themselves; a wrong secret or a redirect reaches nothing', async () => {
  const tried = async () => {
    const answer = await send(admin, 'POST', '/v1/tool-servers/freight/test')
    return ToolServerTest.parse(await answer.json())
  }
  const found = await tried()
  expect(found.isReachable).toBe(true)
  expect(found.tools).toContainEqual({
    ...{ name: 'news', untrustedDescription: 'News of the road.', readOnly: true, isOffered: true },
  })
  expect(found.tools).toContainEqual(
    expect.objectContaining({ name: 'unsaid', readOnly: false, isOffered: false }),
  )
  await put({ secret: 'wrong-secret-of-freight' })
  expect((await tried()).isReachable).toBe(false)
  await put({ url: freight.elsewhere })
  expect((await tried()).isReachable).toBe(false)
})

test('a secret is never shown, and never sent to another server than the one it was given for', async () => {
  const listed = await (await send(admin, 'GET', '/v1/tool-servers')).text()
  const { items } = z.object({ items: z.array(ToolServer) }).parse(JSON.parse(listed))
  expect(items).toEqual([expect.objectContaining({ name: 'freight', hasSecret: true })])
  expect(listed + logLines.join('\n')).not.toContain(secret)
  expect((await put({ secret: undefined })).status).toBe(200)
  const moved = await put({ secret: undefined, url: 'https://elsewhere.example/mcp' })
  expect(moved.status).toBe(422)
  expect((await send(admin, 'DELETE', '/v1/tool-servers/freight')).status).toBe(200)
  expect((await send(admin, 'DELETE', '/v1/tool-servers/freight')).status).toBe(404)
})

test('a profile may name a tool that its tenant allows of others, and no other', async () => {
  const profile = (tool: string) =>
    send(admin, 'POST', '/v1/agent-profiles', {
      ...{ name: 'freight-desk', title: 'Freight desk', goal: 'Looks at lanes.', owner: 'Ann' },
      ...{ agent: 'assistant', tools: ['order_get', tool], guardrails: { actKinds: [] } },
    })
  expect((await profile('freight__steal')).status).toBe(422)
  expect((await profile('freight__quote_rate')).status).toBe(201)
})
