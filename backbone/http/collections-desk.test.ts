import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { furnishForTools } from '../../testing/tools-world.ts'
import type { PersonRole } from '../canonical/person.ts'
import {
  CollectionsKpiView,
  DisputeCodeView,
  RecipientsView,
  ReplyReadings,
  ReplyView,
  TimelineEntry,
  WorklistLine,
} from '../canonical/views/collections-view.ts'

let door: TestDoor
let tenantId: string
let ann: SignedIn
let ada: SignedIn

const person = (role: PersonRole, name: string) => signedIn(door, { tenantId, role, name })

beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  tenantId = await door.newTenant()
  await furnishForTools(door.database, tenantId)
  ann = await person('collector', 'Ann Lee')
  ada = await person('admin', 'Ada Min')
}, 60_000)
afterAll(() => door.close())

async function ask<Schema extends z.ZodType>(
  who: SignedIn,
  path: string,
  schema: Schema,
  sent?: { readonly method: 'POST' | 'PUT'; readonly body: object },
): Promise<z.output<Schema>> {
  const answer = await send(who, path, sent)
  expect([path, answer.status < 300]).toEqual([path, true])
  return schema.parse(await answer.json())
}

const send = (
  who: SignedIn,
  path: string,
  sent?: { readonly method: 'POST' | 'PUT'; readonly body: object },
) =>
  door.request(`/v1/collections/${path}`, undefined, {
    headers: { ...who.headers, 'content-type': 'application/json' },
    ...(sent === undefined ? {} : { method: sent.method, body: JSON.stringify(sent.body) }),
  })

const Problem = z.object({
  type: z.string(),
  details: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
})

const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

test('the worklist is searched by name, number and collector', async () => {
  const whole = await ask(ann, 'worklist?limit=200', listOf(WorklistLine))
  const [first] = whole.items
  const number = first?.customerNumber ?? ''
  const byNumber = await ask(ann, `worklist?q=${number.toLowerCase()}`, listOf(WorklistLine))
  expect(byNumber.items.map(({ customerNumber }) => customerNumber)).toEqual([number])
  const part = (first?.name ?? '').slice(2, 9).toUpperCase()
  const byName = await ask(ann, `worklist?q=${encodeURIComponent(part)}`, listOf(WorklistLine))
  expect(byName.items).toEqual(whole.items.filter(({ name }) => name.toUpperCase().includes(part)))
  const nobody = await ask(ann, 'worklist?q=nobody-is-called-so', listOf(WorklistLine))
  expect(nobody.items).toEqual([])
  const owed = await ask(ann, `ageing?q=${number}`, z.object({ items: z.array(z.unknown()) }))
  expect(owed.items).toHaveLength(1)
})

test('an answer that was taken for the wrong thing is corrected: what can be done about it follows, and the record says so', async () => {
  const body = { customerNumber: 'C-10006', channel: 'phone', content: 'About your letter.' }
  const reply = await ask(ann, 'replies', ReplyView, { method: 'POST', body })
  expect(reply.replyClass).toBe('unknown')
  const readings = await ask(ann, `replies/${reply.replyId}/readings`, ReplyReadings)
  expect(readings.items[0]?.replyClass).toBe('unknown')
  expect(readings.items).toHaveLength(10)
  const copies = readings.items.find(({ replyClass }) => replyClass === 'copy-request')
  const read = await ask(ann, `replies/${reply.replyId}/read`, ReplyView, {
    ...{ method: 'POST', body: { replyClass: 'copy-request' } },
  })
  expect(read).toMatchObject({
    replyClass: 'copy-request',
    readBy: 'person:Ann Lee',
    reading: { alternatives: [copies?.leadsTo] },
  })
  // Read once, it stays what it was read as.
  const again = await ask(ann, `replies/${reply.replyId}/read`, ReplyView, {
    ...{ method: 'POST', body: { replyClass: 'legal' } },
  })
  expect(again).toEqual(read)
})

