import { z } from 'zod'

/** The outside systems the sandbox plays. */
export const SystemName = z.enum(['erp', 'wms', 'shop', 'partners', 'webhooks'])
export type SystemName = z.infer<typeof SystemName>

/** One thing a system did because it was asked to; `key` is its natural key, `subject` what it is about. */
export const Effect = z.object({
  system: SystemName,
  key: z.string(),
  subject: z.string(),
  id: z.string(),
  contentHash: z.string(),
  content: z.unknown(),
  idempotencyKey: z.string().optional(),
  at: z.string(),
})
export type Effect = z.infer<typeof Effect>

/** A document a system will send to our inbound door when its time has come. */
export const Plan = z.object({
  planId: z.string(),
  sender: z.enum(['wms', 'carrier', 'bank']),
  subject: z.string(),
  dueAtMs: z.number(),
  document: z.record(z.string(), z.unknown()),
})
export type Plan = z.infer<typeof Plan>

const Door = z.object({ url: z.url(), apiKey: z.string() })
const rate = z.number().min(0).max(1)

/** How the sandbox systems behave when nobody disturbs them. */
export const SandboxSettings = z.strictObject({
  seed: z.int().default(1),
  /** Divides every delay. */
  speed: z.number().positive().default(1),
  /** `off`: the systems no longer refuse what they already have, they count it. */
  dedupe: z.enum(['on', 'off']).default('on'),
  /** Keys the systems accept; with none they accept everybody. */
  apiKeys: z.array(z.string()).default([]),
  /** Where each system posts its documents; what has no door waits. */
  doors: z.partialRecord(z.enum(['wms', 'carrier', 'bank']), Door).default({}),
  /** How many times more than once every document is posted. */
  repeatPosts: z.int().min(0).max(5).default(0),
  currency: z.string().default('USD'),
  pickDelayMs: z.number().min(0).default(60_000),
  shipDelayMs: z.number().min(0).default(120_000),
  backorderDelayMs: z.number().min(0).default(600_000),
  deliveryDelayMs: z.number().min(0).default(600_000),
  payDelayMs: z.number().min(0).default(1_200_000),
  /** Half of these leaves with the first shipment, the rest with a second one. */
  partialSkus: z.array(z.string()).default([]),
  carrier: z.string().default('Sandbox Freight'),
  scac: z.string().default('SBXF'),
  /** Share of the payments that take the early-payment discount where the terms grant one. */
  discountRate: rate.default(0),
  /** Share of the payments that are a twentieth short without a word. */
  shortRate: rate.default(0),
  /** Share of the payments whose reference nobody can read. */
  unknownReferenceRate: rate.default(0),
  webhookSecrets: z.array(z.string()).default([]),
})
export type SandboxSettings = z.infer<typeof SandboxSettings>

/** An order a shop holds: what its fulfilment is counted against. */
export const ShopOrder = z.object({
  id: z.string(),
  lines: z.array(z.object({ id: z.string(), quantity: z.int() })),
})
export type ShopOrder = z.infer<typeof ShopOrder>

/** One line of the sandbox's journal. */
export const SandboxRecord = z.discriminatedUnion('record', [
  z.object({
    record: z.literal('effect'),
    effect: Effect,
    /** What follows from it, in the same record: a kill never keeps the one without the other. */
    plans: z.array(Plan),
    /** Everything still planned for its subject is off. */
    withdrawsPlans: z.boolean(),
  }),
  z.object({ record: z.literal('attempt'), system: SystemName, key: z.string() }),
  z.object({ record: z.literal('plan'), plan: Plan }),
  z.object({ record: z.literal('delivered'), planId: z.string() }),
  z.object({ record: z.literal('settings'), settings: SandboxSettings }),
  z.object({ record: z.literal('shop-order'), order: ShopOrder }),
  z.object({ record: z.literal('reset') }),
])
export type SandboxRecord = z.infer<typeof SandboxRecord>
