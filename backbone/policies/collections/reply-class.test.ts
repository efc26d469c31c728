import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readReply } from './reply-class.ts'

// A Sunday.
const today = '2026-11-22'

const read = (content: string, dateOrder?: 'month-first' | 'day-first') =>
  readReply(
    {
      content,
      today,
      currency: 'USD',
      invoiceNumbers: ['INV-000123', 'INV-000124'],
      ...(dateOrder === undefined ? {} : { dateOrder }),
    },
    'collections:default',
  )

test('answers are taken for what they say', () => {
  const answers: [string, string][] = [
    ['We will pay $5,000 on Friday.', 'promise'],
    ["You'll receive payment in our next check run.", 'promise'],
    ['INV-000123 will be paid by November 30.', 'promise'],
    ['This was already paid last week by ACH.', 'paid-claim'],
    ['The wire was sent on 11/18/2026.', 'paid-claim'],
    ['Check number 4471 went out yesterday.', 'paid-claim'],
    ['The price on line 2 is wrong, our contract price is 9.64.', 'dispute'],
    ['Two cartons arrived damaged.', 'dispute'],
    ['We never received the goods.', 'dispute'],
    ['We do not owe this.', 'dispute'],
    ['Please send a copy of INV-000123.', 'copy-request'],
    ["I can't find this invoice, could you resend the invoice?", 'copy-request'],
    ['We never received this invoice.', 'copy-request'],
    ['Jane no longer works here, please contact Finn instead.', 'wrong-contact'],
    ['I am not the right person for this.', 'wrong-contact'],
    ['Please stop e-mailing us.', 'stop-contact'],
    ['Do not contact me again.', 'stop-contact'],
    ['We want no more reminders.', 'stop-contact'],
    ['unsubscribe', 'stop-contact'],
    ['You did not send us the invoice.', 'copy-request'],
    ['Cash flow is tight; could we agree a payment plan?', 'hardship'],
    ['We are unable to pay this month.', 'hardship'],
    [
      'Automatic reply: I am out of the office until Monday. I will pay nothing meanwhile.',
      'out-of-office',
    ],
    ['Please direct all questions to our attorney.', 'legal'],
    ['The company has filed for Chapter 11.', 'legal'],
    ['Thanks, noted.', 'unknown'],
    ['', 'unknown'],
  ]
  for (const [content, kind] of answers)
    expect([content, read(content).kind]).toEqual([content, kind])
})

test('a promise is read with its amount and date', () => {
  expect(read('We will pay $5,000.00 on Friday.')).toMatchObject({
    kind: 'promise',
    amountMinor: 500_000,
    day: '2026-11-27',
    decision: 'propose',
  })
  expect(read('We will wire USD 9.410,00 by 30 November.')).toMatchObject({
    amountMinor: 941_000,
    day: '2026-11-30',
  })
  expect(read('We will settle INV-000123 in full by the end of the month.')).toMatchObject({
    day: '2026-11-30',
    isInFull: true,
    invoiceNumbers: ['INV-000123'],
  })
  expect(read('Payment will be released within 10 days.').day).toBe('2026-12-02')
  expect(read('We will pay next Tuesday.').day).toBe('2026-11-24')
  expect(read('We will pay on January 5th.').day).toBe('2027-01-05')
  expect(read('We will pay it tomorrow.').day).toBe('2026-11-23')
})

test('what could mean two days or two amounts is none', () => {
  expect(read('We will pay on 03/04/2027.')).not.toHaveProperty('day')
  expect(read('We will pay on 03/04/2027.', 'month-first').day).toBe('2027-03-04')
  expect(read('We will pay on 03/04/2027.', 'day-first').day).toBe('2027-04-03')
  expect(read('We will pay on 04.03.2027.').day).toBe('2027-03-04')
  expect(read('We will pay on 12/15.').day).toBe('2026-12-15')
  expect(read('We will pay on 31 February.')).not.toHaveProperty('day')
  expect(read('We will pay $500 or $600 soon.')).not.toHaveProperty('amountMinor')
  expect(read('We will pay 5,000 soon.')).not.toHaveProperty('amountMinor')
  expect(read('We will pay 40 % of it.')).not.toHaveProperty('amountMinor')
})

