import { z } from 'zod'
import { Evidence } from '../decision.ts'
import { IsoDate, IsoMoment } from '../document.ts'
import { blockableSteps, holdTypes, stages } from '../order-state.ts'

/** What the entries of an order's timeline are about. */
export const storySorts = [
  'flow',
  'document',
  'hold',
  'decision',
  'person',
  'message',
  'call',
] as const

/** One thing that happened to an order, wherever it is on record. */
export const StoryEntry = z
  .object({
    entryId: z.string(),
    at: IsoMoment,
    sort: z.enum(storySorts),
    /** The kind of event, document, message or call. */
    kind: z.string(),
    /** One sentence. */
    text: z.string(),
    /** Whose hand it was, by name. */
    actor: z.string().nullable(),
    /** A person, an agent, a rule of the house, or a system. */
    hand: z.enum(['person', 'agent', 'house', 'outside']),
    /** Whoever had asked for what was decided. */
    askedBy: z.string().nullable(),
    /** A document of the order, its exact bytes at /v1/documents/{id}/raw. */
    documentId: z.string().nullable(),
    /** Records it belongs to: `proposal:prp_…`, `cluster:…`, `customer:C-1001`. */
    records: z.array(z.string()),
  })
  .meta({ id: 'StoryEntry' })
export type StoryEntry = z.infer<typeof StoryEntry>

/** A hold in force: why, who may lift it, and until when somebody must. */
const WaitsFor = z
  .object({
    holdId: z.string(),
    type: z.enum(holdTypes),
    line: z.string().nullable(),
    reason: z.string(),
    blocks: z.array(z.enum(blockableSteps)),
    placedAt: IsoMoment,
    placedBy: z.string(),
    /** When it has stood past its time, or is lifted by itself. */
    endsAt: IsoMoment.nullable(),
    liftsItself: z.boolean(),
    /** What is done when it has stood past its time. */
    atEnd: z.string().nullable(),
    isPastItsTime: z.boolean(),
    conditions: z.record(z.string(), z.string().nullable()),
    /** The desk that sees to it. */
    desk: z.string(),
    /** The least role that decides a proposal to lift it. */
    role: z.string(),
    needsOtherPerson: z.boolean(),
    /** What whoever lifts it must name. */
    needs: z.array(z.enum(['reason-code', 'evidence'])),
    /** As its check put it on record. */
    evidence: z.array(Evidence),
  })
  .meta({ id: 'WaitsFor' })

/** One check of an order: what came of it, and the number that proves it. */
const OrderCheckStanding = z
  .object({
    check: z.enum(['customer', 'duplicate', 'price', 'stock', 'credit', 'hold', 'other']),
    outcome: z.enum(['passed', 'found', 'lifted']),
    text: z.string(),
    /** It is no record: it was worked out when it was asked for. */
    isNow: z.boolean(),
    /** When it was put on record, where that is known. */
    recordedAt: IsoMoment.nullable(),
    evidence: z.array(Evidence),
  })
  .meta({ id: 'OrderCheckStanding' })

/** Something that comes next, and when. */
const ComesNext = z
  .object({
    text: z.string(),
    on: IsoDate.nullable(),
    at: IsoMoment.nullable(),
  })
  .meta({ id: 'ComesNext' })

/** Why an order stands where it stands: what it waits for, what it has passed, and what comes next. */
export const OrderStanding = z
  .object({
    orderId: z.string(),
    orderNumber: z.string(),
    stage: z.enum(stages),
    workedOutAt: IsoMoment,
    waitsFor: z.array(WaitsFor),
    checks: z.array(OrderCheckStanding),
    next: z.array(ComesNext),
  })
  .meta({ id: 'OrderStanding' })
export type OrderStanding = z.infer<typeof OrderStanding>
