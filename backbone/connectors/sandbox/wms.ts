import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordOf } from '../../canonical/json-fields.ts'
import { plannedDelivery, trackingNumberOf } from './carrier.ts'
import { answerEffect, badCall, fieldsOf, notFound } from './effect-answer.ts'
import type { Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'
import type { Plan, SandboxSettings } from './records.ts'

const Pick = z.object({
  pick_no: z.string().min(1),
  order_no: z.string().min(1),
  po_no: z.string().optional(),
  ship_complete: z.boolean().default(false),
  lines: z.array(z.object({ line: z.string(), sku: z.string(), quantity: z.int().min(1) })).min(1),
})
type Pick = z.infer<typeof Pick>

type Part = { readonly line: Pick['lines'][number]; readonly shipped: number }

const noPick = 'The pick is not known.'

/** A small warehouse system: keeps picks, works on them after a while, and reports what left (docs/openapi/wms.yaml). */
export function sandboxWms(ledger: Ledger, now: () => number): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.post('/picks', async (context) => {
    const content = await fieldsOf(context)
    const pick = Pick.safeParse(content)
    if (!pick.success) return badCall(context, 'A pick needs pick_no, order_no and lines.')
    const subject = `pick:${pick.data.pick_no}`
    return answerEffect(context, ledger, {
      ...{ system: 'wms', key: subject, subject, content, idField: 'wms_id' },
      plans: plannedPick(ledger.settings(), pick.data, now()),
    })
  })
  app.get('/picks/:number', async (context) => {
    await ledger.settled()
    const number = context.req.param('number')
    const effect = ledger.find('wms', `pick:${number}`)
    if (effect === undefined) return notFound(context, 'pick_not_found', noPick)
    const status = statusOf(ledger, number, now())
    return context.json({ ...recordOf(effect.content), wms_id: effect.id, status })
  })
  app.post('/picks/:number/cancellation', (context) =>
    cancelPick(context, { ledger, number: context.req.param('number'), nowMs: now() }),
  )
  return app
}

async function cancelPick(
  context: Context<SandboxEnv>,
  { ledger, number, nowMs }: { ledger: Ledger; number: string; nowMs: number },
): Promise<Response> {
  const content = await fieldsOf(context)
  if (content === undefined) return badCall(context, 'A cancellation needs a reason.')
  const pick = Pick.safeParse(ledger.find('wms', `pick:${number}`)?.content)
  if (!pick.success) return notFound(context, 'pick_not_found', noPick)
  const status = statusOf(ledger, number, nowMs)
  const answerPlan = (kind: 'pick-cancelled' | 'pick-cancel-refused') =>
    milestonePlan({ pick: pick.data, kind, name: kind, dueAtMs: nowMs })
  if (status === 'picking' || status === 'shipped') {
    ledger.plan(answerPlan('pick-cancel-refused'))
    await ledger.settled()
    return context.json({ code: 'already_picked', message: `The pick is ${status}.` }, 422)
  }
  return answerEffect(context, ledger, {
    ...{ system: 'wms', key: `pick-cancel:${number}`, subject: `pick:${number}`, content },
    idField: 'wms_id',
    withdrawsPlans: true,
    plans: [answerPlan('pick-cancelled')],
  })
}

function statusOf(
  ledger: Ledger,
  number: string,
  nowMs: number,
): 'open' | 'picking' | 'shipped' | 'cancelled' {
  if (ledger.find('wms', `pick-cancel:${number}`) !== undefined) return 'cancelled'
  const hasHappened = (planId: string) =>
    ledger.plans(`pick:${number}`).some((plan) => plan.planId === planId && plan.dueAtMs <= nowMs)
  if (hasHappened(`shipped:${number}-1`)) return 'shipped'
  return hasHappened(`picking:${number}`) ? 'picking' : 'open'
}

function plannedPick(settings: SandboxSettings, pick: Pick, nowMs: number): readonly Plan[] {
  const pickingAtMs = nowMs + settings.pickDelayMs / settings.speed
  const started = milestonePlan({
    ...{ pick, kind: 'picking-started', name: 'picking', dueAtMs: pickingAtMs },
  })
  const firstAtMs = pickingAtMs + settings.shipDelayMs / settings.speed
  const parcels = parcelsOf(pick, settings.partialSkus)
  const shipments = parcels.flatMap((parts, index) =>
    plannedShipment(settings, {
      pick,
      parts,
      ordinal: index + 1,
      shippedAtMs: firstAtMs + (index * settings.backorderDelayMs) / settings.speed,
    }),
  )
  return [started, ...shipments]
}

