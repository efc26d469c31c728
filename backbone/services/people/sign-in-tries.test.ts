import { expect, test } from 'vitest'
import { signInTries } from './sign-in-tries.ts'

const minuteMs = 60_000

function guessing({ perAddress = 100 } = {}) {
  let nowMs = 0
  const { begin } = signInTries({ nowMs: () => nowMs, perAddress })
  return {
    later: (ms: number) => {
      nowMs += ms
    },
    tries: (count: number, email: string, address: string): number => {
      let letIn = 0
      for (let time = 0; time < count; time += 1)
        try {
          begin(email, address)
          letIn += 1
        } catch {
          // Refused.
        }
      return letIn
    },
    begin,
  }
}

test('five tries for one person from one place, and five more a quarter of an hour later', () => {
  const { tries, later } = guessing()
  expect(tries(9, 'ann@a.example', '192.0.2.1')).toBe(5)
  later(14 * minuteMs)
  expect(tries(9, 'ann@a.example', '192.0.2.1')).toBe(0)
  expect(tries(9, 'bo@a.example', '192.0.2.1')).toBe(5)
  expect(tries(9, 'ann@a.example', '192.0.2.2')).toBe(5)
  later(minuteMs)
  expect(tries(9, 'ann@a.example', '192.0.2.1')).toBe(5)
})

test('one network of IPv6 is one place, and an IPv4 address is the same however it is written', () => {
  const { tries } = guessing()
  expect(tries(3, 'ann@a.example', '2001:db8:1:2:3:4:5:6')).toBe(3)
  expect(tries(3, 'ann@a.example', '2001:db8:1:2:ffff:4:5:6')).toBe(2)
  expect(tries(3, 'bo@a.example', '192.0.2.1')).toBe(3)
  expect(tries(3, 'bo@a.example', '::ffff:192.0.2.1')).toBe(2)
})

test('whoever goes through many people from one place is stopped too; those who got in do not count', () => {
  const { tries, begin } = guessing({ perAddress: 10 })
  for (let person = 0; person < 30; person += 1) begin(`right${person}@a.example`, '192.0.2.1')()
  let through = 0
  for (let person = 0; person < 30; person += 1)
    through += tries(1, `guess${person}@a.example`, '192.0.2.1')
  expect(through).toBe(10)
})
