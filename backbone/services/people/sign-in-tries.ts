import { CallerMistake } from '../../errors.ts'

const windowMs = 15 * 60_000
const mostKept = 20_000

type Tries = { count: number; since: number }

/** An address of the network as far as it tells one visitor from another: of IPv6 the network, which one house owns. */
function visitor(address: string): string {
  const plain = address.replace(/^::ffff:/, '')
  return plain.includes(':') ? plain.split(':').slice(0, 4).join(':') : plain
}

/**
 * Counts tries to sign in by guessing: few for one person from one place, more from one place. A try counts when it
 * begins, so that many at once are no way round; one that is right is forgotten. Kept in this process.
 */
export function signInTries({
  nowMs,
  perPerson = 5,
  perAddress = 100,
}: {
  readonly nowMs: () => number
  readonly perPerson?: number
  readonly perAddress?: number
}) {
  const known = new Map<string, Tries>()

  const tidy = (now: number) => {
    if (known.size < mostKept) return
    for (const [key, { since }] of known) if (now - since >= windowMs) known.delete(key)
    // Full of tries of this quarter of an hour: the oldest goes, so that guessing never becomes memory.
    const [oldest] = known.size >= mostKept ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
  }

  const count = (key: string, most: number): void => {
    const now = nowMs()
    const seen = known.get(key)
    const tries =
      seen === undefined || now - seen.since >= windowMs ? { count: 0, since: now } : seen
    if (tries.count >= most) {
      const retryAfterSeconds = Math.ceil((tries.since + windowMs - now) / 1_000)
      throw new CallerMistake(
        429,
        'too-many-tries',
        `Too many tries to sign in; come back in ${Math.ceil(retryAfterSeconds / 60)} minutes, or ask for a sign-in link.`,
        { retryAfterSeconds },
      )
    }
    if (seen === undefined) tidy(now)
    known.set(key, { ...tries, count: tries.count + 1 })
  }

  return {
    /** Counts a try, or refuses it; gives what forgets it once it proved right. */
    begin(email: string, address: string): () => void {
      const place = visitor(address)
      const own = `${email} ${place}`
      count(place, perAddress)
      count(own, perPerson)
      return () => {
        known.delete(own)
        const all = known.get(place)
        if (all !== undefined) known.set(place, { ...all, count: Math.max(0, all.count - 1) })
      }
    },
  }
}
