import { expect, test } from 'vitest'
import { type PartnerPromises, partnerSla } from './partner-sla.ts'

const promises = (partnerId: string, change: Partial<PartnerPromises>): PartnerPromises => ({
  ...{ partnerId, partnerName: partnerId, target: 'release', kept: 0, broken: 0, running: 0 },
  ...{ runningLate: 0, expectedLate: 0, nextBreachAt: null, ...change },
})

test('the partner with most promises broken below the target stands first; one that will break them before one that keeps them', () => {
  const rows = partnerSla(
    [
      promises('keeps', { kept: 40 }),
      promises('will-break', { kept: 40, running: 9, expectedLate: 6 }),
      promises('one-of-one', { broken: 1 }),
      promises('thirty-of-hundred', { kept: 70, broken: 30 }),
      promises('nothing-yet', {}),
    ],
    { keptShare: 0.95 },
  )
  expect(rows.map(({ partnerId, isBelowTarget }) => [partnerId, isBelowTarget])).toEqual([
    ['thirty-of-hundred', true],
    ['one-of-one', true],
    ['will-break', false],
    ['keeps', false],
    ['nothing-yet', false],
  ])
  expect(rows.map(({ keptShare }) => keptShare)).toEqual([0.7, 0, 1, 1, null])
})

test('a promise that is late and still runs is broken already', () => {
  const [row] = partnerSla([promises('late', { kept: 3, running: 1, runningLate: 1 })], {
    keptShare: 0.95,
  })
  expect(row).toMatchObject({ broken: 1, keptShare: 0.75, isBelowTarget: true })
})
