import { expect, test } from 'vitest'
import { type Circuit, circuitDecision, closedCircuit, type Sign } from './circuit.ts'

const after = (signs: readonly Sign[], from: Circuit = closedCircuit, everyMs = 1_000): Circuit =>
  signs.reduce((circuit, sign, at) => circuitDecision(circuit, { sign, now: at * everyMs }), from)

const times = (count: number, sign: Sign): Sign[] => Array.from({ length: count }, () => sign)

test('five failures in a row open the circuit, four and an answer do not', () => {
  expect(after(times(4, 'away')).state).toBe('closed')
  expect(after([...times(4, 'away'), 'answered', ...times(4, 'away')]).state).toBe('closed')
  expect(after(times(5, 'away'))).toMatchObject({ state: 'open', probeAt: 4_000 + 30_000 })
})

test('half of at least twenty calls within five minutes failing opens the circuit', () => {
  const turns = Array.from({ length: 20 }, (_, at): Sign => (at % 2 === 0 ? 'answered' : 'away'))
  expect(after(turns.slice(0, 19)).state).toBe('closed')
  expect(after(turns).state).toBe('open')
  // The same calls over a longer time are two windows of a few calls each.
  expect(after(turns, closedCircuit, 20_000).state).toBe('closed')
})

test('a refused credential opens the circuit at once', () => {
  expect(after(['locked-out']).state).toBe('open')
})

test('a good probe closes; every bad one waits longer: 60 s, 120 s, 240 s, then every five minutes', () => {
  let circuit = after(times(5, 'away'))
  const waits: number[] = []
  for (let probe = 0; probe < 5; probe += 1) {
    const now = circuit.probeAt ?? 0
    circuit = circuitDecision({ ...circuit, state: 'half-open' }, { sign: 'away', now })
    expect(circuit.state).toBe('open')
    waits.push((circuit.probeAt ?? 0) - now)
  }
  expect(waits).toEqual([60_000, 120_000, 240_000, 300_000, 300_000])
  const back = circuitDecision({ ...circuit, state: 'half-open' }, { sign: 'answered', now: 1 })
  expect(back).toEqual(closedCircuit)
})

test('an answer to a call from before the outage does not close the circuit', () => {
  const open = after(times(5, 'away'))
  expect(circuitDecision(open, { sign: 'answered', now: 9_000 })).toEqual(open)
})
