import type { Guardrails } from '../../canonical/agent-profile.ts'
import type { ActKind, MoneyAtStake } from '../../canonical/proposal.ts'

/** A proposal somebody is about to make under a profile. */
export type Attempt = {
  readonly kind: ActKind
  readonly money?: MoneyAtStake
  /** The customer it concerns; undefined where it concerns none. */
  readonly customerNumber?: string
  readonly isTainted: boolean
  /** How many the run has made before. */
  readonly madeBefore: number
}

function moneyObjection({ money }: Attempt, { mostMoney }: Guardrails): string | undefined {
  if (mostMoney.length === 0 || money === undefined) return undefined
  const bound = mostMoney.find(({ currency }) => currency === money.currency)
  if (bound === undefined)
    return `Its profile has bounds for ${mostMoney.map(({ currency }) => currency).join(', ')}, and none for ${money.currency}.`
  return Math.abs(money.amountMinor) > bound.amountMinor
    ? 'More money is at stake than its profile allows for one proposal.'
    : undefined
}

/** Why a proposal is outside a profile's guardrails; undefined where it is within. */
export function guardrailObjection(attempt: Attempt, guardrails: Guardrails): string | undefined {
  const { actKinds, mostProposals, customerNumbers, isTaintRefused } = guardrails
  if (!actKinds.includes(attempt.kind))
    return `Its profile does not let it propose ${attempt.kind}; it may propose ${actKinds.join(', ') || 'nothing'}.`
  if (attempt.madeBefore >= mostProposals)
    return `Its profile allows ${mostProposals} proposals a run, and so many it has made.`
  if (isTaintRefused && attempt.isTainted)
    return 'It stems from text of somebody outside, which its profile refuses.'
  if (customerNumbers.length > 0 && !customerNumbers.includes(attempt.customerNumber ?? ''))
    return `Its profile is for customers ${customerNumbers.join(', ')} only.`
  return moneyObjection(attempt, guardrails)
}
