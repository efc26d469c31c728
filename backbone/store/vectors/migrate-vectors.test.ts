import { expect, test } from 'vitest'
import { openTestDatabase } from '../../../testing/test-database.ts'
import type { Driver } from '../database.ts'
import { migrate } from '../migrate.ts'
import { pgliteDriver } from '../pglite-driver.ts'
import { migrateVectors } from './migrate-vectors.ts'
import { keepsVectors, productsToCompare, writeProductVectors } from './product-vectors.ts'

const tablesOf = async (driver: Driver) =>
  (await driver.run(`select to_regclass('quittance_vector.product_vector')::text as name`, []))
    .rows[0]

/** A driver on which statements that match fail or find nothing. */
function answering(
  driver: Driver,
  pattern: RegExp,
  answer: () => { rows: []; affected: 0 },
): Driver {
  return {
    ...driver,
    transaction: (work) =>
      driver.transaction((run, savepoint) =>
        work(
          (text, values) =>
            pattern.test(text) ? Promise.resolve().then(answer) : run(text, values),
          savepoint,
        ),
      ),
  }
}

test('vectors get their own schema once, and a second start finds it there', async () => {
  const { database, close } = await openTestDatabase()
  try {
    expect(await migrateVectors(database.driver)).toEqual({})
    expect(await tablesOf(database.driver)).toEqual({ name: 'quittance_vector.product_vector' })
    const { rows } = await database.driver.run('select tag from quittance_vector.migration', [])
    expect(rows).toEqual([{ tag: '0000_product_vector.sql' }])
  } finally {
    await close()
  }
})

test('a database without the extension, or where it may not be made, starts without vectors and says why', async () => {
  const driver = await pgliteDriver({})
  try {
    await migrate(driver)
    const nowhere = answering(driver, /pg_available_extensions/, () => ({ rows: [], affected: 0 }))
    expect(await migrateVectors(nowhere)).toEqual({
      withoutVectors: 'The extension vector is not installed.',
    })
    const forbidden = answering(driver, /create extension/, () => {
      throw new Error('permission denied to create extension "vector"')
    })
    expect(await migrateVectors(forbidden)).toEqual({
      withoutVectors: 'permission denied to create extension "vector"',
    })
    expect(await tablesOf(driver)).toEqual({ name: null })
    // A later start, when an administrator has made it possible.
    await driver.script('create schema extensions; create extension vector with schema extensions')
    expect(await migrateVectors(driver)).toEqual({})
    expect(await tablesOf(driver)).toEqual({ name: 'quittance_vector.product_vector' })
    const alike = await driver.run(
      `select quittance_vector.likeness(quittance_vector.as_vector('[1,0]'), quittance_vector.as_vector('[1,0]')) as same,
        quittance_vector.likeness(quittance_vector.as_vector('[1,0]'), quittance_vector.as_vector('[0,0]')) as none`,
      [],
    )
    expect(alike.rows).toEqual([{ same: 1, none: 0 }])
  } finally {
    await driver.close()
  }
})

test('a tenant sees the vectors of its own products only', async () => {
  const { database, newTenant, close } = await openTestDatabase()
  try {
    const [ours, theirs] = [await newTenant(), await newTenant()]
    await database.inTenant(ours, (tx) =>
      writeProductVectors(tx, 'm', [{ sku: 'A', textHash: 'h', numbers: [1, 2] }]),
    )
    const count = (tenantId: string) =>
      database.inTenant(tenantId, async (tx) => {
        expect(await keepsVectors(tx)).toBe(true)
        expect(await productsToCompare(tx, { after: '', limit: 5 })).toEqual([])
        const { rows } = await tx.jobs.executeSql(
          'select count(*)::int as vectors from quittance_vector.product_vector',
        )
        return rows[0]?.['vectors']
      })
    expect([await count(ours), await count(theirs)]).toEqual([1, 0])
    const foreign = database.inTenant(theirs, (tx) =>
      tx.jobs.executeSql(
        `insert into quittance_vector.product_vector (tenant_id, sku, model, dimension, text_hash, embedding)
         values ($1, 'B', 'm', 1, 'h', quittance_vector.as_vector('[1]'))`,
        [ours],
      ),
    )
    await expect(foreign).rejects.toThrow(/row-level security/)
  } finally {
    await close()
  }
})
