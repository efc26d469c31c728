/** Something that runs or lies around until it is stopped. */
export type Stoppable = { stop(): Promise<void> }

/** Remembers what was started, so that it is stopped when the measuring ends, however it ends. */
export type Keep = <T extends Stoppable>(started: T) => T

function newShelf(): { readonly keep: Keep; stopAll(): Promise<void> } {
  const kept: Stoppable[] = []
  return {
    keep(started) {
      kept.push(started)
      return started
    },
    async stopAll() {
      // The last started first: what it stands on is still there while it stops.
      for (let last = kept.pop(); last !== undefined; last = kept.pop())
        await last.stop().catch(() => undefined)
    },
  }
}

/** Runs measurements; whatever they started is stopped in reverse order, also on an error and on Ctrl-C. */
export async function keeping<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const { keep, stopAll } = newShelf()
  const leave = () => process.exit(130)
  const interrupted = () => {
    stopAll().then(leave, leave)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    return await work(keep)
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stopAll()
  }
}

/** Runs one part of the measuring; what it started is stopped when the part ends. */
export async function keepingWithin<T>(outer: Keep, work: (keep: Keep) => Promise<T>): Promise<T> {
  const { keep, stopAll } = newShelf()
  outer({ stop: stopAll })
  try {
    return await work(keep)
  } finally {
    await stopAll()
  }
}
