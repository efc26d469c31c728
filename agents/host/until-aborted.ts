/** What is told until the signal: whoever tells may not listen to it, and is not waited for then. */
export async function* untilAborted<Item>(
  told: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const iterator = told[Symbol.asyncIterator]()
  let refuse: (reason: unknown) => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    refuse = reject
  })
  // Nobody may be waiting for it when it comes.
  aborted.catch(() => undefined)
  const onAbort = () => refuse(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let isOver = false
  try {
    signal.throwIfAborted()
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted])
      if (next.done === true) {
        isOver = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not waited for: one that hangs would hang us too.
    if (!isOver) iterator.return?.()?.catch(() => undefined)
  }
}
