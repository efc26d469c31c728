import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openProposalWorld,
  type ProposalTenant,
  type ProposalWorld,
} from '../../../testing/proposal-world.ts'
import { proposalStatuses } from '../../canonical/proposal.ts'

let world: ProposalWorld
let tenant: ProposalTenant
let person: { userId: string; name: string }

beforeAll(async () => {
  world = await openProposalWorld()
  tenant = await world.tenant()
  person = await tenant.person('approver')
})
afterAll(() => world.close())

let count = 0

type Column = string | number | boolean | null

/** Writes a proposal as somebody would who goes round the code, as the owner of the tables. */
async function written(
  change: Readonly<Record<string, Column>> = {},
  { isForced = false }: { isForced?: boolean } = {},
): Promise<string> {
  count += 1
  const proposalId = `prp_raw_${count}`
  const row: Record<string, Column> = {
    ...{ tenant_id: tenant.tenantId, proposal_id: proposalId, kind: 'release-hold' },
    ...{ payload: '{}', effect_hash: `hash-${count}`, title: 'Lift a hold', changes: '[]' },
    ...{ subject_kind: 'order', subject_id: 'ord_1', subject_label: 'SO-1', evidence: '[]' },
    ...{ records: '[]', policy_reasons: '[]', policy_version: 'approval:default' },
    ...{ requested_by_kind: 'person', requested_by_id: 'usr_asker', requested_by_name: 'Asker' },
    ...{ required_role: 'operator', needs_other_person: false },
    ...{ created_at: '2026-11-22T10:00:00Z', expires_at: '2999-01-01T00:00:00Z' },
    ...change,
  }
  await world.database.driver.transaction(async (run) => {
    if (isForced) await run('set local session_replication_role = replica', [])
    const names = Object.keys(row)
    await run(
      `insert into proposal (${names.join(', ')}) select ${names.map((name) => `row.${name}`).join(', ')}
       from jsonb_populate_record(null::proposal, $1::text::jsonb) as row`,
      [JSON.stringify(row)],
    )
  })
  return proposalId
}

async function decided(
  proposalId: string,
  change: Readonly<Record<string, Column>> = {},
): Promise<void> {
  const row = {
    ...{ tenant_id: tenant.tenantId, proposal_id: proposalId, decision_no: 1, version: 1 },
    ...{ decision: 'approve', by_kind: 'person', by_id: person.userId, by_name: person.name },
    ...{ is_own: false, decided_at: '2026-11-22T10:00:00Z' },
    effect_hash: proposalId.replace('prp_raw_', 'hash-'),
    ...change,
  }
  await world.database.driver.run(
    'insert into proposal_decision select * from jsonb_populate_record(null::proposal_decision, $1::text::jsonb)',
    [JSON.stringify(row)],
  )
}

const approvalBy = (id: string, kind = 'person') =>
  `approval_no = 1, approval_word = 'approve', approved_by_kind = '${kind}', approved_by_id = '${id}',
   approved_by_name = 'Somebody'`

const update = (proposalId: string, assignments: string) =>
  world.database.driver.run(
    `update proposal set ${assignments} where proposal_id = '${proposalId}'`,
    [],
  )

const move = (proposalId: string, to: string, more = '') =>
  update(proposalId, `status = '${to}', version = version + 1${more === '' ? '' : `, ${more}`}`)

const isDone = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )

const asApproved = () => ({
  ...{ approval_no: 1, approval_word: 'approve', approved_by_kind: 'person' },
  ...{ approved_by_id: person.userId, approved_by_name: person.name },
})

const needsApproval: readonly string[] = ['approved', 'executing', 'succeeded', 'failed']

test('a proposal moves along its life and nowhere else, whoever writes to the table', async () => {
  const tryMove = async (from: string, to: string): Promise<boolean> => {
    const before = needsApproval.includes(from) ? asApproved() : {}
    const proposalId = await written({ status: from, ...before }, { isForced: true })
    await decided(proposalId)
    const isNewlyApproved = needsApproval.includes(to) && from === 'requires_review'
    return isDone(move(proposalId, to, isNewlyApproved ? approvalBy(person.userId) : ''))
  }
  const allowed: string[] = []
  for (const from of proposalStatuses)
    for (const to of proposalStatuses.filter((status) => status !== from))
      if (await tryMove(from, to)) allowed.push(`${from} -> ${to}`)
  expect(allowed).toEqual([
    'requires_review -> approved',
    'requires_review -> rejected',
    'requires_review -> withdrawn',
    'requires_review -> expired',
    'requires_review -> stale',
    'approved -> executing',
    'approved -> withdrawn',
    'approved -> expired',
    'approved -> stale',
    'executing -> succeeded',
    'executing -> failed',
  ])
})