// A line of a partly stocked item leaves in two halves, unless the order wants all or nothing.
function parcelsOf(pick: Pick, partialSkus: readonly string[]): readonly (readonly Part[])[] {
  const first = pick.lines.map((line) => {
    const isPartial = !pick.ship_complete && partialSkus.includes(line.sku)
    return { line, shipped: isPartial ? Math.floor(line.quantity / 2) : line.quantity }
  })
  const rest = first.map(({ line, shipped }) => ({ line, shipped: line.quantity - shipped }))
  return [first, rest]
    .map((parts) => parts.filter(({ shipped }) => shipped > 0))
    .filter((parts) => parts.length > 0)
}

function plannedShipment(
  settings: SandboxSettings,
  parcel: {
    readonly pick: Pick
    readonly parts: readonly Part[]
    readonly ordinal: number
    readonly shippedAtMs: number
  },
): readonly Plan[] {
  const { pick, ordinal, shippedAtMs } = parcel
  const orderNumber = pick.order_no
  const shipmentNumber = `SHP-${pick.pick_no}-${ordinal}`
  const subject = `pick:${pick.pick_no}`
  // Never "final": that closes the order, and a warehouse knows only its own pick of it.
  const document = {
    ...{ docType: 'shipment', shipmentNumber, orderNumber },
    ...(pick.po_no === undefined ? {} : { purchaseOrderNumber: pick.po_no }),
    shippedAt: new Date(shippedAtMs).toISOString(),
    trackingNumber: trackingNumberOf(shipmentNumber),
    references: [{ qualifier: 'pick', value: pick.pick_no }],
    ...contentsOf(parcel.parts, shipmentNumber, settings),
  }
  const planId = `shipped:${pick.pick_no}-${ordinal}`
  return [
    { planId, sender: 'wms', subject, dueAtMs: shippedAtMs, document },
    plannedDelivery(settings, { shipmentNumber, orderNumber, subject, shippedAtMs }),
  ]
}

function contentsOf(parts: readonly Part[], shipmentNumber: string, settings: SandboxSettings) {
  const quantity = (value: number) => ({ value: String(value), uom: 'EA', uomScheme: 'rec20' })
  return {
    currency: settings.currency,
    carrier: settings.carrier,
    scac: settings.scac,
    packs: [
      {
        sscc: ssccOf(shipmentNumber),
        contents: parts.map(({ line, shipped }) => ({
          line: line.line,
          quantity: quantity(shipped),
        })),
      },
    ],
    lines: parts.map(({ line, shipped }) => ({
      line: line.line,
      item: { identifiers: [{ scheme: 'sku', value: line.sku }] },
      ordered: quantity(line.quantity),
      shipped: quantity(shipped),
    })),
  }
}

// GS1 General Specifications 7.9: SSCC-18, check digit over weights 3 and 1 from the right.
function ssccOf(shipmentNumber: string): string {
  const serial = trackingNumberOf(shipmentNumber).slice(3).padStart(17, '00614141')
  const sum = [...serial].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1),
    0,
  )
  return `${serial}${(10 - (sum % 10)) % 10}`
}

function milestonePlan({
  pick,
  kind,
  name,
  dueAtMs,
}: {
  readonly pick: Pick
  readonly kind: 'picking-started' | 'pick-cancelled' | 'pick-cancel-refused'
  readonly name: string
  readonly dueAtMs: number
}): Plan {
  return {
    planId: `${name}:${pick.pick_no}`,
    sender: 'wms',
    subject: `pick:${pick.pick_no}`,
    dueAtMs,
    document: {
      docType: 'milestone',
      milestoneNumber: `${kind}-${pick.pick_no}`,
      orderNumber: pick.order_no,
      ...(pick.po_no === undefined ? {} : { purchaseOrderNumber: pick.po_no }),
      kind,
      happenedAt: new Date(dueAtMs).toISOString(),
      references: [{ qualifier: 'pick', value: pick.pick_no }],
    },
  }
}
