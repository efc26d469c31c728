import { readFileSync } from 'node:fs'

// Loaded into the product with --import: shifts its wall clock by what a file says, while it runs. Timers and
// performance.now() go on as they do when the clock of a real machine is stepped.
const file = process.env['FAULTS_CLOCK_FILE'] ?? ''
const realNow = Date.now.bind(Date)
let shiftMs = 0

function look(): void {
  try {
    shiftMs = Number(readFileSync(file, 'utf8'))
  } catch {
    // No file, no shift.
  }
}

const now = () => realNow() + shiftMs

look()
setInterval(look, 100).unref()
Date.now = now
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new Date().toString(),
})
