import { renameSync, writeFileSync } from 'node:fs'

/** The wall clock of the product's processes, which can be stepped while they run. */
export type ProductClock = {
  readonly environment: Readonly<Record<string, string>>
  readonly shiftMs: number
  /** Steps it forth or back; it never goes further off than receivers of signed webhooks bear. */
  step(byMs: number): number
}

const preload = new URL('./clock-preload.js', import.meta.url)
const furthestMs = 240_000

/** Makes the clock; a process started with its environment follows it. */
export function productClock(file: string): ProductClock {
  let shiftMs = 0
  const tell = () => {
    writeFileSync(`${file}.part`, String(shiftMs))
    renameSync(`${file}.part`, file)
  }
  tell()
  return {
    environment: {
      NODE_OPTIONS: `--import=${preload.href}`,
      FAULTS_CLOCK_FILE: file,
    },
    get shiftMs() {
      return shiftMs
    },
    step(byMs) {
      shiftMs = Math.max(-furthestMs, Math.min(furthestMs, shiftMs + byMs))
      tell()
      return shiftMs
    },
  }
}
