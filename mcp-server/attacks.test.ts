import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type McpWorld, openMcpWorld } from '../testing/mcp-world.ts'
import { signedIn } from '../testing/signed-in.ts'
import { furnishForTools, type ToolsTenant } from '../testing/tools-world.ts'
import { catalog } from '../tools/catalog.ts'

let world: McpWorld
let own: ToolsTenant
let other: ToolsTenant
let key: string
let stranger: string

beforeAll(async () => {
  world = await openMcpWorld()
  own = await furnishForTools(world.database, await world.newTenant(), { isSeeded: false })
  other = await furnishForTools(world.database, await world.newTenant(), {
    ...{ held: 3, failed: 3, isSeeded: false },
  })
  key = await world.newKey(own.tenantId, { role: 'mcp' })
  stranger = await world.newKey(other.tenantId, { role: 'mcp' })
}, 120_000)
afterAll(() => world.close())

const Called = z.looseObject({
  isError: z.boolean().optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(z.looseObject({ text: z.string() })),
})

async function call(who: string, name: string, args: object = {}) {
  const { result, error } = await world.send(who, 'tools/call', { name, arguments: args })
  if (error !== undefined) throw new Error(error.message)
  return Called.parse(result)
}

const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

test('nobody without a key of an agent host comes in: no key, an administrator, a revoked one, a session', async () => {
  const admin = await world.newKey(own.tenantId, { role: 'admin' })
  const ended = await world.newKey(own.tenantId, { role: 'mcp', revokedAt: '2026-01-01' })
  const late = await world.newKey(own.tenantId, { role: 'mcp', expiresAt: '2026-01-01' })
  const person = await signedIn(world, { tenantId: own.tenantId, role: 'admin' })
  expect((await world.send(undefined, 'tools/list')).status).toBe(401)
  expect((await world.send(ended, 'tools/list')).status).toBe(401)
  expect((await world.send(late, 'tools/list')).status).toBe(401)
  expect((await world.send(undefined, 'tools/list', {}, person.headers)).status).toBe(401)
  const refused = await world.send(admin, 'tools/list')
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('a key of the role mcp or agent')
})

test('another method than POST is refused before anybody is asked who they are', async () => {
  for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) {
    const answer = await fetch(world.url, { method })
    expect(answer.status, method).toBe(405)
    expect(answer.headers.get('allow')).toContain('POST')
  }
})

/** Knocks under a name of our choice, which `fetch` does not let us send; with what it was answered. */
const underName = (host: string) =>
  new Promise<number | undefined>((answered, failed) => {
    request(world.url, { method: 'POST', headers: { host } }, (answer) => {
      answer.resume()
      answered(answer.statusCode)
    })
      .once('error', failed)
      .end()
  })

test('a page of another site, and a name that was bent to this machine, are refused (DNS rebinding)', async () => {
  expect(await underName('evil.example')).toBe(403)
  expect(await underName('127.0.0.1.evil.example')).toBe(403)
  expect(await underName('localhost')).toBe(401)
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example'])
    expect((await world.post(key, message, { origin })).status, origin).toBe(403)
  const ours = await world.send(key, 'tools/list', {}, { origin: 'http://localhost:6274' })
  expect(ours.status).toBe(200)
})

test('a body that is too large, broken, deep or of the wrong kind is refused in our words', async () => {
  const large = { ...message, params: { x: 'x'.repeat(300_000) } }
  expect((await world.post(key, large)).status).toBe(413)
  const chunked = await fetch(world.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: new Blob([JSON.stringify(large)]).stream(),
    duplex: 'half',
  })
  expect(chunked.status).toBe(413)
  const broken = await world.post(key, '{"jsonrpc":')
  expect([broken.status, await broken.text()]).toEqual([
    400,
    expect.stringContaining('well-formed'),
  ])
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  expect((await world.post(key, deep)).status).toBeLessThan(500)
  const nested = JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`)
  expect(await call(key, 'order_search', { text: nested })).toMatchObject({ isError: true })
  expect((await world.post(key, message, { 'content-type': 'text/plain' })).status).toBe(415)
  const many = Array.from({ length: 17 }, (_, id) => ({ ...message, id }))
  expect((await world.post(key, many)).status).toBe(400)
})

test('a tool that is not there, and one that is not for hosts, are equally unknown and on record', async () => {
  for (const name of ['approve_proposal', 'hold_worklist', 'transaction_get', '__proto__', '']) {
    const { error } = await world.send(key, 'tools/call', { name, arguments: {} })
    expect(error, name).toMatchObject({
      code: -32_602,
      message: expect.stringContaining('no such'),
    })
  }
  const admin = await world.newKey(own.tenantId, { role: 'viewer' })
  const record = await world.request('/v1/mcp-calls?tool=unknown', admin)
  expect(await record.json()).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ tool: 'unknown', outcome: 'refused', problem: 'unknown-tool' }),
    ]),
  })
})

test('ids, addresses and cursors of another tenant are as unknown as those of nobody', async () => {
  const theirs = own.held[0]
  const { structuredContent: page } = await call(key, 'order_search', { limit: 2 })
  const cursor = z.object({ next_cursor: z.string() }).parse(page).next_cursor
  expect(await call(stranger, 'order_search', { limit: 2, cursor })).toMatchObject({
    isError: true,
  })
  const colleague = await world.newKey(own.tenantId, { role: 'mcp' })
  expect(await call(colleague, 'order_search', { limit: 2, cursor })).toMatchObject({
    isError: true,
  })
  expect(await call(key, 'order_search', { limit: 2, cursor })).not.toHaveProperty('isError', true)
  const words = async (order: string) =>
    (await call(stranger, 'order_get', { order })).content.map(({ text }) => text)
  expect(await words(theirs?.orderId ?? '')).toEqual(await words('ord_nobody'))
  const addresses = [
    `order://${theirs?.orderId}`,
    `transaction://${own.whole.transactionId}`,
    `invoice://${own.whole.order.invoices[0]?.invoiceId}`,
  ]
  for (const uri of addresses) {
    expect((await world.send(key, 'resources/read', { uri })).error, uri).toBeUndefined()
    const read = await world.send(stranger, 'resources/read', { uri })
    expect(read.error, uri).toMatchObject({ code: -32_602 })
  }
})

