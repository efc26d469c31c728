import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import { peopleService } from '../people/people.ts'
import { seedStaff } from './people.ts'

let house: TestDatabase

beforeAll(async () => {
  house = await openTestDatabase()
})
afterAll(() => house.close())

test('the demo has one person for each part of an approval, without passwords, and the same ones at the next start', async () => {
  const tenantId = await house.newTenant()
  expect(await seedStaff(house.database, { tenantId })).toBe(4)
  const people = await peopleService(house).list({ tenantId })
  expect(people.map(({ role, hasPassword }) => [role, hasPassword]).toSorted()).toEqual([
    ['admin', false],
    ['approver', false],
    ['collector', false],
    ['operator', false],
  ])
  expect(await seedStaff(house.database, { tenantId })).toBe(0)
  expect(await peopleService(house).list({ tenantId })).toEqual(people)
})
