import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import {
  HouseKeyAnswer,
  HouseLinkAnswer,
  houseKeyPath,
  houseLinkPath,
  houseProof,
} from './house-door.ts'

let door: TestDoor
const signingKey = randomBytes(32)

beforeAll(async () => {
  door = await openTestDoor({ ports: { signingKey } })
})
afterAll(() => door.close())

const here = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
const elsewhere = { incoming: { socket: { remoteAddress: '192.0.2.7' } } }

async function ask(
  wish: object,
  {
    key = signingKey,
    atMs = Date.now(),
    from = here,
    headers = {},
  }: {
    key?: Uint8Array
    atMs?: number
    from?: typeof here
    headers?: Record<string, string>
  } = {},
): Promise<Response> {
  const body = JSON.stringify(wish)
  const proof = { 'x-house-proof': houseProof(key, body, atMs) }
  const init = { method: 'POST', body, headers: { ...proof, ...headers } }
  return await door.app.request(houseLinkPath, init, from)
}

const openLink = (token: string) =>
  door.request('/v1/session/link', undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })

test('a command on this machine that holds the secret key gets a link for anybody; an administrator where nobody is named', async () => {
  const empty = await openTestDoor({ ports: { signingKey } })
  const asked = async (wish: object) => {
    const body = JSON.stringify(wish)
    const headers = { 'x-house-proof': houseProof(signingKey, body, Date.now()) }
    return await empty.app.request(houseLinkPath, { method: 'POST', body, headers }, here)
  }
  try {
    const nobody = await asked({})
    expect(nobody.status).toBe(409)
    expect(await nobody.text()).toContain('quittance sign-in-link --tenant NAME --user EMAIL')
    const first = await asked({ tenantId: 'northwind', email: 'Una@northwind.example' })
    expect(HouseLinkAnswer.parse(await first.json())).toMatchObject({
      email: 'una@northwind.example',
      role: 'admin',
    })
    const stranger = await asked({ email: 'eve@northwind.example' })
    expect(stranger.status).toBe(409)
    expect(await stranger.text()).toContain('There are una@northwind.example (admin)')
    await signedIn(empty, { tenantId: 'northwind', role: 'operator', name: 'Olivia' })
    const again = HouseLinkAnswer.parse(await (await asked({})).json())
    expect(again.email).toBe('una@northwind.example')
    const answer = await empty.request('/v1/session/link', undefined, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: again.token }),
    })
    expect(answer.status).toBe(200)
    await signedIn(empty, { tenantId: 'northwind', role: 'admin', name: 'Second' })
    expect((await asked({})).status).toBe(409)
  } finally {
    await empty.close()
  }
})

test('without the key, from elsewhere, through a proxy or with an old proof nobody gets one', async () => {
  const tenantId = await door.newTenant()
  const person = await signedIn(door, { tenantId, role: 'admin' })
  const wish = { tenantId, email: `${person.userId}@test.example` }
  const right = HouseLinkAnswer.parse(await (await ask(wish)).json())
  expect((await openLink(right.token)).status).toBe(200)
  for (const wrong of [
    { key: randomBytes(32) },
    { atMs: Date.now() - 61_000 },
    { atMs: Date.now() + 61_000 },
    { from: elsewhere },
    { headers: { 'x-forwarded-for': '127.0.0.1' } },
    { headers: { 'x-house-proof': '' } },
    { headers: { 'x-house-proof': houseProof(signingKey, '{}', Date.now()) } },
    { headers: { 'x-house-proof': `NaN.${'0'.repeat(64)}` } },
  ])
    expect([wrong, (await ask(wish, wrong)).status]).toEqual([wrong, 403])
})

test('a command that holds the secret key gets an API key too; nobody else does', async () => {
  const draft = { name: 'Bridge', role: 'mcp', scopes: ['o2c:read'] }
  const tenantId = await door.newTenant()
  const body = JSON.stringify({ tenantId, draft })
  const knock = (key: Uint8Array, from: typeof here) =>
    door.app.request(
      houseKeyPath,
      { method: 'POST', body, headers: { 'x-house-proof': houseProof(key, body, Date.now()) } },
      from,
    )
  const { token } = HouseKeyAnswer.parse(await (await knock(signingKey, here)).json())
  expect((await door.request('/v1/tools', token)).status).toBe(200)
  expect((await door.request('/v1/invoices', token)).status).toBe(403)
  expect((await knock(randomBytes(32), here)).status).toBe(403)
  expect((await knock(signingKey, elsewhere)).status).toBe(403)
})
