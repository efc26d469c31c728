import { z } from 'zod'
import { NeedsPerson } from '../../errors.ts'
import { callHttp } from '../http-call.ts'
import type { Mode } from './misbehaviour.ts'
import type { SandboxSettings } from './records.ts'

const SystemCount = z.object({ effects: z.int(), distinct: z.int(), attempts: z.int() })

/** What the sandbox counted: effects by system, how many of them twice, and how often it was asked twice. */
export const SandboxCount = z.object({
  counts: z.record(z.string(), SystemCount),
  duplicatedEffects: z.int(),
  duplicateAttempts: z.int(),
})
export type SandboxCount = z.infer<typeof SandboxCount>

const SandboxEffects = SandboxCount.extend({
  effects: z.array(z.object({ system: z.string(), key: z.string(), id: z.string() })),
  next: z.int().optional(),
})

const SandboxState = SandboxCount.extend({ pendingDocuments: z.int() })

/** The levers of a running sandbox, for the demo and the fault tests. */
export type SandboxClient = ReturnType<typeof sandboxClient>

/** Opens the levers of the sandbox at this address. */
export function sandboxClient(url: string) {
  const pull = async (path: string, body?: unknown): Promise<unknown> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const request = { headers: { 'content-type': 'application/json' }, timeoutMs: 10_000 }
    const lever = { url: new URL(`/_sandbox/${path}`, url), signal: new AbortController().signal }
    const answer = await callHttp(
      body === undefined
        ? { ...request, ...lever, method: 'GET' }
        : { ...request, ...lever, method: 'POST', body: text },
    )
    if (answer.arrived && answer.status < 300) return answer.json
    const code = answer.arrived ? `HTTP ${answer.status}: ${answer.text}` : answer.code
    throw new NeedsPerson(`The sandbox did not take /_sandbox/${path} (${code}).`)
  }
  return {
    misbehave: (mode: z.input<typeof Mode>) => pull('mode', mode),
    change: (settings: Partial<SandboxSettings>) => pull('settings', settings),
    reset: () => pull('reset', {}),
    /** Lets the shop know an order as the shop wrote it, so that it can be fulfilled. */
    placeShopOrder: (orderText: string) => pull('shop/orders', orderText),
    count: async (): Promise<SandboxCount> => SandboxCount.parse(await pull('state')),
    /** Documents that the sandbox still has to bring to our door. */
    pendingDocuments: async () => SandboxState.parse(await pull('state')).pendingDocuments,
    effects: async (after = 0, limit = 100) =>
      SandboxEffects.parse(await pull(`effects?after=${after}&limit=${limit}`)),
  }
}
