import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { RetryLater } from '../../errors.ts'
import { openPasswords, passwordFault } from './passwords.ts'

test('a password is right however the keyboard spells its letters, and wrong otherwise', async () => {
  const passwords = openPasswords()
  const kept = await passwords.hash('Gr\u00fc\u00dfe aus K\u00f6ln')
  expect(await passwords.isRight(kept, 'Gru\u0308\u00dfe aus Ko\u0308ln')).toBe(true)
  expect(await passwords.isRight(kept, 'Gr\u00fcsse aus K\u00f6ln')).toBe(false)
  expect(await passwords.isRight(null, 'Gr\u00fc\u00dfe aus K\u00f6ln')).toBe(false)
})

test('a hash made with less care than today’s is made again at the next sign-in', async () => {
  const passwords = openPasswords()
  const old = await hash('seven green bottles', { memoryCost: 8_192, timeCost: 1 })
  expect(passwords.isDated(old)).toBe(true)
  expect(await passwords.isRight(old, 'seven green bottles')).toBe(true)
  expect(passwords.isDated(await passwords.hash('seven green bottles'))).toBe(false)
})

test('a crowd at the door is asked to come again instead of filling the house’s memory', async () => {
  const passwords = openPasswords()
  const tries = await Promise.allSettled(
    Array.from({ length: 70 }, () => passwords.isRight(null, 'x')),
  )
  const refused = tries.flatMap((tried) => (tried.status === 'rejected' ? [tried.reason] : []))
  expect(refused).toHaveLength(18)
  for (const reason of refused) expect(reason).toBeInstanceOf(RetryLater)
  expect(await passwords.isRight(null, 'x')).toBe(false)
})

test.each([
  ['eleven chars', undefined],
  ['elevenchars', 'at least 12'],
  ['aabbaabbaabbaabb', 'five different'],
  ['Olivia.Park likes dogs', 'the address'],
  ['x'.repeat(201), 'at most 200'],
])('%s as a password: %s', (password, fault) => {
  const told = passwordFault(password, { email: 'olivia.park@meridian.example' })
  if (fault === undefined) expect(told).toBeUndefined()
  else expect(told).toContain(fault)
})
