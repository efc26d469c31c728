import type { ProfileDraft, ProfileTestCase } from '../../canonical/agent-profile.ts'
import { actKinds, type MoneyAtStake } from '../../canonical/proposal.ts'
import { type Attempt, guardrailObjection } from './within-guardrails.ts'

type Case = {
  readonly name: string
  readonly expected: ProfileTestCase['expected']
  readonly attempt: Attempt
}

/** An attempt that every guardrail lets pass, where the profile proposes anything at all. */
function plainAttempt({ guardrails }: ProfileDraft): Attempt | undefined {
  const [kind] = guardrails.actKinds
  const [customerNumber] = guardrails.customerNumbers
  if (kind === undefined || guardrails.mostProposals === 0) return undefined
  const money = guardrails.mostMoney[0]
  return {
    ...{ kind, isTainted: false, madeBefore: 0 },
    ...(money === undefined ? {} : { money }),
    ...(customerNumber === undefined ? {} : { customerNumber }),
  }
}

function moneyCases(plain: Attempt, { guardrails }: ProfileDraft): Case[] {
  const over = ({ amountMinor, currency }: MoneyAtStake) => ({
    amountMinor: amountMinor + 1,
    currency,
  })
  return guardrails.mostMoney.flatMap((bound): Case[] => [
    {
      name: `the bound itself, in ${bound.currency}`,
      expected: 'allowed',
      attempt: { ...plain, money: bound },
    },
    {
      name: `one cent over the bound, in ${bound.currency}`,
      expected: 'refused',
      attempt: { ...plain, money: over(bound) },
    },
    {
      name: `as much in the other direction, in ${bound.currency}`,
      expected: 'refused',
      attempt: {
        ...plain,
        money: { amountMinor: -bound.amountMinor - 1, currency: bound.currency },
      },
    },
    {
      name: 'money in a currency without a bound',
      expected: 'refused',
      attempt: { ...plain, money: { amountMinor: 1, currency: 'XTS' } },
    },
  ])
}

/** What somebody would try under a profile, made from the profile itself. */
function casesOf(draft: ProfileDraft): Case[] {
  const { guardrails } = draft
  const plain = plainAttempt(draft)
  const base: Attempt = plain ?? { kind: 'cancel-order', isTainted: false, madeBefore: 0 }
  const kinds = actKinds.map(
    (kind): Case => ({
      name: `proposes ${kind}`,
      expected: plain !== undefined && guardrails.actKinds.includes(kind) ? 'allowed' : 'refused',
      attempt: { ...base, kind },
    }),
  )
  if (plain === undefined) return kinds
  return [
    ...kinds,
    {
      name: 'one proposal more than a run may make',
      expected: 'refused',
      attempt: { ...plain, madeBefore: guardrails.mostProposals },
    },
    {
      name: 'the last proposal a run may make',
      expected: 'allowed',
      attempt: { ...plain, madeBefore: guardrails.mostProposals - 1 },
    },
    {
      name: 'a proposal that stems from text of somebody outside',
      expected: guardrails.isTaintRefused ? 'refused' : 'allowed',
      attempt: { ...plain, isTainted: true },
    },
    ...(guardrails.customerNumbers.length === 0
      ? []
      : [
          {
            name: 'a customer it is not for',
            expected: 'refused' as const,
            attempt: { ...plain, customerNumber: 'C-not-of-this-house' },
          },
        ]),
    ...moneyCases(plain, draft),
  ]
}

/** Tries everything a profile must refuse, and what it must let pass. */
export function testGuardrails(draft: ProfileDraft): ProfileTestCase[] {
  return casesOf(draft).map(({ name, expected, attempt }) => {
    const objection = guardrailObjection(attempt, draft.guardrails)
    const got = objection === undefined ? 'allowed' : 'refused'
    return { name, expected, got, reason: objection ?? 'Within its guardrails.' }
  })
}
