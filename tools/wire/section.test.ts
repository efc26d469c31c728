import { expect, test } from 'vitest'
import { sectionsOf } from './section.ts'

const lines = Array.from({ length: 60 }, (_, place) => place + 1)

test('a list that was cut says how many of how many are shown, and how to have the rest', () => {
  const part = sectionsOf({ limit: 20 })
  expect(part.of('lines', lines, 8)).toHaveLength(8)
  part.of('holds', [1, 2], 6)
  expect({ ...part.end(), ...part.note() }).toEqual({
    note: 'Shown: 8 of 60 lines. Name a section to have it whole, page by page.',
  })
})

test('a section that goes on says where it is, and its last page says nothing', () => {
  const second = sectionsOf({ section: 'lines', limit: 20, cursor: '20' })
  expect(second.of('lines', lines, 8)).toEqual(lines.slice(20, 40))
  expect({ ...second.end(), ...second.note() }).toEqual({
    next_cursor: '40',
    note: 'Shown: 21 to 40 of 60 lines. Go on with next_cursor.',
  })
  const last = sectionsOf({ section: 'lines', limit: 20, cursor: '40' })
  last.of('lines', lines, 8)
  expect({ ...last.end(), ...last.note() }).toEqual({})
})
