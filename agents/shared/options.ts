import type { z } from 'zod'
import type { ActKind } from '../../backbone/canonical/proposal.ts'
import type { WireCandidate } from '../../tools/wire/candidate.ts'
import type { Option } from './finding.ts'
import { sentence } from './words.ts'

type Candidate = z.output<typeof WireCandidate>

/** What speaks for a candidate most, as a sentence. */
const because = ({ evidence }: Candidate): string | undefined =>
  evidence.find(({ weighs }) => weighs === 'for')?.text ??
  evidence.find(({ weighs }) => weighs === 'note')?.text

/**
 * Whether the rules would do it: they rank it first and nothing they know speaks against it. What only a person may
 * choose is shown and never proposed by an agent of its own accord.
 */
function isOfRules({ rank, evidence, kind }: Candidate, kinds: readonly ActKind[]): boolean {
  return rank === 1 && kinds.includes(kind) && !evidence.some(({ weighs }) => weighs === 'against')
}

/** Candidates as options of a record, those the rules would do marked; `kinds` are the acts an agent may propose. */
export function optionsOf(
  candidates: readonly Candidate[],
  about: Pick<Option, 'subject' | 'label'>,
  kinds: readonly ActKind[],
): Option[] {
  return candidates.map((candidate) => {
    const why = because(candidate)
    const against = candidate.evidence.find(({ weighs }) => weighs === 'against')?.text
    const { money } = candidate
    return {
      ...about,
      candidateId: candidate.candidate_id,
      kind: candidate.kind,
      title: candidate.title,
      ...(money === undefined
        ? {}
        : {
            money: { amountMinor: money.amount_minor, currency: money.currency, text: money.text },
          }),
      ...(why === undefined ? {} : { because: sentence(why) }),
      ...(against === undefined ? {} : { against: sentence(against) }),
      isRecommended: isOfRules(candidate, kinds),
    }
  })
}