test('nothing is approved without the decision of a person who is here, on exactly this effect', async () => {
  const tryBy = async (
    approval: string,
    decision: Readonly<Record<string, Column>> | undefined,
    proposal: Readonly<Record<string, Column>> = {},
  ) => {
    const proposalId = await written(proposal)
    if (decision !== undefined && !(await isDone(decided(proposalId, decision))))
      return 'no decision'
    return (await isDone(move(proposalId, 'approved', approval))) ? 'approved' : 'refused'
  }
  const mine = approvalBy(person.userId)
  expect(await tryBy(mine, {})).toBe('approved')
  expect(await tryBy('approval_no = null', {})).toBe('refused')
  expect(await tryBy(mine, undefined)).toBe('refused')
  expect(await tryBy(mine, { effect_hash: 'another' })).toBe('refused')
  expect(await tryBy(mine, { decision: 'reject' })).toBe('refused')
  expect(await tryBy(mine, { by_id: 'usr_other' })).toBe('refused')
  expect(await tryBy(approvalBy('usr_nobody'), { by_id: 'usr_nobody' })).toBe('refused')
  expect(await tryBy(mine, { by_kind: 'agent' })).toBe('no decision')
  expect(await tryBy(mine, { by_kind: 'key' })).toBe('no decision')
  expect(await tryBy(approvalBy('approval:x', 'policy'), { by_kind: 'policy' })).toBe('no decision')
  const policy = {
    by_kind: 'policy',
    by_id: 'approval:tenant@1',
    policy_version: 'approval:tenant@1',
  }
  const byPolicy = approvalBy('approval:tenant@1', 'policy')
  expect(await tryBy(byPolicy, policy)).toBe('approved')
  expect(await tryBy(byPolicy, policy, { is_tainted: true })).toBe('refused')
  expect(await tryBy(byPolicy, policy, { needs_other_person: true })).toBe('refused')
  expect(await tryBy(mine, {}, { expires_at: '2026-11-22T10:00:01Z' })).toBe('refused')
  const gone = await tenant.person('approver')
  await world.database.driver.run('update app_user set is_active = false where user_id = $1', [
    gone.userId,
  ])
  expect(await tryBy(approvalBy(gone.userId), { by_id: gone.userId })).toBe('refused')
})

test('where another person is needed, neither whoever asked nor whoever changed it approves it', async () => {
  const tryOn = async (proposal: Readonly<Record<string, Column>>) => {
    const proposalId = await written({ needs_other_person: true, ...proposal })
    await decided(proposalId)
    return isDone(move(proposalId, 'approved', approvalBy(person.userId)))
  }
  expect(await tryOn({})).toBe(true)
  expect(await tryOn({ requested_by_id: person.userId })).toBe(false)
  expect(await tryOn({ edited_by_id: person.userId })).toBe(false)
  const proposalId = await written({ needs_other_person: true, requested_by_id: person.userId })
  expect(
    await isDone(update(proposalId, 'needs_other_person = false, version = version + 1')),
  ).toBe(false)
  expect(await isDone(update(proposalId, "requested_by_id = 'usr_x', version = version + 1"))).toBe(
    false,
  )
})

test('a deputy approves nothing in the place of whoever asked, or above the amount of whoever changed it', async () => {
  const inPlaceOf = async (forId: string, change: Readonly<Record<string, Column>>) => {
    const proposalId = await written(change)
    await decided(proposalId, { for_id: forId, for_name: 'Somebody' })
    return isDone(move(proposalId, 'approved', approvalBy(person.userId)))
  }
  const edited = { edited_by_id: 'usr_editor' }
  expect(await inPlaceOf('usr_asker', {})).toBe(false)
  expect(await inPlaceOf('usr_editor', { ...edited, needs_other_person: true })).toBe(false)
  expect(await inPlaceOf('usr_editor', edited)).toBe(true)
  expect(await inPlaceOf('usr_boss', { needs_other_person: true })).toBe(true)
})

test('what it would do changes only in review and as a new version, and never once it is approved', async () => {
  const inReview = await written()
  expect(await isDone(update(inReview, `payload = '{"amount": 1}'`))).toBe(false)
  expect(await isDone(update(inReview, `payload = '{"amount": 1}', version = version + 2`))).toBe(
    false,
  )
  expect(await isDone(update(inReview, `payload = '{"amount": 1}', version = version + 1`))).toBe(
    true,
  )
  await decided(inReview)
  expect(
    await isDone(
      move(inReview, 'approved', `${approvalBy(person.userId)}, payload = '{"amount": 9}'`),
    ),
  ).toBe(false)
  await move(inReview, 'approved', approvalBy(person.userId))
  for (const change of [
    `payload = '{"amount": 2}'`,
    `effect_hash = 'other'`,
    `records = '[1]'`,
    'amount_minor = 7, currency = $$USD$$',
    `required_role = 'viewer'`,
    `expires_at = expires_at + interval '1 day'`,
    `approved_by_id = 'usr_x'`,
  ])
    expect([change, await isDone(update(inReview, `${change}, version = version + 1`))]).toEqual([
      change,
      false,
    ])
  expect(await isDone(move(inReview, 'executing', `payload = '{"amount": 2}'`))).toBe(false)
  expect(await isDone(move(inReview, 'executing'))).toBe(true)
})

test('one effect is pending once, and again when it is over', async () => {
  const first = await written({ effect_hash: 'same' })
  await expect(written({ effect_hash: 'same' })).rejects.toThrow()
  await move(first, 'withdrawn')
  await written({ effect_hash: 'same' })
})

test('decisions are only ever added, and proposals never deleted, not even by the owner of the tables', async () => {
  const proposalId = await written()
  await decided(proposalId)
  const run = (statement: string) =>
    isDone(world.database.driver.run(`${statement} where proposal_id = '${proposalId}'`, []))
  expect(await run("update proposal_decision set by_name = 'x'")).toBe(false)
  expect(await run('delete from proposal_decision')).toBe(false)
  expect(await run('delete from proposal')).toBe(false)
  const grants = await world.database.driver.run(
    `select table_name || ' ' || privilege_type as grant from information_schema.role_table_grants
     where grantee = 'quittance_tenant' and table_name in ('proposal', 'proposal_decision') order by 1`,
    [],
  )
  expect(grants.rows).toEqual([
    { grant: 'proposal INSERT' },
    { grant: 'proposal SELECT' },
    { grant: 'proposal UPDATE' },
    { grant: 'proposal_decision INSERT' },
    { grant: 'proposal_decision SELECT' },
  ])
})
