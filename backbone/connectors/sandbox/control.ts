import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordOf } from '../../canonical/json-fields.ts'
import { parseJson } from '../../documents/json/parse-json.ts'
import { parsedJson } from '../http-call.ts'
import type { Ledger } from './ledger.ts'
import { type Misbehaviour, Mode, type SandboxEnv } from './misbehaviour.ts'
import { SandboxSettings, SystemName } from './records.ts'
import { PlacedOrder } from './shop.ts'

type Controlled = {
  readonly ledger: Ledger
  readonly trouble: Misbehaviour
}

/** The levers of the sandbox, which no real system has: settings, misbehaviour, and the count of every effect. */
export function sandboxControl({ ledger, trouble }: Controlled): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/health', (context) => context.json({ status: 'ok' }))
  app.get('/state', async (context) => {
    await ledger.settled()
    const { doors, apiKeys, webhookSecrets, ...settings } = ledger.settings()
    const openDoors = Object.keys(doors)
    return context.json({
      settings: { ...settings, doors: openDoors },
      modes: trouble.shown(),
      pendingDocuments: ledger.pendingPlans().length,
      ...totals(ledger),
    })
  })
  app.get('/effects', (context) => showEffects(context, ledger))
  app.post('/settings', async (context) => {
    const change = recordOf(parsedJson(await context.req.text())) ?? { settings: 'not JSON' }
    const changed = SandboxSettings.safeParse(Object.assign({}, ledger.settings(), change))
    if (!changed.success) return refused(context, changed.error)
    ledger.changeSettings(changed.data)
    await ledger.settled()
    return context.json({ status: 'ok' })
  })
  app.post('/mode', async (context) => {
    const dedupe = context.req.query('dedupe')
    if (dedupe === 'on' || dedupe === 'off') ledger.changeSettings({ ...ledger.settings(), dedupe })
    const text = await context.req.text()
    if (text === '' && dedupe !== undefined) return context.json({ status: 'ok' })
    const mode = Mode.safeParse(parsedJson(text))
    if (!mode.success) return refused(context, mode.error)
    trouble.set(mode.data)
    return context.json({ status: 'ok', modes: trouble.shown() })
  })
  app.post('/reset', async (context) => {
    trouble.clear(ledger.settings().seed)
    ledger.reset()
    await ledger.settled()
    return context.json({ status: 'ok' })
  })
  app.post('/shop/orders', async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    const parsing = parseJson(bytes, { numbers: 'exact' })
    const order = PlacedOrder.safeParse(parsing.outcome === 'parsed' ? parsing.value : null)
    if (!order.success) return refused(context, order.error)
    ledger.addShopOrder(order.data)
    await ledger.settled()
    return context.json({ status: 'ok' }, 201)
  })
  return app
}

async function showEffects(context: Context<SandboxEnv>, ledger: Ledger): Promise<Response> {
  await ledger.settled()
  const system = SystemName.safeParse(context.req.query('system'))
  const after = Number(context.req.query('after') ?? 0)
  const limit = Math.min(Number(context.req.query('limit') ?? 100), 1000)
  const held = ledger.effects().filter((effect) => !system.success || effect.system === system.data)
  const effects = held.slice(after, after + limit)
  const end = after + effects.length
  return context.json({
    ...totals(ledger),
    effects,
    ...(end < held.length ? { next: end } : {}),
  })
}

function totals(ledger: Ledger) {
  const counts = ledger.counts()
  const all = Object.values(counts)
  return {
    counts,
    duplicatedEffects: all.reduce((sum, { effects, distinct }) => sum + effects - distinct, 0),
    duplicateAttempts: all.reduce((sum, { attempts }) => sum + attempts, 0),
  }
}

function refused(context: Context<SandboxEnv>, error: z.ZodError): Response {
  return context.json({ code: 'invalid', message: z.prettifyError(error) }, 400)
}
