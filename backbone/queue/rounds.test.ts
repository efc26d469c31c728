import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inChargeOf } from './rounds.ts'

test('every tenant has exactly one process in charge, the same whoever asks', () => {
  const workers = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(workers, fc.string(), (present, tenantId) => {
      const inCharge = inChargeOf(tenantId, present)
      expect(present).toContain(inCharge)
      expect(inChargeOf(tenantId, [...present].reverse())).toBe(inCharge)
    }),
  )
})

test('when a process goes, only the tenants it was in charge of change hands', () => {
  const present = ['worker-a', 'worker-b', 'worker-c', 'worker-d']
  const tenants = Array.from({ length: 400 }, (_, index) => `tenant-${index}`)
  const left = present.slice(1)
  for (const tenantId of tenants) {
    const before = inChargeOf(tenantId, present)
    if (before !== 'worker-a') expect(inChargeOf(tenantId, left)).toBe(before)
  }
  const shares = present.map(
    (worker) => tenants.filter((tenantId) => inChargeOf(tenantId, present) === worker).length,
  )
  expect(Math.min(...shares)).toBeGreaterThan(50)
})

test('nobody is in charge when nobody is at work', () => {
  expect(inChargeOf('tenant', [])).toBeUndefined()
})
