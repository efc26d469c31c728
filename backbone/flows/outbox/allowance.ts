import type { Lane } from '../../store/outbox/lanes.ts'
import type { DeliveryPace } from './delivery-settings.ts'

/** Token buckets of this process, one a connection. */
export type RateLimits = {
  /** Takes up to `wanted` calls from a connection's bucket; `waitMs` says when the next one is there. */
  take(
    connectionId: string,
    ask: { ratePerSecond: number; wanted: number; now: number },
  ): { granted: number; waitMs: number }
  /** Puts back what was taken and not used. */
  giveBack(connectionId: string, calls: number): void
}

/**
 * Opens the token buckets: a second's worth of calls at once, then one by one. The processes at work share what a
 * connection may take, each an equal part: together they never send more, also when some have nothing to send.
 */
export function openRateLimits(processesAtWork: () => number): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    take(connectionId, { ratePerSecond: ofAll, wanted, now }) {
      const ratePerSecond = ofAll / processesAtWork()
      const size = Math.max(1, ratePerSecond)
      const { tokens, at } = buckets.get(connectionId) ?? { tokens: size, at: now }
      const filled = Math.min(size, tokens + (Math.max(0, now - at) / 1_000) * ratePerSecond)
      const granted = Math.min(wanted, Math.floor(filled))
      buckets.set(connectionId, { tokens: filled - granted, at: now })
      const missing = Math.max(0, 1 - (filled - granted))
      return { granted, waitMs: Math.ceil((missing / ratePerSecond) * 1_000) }
    },
    giveBack(connectionId, calls) {
      const bucket = buckets.get(connectionId)
      if (bucket !== undefined) bucket.tokens += calls
    },
  }
}

/** How many calls a lane may take now by its switch, circuit, blocks and concurrency; rate limits come on top. */
export function openPlaces(
  lane: Lane,
  { sending, pace, now }: { sending: number; pace: DeliveryPace; now: Date },
): number {
  if (!lane.isEnabled) return 0
  if (lane.blockedUntil !== null && Date.parse(lane.blockedUntil) > now.getTime()) return 0
  switch (lane.circuit) {
    case 'closed':
      return Math.max(0, pace.concurrency - sending)
    case 'open':
      // One probe, once its time has come.
      return lane.probeAt !== null && Date.parse(lane.probeAt) <= now.getTime() ? 1 : 0
    case 'half-open':
      // The probe is on its way, or died with its process.
      return sending > 0 ? 0 : 1
  }
}
