import { z } from 'zod'
import { Currency, MinorUnits } from './money.ts'

/** A value a sentence of evidence names, kept apart so that programs need not read the sentence. */
const FactValue = z.union([z.string().max(200), z.number(), z.boolean(), z.null()])

/**
 * One fact a decision rests on, as a sentence an ops person reads: why it was taken (`for`), why something else
 * was not (`against`), or what is good to know (`note`).
 */
export const Evidence = z
  .object({
    weighs: z.enum(['for', 'against', 'note']),
    text: z.string().max(500),
    /** The record it is from: `agreement:AGR-7`, `price-list:LIST-2026`, `invoice:INV-1`, `policy:pricing`. */
    source: z.string().max(160).optional(),
    values: z.record(z.string(), FactValue).optional(),
  })
  .meta({ id: 'Evidence' })
export type Evidence = z.infer<typeof Evidence>

/** Something else that could be done, made by code; later acts name it by its id and never repeat its figures. */
export const Alternative = z
  .object({
    /** Stable for the same facts, unique within its decision. */
    candidateId: z.string().max(160),
    kind: z.string().max(60),
    text: z.string().max(500),
    /** What it costs (or brings, above zero) against the decision itself. */
    amountMinor: MinorUnits.optional(),
    currency: Currency.optional(),
    values: z.record(z.string(), FactValue).optional(),
    evidence: z.array(Evidence).optional(),
  })
  .meta({ id: 'Alternative' })
export type Alternative = z.infer<typeof Alternative>

/**
 * How far a decision goes: `accept` is done by itself, `propose` is a change that a person approves, `hold`
 * stops until a person decides, `refuse` ends it.
 */
export const decisions = ['accept', 'propose', 'hold', 'refuse'] as const

/** What a rule decided, with everything a person needs to follow it (domain rules, "Conventions"). */
export type PolicyDecision<Kind extends string = string> = {
  readonly decision: (typeof decisions)[number]
  readonly kind: Kind
  readonly evidence: readonly Evidence[]
  /** The money the decision moves; absent where none does. */
  readonly money?: { readonly amountMinor: MinorUnits; readonly currency: Currency }
  readonly alternatives: readonly Alternative[]
  /** Which settings decided: `pricing:default`, `pricing:tenant@3+customer:C-1001@1`. */
  readonly policyVersion: string
}
