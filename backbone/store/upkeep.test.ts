import { expect, test } from 'vitest'
import { pgliteDriver } from './pglite-driver.ts'
import { tidyTables } from './upkeep.ts'

test('a table whose rows were mostly replaced is tidied once, and a quiet one is left alone', async () => {
  const driver = await pgliteDriver({})
  await driver.script(`
    create table busy (id int primary key, stage text);
    insert into busy select number, 'received' from generate_series(1, 5000) number;
    create table quiet (id int);
    insert into quiet select number from generate_series(1, 100) number`)
  expect(await tidyTables(driver)).toEqual(['public.busy'])
  await driver.script(`update busy set stage = 'closed'`)
  expect(await tidyTables(driver)).toEqual(['public.busy'])
  const { rows } = await driver.run(
    `select n_dead_tup::int as dead, (select reltuples::int from pg_class where relname = 'busy') as counted
     from pg_stat_user_tables where relname = 'busy'`,
    [],
  )
  expect(rows).toEqual([{ dead: 0, counted: 5000 }])
  expect(await tidyTables(driver)).toEqual([])
  await driver.close()
})
