/** Something that runs or lies around until it is stopped. */
export type Stoppable = { stop(): Promise<void> }

/** Remembers what was started, so that it is stopped when the measuring ends, however it ends. */
export type Keep = <T extends Stoppable>(started: T) => T

async function stopInReverse(kept: readonly Stoppable[]): Promise<void> {
  for (const one of kept.toReversed()) await one.stop().catch(() => undefined)
}

/** Runs measurements; whatever they started is stopped in reverse order, also on an error and on Ctrl-C. */
export async function keeping<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const kept: Stoppable[] = []
  const interrupted = () => {
    const exit = () => process.exit(130)
    stopInReverse(kept).then(exit, exit)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    return await work((started) => {
      kept.push(started)
      return started
    })
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stopInReverse(kept)
  }
}
