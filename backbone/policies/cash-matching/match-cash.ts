import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import { moneyText } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { nearestItems, oldestFirst, singleAmount, subsetSum } from './amount-passes.ts'
import {
  type CashCandidate,
  type CashKind,
  notMatched,
  type PassOutcome,
  passNames,
  takenMinor,
} from './cash-candidate.ts'
import { type CashCase, openCase } from './cash-case.ts'
import type { CashFacts } from './cash-facts.ts'
import type { CashSettings } from './cash-policy.ts'
import { numbersInText, readRemittance } from './read-remittance.ts'
import {
  allowedDifference,
  exactReference,
  remittanceList,
  repairedReference,
} from './reference-passes.ts'

/** What became of a pass that was tried, as a person reads it. */
type PassTried = {
  readonly pass: number
  readonly name: string
  readonly isMatched: boolean
  readonly why: string
}

/**
 * What is done with a payment: `accept` posts `chosen` by itself, `propose` asks a person about it, `hold` leaves
 * the money unapplied with its candidates.
 */
export type CashDecision = PolicyDecision<CashKind> & {
  readonly pass: number
  readonly confidencePercent: number
  readonly tried: readonly PassTried[]
  readonly chosen?: CashCandidate
  /** All candidates a person may choose from, the chosen one first. */
  readonly candidates: readonly CashCandidate[]
}

type Pass = { readonly pass: number; readonly run: (facts: CashCase) => PassOutcome }

const byReference: readonly Pass[] = [
  { pass: 1, run: exactReference },
  { pass: 2, run: allowedDifference },
  { pass: 3, run: remittanceList },
]

const allPasses: readonly Pass[] = [
  ...byReference,
  {
    pass: 4,
    run: (facts) => repairedReference(facts, numbersInText(facts.payment.remittanceText)),
  },
  { pass: 5, run: singleAmount },
  { pass: 6, run: subsetSum },
  { pass: 7, run: oldestFirst },
]

const nameOf = (pass: number) => passNames[pass - 1] ?? 'unapplied'

function evidenceOf({ pass, name, isMatched, why }: PassTried): Evidence {
  return {
    weighs: isMatched ? 'for' : 'against',
    text: `Pass ${pass}, ${name}: ${why}`.slice(0, 500),
    source: 'policy:cash',
  }
}

function alternativesOf(candidates: readonly CashCandidate[], facts: CashFacts): Alternative[] {
  const { currency } = facts.payment
  return candidates.map(({ candidateId, kind, text, applications, pass, confidencePercent }) => ({
    ...{ candidateId, kind, text: text.slice(0, 500), currency },
    amountMinor: takenMinor(applications),
    values: { pass, confidencePercent, invoices: applications.length },
  }))
}

/** Candidates that do the same are one; a candidate never takes more than there is. */
function distinct(candidates: readonly CashCandidate[], facts: CashFacts): CashCandidate[] {
  const seen = new Map<string, CashCandidate>()
  for (const candidate of candidates) {
    const print = candidate.candidateId.split(':')[1] ?? candidate.candidateId
    const isPossible =
      candidate.applications.length > 0 &&
      takenMinor(candidate.applications) <= facts.payment.unappliedMinor
    if (isPossible && !seen.has(print)) seen.set(print, candidate)
  }
  return [...seen.values()]
}

type Stop = {
  readonly kind: CashKind
  readonly evidence: readonly Evidence[]
  readonly alternatives?: readonly Alternative[]
}

function held(facts: CashFacts, policy: PolicyInForce<CashSettings>, stop: Stop): CashDecision {
  return {
    ...{ decision: 'hold', pass: 8, confidencePercent: 0, tried: [], candidates: [] },
    kind: stop.kind,
    evidence: [...stop.evidence, ...facts.payer.evidence],
    money: { amountMinor: facts.payment.unappliedMinor, currency: facts.payment.currency },
    alternatives: stop.alternatives ?? [],
    policyVersion: policy.version,
  }
}

/** C7: the same payer, amount and reference shortly before. */
function paidTwice(
  facts: CashFacts,
  policy: PolicyInForce<CashSettings>,
): CashDecision | undefined {
  const [earlier] = facts.earlier
  if (earlier === undefined) return undefined
  const { payment } = facts
  const amount = moneyText(payment.amountMinor, payment.currency)
  const draft = { currency: payment.currency, amountMinor: payment.unappliedMinor }
  return held(facts, policy, {
    kind: 'duplicate-payment',
    evidence: [
      {
        weighs: 'against',
        text: `Payment ${earlier.paymentNumber} of ${earlier.bookedOn} had the same payer, reference and amount ${amount}: paid twice within ${policy.settings.duplicateDays} days.`,
        source: `payment:${earlier.paymentNumber}`,
        values: { earlier: earlier.paymentNumber, amountMinor: earlier.amountMinor },
      },
    ],
    alternatives: [
      { candidateId: 'refund', kind: 'refund', text: `Pay ${amount} back to the payer.`, ...draft },
      {
        ...{ candidateId: 'credit', kind: 'keep-on-account' },
        text: `Keep ${amount} on account as a credit of the payer.`,
        ...draft,
      },
    ],
  })
}