test('what people record stands in the timeline of the customer, and what is wrong is said at its field', async () => {
  const customerNumber = 'C-10017'
  const promise = { customerNumber, amountMinor: 10_025, promisedOn: '2099-01-05' }
  await ask(ann, 'promises', z.looseObject({}), { method: 'POST', body: promise })
  const stop = { customerNumber, kind: 'litigation', reason: 'Their lawyers called.' }
  await ask(ann, 'stops', z.looseObject({}), { method: 'POST', body: stop })
  const path = `customers/${customerNumber}/timeline`
  const { items } = await ask(ann, path, listOf(TimelineEntry))
  expect(items[0]).toMatchObject({ kind: 'stop', by: 'person:Ann Lee', note: stop.reason })
  expect(items[1]?.text).toBe('Promised: 100.25 USD for 2099-01-05.')
  expect((await send(ann, 'customers/C-0/timeline')).status).toBe(404)
  const { items: codes } = await ask(ann, 'dispute-codes', listOf(DisputeCodeView))
  expect(codes.find(({ code }) => code === '01')).toMatchObject({ route: 'pricing' })
  for (const [kind, wrong, field] of [
    ['promises', { ...promise, promisedOn: '2020-01-01' }, 'promisedOn'],
    ['stops', { ...stop, until: '2020-01-01' }, 'until'],
    ['disputes', { invoiceNumber: 'INV-NONE', code: '01' }, 'invoiceNumber'],
    ['disputes', { invoiceNumber: 'INV-NONE', code: '77' }, 'code'],
  ] as const) {
    const answer = await send(ann, kind, { method: 'POST', body: wrong })
    const { details } = Problem.parse(await answer.json())
    expect([kind, answer.status, details[0]?.path]).toEqual([kind, 422, field])
  }
})

test('the figures of one customer are counted for that customer alone', async () => {
  const all = await ask(ann, 'kpi', CollectionsKpiView)
  const one = await ask(ann, 'kpi?customer=C-10006', CollectionsKpiView)
  const [sum, own] = [all.currencies[0]?.endMinor ?? 0, one.currencies[0]?.endMinor ?? 0]
  expect(own).toBeGreaterThan(0)
  expect(own).toBeLessThan(sum)
  expect((await ask(ann, 'kpi?customer=C-0', CollectionsKpiView)).currencies).toEqual([])
})

test('who gets letters is typed by an administrator in person: no key, no collector, nothing over a newer file', async () => {
  const path = 'customers/C-10006/recipients'
  const before = await ask(ann, path, RecipientsView)
  const added = { name: 'Maria Lopez', email: 'maria@customer.example', role: 'accounts payable' }
  const body = { version: before.version, contacts: [...before.contacts, added] }
  expect((await send(ann, path, { method: 'PUT', body })).status).toBe(403)
  for (const role of ['admin', 'agent', 'mcp']) {
    const answer = await door.request(
      `/v1/collections/${path}`,
      await door.newKey(tenantId, { role }),
      {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
    )
    expect([role, answer.status]).toEqual([role, 403])
  }
  for (const contact of [{ name: 'Nobody' }, { email: 'no address' }, { email: '', phone: ' ' }]) {
    const wrong = { version: before.version, contacts: [contact] }
    const answer = await send(ada, path, { method: 'PUT', body: wrong })
    expect(answer.status).toBe(422)
    expect(Problem.parse(await answer.json()).details[0]?.path).toMatch(/^contacts\.0\./)
  }
  expect(await ask(ann, path, RecipientsView)).toEqual(before)
  const after = await ask(ada, path, RecipientsView, { method: 'PUT', body })
  expect(after).toMatchObject({ version: before.version + 1, contacts: body.contacts })
  expect((await send(ada, path, { method: 'PUT', body })).status).toBe(412)
  const file = await door.request('/v1/customers/C-10006', undefined, {
    headers: { ...ada.headers },
  })
  expect(await file.json()).toMatchObject({ contacts: body.contacts, currency: 'USD' })
})