const strings = z.array(z.string())

/** Every id and number that stands in an answer. */
function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(idsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(idsIn) : []
}

test('whatever a stranger asks with ids it should not know, no row of another tenant comes back', async () => {
  const secrets = strings.parse([
    ...own.held.flatMap(({ orderId, orderNumber }) => [orderId, orderNumber]),
    ...[own.whole.order.orderId, own.whole.transactionId],
  ])
  // Numbers run in each tenant by itself: those that both have say nothing.
  const shared = new Set(other.held.map(({ orderNumber }) => orderNumber))
  const telling = secrets.filter((secret) => !shared.has(secret))
  const names = catalog.filter(({ publish }) => publish === 'mcp').map(({ name }) => name)
  const argument = fc.constantFrom(
    ...['order', 'order_id', 'text', 'cluster_id', 'transaction_id', 'customer_number'],
    ...['invoice', 'proposal_id', 'subject_id', 'connection_id', 'candidate_id'],
  )
  const args = fc.dictionary(
    argument,
    fc.constantFrom(...secrets, own.whole.clusterId, 'C-10001'),
    {
      ...{ minKeys: 0, maxKeys: 3 },
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), args, async (name, asked) => {
      const answer = await call(stranger, name, asked)
      const told = idsIn(answer.structuredContent ?? {})
      expect(told.filter((id) => telling.includes(id))).toEqual([])
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('no credential of an agent host decides, by any door and with any argument', async () => {
  const agent = await world.newKey(own.tenantId, { role: 'agent' })
  const proposal = await proposeRelease()
  for (const token of [key, agent]) {
    const decided = await world.request(`/v1/proposals/${proposal}/decision`, token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approve', version: 1 }),
    })
    expect(decided.status).toBe(403)
    for (const path of [`/v1/acts/release-hold`, '/v1/transactions/replay'])
      expect((await world.request(path, token, { method: 'POST' })).status, path).toBe(403)
  }
  const { structuredContent } = await call(key, 'proposal_get', { proposal_id: proposal })
  expect(structuredContent).toMatchObject({ status: 'requires_review' })
})

const Candidates = z.object({
  candidates: z.array(
    z.object({ candidate_id: z.string(), subject_id: z.string(), kind: z.string() }),
  ),
})

async function releaseCandidate() {
  const order = own.held[1]?.orderId ?? ''
  const { structuredContent } = await call(key, 'order_validate', { order })
  const { candidates } = Candidates.parse(structuredContent)
  const found = candidates.find(({ kind }) => kind === 'release-hold')
  if (found === undefined) throw new Error('Nothing can be released.')
  return { order_id: found.subject_id, candidate_id: found.candidate_id }
}

async function proposeRelease(): Promise<string> {
  const { structuredContent } = await call(key, 'propose_order_change', await releaseCandidate())
  return z.object({ proposal_id: z.string() }).parse(structuredContent).proposal_id
}

test('a proposal that is asked for twice is one, and a made-up candidate is none', async () => {
  expect(await proposeRelease()).toBe(await proposeRelease())
  const { order_id } = await releaseCandidate()
  const made = await call(key, 'propose_order_change', { order_id, candidate_id: 'rel:everything' })
  expect(made).toMatchObject({ isError: true })
  const foreign = await call(stranger, 'propose_order_change', await releaseCandidate())
  expect(foreign).toMatchObject({ isError: true })
  const worded = await call(key, 'propose_order_change', {
    ...(await releaseCandidate()),
    amount_minor: 1,
  })
  expect(worded.content[0]?.text).toContain('amount_minor: There is no such argument')
})

test('whoever asks too often, or for too much at once, is told to wait', async () => {
  const hasty = await openMcpWorld({ options: { rateLimit: { burst: 5, perSecond: 1 } } })
  try {
    const tenantId = await hasty.newTenant()
    const token = await hasty.newKey(tenantId, { role: 'mcp' })
    const statuses = []
    for (let place = 0; place < 7; place += 1)
      statuses.push((await hasty.send(token, 'prompts/list')).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  } finally {
    await hasty.close()
  }
  // A slow machine sends them one by one: whether so many are in hand at once is up to it.
  const burst = async () => {
    const calls = Array.from({ length: 60 }, () =>
      call(key, 'order_validate', { order: own.held[0]?.orderId }),
    )
    return (await Promise.all(calls)).filter(({ isError }) => isError === true)
  }
  let refused = await burst()
  for (let more = 0; more < 9 && refused.length === 0; more += 1) refused = await burst()
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.content[0]?.text).toContain('8 calls in hand')
  expect((await call(key, 'order_search')).isError).toBeUndefined()
}, 60_000)
