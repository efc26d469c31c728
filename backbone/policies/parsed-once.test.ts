import { expect, test } from 'vitest'
import { z } from 'zod'
import { parsedOnce } from './parsed-once.ts'

const Settings = z.object({ days: z.int().default(5) })

test('the same settings are parsed once, changed ones anew, and wrong ones are refused every time', () => {
  const parse = parsedOnce(Settings)
  expect(parse({})).toEqual({ days: 5 })
  expect(parse({})).toBe(parse({}))
  expect(parse({ days: 7 })).toEqual({ days: 7 })
  expect(() => parse({ days: 'seven' })).toThrow('expected number')
  expect(() => parse({ days: 'seven' })).toThrow('expected number')
})

test('however many different settings there are, each is read right', () => {
  const parse = parsedOnce(Settings)
  for (let days = 0; days < 2_500; days += 1) expect(parse({ days })).toEqual({ days })
  expect(parse({ days: 0 })).toEqual({ days: 0 })
})
