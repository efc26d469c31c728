import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { SystemName } from './records.ts'

/** What a Hono app of the sandbox runs on: the sockets of node, so that it can break them. */
export type SandboxEnv = { Bindings: HttpBindings }

const Fault = z.object({
  kind: z.enum([
    'rate-limit',
    'unavailable',
    'error-before',
    'error-after',
    'reset-before',
    'reset-after',
    'hang-before',
    'hang-after',
    'refusal',
  ]),
  /** This many calls and no more; without it `probability` decides for every call. */
  next: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).default(1),
  calls: z.enum(['write', 'read', 'all']).default('write'),
  retryAfterSeconds: z.int().min(0).optional(),
  code: z.string().default('CREDIT_BLOCK'),
  message: z.string().default('The customer is on credit block.'),
})
type Fault = z.infer<typeof Fault>

/** How one system, or all of them, shall misbehave from now on; it replaces what was said before. */
export const Mode = z.object({
  system: z.union([SystemName, z.literal('all')]),
  latencyMs: z.number().min(0).default(0),
  jitterMs: z.number().min(0).default(0),
  faults: z.array(Fault).default([]),
})
export type Mode = z.infer<typeof Mode>

type SystemMode = Omit<Mode, 'system'>

/** The troublemaker of the sandbox: told what to do, it decides for every call, the same way for the same seed. */
export type Misbehaviour = {
  set(mode: Mode): void
  clear(seed: number): void
  shown(): Readonly<Record<string, SystemMode>>
  middleware(system: SystemName): MiddlewareHandler<SandboxEnv>
}

/** Makes the troublemaker. */
export function misbehaviour(initialSeed: number): Misbehaviour {
  const modes = new Map<SystemName, SystemMode>()
  let chance = seededChance(initialSeed)
  const faultFor = (mode: SystemMode, isWrite: boolean): Fault | undefined => {
    const fault = mode.faults.find(
      ({ calls, probability }) =>
        isMeant(calls, isWrite) && (probability >= 1 || chance() < probability),
    )
    if (fault?.next === undefined) return fault
    fault.next -= 1
    if (fault.next === 0) mode.faults.splice(mode.faults.indexOf(fault), 1)
    return fault
  }
  return {
    set: ({ system, ...mode }) => {
      for (const name of system === 'all' ? SystemName.options : [system])
        modes.set(name, structuredClone(mode))
    },
    clear: (seed) => {
      modes.clear()
      chance = seededChance(seed)
    },
    shown: () => Object.fromEntries(modes),
    middleware: (system) => async (context, next) => {
      const mode = modes.get(system)
      if (mode === undefined) return next()
      const isWrite = context.req.method !== 'GET'
      const waitMs = mode.latencyMs + mode.jitterMs * chance()
      const fault = faultFor(mode, isWrite)
      if (waitMs > 0) await pause(waitMs)
      if (fault === undefined) return next()
      if (!fault.kind.endsWith('-after')) return spoil(context, fault)
      await next()
      // Hono keeps the first answer unless it is taken away.
      context.res = undefined
      context.res = await spoil(context, fault)
      return undefined
    },
  }
}

function isMeant(calls: Fault['calls'], isWrite: boolean): boolean {
  return calls === 'all' || (calls === 'write') === isWrite
}

async function spoil(context: Context<SandboxEnv>, fault: Fault): Promise<Response> {
  const { socket } = context.env.incoming
  const retryAfter: Record<string, string> =
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
  switch (fault.kind) {
    case 'rate-limit':
      return context.json({ code: 'rate_limit', message: 'Too many calls.' }, 429, retryAfter)
    case 'unavailable':
      return context.json({ message: 'Closed for maintenance.' }, 503, retryAfter)
    case 'error-before':
    case 'error-after':
      return context.json({ message: 'Something broke.' }, 500)
    case 'refusal':
      return context.json({ status: 'error', code: fault.code, message: fault.message }, 200)
    case 'hang-before':
    case 'hang-after':
      await new Promise((resolve) => socket.once('close', resolve))
      return RESPONSE_ALREADY_SENT
    case 'reset-before':
    case 'reset-after':
      socket.resetAndDestroy()
      return RESPONSE_ALREADY_SENT
  }
}

function pause(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs))
}

/** A stream of chances between 0 and 1 that is the same for the same seed (mulberry32). */
function seededChance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