/** A person took this money off one of the invoices: a machine does not put it there again. */
function takenOffReason(
  { applications }: CashCandidate,
  { takenOffInvoiceIds }: CashFacts,
): string | undefined {
  const again = applications.find(({ invoiceId }) => takenOffInvoiceIds.includes(invoiceId))
  return again === undefined
    ? undefined
    : `A person took this money off ${again.invoiceNumber}: only a person puts it there again.`
}

function matchedDecision(
  facts: CashFacts,
  policy: PolicyInForce<CashSettings>,
  { candidate, tried }: { candidate: CashCandidate; tried: readonly PassTried[] },
): CashDecision {
  const { pass } = candidate
  const onlyProposedBecause = candidate.onlyProposedBecause ?? takenOffReason(candidate, facts)
  const mayPost = pass === 7 || policy.settings.autoPostPasses.includes(pass)
  const isAccepted = mayPost && onlyProposedBecause === undefined
  const whyNot = isAccepted
    ? []
    : [onlyProposedBecause ?? `The policy has matches of pass ${pass} confirmed by a person.`]
  const candidates = distinct([candidate], facts)
  return {
    decision: isAccepted ? 'accept' : 'propose',
    ...{ kind: candidate.kind, pass, tried, chosen: candidate, candidates },
    confidencePercent: candidate.confidencePercent,
    evidence: [
      ...candidate.evidence,
      ...tried.map(evidenceOf),
      ...whyNot.map((text) => ({ weighs: 'against' as const, text, source: 'policy:cash' })),
      ...facts.payer.evidence,
    ],
    money: { amountMinor: takenMinor(candidate.applications), currency: facts.payment.currency },
    alternatives: alternativesOf(candidates, facts),
    policyVersion: policy.version,
  }
}

function unappliedDecision(
  open: CashCase,
  policy: PolicyInForce<CashSettings>,
  { tried, found }: { tried: readonly PassTried[]; found: readonly CashCandidate[] },
): CashDecision {
  const candidates = distinct([...found, ...nearestItems(open)], open)
    .toSorted((a, b) => b.confidencePercent - a.confidencePercent)
    .slice(0, policy.settings.mostCandidates)
  const stop = { kind: 'unapplied' as const, evidence: tried.map(evidenceOf) }
  return {
    ...held(open, policy, { ...stop, alternatives: alternativesOf(candidates, open) }),
    ...{ tried, candidates },
  }
}

/** No pass, whatever it reads in a remittance, may put more than is left of the money. */
function withinMoney(outcome: PassOutcome, { payment }: CashCase): PassOutcome {
  if (outcome.status !== 'matched') return outcome
  const taken = takenMinor(outcome.candidate.applications)
  if (taken <= payment.unappliedMinor) return outcome
  const { currency, unappliedMinor } = payment
  return notMatched(
    `it would take ${moneyText(taken, currency)}, but ${moneyText(unappliedMinor, currency)} of the money are left`,
  )
}

/** Runs the passes until one matches. */
function passesOver(
  open: CashCase,
  policy: PolicyInForce<CashSettings>,
  passes: readonly Pass[],
): CashDecision {
  const tried: PassTried[] = []
  const found: CashCandidate[] = []
  for (const { pass, run } of passes) {
    const outcome = withinMoney(run(open), open)
    const name = nameOf(pass)
    if (outcome.status === 'matched') {
      tried.push({ pass, name, isMatched: true, why: outcome.candidate.text })
      return matchedDecision(open, policy, { candidate: outcome.candidate, tried })
    }
    tried.push({ pass, name, isMatched: false, why: `${outcome.why}.` })
    found.push(...(outcome.candidates ?? []))
  }
  return unappliedDecision(open, policy, { tried, found })
}

function runPasses(
  facts: CashFacts,
  policy: PolicyInForce<CashSettings>,
  passes: readonly Pass[],
): CashDecision {
  const remittance = readRemittance(facts.payment)
  const isReadable = remittance.status === 'read'
  const open = isReadable
    ? openCase(facts, policy.settings, remittance)
    : openCase(
        { ...facts, payment: { ...facts.payment, remittance: [] } },
        ...([policy.settings, { status: 'read', lines: [], totalMinor: 0 }] as const),
      )
  const stopped =
    paidTwice(facts, policy) ??
    (isReadable
      ? undefined
      : held(facts, policy, { kind: 'remittance-mismatch', evidence: remittance.evidence }))
  const decision = passesOver(open, policy, passes)
  if (stopped === undefined) return decision
  const { candidates, tried } = decision
  const alternatives = [...stopped.alternatives, ...alternativesOf(candidates, facts)]
  return { ...stopped, tried, candidates, alternatives }
}

/** Matches money by what its remittance names alone (passes 1 to 3): the invoices named are all the facts it needs. */
export function matchByReference(
  facts: CashFacts,
  policy: PolicyInForce<CashSettings>,
): CashDecision {
  return runPasses(facts, policy, byReference)
}

/**
 * Matches money to open invoices in eight passes, the first match wins (domain rules 3.5). Nothing is ever put
 * to an invoice above what is open of it, and never more than the payment has.
 */
export function matchCash(facts: CashFacts, policy: PolicyInForce<CashSettings>): CashDecision {
  return runPasses(facts, policy, allPasses)
}
