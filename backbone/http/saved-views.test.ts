import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import type { PersonRole } from '../canonical/person.ts'
import { SavedView } from '../canonical/views/saved-view.ts'

const Views = z.object({ items: z.array(SavedView), firstViewId: z.string().nullable() })

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
})
afterAll(() => door.close())

/** Somebody of a house at their desk. */
async function person(role: PersonRole, tenantId: string) {
  const who: SignedIn = await signedIn(door, { tenantId, role, name: `A ${role}` })
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await door.request(path, undefined, {
      method,
      headers: { ...who.headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, said: await answer.json() }
  }
  return {
    who,
    ask,
    views: async () => Views.parse((await ask('GET', '/v1/saved-views?screen=orders')).said),
    ownNames: async () =>
      Views.parse((await ask('GET', '/v1/saved-views?screen=orders')).said)
        .items.filter(({ isBuiltIn }) => !isBuiltIn)
        .map(({ name }) => name),
    save: async (name: string, more: object = {}) =>
      ask('POST', '/v1/saved-views', {
        ...{ screen: 'orders', name, filters: { stage: 'held,ready', sort: 'wanted' } },
        ...more,
      }),
  }
}

test('a view that is saved is there again, with the filters it was saved with, and opens first when asked', async () => {
  const tenantId = await door.newTenant()
  const vic = await person('viewer', tenantId)
  const { status, said } = await vic.save('My morning')
  expect(status).toBe(201)
  const { viewId, filters } = SavedView.parse(said)
  expect(filters).toEqual({ stage: 'held,ready', sort: 'wanted' })
  const opened = await vic.ask('PUT', '/v1/first-views/orders', { viewId })
  expect(Views.parse(opened.said).firstViewId).toBe(viewId)
  const { items, firstViewId } = await vic.views()
  expect(firstViewId).toBe(viewId)
  expect(items.filter(({ isBuiltIn }) => isBuiltIn).map(({ name }) => name)).toEqual([
    'Held',
    'Waiting for stock',
    'Due today',
    'Late',
    'Received today',
  ])
  expect(items.at(-1)).toMatchObject({ name: 'My morning', isOwn: true, mayChange: true })
  const body = { screen: 'orders', name: 'My evening', filters: { late: 'true' } }
  const changed = await vic.ask('PUT', `/v1/saved-views/${viewId}`, body)
  expect(changed).toMatchObject({
    status: 200,
    said: { name: 'My evening', filters: { late: 'true' } },
  })
  expect((await vic.ask('DELETE', `/v1/saved-views/${viewId}`)).status).toBe(200)
  expect(await vic.views()).toMatchObject({ firstViewId: null })
  expect(await vic.ownNames()).toEqual([])
})

test('every view that everybody has opens a list', async () => {
  const tenantId = await door.newTenant()
  const vic = await person('viewer', tenantId)
  for (const { filters } of (await vic.views()).items) {
    const { status } = await vic.ask('GET', `/v1/orders?${new URLSearchParams(filters)}`)
    expect([filters, status]).toEqual([filters, 200])
  }
})

test('a view is its owner’s alone until it is shared, and never another house’s', async () => {
  const tenantId = await door.newTenant()
  const [ann, bob] = [await person('operator', tenantId), await person('approver', tenantId)]
  const stranger = await person('admin', await door.newTenant())
  const { viewId } = SavedView.parse((await bob.save('Big ones')).said)
  const path = `/v1/saved-views/${viewId}`
  for (const other of [ann, stranger]) {
    expect(await other.ownNames()).toEqual([])
    for (const [method, body] of [
      ['PUT', { screen: 'orders', name: 'Taken' }],
      ['DELETE', undefined],
    ] as const)
      expect((await other.ask(method, path, body)).status).toBe(404)
    expect((await other.ask('PUT', '/v1/first-views/orders', { viewId })).status).toBe(404)
  }
  expect((await bob.ask('PUT', path, { screen: 'orders', isShared: true })).status).toBe(200)
  expect((await ann.views()).items.at(-1)).toMatchObject({
    ...{ name: 'Big ones', isShared: true, isOwn: false, mayChange: false },
    ownerName: 'A approver',
  })
  expect(await stranger.ownNames()).toEqual([])
  expect((await ann.ask('DELETE', path)).said).toMatchObject({
    type: 'urn:quittance:problem:not-your-view',
  })
  // It opens Ann's list until it is taken back.
  await ann.ask('PUT', '/v1/first-views/orders', { viewId })
  expect((await ann.views()).firstViewId).toBe(viewId)
  await bob.ask('PUT', path, { screen: 'orders', isShared: false })
  expect(await ann.views()).toMatchObject({ firstViewId: null })
  // An administrator clears up what others share, and sees nothing they keep for themselves.
  const cy = await person('admin', tenantId)
  expect((await cy.ask('DELETE', path)).status).toBe(404)
  await bob.ask('PUT', path, { screen: 'orders', isShared: true })
  expect((await cy.ask('DELETE', path)).status).toBe(200)
  expect(await bob.ownNames()).toEqual([])
})

test('administrators and approvers share views; everybody else keeps theirs', async () => {
  const tenantId = await door.newTenant()
  for (const [role, status] of [
    ['viewer', 403],
    ['collector', 403],
    ['operator', 403],
    ['approver', 201],
    ['admin', 201],
  ] as const) {
    const one = await person(role, tenantId)
    expect([role, (await one.save('Ours', { isShared: true })).status]).toEqual([role, status])
    expect((await one.save('Mine')).status).toBe(201)
  }
})

test('a name is used once, a person has fifty views, and a view has only what the list knows', async () => {
  const tenantId = await door.newTenant()
  const ann = await person('operator', tenantId)
  const { viewId } = SavedView.parse((await ann.save('Friday')).said)
  expect(await ann.save('friday')).toMatchObject({
    status: 409,
    said: {
      type: 'urn:quittance:problem:view-name-taken',
      detail: 'You have a view called friday already.',
    },
  })
  const monday = SavedView.parse((await ann.save('Monday')).said)
  const renamed = { screen: 'orders', name: 'FRIDAY' }
  expect((await ann.ask('PUT', `/v1/saved-views/${monday.viewId}`, renamed)).status).toBe(409)
  expect((await ann.ask('PUT', `/v1/saved-views/${viewId}`, renamed)).status).toBe(200)
  for (const [filters, path] of [
    [{ stage: 'lost' }, 'filters.stage'],
    [{ sort: 'colour' }, 'filters.sort'],
    [{ receivedFrom: 'someday' }, 'filters.receivedFrom'],
    [{ colour: 'red' }, 'filters'],
    [{ q: 'x'.repeat(401) }, 'filters.q'],
  ] as const)
    expect(await ann.save('Odd', { filters })).toMatchObject({
      status: 422,
      said: { details: [{ path }] },
    })
  expect((await ann.save('x'.repeat(61))).status).toBe(422)
  expect((await ann.save('Elsewhere', { screen: 'moon' })).status).toBe(422)
  for (let count = 2; count < 50; count += 1)
    expect((await ann.save(`View ${count}`)).status).toBe(201)
  expect(await ann.save('One too many')).toMatchObject({
    status: 409,
    said: { type: 'urn:quittance:problem:too-many-views' },
  })
})

test('no API key reads or keeps views: they are people’s', async () => {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId, { role: 'admin' })
  const answer = await door.request('/v1/saved-views?screen=orders', key)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ type: 'urn:quittance:problem:person-needed' })
})
