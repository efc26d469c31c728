import { expect, test } from 'vitest'
import { finding, type Option, saidWhole } from './finding.ts'

const option = (title: string, because: string, against?: string): Option => ({
  ...{ subject: { kind: 'order', id: 'ord_1' }, label: title, candidateId: title, title },
  ...{ kind: 'release-hold', because, isRecommended: false },
  ...(against === undefined ? {} : { against }),
})

test('a reason that was told is not told again under each option, and one about something else is', () => {
  const told = saidWhole(
    finding('Hold PRICE: Line 1 is ordered at 12.50, agreed are 11.90.', {
      options: [
        option(
          'Lift it',
          'Held (PRICE) by price-check: Line 1 is ordered at 12.50, agreed are 11.90.',
          'The rules leave this to a person.',
        ),
        option('Cancel it', 'A: none is in stock.', 'The rules leave this to a person.'),
        option('Swap it', 'B: none is in stock.', 'B is not offered: it comes too late.'),
      ],
    }),
  )
  expect(told.split('\n').filter((line) => /^\d\./.test(line))).toEqual([
    '1. Lift it. (Against it: The rules leave this to a person.)',
    '2. Cancel it: A: none is in stock. (Against it: as above.)',
    '3. Swap it: B: none is in stock. (Against it: B is not offered: it comes too late.)',
  ])
})
