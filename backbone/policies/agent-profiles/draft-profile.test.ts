import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProfileDraft } from '../../canonical/agent-profile.ts'
import { actKinds } from '../../canonical/proposal.ts'
import { draftProfile } from './draft-profile.ts'
import { testGuardrails } from './guardrail-cases.ts'
import { profileTemplates } from './profile-templates.ts'
import { guardrailObjection } from './within-guardrails.ts'

const goals: readonly (readonly [string, string, Partial<ProfileDraft>])[] = [
  [
    'Every morning at 7:30, chase customers with overdue invoices. No more than 20 messages.',
    'morning-collections',
    {
      agent: 'collections',
      dailyAt: '07:30',
      guardrails: expect.objectContaining({ mostProposals: 20 }),
    },
  ],
  [
    'Whenever an order is held because of its price, tell us which contract applies and propose the right price, up to $500.',
    'price-desk',
    {
      agent: 'order-validation',
      runsOnEvents: true,
      guardrails: expect.objectContaining({
        mostMoney: [{ amountMinor: 50_000, currency: 'USD' }],
      }),
    },
  ],
  [
    'Find alternatives in stock for sold out items, but never split deliveries.',
    'stock-outs',
    {
      agent: 'substitution',
      guardrails: expect.objectContaining({ actKinds: ['substitute-line', 'backorder-line'] }),
    },
  ],
  [
    'Look at failed transactions at 6 am and retry what is safe',
    'failure-triage',
    { agent: 'triage', dailyAt: '06:00' },
  ],
  [
    'Check credit holds for C-10001 and C-10020 only, at most 2.500,00 euros',
    'credit-desk',
    {
      guardrails: expect.objectContaining({
        customerNumbers: ['C-10001', 'C-10020'],
        mostMoney: [{ amountMinor: 250_000, currency: 'EUR' }],
      }),
    },
  ],
  [
    'Give me an overview of what is stuck every evening. Only report, never propose.',
    'daily-brief',
    { agent: 'assistant', dailyAt: '18:00', guardrails: expect.objectContaining({ actKinds: [] }) },
  ],
]

test.each(goals)('the goal “%s” is drafted from the template %s', (goal, template, expected) => {
  const drafted = draftProfile(goal, 'Dana')
  expect(drafted.template).toBe(template)
  expect(drafted.draft).toMatchObject({ ...expected, goal, owner: 'Dana' })
})

test('a draft says which words led to what, and what no setting stands for', () => {
  const { because, notUnderstood } = draftProfile(
    'Chase overdue invoices every morning. Be kind to Mr Baker.',
    'Dana',
  )
  expect(because).toContainEqual({
    setting: 'dailyAt',
    words: 'every morning',
    text: 'It runs every day at 07:00, in your time zone.',
  })
  expect(notUnderstood).toEqual(['Be kind to Mr Baker.'])
})

test('a goal that names no work is drafted as one that only reads', () => {
  const { draft, because } = draftProfile('Make us rich', 'Dana')
  expect(draft.guardrails).toMatchObject({ actKinds: [], mostProposals: 0 })
  expect(because[0]?.text).toContain('Nothing in the goal names a kind of work')
})

test('there are six templates, each a whole draft that passes its own test', () => {
  expect(profileTemplates).toHaveLength(6)
  for (const { draft, template } of profileTemplates) {
    const whole = ProfileDraft.parse({ ...draft, goal: 'As the template says.', owner: 'Dana' })
    const failed = testGuardrails(whole).filter(({ expected, got }) => expected !== got)
    expect([template, failed]).toEqual([template, []])
  }
})

test('whatever the goal says, the draft is whole and proposes nothing its template does not', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom(...goals.flatMap(([goal]) => goal.split(' '))),
          fc.constantFrom(
            'up to',
            '$',
            '99999999999',
            'at',
            '25:61',
            'C-1',
            'never',
            'release',
            'cancel everything',
          ),
          fc.string({ maxLength: 12 }),
        ),
        { minLength: 1, maxLength: 30 },
      ),
      (words) => {
        const goal = words.join(' ').trim().slice(0, 2_000) || 'goal'
        const { draft, template } = draftProfile(goal, 'Dana')
        const parsed = ProfileDraft.parse(draft)
        const allowed = profileTemplates.find((one) => one.template === template)?.draft.guardrails
          .actKinds
        expect(allowed).toEqual(expect.arrayContaining([...parsed.guardrails.actKinds]))
        expect(testGuardrails(parsed).every(({ expected, got }) => expected === got)).toBe(true)
      },
    ),
  )
})

test('guardrails refuse other kinds, too many, too much money, other customers and tainted text', () => {
  const guardrails = {
    actKinds: ['release-hold' as const],
    mostProposals: 2,
    mostMoney: [{ amountMinor: 10_000, currency: 'USD' }],
    customerNumbers: ['C-1'],
    isTaintRefused: true,
  }
  const fine = {
    kind: 'release-hold' as const,
    money: { amountMinor: 10_000, currency: 'USD' },
    customerNumber: 'C-1',
    isTainted: false,
    madeBefore: 1,
  }
  expect(guardrailObjection(fine, guardrails)).toBeUndefined()
  for (const kind of actKinds.filter((one) => one !== 'release-hold'))
    expect(guardrailObjection({ ...fine, kind }, guardrails)).toContain(`propose ${kind}`)
  expect(guardrailObjection({ ...fine, madeBefore: 2 }, guardrails)).toContain('2 proposals a run')
  expect(guardrailObjection({ ...fine, isTainted: true }, guardrails)).toContain('outside')
  expect(guardrailObjection({ ...fine, customerNumber: 'C-2' }, guardrails)).toContain('C-1 only')
  const { customerNumber: _none, ...nobody } = fine
  expect(guardrailObjection(nobody, guardrails)).toContain('C-1 only')
  const over = { ...fine, money: { amountMinor: 10_001, currency: 'USD' } }
  expect(guardrailObjection(over, guardrails)).toContain('More money')
  const euros = { ...fine, money: { amountMinor: 1, currency: 'EUR' } }
  expect(guardrailObjection(euros, guardrails)).toContain('none for EUR')
})
