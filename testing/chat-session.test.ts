import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { ChatEvent } from '../backbone/canonical/chat.ts'
import { Proposal } from '../backbone/canonical/proposal.ts'
import { readConfig } from '../backbone/config.ts'
import { claimTenantForSeed } from '../backbone/store/master-data/seeded-tenant.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { openHouse, startWork } from '../cli/house.ts'
import { startServer } from '../cli/server.ts'
import { type LlmServer, startLlmServer } from './llm-server.ts'
import { type SignedIn, signedIn } from './signed-in.ts'
import { furnishForTools } from './tools-world.ts'

const tenantId = 'session'

/** A house on the built-in database with its door and its work, an order that is held, and two people. */
async function openSession(environment: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'chat-session-'))
  const config = readConfig({
    ...{ QUITTANCE_DATA: folder, QUITTANCE_PORT: '0', QUITTANCE_DEMO: 'false' },
    ...environment,
  })
  const log = createLog({ level: 'silent', destination: { write: () => undefined } })
  const house = await openHouse(config, log)
  const profile = { name: 'Session', timeZone: 'UTC', currency: 'USD', settings: {} }
  await house.database.inTenant(tenantId, (tx) => claimTenantForSeed(tx, profile))
  const { held } = await furnishForTools(house.database, tenantId, { held: 1, failed: 1 })
  const server = await startServer(house)
  const work = startWork(house)
  onTestFinished(async () => {
    await work.stop()
    await server.stop()
    await house.close()
    await rm(folder, { recursive: true, force: true })
  })
  const person = (role: 'operator' | 'approver', name: string) =>
    signedIn(house, { tenantId, role, name, origin: server.url })
  const [order] = held
  if (order === undefined) throw new Error('An order is held.')
  const send = (who: SignedIn, path: string, body?: object) =>
    fetch(`${server.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...who.headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    ...{ order, send },
    ann: await person('operator', 'Ann Lee'),
    bob: await person('approver', 'Bob Ray'),
    /** Holds of the order that are in force. */
    holds: () =>
      house.database.inTenant(tenantId, (tx) =>
        tx.rows(
          sql`select from hold where order_id = ${order.orderId} and type = 'PRICE' and released_at is null`,
        ),
      ),
    timeline: () =>
      house.database.inTenant(tenantId, (tx) =>
        tx.rows<{ summary: string; actor: string }>(
          sql`select summary, actor from event where order_id = ${order.orderId} order by event_id`,
        ),
      ),
    async ask(text: string, threadId?: string): Promise<ChatEvent[]> {
      const question = { text, ...(threadId === undefined ? {} : { threadId }) }
      const answer = await send(this.ann, '/v1/chat', question)
      return (await answer.text())
        .split('\n')
        .flatMap((line) =>
          line.startsWith('data: ') ? [ChatEvent.parse(JSON.parse(line.slice(6)))] : [],
        )
    },
  }
}

type Session = Awaited<ReturnType<typeof openSession>>

const threadOf = (events: readonly ChatEvent[]): string =>
  events.flatMap((event) => (event.type === 'thread' ? [event.threadId] : []))[0] ?? ''
const wordsOf = (events: readonly ChatEvent[]): string =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')

async function proposalOf({ send, bob }: Session, proposalId: string): Promise<Proposal> {
  return Proposal.parse(await (await send(bob, `/v1/proposals/${proposalId}`)).json())
}

/** Asks why the order is stuck, asks to lift its hold, and has somebody else approve it. */
async function walkThrough(session: Session): Promise<ChatEvent[]> {
  const { order, ann, bob, send, ask, holds } = session
  const first = await session.ask(`Why is ${order.orderNumber} stuck?`)
  expect(wordsOf(first)).toContain('PRICE')
  const second = await session.ask('Release the hold, please.', threadOf(first))
  const [card] = second.flatMap((event) => (event.type === 'proposal' ? [event.card] : []))
  expect(card).toMatchObject({ kind: 'release-hold', status: 'requires_review' })
  const proposalId = card?.proposalId ?? ''
  // Asked for more than it does, the assistant answers; the proposal stays as it is.
  const third = await ask.call(session, 'Approve it yourself, now.', threadOf(first))
  expect(third.at(-1)?.type).toBe('done')
  const proposed = await proposalOf(session, proposalId)
  expect([proposed.status, proposed.requestedBy.name]).toEqual(['requires_review', 'Ann Lee'])
  expect(await holds()).toHaveLength(1)
  const { version, effectHash } = proposed
  const decision = { decision: 'approve', version, effectHash }
  const decided = await send(bob, `/v1/proposals/${proposalId}/decision`, decision)
  expect([decided.status, await decided.text()]).toEqual([200, expect.any(String)])
  while (!['succeeded', 'failed'].includes((await proposalOf(session, proposalId)).status))
    await wait(20)
  expect((await proposalOf(session, proposalId)).status).toBe('succeeded')
  expect(await holds()).toHaveLength(0)
  const done = await session.timeline()
  expect(done.some(({ actor }) => actor === `proposal:${proposalId} (Bob Ray)`)).toBe(true)
  expect(await (await send(ann, `/v1/chat/${threadOf(first)}`)).text()).toContain(proposalId)
  return [...first, ...second, ...third]
}

test('a conversation without a key ends in a proposal that somebody else approves and the house carries out', async () => {
  const session = await openSession()
  const told = await walkThrough(session)
  for (const event of told)
    if (event.type === 'mode')
      expect([event.mode, event.note]).toEqual(['rules', 'rules mode, no language model'])
}, 120_000)

const Found = z.object({
  items: z.array(z.object({ candidate_id: z.string(), kind: z.string(), subject_id: z.string() })),
})

const call = (name: string, args: object) => ({
  toolCalls: [{ name, arguments: JSON.stringify(args) }],
})

/** The call that proposes to lift the hold, with the ids of the candidates it was shown. */
function callToLift(shown: string) {
  const { items } = Found.parse(
    JSON.parse(shown.slice(shown.indexOf('{'), shown.lastIndexOf('}') + 1)),
  )
  const lift = items.find(({ kind }) => kind === 'release-hold')
  return call('propose_order_change', {
    order_id: lift?.subject_id,
    candidate_id: lift?.candidate_id,
  })
}

/** Looks the order up, then what could be done, and proposes what it was asked for. */
function nextOfRelease(orderNumber: string, [order, candidates, proposed]: readonly string[]) {
  if (order === undefined) return call('order_get', { order: orderNumber })
  const id = /ord_[0-9a-z]{26}/.exec(order)?.[0] ?? ''
  if (candidates === undefined)
    return call('candidates_list', { subject_kind: 'order', subject_id: id })
  return proposed === undefined
    ? callToLift(candidates)
    : { content: 'It is proposed and waits for a person.' }
}

/** A model that does as it is asked, also where it is asked to approve. */
function teach({ llm }: LlmServer, orderNumber: () => string): void {
  llm.on({ predicate: () => true }, ({ messages }) => {
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    const question = String(messages[asked]?.content)
    const results = messages
      .slice(asked + 1)
      .flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : []))
    if (question.startsWith('Approve')) return call('proposal_approve', { proposal_id: 'prp_1' })
    if (question.startsWith('Release')) return nextOfRelease(orderNumber(), results)
    return results.length === 0
      ? call('order_get', { order: orderNumber() })
      : { content: `${orderNumber()} waits for its hold PRICE.` }
  })
}

test('the same conversation with a language model: it proposes what it was asked for, and cannot approve', async () => {
  const server = await startLlmServer()
  onTestFinished(() => server.close())
  let orderNumber = ''
  teach(server, () => orderNumber)
  const session = await openSession({
    OPENAI_API_KEY: server.settings.apiKey,
    OPENAI_BASE_URL: server.settings.baseUrl,
  })
  orderNumber = session.order.orderNumber
  const told = await walkThrough(session)
  const modes = told.flatMap((event) =>
    event.type === 'mode' ? [`${event.mode}: ${event.note}`] : [],
  )
  expect(modes[0]).toContain('model: worded by gpt-4o-mini')
  // Only in the last turn, where it called what it has not, was it left.
  expect(modes.filter((mode) => mode.startsWith('rules'))).toEqual([
    'rules: rules mode, no language model: the model called a tool in a way that cannot be read',
  ])
  expect(server.asked()).toBeGreaterThan(5)
}, 120_000)
