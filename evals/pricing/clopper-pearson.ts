/** Logarithm of the binomial coefficient: how many ways there are to choose. */
function logChoose(from: number, chosen: number): number {
  let sum = 0
  for (let index = 1; index <= chosen; index += 1)
    sum += Math.log(from - chosen + index) - Math.log(index)
  return sum
}

/** The probability of at most so many among so many tries, each with this probability. */
function atMost(count: number, tries: number, probability: number): number {
  let sum = 0
  for (let index = 0; index <= count; index += 1)
    sum += Math.exp(
      logChoose(tries, index) +
        index * Math.log(probability) +
        (tries - index) * Math.log1p(-probability),
    )
  return Math.min(1, sum)
}

/**
 * The exact (Clopper-Pearson) upper bound of a share of which `count` of `tries` were seen: with the confidence
 * said, one-sided, the true share is not above it.
 */
export function upperBound(count: number, tries: number, confidence = 0.95): number {
  if (tries === 0 || count >= tries) return 1
  let [low, high] = [count / tries, 1]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    if (atMost(count, tries, middle) > 1 - confidence) low = middle
    else high = middle
  }
  return high
}
