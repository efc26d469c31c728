/** How many requests one key may make: `burst` at once, and `perSecond` in the long run. */
export type RateLimitSize = { readonly burst: number; readonly perSecond: number }

type Bucket = { tokens: number; filledAtMs: number }

/** What is left for a key, or how long it must wait. */
export type RateLimitState = {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Until the bucket is full again, or until the next request is allowed. */
  readonly waitSeconds: number
}

/** One token bucket per key, kept in this process. */
export function createRateLimiter(
  { burst, perSecond }: RateLimitSize,
  nowMs: () => number,
): (key: string) => RateLimitState {
  const buckets = new Map<string, Bucket>()

  const tidy = (now: number) => {
    if (buckets.size < 10_000) return
    for (const [key, bucket] of buckets)
      if (bucket.tokens + ((now - bucket.filledAtMs) / 1000) * perSecond >= burst)
        buckets.delete(key)
  }

  return (key) => {
    const now = nowMs()
    const bucket = buckets.get(key) ?? { tokens: burst, filledAtMs: now }
    const filled = bucket.tokens + (Math.max(0, now - bucket.filledAtMs) / 1000) * perSecond
    const tokens = Math.min(burst, filled)
    const isAllowed = tokens >= 1
    const left = isAllowed ? tokens - 1 : tokens
    if (!buckets.has(key)) tidy(now)
    buckets.set(key, { tokens: left, filledAtMs: now })
    const missing = isAllowed ? burst - left : 1 - left
    return {
      isAllowed,
      remaining: Math.floor(left),
      waitSeconds: Math.ceil(missing / perSecond),
    }
  }
}
