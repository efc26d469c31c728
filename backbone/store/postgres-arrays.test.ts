import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestDatabase } from '../../testing/test-database.ts'
import { integerList, textList } from './postgres-arrays.ts'

test('whatever stands in a list of texts comes back as it was', () => {
  const item = fc.oneof(
    fc.string(),
    fc.constantFrom(null, 'NULL', '', '"', '\\', 'a,b', '{}', '\n'),
  )
  fc.assert(
    fc.property(fc.array(item), (items) => {
      expect(textList.parse(textList.serialize(items))).toEqual(items)
    }),
  )
})

test('the database reads and spells lists the same way', async () => {
  const { database, newTenant, close } = await openTestDatabase()
  try {
    const items = ['plain', 'a,b', 'with "quotes" and \\', 'NULL', '', 'two\nlines']
    const [row] = await database.inTenant(await newTenant(), (tx) =>
      tx.rows<{
        texts: string[]
        numbers: number[]
        empty: string[]
        holes: (string | null)[]
      }>(sql`
        select array(select jsonb_array_elements_text(${JSON.stringify(items)}::text::jsonb)) as texts,
          array[1, -2, 3] as numbers, '{}'::text[] as empty, array['a', null] as holes`),
    )
    expect(row).toEqual({ texts: items, numbers: [1, -2, 3], empty: [], holes: ['a', null] })
    const given = await database.jobs.executeSql(
      'select to_jsonb($1::text[]) as texts, to_jsonb($2::int[]) as numbers where $1::text[] is not null',
      [items, [1, 2]],
    )
    expect(given.rows).toEqual([{ texts: items, numbers: [1, 2] }])
    expect(integerList.parse('{1,NULL}')).toEqual([1, null])
  } finally {
    await close()
  }
})
