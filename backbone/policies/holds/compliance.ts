import type { z } from 'zod'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { ProductRestrictions } from '../../canonical/master-data.ts'

/** A line whose product may not be sold to everybody, everywhere. */
type RestrictedLine = {
  readonly line: string
  readonly sku: string
  readonly restrictions: z.infer<typeof ProductRestrictions>
}

/** Where restricted goods would go, through which kind of connection, to a holder of which licences. */
export type ComplianceQuestion = {
  readonly lines: readonly RestrictedLine[]
  /** Country of the delivery; unknown when absent. */
  readonly destination: string | undefined
  readonly channel: string | undefined
  readonly licencesHeld: readonly string[]
}

type Objection = {
  readonly line: string
  readonly reason: 'LICENCE' | 'EXPORT' | 'REGION' | 'CHANNEL' | 'RECALLED' | 'QUALITY_HOLD'
  readonly text: string
}

// What a licence or permit on file can settle; a recall or another channel no document changes.
const settledByDocument: ReadonlySet<Objection['reason']> = new Set(['LICENCE', 'EXPORT', 'REGION'])

type Goods = { readonly restrictions: RestrictedLine['restrictions'] } & Omit<
  ComplianceQuestion,
  'lines'
>

function whereItGoes({ restrictions, destination }: Goods): [Objection['reason'], string][] {
  const where = destination ?? 'an unknown country'
  const { exportBarredTo, soldOnlyIn } = restrictions
  const isBarred =
    exportBarredTo.length > 0 && (destination === undefined || exportBarredTo.includes(destination))
  const isElsewhere =
    soldOnlyIn.length > 0 && (destination === undefined || !soldOnlyIn.includes(destination))
  return [
    ...(isBarred ? [['EXPORT', `may not be delivered to ${where}`] as const] : []),
    ...(isElsewhere
      ? [['REGION', `is sold only in ${soldOnlyIn.join(', ')}, not in ${where}`] as const]
      : []),
  ].map(([reason, text]) => [reason, text])
}

function whoBuys({ restrictions, channel, licencesHeld }: Goods): [Objection['reason'], string][] {
  const missing = restrictions.licences.filter((licence) => !licencesHeld.includes(licence))
  const isBarred = channel !== undefined && restrictions.channelsBarred.includes(channel)
  const licence = `needs the licence ${missing.join(', ')}, which the customer is not known to hold`
  return [
    ...(missing.length > 0 ? [['LICENCE', licence] as const] : []),
    ...(isBarred ? [['CHANNEL', `is not sold through ${channel}`] as const] : []),
  ].map(([reason, text]) => [reason, text])
}

function whatItIs({ restrictions }: Goods): [Objection['reason'], string][] {
  return [
    ...(restrictions.isRecalled ? [['RECALLED', 'is recalled'] as const] : []),
    ...(restrictions.isOnQualityHold ? [['QUALITY_HOLD', 'is on quality hold'] as const] : []),
  ].map(([reason, text]) => [reason, text])
}

function objectionsTo(line: RestrictedLine, question: ComplianceQuestion): Objection[] {
  const goods = { ...question, restrictions: line.restrictions }
  return [...whoBuys(goods), ...whereItGoes(goods), ...whatItIs(goods)].map(([reason, text]) => ({
    line: line.line,
    reason,
    text: `Line ${line.line}: ${line.sku} ${text}.`,
  }))
}

/** Whether goods that are restricted may leave for this order; every reason against it is named. */
export type ComplianceDecision = PolicyDecision<'COMPLIANCE_CLEAR' | 'COMPLIANCE_HOLD'> & {
  readonly message: string
  /** Whether a document on file settles all of it. */
  readonly isSettledByDocument: boolean
}

/** Looks at the restricted lines of an order: licences, export, region, channel, recall (domain rules 3.7, COMPLIANCE). */
export function judgeCompliance(
  question: ComplianceQuestion,
  policyVersion: string,
): ComplianceDecision {
  const objections = question.lines.flatMap((line) => objectionsTo(line, question))
  const against = objections.map(
    ({ line, reason, text }): Evidence => ({
      weighs: 'against',
      text,
      values: { line, reason, destination: question.destination ?? null },
    }),
  )
  const clear: Evidence = {
    weighs: 'for',
    text: 'The customer, the place and the channel may have the restricted goods.',
  }
  const isHeld = objections.length > 0
  return {
    decision: isHeld ? 'hold' : 'accept',
    kind: isHeld ? 'COMPLIANCE_HOLD' : 'COMPLIANCE_CLEAR',
    evidence: isHeld ? against : [clear],
    alternatives: [],
    policyVersion,
    message: objections.map(({ text }) => text).join(' '),
    isSettledByDocument: objections.every(({ reason }) => settledByDocument.has(reason)),
  }
}
