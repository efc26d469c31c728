import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { furnishForTools } from '../../testing/tools-world.ts'
import type { PersonRole } from '../canonical/person.ts'
import {
  Candidate,
  DraftCheck,
  Proposal,
  ProposalBasis,
  ProposalCount,
} from '../canonical/proposal.ts'

let door: TestDoor
let tenantId: string
let ann: SignedIn
let bob: SignedIn

const person = (role: PersonRole, name?: string) =>
  signedIn(door, { tenantId, role, ...(name === undefined ? {} : { name }) })

beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  tenantId = await door.newTenant()
  await furnishForTools(door.database, tenantId)
  ann = await person('collector', 'Ann Lee')
  bob = await person('approver', 'Bob Ray')
}, 60_000)
afterAll(() => door.close())

const get = (path: string, who: SignedIn) =>
  door.request(path, undefined, { headers: { ...who.headers } })

const post = (path: string, who: SignedIn, body: object) =>
  door.request(path, undefined, {
    method: 'POST',
    headers: { ...who.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const Problem = z.object({
  type: z.string(),
  details: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
})

const problemOf = async (answer: Response) => {
  const { type, details } = Problem.parse(await answer.json())
  return { status: answer.status, problem: type.replace('urn:quittance:problem:', ''), details }
}

const Late = z.object({ items: z.array(z.object({ customerNumber: z.string() })) })

/** Letters that are proposed to customers who are late, as many as there are to write. */
async function letters(): Promise<Proposal[]> {
  const { items } = Late.parse(await (await get('/v1/collections/worklist', ann)).json())
  const made: Proposal[] = []
  for (const { customerNumber } of items) {
    const subject = `customer:${customerNumber}`
    const found = z
      .object({ items: z.array(Candidate) })
      .parse(await (await get(`/v1/candidates?subject=${subject}`, ann)).json())
    const letter = found.items.find(({ kind }) => kind === 'send-collections-message')
    if (letter === undefined) continue
    const { candidateId } = letter
    const answer = await post('/v1/proposals', ann, { subject, candidateId })
    expect(answer.status).toBe(201)
    made.push(Proposal.parse(await answer.json()))
  }
  return made
}

const theLetter = async (): Promise<Proposal> =>
  (await letters())[0] ?? expect.unreachable('Nobody is to be written to.')

const looked = ({ version, effectHash }: Proposal) => ({ version, effectHash })

const at = ({ proposalId }: Proposal, what: string) => `/v1/proposals/${proposalId}/${what}`

/** Everything a check must leave as it is. */
async function standing({ proposalId }: Proposal): Promise<unknown> {
  const proposal = await (await get(`/v1/proposals/${proposalId}`, bob)).json()
  const rows = await door.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`
      select (select count(*)::int from event) as events,
        (select count(*)::int from proposal_decision) as decisions,
        (select xmin::text from proposal where proposal_id = ${proposalId}) as written`),
  )
  return { proposal, rows }
}

test('a draft is checked while it is typed, by the very checks of the edit, and nothing is kept', async () => {
  const letter = await theLetter()
  const body = String(letter.draft?.['body'])
  const before = await standing(letter)
  const drafts = [
    { ...letter.draft, body: `${body}\n\nYou still owe us 999,999.99 USD.` },
    { ...letter.draft, subject: '' },
    { ...letter.draft, recipient: 'somebody@else.example' },
    { subject: 'No text', body: '   ' },
  ]
  for (const draft of drafts) {
    const answer = await post(at(letter, 'draft-check'), ann, { ...looked(letter), draft })
    expect(answer.status).toBe(200)
    const { faults, changes } = DraftCheck.parse(await answer.json())
    expect(changes).toEqual(letter.changes)
    const edit = { decision: 'edit', ...looked(letter), draft }
    const refused = await problemOf(await post(at(letter, 'decision'), ann, edit))
    expect(refused.status).toBe(422)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.map(({ message }) => message)).toEqual(
      refused.details.map(({ message }) => message),
    )
  }
  expect(await standing(letter)).toEqual(before)
})

