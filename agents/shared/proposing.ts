import { z } from 'zod'
import type { ProposalCard } from '../../backbone/canonical/chat.ts'
import { actKinds, proposalStatuses } from '../../backbone/canonical/proposal.ts'
import { Money } from '../../tools/wire/money.ts'
import type { Option } from './finding.ts'
import { type Investigation, type Looked, look, type ToolCall } from './investigation.ts'

/** What of a propose tool's answer a card shows; the rest of the card is the option's. */
const Proposed = z.object({
  proposal_id: z.string(),
  status: z.enum(proposalStatuses),
  expires_at: z.string(),
  dashboard_url: z.string(),
})

/** A proposal that was made, and where it is decided. */
export type MadeProposal = { readonly card: ProposalCard; readonly url: string }

/** The call that asks people to decide about an option: ids only. */
export function proposeCall({ kind, subject, candidateId: candidate_id }: Option): ToolCall {
  switch (subject.kind) {
    case 'order':
      if (kind === 'retry-transactions')
        return { name: 'propose_retry', args: { order_id: subject.id, candidate_id } }
      return { name: 'propose_order_change', args: { order_id: subject.id, candidate_id } }
    case 'customer':
      return {
        name: 'propose_collections_email',
        args: { customer_number: subject.id, candidate_id },
      }
    case 'cluster':
      return { name: 'propose_retry', args: { cluster_id: subject.id, candidate_id } }
    case 'transaction':
      return { name: 'propose_retry', args: { transaction_id: subject.id, candidate_id } }
  }
}

/** Whether a tool asks people for a decision. */
export const isProposeTool = (name: string): boolean => name.startsWith('propose_')

/** What of a candidate a card shows. */
type Carded = Pick<Option, 'kind' | 'title' | 'money'>

/** Reads a propose tool's answer as a card of the option it was made for. */
export function cardOf({ kind, title, money }: Carded, answer: unknown): MadeProposal | undefined {
  const read = Proposed.safeParse(answer)
  if (!read.success) return undefined
  const { proposal_id: proposalId, status, expires_at: expiresAt, dashboard_url: url } = read.data
  const stake =
    money === undefined ? null : { amountMinor: money.amountMinor, currency: money.currency }
  return { card: { proposalId, kind, title, status, money: stake, expiresAt }, url }
}

// Tools name what a candidate does by its title, and ways to deliver by their text.
const Candidate = z.object({
  candidate_id: z.string(),
  kind: z.enum(actKinds),
  title: z.string().optional(),
  text: z.string().optional(),
  money: Money.optional(),
})

/** A candidate by its id, wherever in the answers of a turn it stands. */
export function candidateIn(value: unknown, candidateId: string): Carded | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const read = Candidate.safeParse(value)
  if (read.success && read.data.candidate_id === candidateId) {
    const { kind, title, text, money } = read.data
    const carded = { kind, title: title ?? text ?? kind }
    if (money === undefined) return carded
    const { amount_minor: amountMinor, currency, text: told } = money
    return { ...carded, money: { amountMinor, currency, text: told } }
  }
  for (const inner of Object.values(value)) {
    const found = candidateIn(inner, candidateId)
    if (found !== undefined) return found
  }
  return undefined
}

/** Asks people to decide about an option. */
export function* propose(option: Option): Investigation<Looked<MadeProposal>> {
  const made = yield* look(proposeCall(option), z.unknown())
  if (made.outcome === 'refused') return made
  const proposal = cardOf(option, made.value)
  return proposal === undefined
    ? { outcome: 'refused', why: 'The proposal could not be read.' }
    : { outcome: 'found', value: proposal }
}
