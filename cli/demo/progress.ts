/** A line that says how far the demo is; rewritten in place on a terminal, said now and then elsewhere. */
export type Progress = {
  show(text: string): void
  /** Leaves the last state standing and begins a new line. */
  end(): void
}

type Screen = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

// Where lines stay, one every few seconds is enough.
const plainEveryMs = 2_500

/** Opens the progress line on standard output or standard error. */
export function openProgress(screen: Screen, nowMs: () => number = Date.now): Progress {
  const startedMs = nowMs()
  let last = ''
  let saidMs = 0
  const line = (text: string) =>
    `${String(Math.round((nowMs() - startedMs) / 1000)).padStart(3)} s  ${text}`
  const rewrite = (text: string) => {
    const fitting = line(text).slice(0, (screen.columns ?? 80) - 1)
    screen.write(`\r\u001b[2K${fitting}`)
  }
  const say = (text: string) => {
    if (text === last || nowMs() - saidMs < plainEveryMs) return
    saidMs = nowMs()
    last = text
    screen.write(`${line(text)}\n`)
  }
  return {
    show: screen.isTTY === true ? rewrite : say,
    end: () => {
      if (screen.isTTY === true) screen.write('\n')
    },
  }
}