test('what is right is shown as it would then stand, and the edit makes it so', async () => {
  const letter = await theLetter()
  const draft = { ...letter.draft, body: `${String(letter.draft?.['body'])}\n\nThank you.` }
  const before = await standing(letter)
  const answer = await post(at(letter, 'draft-check'), ann, { ...looked(letter), draft })
  const check = DraftCheck.parse(await answer.json())
  expect(check.faults).toEqual([])
  expect(JSON.stringify(check.changes)).toContain('Thank you.')
  expect(check.policyReasons[0]).toContain('Changed by Ann Lee')
  expect(await standing(letter)).toEqual(before)
  const edit = { decision: 'edit', ...looked(letter), draft }
  const edited = Proposal.parse(await (await post(at(letter, 'decision'), ann, edit)).json())
  const { changes, money, policyReasons, needsOtherPerson, requiredRole } = edited
  expect(check).toEqual({
    ...{ faults: [], changes, money, policyReasons, needsOtherPerson, requiredRole },
  })
  const late = await post(at(letter, 'draft-check'), ann, { ...looked(letter), draft })
  expect(await problemOf(late)).toMatchObject({ status: 409, problem: 'changed' })
})

test('a key, an agent and whoever looks on check no draft', async () => {
  const letter = await theLetter()
  const body = { ...looked(letter), draft: letter.draft }
  for (const role of ['admin', 'approver', 'agent', 'mcp']) {
    const answer = await door.request(
      at(letter, 'draft-check'),
      await door.newKey(tenantId, { role }),
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
    )
    expect(await problemOf(answer)).toMatchObject({ status: 403, problem: 'person-needed' })
  }
  const viewer = await post(at(letter, 'draft-check'), await person('viewer'), body)
  expect(await problemOf(viewer)).toMatchObject({ status: 403, problem: 'scope-missing' })
  const stranger = await signedIn(door, { tenantId: await door.newTenant(), role: 'approver' })
  const foreign = await post(at(letter, 'draft-check'), stranger, body)
  expect(await problemOf(foreign)).toMatchObject({ status: 404 })
})

test('what a letter rests on is told then and now, and a check of one that is out of date says so without ending it', async () => {
  const letter = await theLetter()
  const read = async () => ProposalBasis.parse(await (await get(at(letter, 'basis'), bob)).json())
  const fresh = await read()
  expect(fresh).toMatchObject({ isCurrent: true, gone: null })
  const invoice = fresh.records.find(({ record }) => record.startsWith('invoice:'))
  expect(invoice?.name).toMatch(/^Invoice /)
  expect(invoice?.before).toMatch(/ USD open, due \d{4}-/)
  const [, invoiceNumber = ''] = (invoice?.record ?? '').split(':')
  const dispute = await post('/v1/collections/disputes', ann, {
    ...{ invoiceNumber, amountMinor: 100, code: '01' },
  })
  expect(dispute.status).toBe(201)
  const stale = await read()
  expect(stale.isCurrent).toBe(false)
  expect(stale.records.find(({ record }) => record === invoice?.record)).toMatchObject({
    before: invoice?.before,
    now: expect.stringContaining('1.00 USD contested'),
    isChanged: true,
  })
  const before = await standing(letter)
  const body = { ...looked(letter), draft: letter.draft }
  const answer = await post(at(letter, 'draft-check'), ann, body)
  expect(await problemOf(answer)).toMatchObject({ status: 409, problem: 'stale' })
  expect(await standing(letter)).toEqual(before)
})

test('the inbox is counted whole, and sorted by money and by what expires soonest without losing any', async () => {
  await letters()
  const count = ProposalCount.parse(
    await (await get('/v1/proposals/count?status=requires_review', bob)).json(),
  )
  expect(count.count).toBeGreaterThan(1)
  expect(count.byRequester.reduce((sum, one) => sum + one.count, 0)).toBe(count.count)
  expect(count.byKind.reduce((sum, one) => sum + one.count, 0)).toBe(count.count)
  const Page = z.object({ items: z.array(Proposal), nextCursor: z.string().nullable() })
  for (const sort of ['newest', 'money', 'expiry']) {
    const found: Proposal[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`
      const path = `/v1/proposals?decided=false&limit=1&sort=${sort}${after}`
      const page = Page.parse(await (await get(path, bob)).json())
      found.push(...page.items)
      cursor = page.nextCursor
    }
    expect(new Set(found.map(({ proposalId }) => proposalId)).size).toBe(count.count)
    const keys = found.map(({ money, expiresAt }) =>
      sort === 'money' ? -(money?.amountMinor ?? 0) : Date.parse(expiresAt),
    )
    if (sort !== 'newest') expect(keys).toEqual(keys.toSorted((a, b) => a - b))
  }
  const wrongList = await get('/v1/proposals?sort=upside-down', bob)
  expect(wrongList.status).toBe(400)
})
