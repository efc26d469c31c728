import { z } from 'zod'
import { actKinds, type Candidate } from '../../backbone/canonical/proposal.ts'
import { evidenceOf, WireEvidence } from './evidence.ts'
import { given } from './given.ts'
import { Money, moneyOrNone } from './money.ts'
import { ownText, plainText } from './outside-text.ts'

/** A difference an act would make. */
export const WireChange = z.object({
  label: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
})

/** The differences an act would make, the first few. */
export function changesOf(
  changes: Candidate['changes'],
  { most = 6, letters = 200 }: { readonly most?: number; readonly letters?: number } = {},
): z.input<typeof WireChange>[] {
  return changes.slice(0, most).map(({ label, before, after }) =>
    given({
      label: plainText(label, 120),
      before: before === null ? null : ownText(before, letters),
      after: after === null ? null : ownText(after, letters),
    }),
  )
}

/** Something that could be done, with the id a propose tool takes. */
export const WireCandidate = z.object({
  candidate_id: z.string(),
  kind: z.enum(actKinds),
  subject_id: z.string().describe('The record it is about, as the propose tool takes it.'),
  title: z.string(),
  money: Money.optional(),
  changes: z.array(WireChange),
  evidence: z.array(WireEvidence),
  rank: z.int().describe('1 is what the rules would do first.'),
})

/** Candidates as they go over the wire; the propose tool takes the id of the record they were asked for. */
export const candidatesOf = (candidates: readonly Candidate[], subjectId: string) =>
  candidates.map((candidate) => candidateOf(candidate, subjectId))

function candidateOf(candidate: Candidate, subjectId: string): z.input<typeof WireCandidate> {
  const { candidateId, kind, title, changes, evidence, money, rank } = candidate
  return given({
    candidate_id: candidateId,
    kind,
    subject_id: subjectId,
    title: plainText(title, 200),
    money: moneyOrNone(money?.amountMinor, money?.currency) ?? null,
    changes: changesOf(changes),
    evidence: evidenceOf(evidence, 4),
    rank,
  })
}
