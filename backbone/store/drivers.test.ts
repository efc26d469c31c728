import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'

let store: TestDatabase
beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(() => store.close())

test('a statement the server cannot take costs its transaction, not the connection', async () => {
  const { driver } = store.database
  // More often than there are connections: one lost each time would leave none.
  for (let turn = 0; turn < 40; turn += 1)
    await expect(
      driver.transaction((run) => run('select $1::int, $2::int', [turn])),
    ).rejects.toMatchObject({ code: '08P01' })
  expect((await driver.run('select 1 as one', [])).rows).toEqual([{ one: 1 }])
})

test('a part that failed leaves the rest of its transaction, and the statements it made ready, in order', async () => {
  const { driver } = store.database
  const rows = await driver.transaction(async (run, savepoint) => {
    await run('create temporary table kept (word text) on commit drop', [])
    await run('insert into kept values ($1)', ['before'])
    for (let turn = 0; turn < 3; turn += 1)
      await expect(
        savepoint(async (inner, deeper) => {
          await inner('insert into kept values ($1)', ['inside'])
          await expect(deeper((deepest) => deepest('select 1 / $1::int', [0]))).rejects.toThrow()
          await inner('insert into kept values ($1)', ['after the deepest'])
          await inner('select nothing from nowhere', [])
        }),
      ).rejects.toThrow()
    // The same texts once more, the failed one too, outside the part that failed.
    await run('insert into kept values ($1)', ['after'])
    return (await run('select word from kept', [])).rows
  })
  expect(rows).toEqual([{ word: 'before' }, { word: 'after' }])
  await expect(driver.run('select nothing from nowhere', [])).rejects.toThrow()
})

test('statements that are asked for together get each its own answer, also where one of them fails', async () => {
  const { driver } = store.database
  const numbers = Array.from({ length: 20 }, (_, number) => number)
  const answers = await driver.transaction((run) =>
    Promise.all(numbers.map((number) => run(`select $1::int as n${number % 7}`, [number]))),
  )
  expect(answers.map(({ rows }) => rows)).toEqual(
    numbers.map((number) => [{ [`n${number % 7}`]: number }]),
  )
  await expect(
    driver.transaction((run) =>
      Promise.all([
        run('select 1 as one', []),
        run('select 1 / $1::int', [0]),
        run('select 2 as two', []),
      ]),
    ),
  ).rejects.toMatchObject({ code: '22012' })
  expect((await driver.run('select 3 as three', [])).rows).toEqual([{ three: 3 }])
})

test.skipIf(process.env['TEST_DATABASE_URL'] !== undefined)(
  'a statement that nobody waited for does nothing once its transaction has failed',
  async () => {
    const { driver } = store.database
    await driver.script('create table left_behind (word text)')
    let late: Promise<unknown> = Promise.resolve()
    const failed = driver.transaction(async (run) => {
      late = run('insert into left_behind values ($1)', ['late'])
      throw new Error('The work gave up.')
    })
    await expect(failed).rejects.toThrow('The work gave up.')
    await expect(late).rejects.toThrow('The transaction of this statement is over.')
    expect((await driver.run('select word from left_behind', [])).rows).toEqual([])
  },
)
