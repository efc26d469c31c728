import { expect, test } from 'vitest'
import { likeness, textVector } from './text-vector.ts'

const like = (a: string, b: string) => likeness(textVector(a), textVector(b))

test('a text is as like itself as can be, whatever its case and punctuation', () => {
  expect(textVector('Hex Cap Screw')).toHaveLength(384)
  expect(like('Hex Cap Screw, Grade 5', 'HEX CAP SCREW GRADE 5')).toBeCloseTo(1, 9)
  expect(like('', 'Hex Cap Screw')).toBe(0)
})

test('names that share spelling are more alike than names that do not', () => {
  const motor = 'TEFC Motor, 230/460 V, 3-Phase, 1800 rpm, 5 hp'
  expect(like(motor, 'TEFC Motor, 230/460 V, 3-Phase, 1800 rpm, 7.5 hp')).toBeGreaterThan(0.8)
  expect(like(motor, 'Washdown Motor, 230/460 V, 3-Phase, 5 hp')).toBeGreaterThan(
    like(motor, 'Bronze Gate Valve, Class 125, 1/2 in'),
  )
  expect(like(motor, 'Bronze Gate Valve, Class 125, 1/2 in')).toBeLessThan(0.3)
})

test('the same text gives the same vector on every machine', () => {
  const vector = textVector('M8')
  const set = [...vector].flatMap((one, place) =>
    one === 0 ? [] : [[place, Number(one.toFixed(4))]],
  )
  expect(set).toEqual([
    [42, 0.5774],
    [89, -0.5774],
    [152, 0.5774],
  ])
})