test('a condition or a refusal is no promise', () => {
  expect(read('We will pay once you send the credit note.').kind).toBe('dispute')
  expect(read('If the goods arrive we will pay.').kind).toBe('unknown')
  expect(read('We will not pay this.').kind).toBe('dispute')
})

test('a dispute carries its X12 426 code', () => {
  const codes: [string, string | undefined][] = [
    ['The unit price is wrong.', '01'],
    ['You overcharged us.', '01'],
    ['The goods arrived damaged.', '04'],
    ['Parts are defective.', '05'],
    ['We were short shipped by 3.', '06'],
    ['You sent the wrong item.', '07'],
    ['The cash discount was not deducted: discount is missing.', '24'],
    ['The freight charges were not agreed.', '30'],
    ['We are tax exempt.', '55'],
    ['We never received the goods.', '59'],
    ['This is a duplicate invoice.', '19'],
    ['We dispute this.', undefined],
  ]
  for (const [content, code] of codes)
    expect([content, read(content).kind, read(content).disputeCode]).toEqual([
      content,
      'dispute',
      code,
    ])
})

test('the most serious sign counts and the others are told', () => {
  const mixed = read('We will pay $400 on Friday. The rest we dispute, the price is wrong.')
  expect(mixed).toMatchObject({ kind: 'dispute', also: ['promise'], disputeCode: '01' })
  const legal = read('The goods were damaged. Talk to our lawyer.')
  expect(legal).toMatchObject({ kind: 'legal', also: ['dispute'] })
})

test('each answer comes with what could be done, made by code and with its figures', () => {
  const remedies = (content: string) =>
    read(content).alternatives.map(({ candidateId, amountMinor, values }) => [
      candidateId,
      amountMinor,
      values?.['day'] ?? values?.['stop'] ?? values?.['code'],
    ])
  expect(remedies('We will pay $5,000 on Friday.')).toEqual([
    ['record-promise', 500_000, '2026-11-27'],
  ])
  expect(remedies('We will pay soon.')).toEqual([['ask-for-promise', undefined, undefined]])
  expect(remedies('We will pay $400 on Friday. The rest is disputed, the price is wrong.')).toEqual(
    [
      ['open-dispute:01', undefined, '01'],
      ['record-promise', 40_000, '2026-11-27'],
    ],
  )
  expect(remedies('The wire was sent yesterday.')).toEqual([
    ['trace-payment', undefined, 'payment-in-process'],
  ])
  expect(remedies('We filed for bankruptcy.')).toEqual([
    ['stop-insolvency', undefined, 'insolvency'],
  ])
  expect(remedies('I am out of the office until December 1.')).toEqual([
    ['try-later', undefined, '2026-12-01'],
  ])
  expect(remedies('Please send a copy of INV-000123.')[0]?.[0]).toBe('prepare-copies')
  expect(remedies('Noted.')[0]?.[0]).toBe('read')
})

test('only the customer’s own words count, not what it quotes of ours, nor hidden characters', () => {
  const quoted =
    'Thanks.\n\nOn Mon, Nov 16, 2026 Dana wrote:\n> will you pay $500 on Friday?\nWe will pay.'
  expect(read(quoted).kind).toBe('unknown')
  expect(read('> we will pay tomorrow\nNoted.').kind).toBe('unknown')
  expect(read('We wi\u200Bll pay tomorrow.').kind).toBe('unknown')
})

test('always: whatever the text, there is one answer with a reason, and the same again', () => {
  const words = fc.array(
    fc.constantFrom(
      'we',
      'will',
      'pay',
      'not',
      'if',
      '$5,000',
      'friday',
      'damaged',
      '.',
      'invoice',
      '\u0000',
      '12/31',
      'lawyer',
    ),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        words.map((some) => some.join(' ')),
      ),
      (content) => {
        const reading = read(content)
        expect(reading.evidence.length).toBeGreaterThan(0)
        expect(read(content)).toEqual(reading)
        expect(reading.decision).not.toBe('accept')
      },
    ),
  )
})
