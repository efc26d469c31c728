import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { AgentRun, AgentView } from '../canonical/agent-run.ts'
import { beginRun, finishRun } from '../store/assistant/agent-runs.ts'

let door: TestDoor
let tenantId: string
let admin: SignedIn
let operator: SignedIn
beforeAll(async () => {
  door = await openTestDoor()
  tenantId = await door.newTenant()
  admin = await signedIn(door, { tenantId, role: 'admin', name: 'Ada Min' })
  operator = await signedIn(door, { tenantId, role: 'operator', name: 'Ann Lee' })
})
afterAll(() => door.close())

const as = (who: SignedIn, path: string, method = 'GET', body?: object) =>
  door.request(path, undefined, {
    method,
    headers: { ...who.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const off = {
  isEnabled: false,
  runsOnEvents: true,
  dailyAt: null,
  reason: 'It proposed the same order twice.',
}

test('an administrator who is signed in switches an agent off; nobody else does, and no key', async () => {
  const path = '/v1/agents/triage'
  expect((await as(operator, path, 'PUT', off)).status).toBe(403)
  const key = await door.newKey(tenantId, { role: 'admin' })
  const byKey = await door.request(path, key, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(off),
  })
  expect(byKey.status).toBe(403)
  const changed = AgentView.parse(await (await as(admin, path, 'PUT', off)).json())
  expect(changed).toMatchObject({
    setting: { isEnabled: false, dailyAt: null },
    changedBy: 'person:Ada Min',
    reason: off.reason,
  })
  const refused = await as(operator, `${path}/runs`, 'POST', {})
  expect([refused.status, await refused.text()]).toEqual([
    409,
    expect.stringContaining('agent-off'),
  ])
  const on = await as(admin, path, 'PUT', { ...off, isEnabled: true, reason: 'Mended.' })
  expect(on.status).toBe(200)
  const started = await as(operator, `${path}/runs`, 'POST', {})
  expect(started.status).toBe(202)
  expect(AgentRun.parse(await started.json())).toMatchObject({
    status: 'queued',
    trigger: 'demand',
    requestedBy: { kind: 'person', id: operator.userId, name: 'Ann Lee' },
  })
})

test('an agent that the house has not is 404, and times of day are times of day', async () => {
  expect((await as(admin, '/v1/agents/nobody', 'PUT', off)).status).toBe(404)
  expect((await as(admin, '/v1/agents/nobody/runs')).status).toBe(404)
  expect((await as(operator, '/v1/agents/nobody/runs', 'POST', {})).status).toBe(404)
  for (const dailyAt of ['7:30', '24:00', 'noon'])
    expect((await as(admin, '/v1/agents/triage', 'PUT', { ...off, dailyAt })).status).toBe(422)
})

test('what somebody wrote in a chat is theirs: others see that there was a run and what it cost', async () => {
  const spent = { modelCalls: 1, inputTokens: 100, outputTokens: 10, costMicros: 25 }
  await door.database.inTenant(tenantId, async (tx) => {
    await beginRun(tx, {
      ...{ runId: 'run_of_ann', agent: 'triage', agentVersion: '1', trigger: 'chat' },
      ...{ subject: null, threadId: 'thr_of_ann', wakeKey: null, input: 'Is Cobalt insolvent?' },
      requestedBy: {
        ...{ kind: 'person', id: operator.userId, name: 'Ann Lee' },
        scopes: ['o2c:read'],
      },
    })
    await finishRun(tx, 'run_of_ann', {
      ...{ status: 'succeeded', mode: 'model', note: null, proposalIds: [], spent, error: null },
      unbooked: null,
      outcome: 'Cobalt pays late.',
      toolCalls: [
        {
          ...{ tool: 'customer_search', args: { words: 'Cobalt' }, outcome: 'answered' },
          ...{ message: null, startedAt: '2026-11-22T09:00:00.000Z', durationMs: 4.2 },
        },
      ],
    })
  })
  const own = AgentRun.parse(await (await as(operator, '/v1/agent-runs/run_of_ann')).json())
  expect(own).toMatchObject({ input: 'Is Cobalt insolvent?', outcome: 'Cobalt pays late.', spent })
  const list = z.object({ items: z.array(AgentRun) })
  const [seen] = list
    .parse(await (await as(admin, '/v1/agents/triage/runs')).json())
    .items.filter(({ runId }) => runId === 'run_of_ann')
  expect(JSON.stringify(seen)).not.toMatch(/Cobalt|thr_of_ann|o2c:read/)
  expect(seen).toMatchObject({ spent, toolCalls: [{ tool: 'customer_search', args: {} }] })
})
