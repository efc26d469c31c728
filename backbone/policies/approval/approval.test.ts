import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actKinds } from '../../canonical/proposal.ts'
import { type ApprovalRule, approvalPolicy } from './approval-policy.ts'
import { judgeDecider, judgeReviewer, ownObstacle } from './judge-decider.ts'
import { judgeRequest } from './judge-request.ts'
import { higherRole, roleMay } from './roles.ts'

const personRoles = ['viewer', 'collector', 'operator', 'approver', 'admin'] as const

const { settings } = approvalPolicy.inForce([], {}, '2026-11-22')
const releaseHold = settings['release-hold']
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' })
const passing: ApprovalRule = { ...releaseHold, passesItself: true, passesItselfUpTo: '100' }

test('nothing passes without a person unless the tenant says so', () => {
  for (const kind of actKinds)
    expect(
      judgeRequest({ money: usd(0), isExact: true, isTainted: false }, settings[kind]).passesItself,
      kind,
    ).toBe(false)
})

test('a role may do what those below it may, and a role nobody knows may nothing', () => {
  const may = personRoles.map((required) => personRoles.filter((role) => roleMay(role, required)))
  expect(may).toEqual([
    ['collector', 'operator', 'approver', 'admin'],
    ['collector', 'operator', 'approver', 'admin'],
    ['operator', 'approver', 'admin'],
    ['approver', 'admin'],
    ['admin'],
  ])
  for (const odd of ['', 'agent', 'mcp', 'partner', 'root', 'Admin']) {
    expect(roleMay(odd, 'operator')).toBe(false)
    expect(roleMay('admin', odd)).toBe(false)
  }
  expect(higherRole('approver', 'operator')).toBe('approver')
  expect(higherRole('operator', 'admin')).toBe('admin')
})

test('who must look at what is proposed', () => {
  const table = [
    // money, exact, tainted, rule -> role, other person, passes
    [usd(500_000), false, false, releaseHold, 'operator', false, false],
    [usd(500_001), false, false, releaseHold, 'approver', true, false],
    [usd(-500_001), false, false, releaseHold, 'approver', true, false],
    [undefined, false, false, releaseHold, 'operator', false, false],
    [{ amountMinor: 5_000, currency: 'JPY' }, false, false, releaseHold, 'operator', false, false],
    [{ amountMinor: 5_001, currency: 'JPY' }, false, false, releaseHold, 'approver', true, false],
    [undefined, false, false, settings['change-policy'], 'admin', true, false],
    [usd(10_000), true, false, passing, 'operator', false, true],
    [usd(10_001), true, false, passing, 'operator', false, false],
    [usd(10_000), false, false, passing, 'operator', false, false],
    [usd(10_000), true, true, passing, 'operator', false, false],
    [undefined, true, false, passing, 'operator', false, true],
    [usd(600_000), true, false, { ...passing, passesItselfUpTo: '9000' }, 'approver', true, false],
  ] as const
  for (const [
    money,
    isExact,
    isTainted,
    rule,
    requiredRole,
    needsOtherPerson,
    passesItself,
  ] of table)
    expect(
      judgeRequest({ ...(money === undefined ? {} : { money }), isExact, isTainted }, rule),
    ).toMatchObject({ requiredRole, needsOtherPerson, passesItself })
})

const nobody = { standsInFor: [] }
const asked = {
  ...{ requestedById: 'asker', editedById: null, requiredRole: 'operator' },
  ...{ needsOtherPerson: false, money: usd(1_000) },
}

test('who may decide, under which role and in whose place', () => {
  const boss = { userId: 'boss', name: 'Bea', role: 'approver' }
  const asker = { userId: 'asker', name: 'Ann', role: 'admin' }
  const operator = { userId: 'op', role: 'operator', ...nobody }
  const big = { ...asked, requiredRole: 'approver', needsOtherPerson: true, money: usd(600_000) }
  const table = [
    [operator, asked, { may: true, role: 'operator', isOwn: false }],
    [{ ...operator, role: 'viewer' }, asked, { may: false, problem: 'role-missing' }],
    [operator, big, { may: false, problem: 'role-missing' }],
    [
      { ...operator, standsInFor: [boss] },
      big,
      { may: true, role: 'approver', inPlaceOf: { userId: 'boss', name: 'Bea' } },
    ],
    [{ ...operator, standsInFor: [asker] }, big, { may: false, problem: 'role-missing' }],
    [
      { ...operator, standsInFor: [boss] },
      { ...big, editedById: 'boss' },
      { may: false, problem: 'role-missing' },
    ],
    [{ ...asker, ...nobody }, asked, { may: true, isOwn: true }],
    [{ ...asker, ...nobody }, big, { may: false, problem: 'other-person-needed' }],
    [
      { ...boss, ...nobody },
      { ...big, editedById: 'boss' },
      { may: false, problem: 'other-person-needed' },
    ],
    [
      { ...boss, ...nobody },
      { ...asked, editedById: 'boss' },
      { may: true, isOwn: false },
    ],
    [{ ...asker, role: 'collector', ...nobody }, asked, { may: false, problem: 'role-missing' }],
  ] as const
  for (const [decider, proposal, verdict] of table)
    expect(judgeDecider(decider, proposal, releaseHold)).toMatchObject(verdict)
})

test('whoever may decide may also reject what they asked for or changed', () => {
  const big = { ...asked, requiredRole: 'approver' }
  expect(judgeReviewer({ userId: 'asker', role: 'approver', ...nobody }, big).may).toBe(true)
  expect(judgeReviewer({ userId: 'asker', role: 'operator', ...nobody }, big).may).toBe(false)
})

test('up to which amount a person does something at once', () => {
  const table = [
    ['operator', 500_000, undefined],
    ['operator', 500_001, '5000.01 USD is above 5000, your limit with the role operator.'],
    ['approver', 900_000_000, undefined],
    ['collector', 1, 'With the role collector it is always decided by somebody else.'],
    ['agent', 1, 'With the role agent it is always decided by somebody else.'],
  ] as const
  for (const [role, amountMinor, why] of table)
    expect(ownObstacle(role, usd(amountMinor), releaseHold)).toBe(why)
  expect(ownObstacle('admin', undefined, settings['change-policy'])).toBe(
    'Nobody decides what they asked for themselves.',
  )
})

test('above the amount nobody decides alone, whatever the settings and whoever stands in for whom', () => {
  const role = fc.constantFrom(...personRoles)
  const user = fc.constantFrom('asker', 'editor', 'ann', 'bob')
  const person = fc.record({ userId: user, name: fc.string(), role })
  fc.assert(
    fc.property(
      fc.record({ userId: user, role, standsInFor: fc.array(person, { maxLength: 3 }) }),
      fc.record({ requiredRole: role, editedById: fc.option(user) }),
      fc.integer({ min: 500_001, max: 900_000_000 }),
      fc.boolean(),
      (decider, { requiredRole, editedById }, amountMinor, maySelfDecide) => {
        const rule = { ...releaseHold, maySelfDecide, ownUpTo: { admin: null, approver: null } }
        const money = usd(amountMinor)
        const { needsOtherPerson } = judgeRequest({ money, isExact: true, isTainted: false }, rule)
        const verdict = judgeDecider(
          decider,
          { requestedById: 'asker', editedById, requiredRole, needsOtherPerson, money },
          rule,
        )
        if (!verdict.may) return
        expect(decider.userId).not.toBe('asker')
        expect(decider.userId).not.toBe(editedById)
        expect(verdict.inPlaceOf?.userId).not.toBe('asker')
        expect(roleMay(verdict.role, requiredRole)).toBe(true)
      },
    ),
  )
})
