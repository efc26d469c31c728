// The README's `npm start` as a newcomer meets it: from a build to answers on every address it prints, then a
// clean stop. Exit 0 when all of that happened within the time.
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

const readyWithinMs = 60_000
const stopWithinMs = 20_000
const say = (line) => process.stdout.write(`${line}\n`)
const withoutColour = (text) => text.replaceAll(/\p{Cc}\[[\d;]*m/gu, '')

const startedAt = performance.now()
const house = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
let printed = ''
for (const stream of [house.stdout, house.stderr]) {
  stream.setEncoding('utf8').on('data', (text) => {
    printed += withoutColour(text)
  })
}
let isRunning = true
const ended = new Promise((resolve) => {
  house.once('exit', () => {
    isRunning = false
    resolve(true)
  })
})

const printedAddresses = () => [
  ...new Set(printed.match(/http:\/\/(127\.0\.0\.1|localhost):\d+(\/[\w/.-]*[\w/-])?\/?/g) ?? []),
]

async function firstReady() {
  while (isRunning && performance.now() - startedAt < readyWithinMs) {
    for (const address of printedAddresses()) {
      const answer = await fetch(new URL('/readyz', address)).catch(() => undefined)
      if (answer?.status === 200) return new URL(address).origin
    }
    await wait(200)
  }
  return undefined
}

async function refusedAddresses(origin) {
  const refused = []
  for (const address of printedAddresses().filter((each) => each.startsWith(origin))) {
    const answer = await fetch(address).catch(() => undefined)
    say(`${answer?.status ?? 'no answer'} ${address}`)
    if (answer === undefined || answer.status === 404 || answer.status >= 500) refused.push(address)
    await answer?.body?.cancel()
  }
  return refused
}

async function stop() {
  // The group: npm, its shell and the house, as Ctrl-C does it.
  process.kill(-house.pid, 'SIGINT')
  const clean = await Promise.race([ended, wait(stopWithinMs, undefined, { ref: false })])
  if (clean === undefined) process.kill(-house.pid, 'SIGKILL')
  return clean !== undefined
}

const origin = await firstReady()
const readyMs = Math.round(performance.now() - startedAt)
const refused = origin === undefined ? [] : await refusedAddresses(origin)
const isStoppedCleanly = isRunning ? await stop() : false
const isGood = origin !== undefined && refused.length === 0 && isStoppedCleanly
if (!isGood) say(printed.slice(-4000))
say(
  origin === undefined
    ? `npm start was not ready within ${readyWithinMs / 1000} s.`
    : `npm start was ready after ${readyMs} ms; ${refused.length} printed addresses failed; ${
        isStoppedCleanly ? 'stopped cleanly' : 'did not stop in time'
      }.`,
)
process.exitCode = isGood ? 0 : 1
