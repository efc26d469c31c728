import { CallerMistake } from '../backbone/errors.ts'

/** Lets each caller have so many calls in hand at once, and refuses those above. */
export function openInHand(
  most: number,
): <T>(callerId: string, work: () => Promise<T>) => Promise<T> {
  const inHand = new Map<string, number>()
  return async (callerId, work) => {
    const count = inHand.get(callerId) ?? 0
    if (count >= most)
      throw new CallerMistake(
        429,
        'too-many-at-once',
        `You have ${most} calls in hand, which is the most at once. Ask again when one of them has been answered.`,
        { most },
      )
    inHand.set(callerId, count + 1)
    try {
      return await work()
    } finally {
      const left = (inHand.get(callerId) ?? 1) - 1
      if (left > 0) inHand.set(callerId, left)
      else inHand.delete(callerId)
    }
  }
}
