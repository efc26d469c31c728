import { z } from 'zod'
import type { PolicyDecision } from '../canonical/decision.ts'
import type { IsoDate, IsoMoment } from '../canonical/document.ts'
import { OurBug } from '../errors.ts'
import { parsedOnce } from '../policies/parsed-once.ts'
import type { Policy, PolicyInForce, PolicySubject } from '../policies/policy-in-force.ts'
import type { ProductFacts } from '../store/checks/identity-facts.ts'
import type { TenantTx } from '../store/database.ts'
import { loadFlowSetting } from '../store/flow/load-flow-setting.ts'
import type { StepPart } from './step-clock.ts'
import { openSupplyReading, type SupplyReading } from './supply-left.ts'

/** What a connection's settings say about the orders that come through it. */
const InboundRules = z.object({
  /** How long a buyer may still cancel without asking: the order waits this long before its release. */
  cancelWindowSeconds: z.number().min(0).default(1800),
  /** Customer of orders whose document names none that we know. */
  defaultCustomerNumber: z.string().optional(),
  /** Connection that gets acknowledgements, ship notices and invoices; the inbound one itself unless set. */
  repliesTo: z.string().optional(),
  /** Orders with products of these classes wait for these conditions before their release. */
  conditionalHolds: z
    .array(
      z.object({
        conditions: z.array(z.string()).min(1),
        productClasses: z.array(z.string()).default([]),
        skus: z.array(z.string()).default([]),
        timeoutSeconds: z.number().min(1).optional(),
      }),
    )
    .default([]),
})
type InboundRules = z.infer<typeof InboundRules>

/** A connection as the flow sees it. */
type FlowConnection = {
  readonly connectionId: string
  readonly kind: string
  readonly partnerId?: string
  readonly rules: InboundRules
}

/** Promises in time, from the tenant's settings. */
const TenantRules = z.object({
  acknowledgeWithinSeconds: z.number().default(24 * 3600),
  releaseWithinSeconds: z.number().default(8 * 3600),
})

const inboundRules = parsedOnce(InboundRules)
const tenantRules = parsedOnce(TenantRules)

/** The surroundings of a batch: the clock, the tenant and its connections. */
export type FlowSetting = {
  readonly now: IsoMoment
  /** Today in the tenant's time zone. */
  readonly today: IsoDate
  readonly timeZone: string
  readonly currency: string
  readonly rules: z.infer<typeof TenantRules>
  connection(connectionId: string): FlowConnection | undefined
  /** The tenant's one connection of a kind, for example its ERP. */
  system(kind: string): FlowConnection | undefined
  partnerCustomer(partnerId: string | undefined): string | undefined
  /** The settings of a policy for a subject, today unless another day is asked for. */
  policy<Settings>(
    policy: Policy<Settings>,
    subject: PolicySubject,
    on?: IsoDate,
  ): PolicyInForce<Settings>
  /** Told of every decision of the checks, also of those nobody need act on; the dry run answers with them. */
  onDecision(decision: CheckDecision): void
  /** Whether anybody is told of decisions: what only they would read need not be put together. */
  readonly isHeard: boolean
  /** Told how long the parts of each step took. */
  onStepPart(part: StepPart): void
  /** The products this batch has read, by SKU: a step that comes later need not read them again. */
  readonly products: Map<string, ProductFacts>
  /** Set where nothing of what is decided is kept: then nothing is locked, and stock is read once. */
  readonly dryRun?: { readonly supply: SupplyReading }
}

/** A decision of a check: which rule took it, for which order and line. */
export type CheckDecision = PolicyDecision & {
  readonly policy: string
  readonly orderId: string
  readonly line?: string
}

type Listeners = Partial<Pick<FlowSetting, 'onDecision' | 'onStepPart'>>

/** Loads the surroundings of a batch. */
export async function openFlowSetting(
  tx: TenantTx,
  {
    onDecision,
    onStepPart = () => undefined,
    isDryRun = false,
  }: Listeners & { readonly isDryRun?: boolean } = {},
): Promise<FlowSetting> {
  const row = await loadFlowSetting(tx)
  if (row === undefined)
    throw new OurBug('A job names a tenant that does not exist.', { tenantId: tx.tenantId })
  const connections = row.connections.map(({ connectionId, kind, partnerId, settings }) => ({
    connectionId,
    kind,
    ...(partnerId === null ? {} : { partnerId }),
    rules: inboundRules(settings),
  }))
  const byId = new Map(connections.map((connection) => [connection.connectionId, connection]))
  const customerByPartner = new Map(
    row.partners.map((partner) => [partner.partnerId, partner.customerNumber]),
  )
  return {
    now: row.now,
    today: row.today,
    timeZone: row.timeZone,
    currency: row.currency,
    rules: tenantRules(row.settings),
    connection: (connectionId) => byId.get(connectionId),
    system: (kind) => connections.find((connection) => connection.kind === kind),
    partnerCustomer: (partnerId) =>
      (partnerId === undefined ? undefined : customerByPartner.get(partnerId)) ?? undefined,
    policy: (policy, subject, on = row.today) => policy.inForce(row.policyLayers, subject, on),
    onDecision: onDecision ?? (() => undefined),
    isHeard: onDecision !== undefined,
    onStepPart,
    products: new Map(),
    ...(isDryRun ? { dryRun: { supply: openSupplyReading(tx) } } : {}),
  }
}
