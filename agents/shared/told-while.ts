/** What work tells while it goes on, in its order; what it throws comes behind all that it told. */
export async function* toldWhile<Told>(
  work: (tell: (one: Told) => void) => Promise<void>,
): AsyncGenerator<Told> {
  const waiting: Told[] = []
  let isOver = false
  let wake: () => void = () => undefined
  const working = work((one) => {
    waiting.push(one)
    wake()
  }).finally(() => {
    isOver = true
    wake()
  })
  // A reader who goes away does not wait for it.
  working.catch(() => undefined)
  for (;;) {
    yield* waiting.splice(0)
    if (waiting.length > 0) continue
    if (isOver) return working
    await new Promise<void>((woken) => {
      wake = woken
    })
  }
}
