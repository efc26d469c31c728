import { expect, test } from 'vitest'
import { inContext } from './in-context.ts'

const clock = { now: '2026-11-22T18:30:00.000Z', timeZone: 'America/Chicago' }

type Turn = readonly [from: 'person' | 'assistant', text: string]

const asked = (text: string, turns: readonly Turn[]) =>
  inContext({ ...clock, text, history: turns.map(([from, said]) => ({ from, text: said })) })

const records = (question: ReturnType<typeof asked>) =>
  question.references.map((one) => `${one.kind}:${one.text}`).join(' ')

const aboutOrder: readonly Turn[] = [
  ['person', 'Where is order SO-000123?'],
  ['assistant', 'Order SO-000123 is held.'],
]

test('"why is it stuck" is about the order asked for before', () => {
  const question = asked('why is it stuck?', aboutOrder)
  expect(question.intent).toBe('order-status')
  expect(records(question)).toBe('order:SO-000123')
})

test('"and SO-000124?" asks the same of another order', () => {
  const question = asked('and SO-000124?', aboutOrder)
  expect(question.intent).toBe('order-status')
  expect(records(question)).toBe('order:SO-000124')
})

test('"what about C-10002" asks the same of another customer', () => {
  const question = asked('what about C-10002', [
    ['person', 'how much does C-10001 owe?'],
    ['assistant', 'C-10001 owes USD 120.00.'],
  ])
  expect([question.intent, records(question)]).toEqual(['owed', 'customer:C-10002'])
})

test('a question of another kind about "it" keeps the order', () => {
  const question = asked('what can we ship instead?', aboutOrder)
  expect([question.intent, records(question)]).toEqual(['alternatives', 'order:SO-000123'])
})

test('the credit question takes the order of the question before', () => {
  const question = asked('is the customer good for it?', aboutOrder)
  expect([question.intent, records(question)]).toEqual(['credit', 'order:SO-000123'])
})

test('"why?" and "do it" keep the question before them', () => {
  expect(asked('why?', aboutOrder)).toMatchObject({
    intent: 'why',
    before: { intent: 'order-status' },
  })
  expect(asked('do it', aboutOrder)).toMatchObject({
    intent: 'act',
    before: { intent: 'order-status' },
    answerBefore: 'Order SO-000123 is held.',
  })
})

test('"the second one" says which', () => {
  expect(asked('the second one', aboutOrder)).toMatchObject({ intent: 'pick', ordinal: 2 })
})

test('"since monday?" asks the same about another time', () => {
  const question = asked('and since monday?', [
    ['person', 'what failed today?'],
    ['assistant', 'Nothing failed.'],
  ])
  expect(question).toMatchObject({
    intent: 'failures',
    span: { since: '2026-11-16T06:00:00.000Z' },
  })
})

test('a choice answers the question that was asked back', () => {
  const back: readonly Turn[] = [
    ['person', 'C-10001'],
    ['assistant', 'What about C-10001? 1. credit 2. what is owed 3. orders'],
  ]
  expect(asked('2', back)).toMatchObject({ intent: 'owed' })
  expect(records(asked('the first one', back))).toBe('customer:C-10001')
  expect(asked('credit', back)).toMatchObject({ intent: 'credit' })
  expect(records(asked('credit', back))).toBe('customer:C-10001')
})

test('thanks in between does not lose the order', () => {
  const question = asked('release it', [
    ...aboutOrder,
    ['person', 'thanks'],
    ['assistant', 'Gladly.'],
  ])
  expect([question.intent, question.act, records(question)]).toEqual([
    'act',
    'release',
    'order:SO-000123',
  ])
})

test('a new question about everything forgets the order', () => {
  const question = asked('what must I release before cut-off?', aboutOrder)
  expect([question.intent, records(question)]).toEqual(['release-first', ''])
})

test('the one order of an answer is what "it" means', () => {
  const question = asked('where is it?', [
    ['person', 'which orders are on hold?'],
    ['assistant', 'One order is held: SO-000321, for its price.'],
  ])
  expect([question.intent, records(question)]).toEqual(['order-status', 'order:SO-000321'])
})

test('of several orders in an answer none is guessed', () => {
  const question = asked('where is it?', [
    ['person', 'which orders are on hold?'],
    ['assistant', 'Held: SO-000321 and SO-000322.'],
  ])
  expect(records(question)).toBe('')
})

test('a question asked beside an order on the screen is about that order', () => {
  const question = inContext({
    ...clock,
    text: 'why is this stuck?',
    subject: { kind: 'order', id: 'ord_01kyabcdefgh' },
  })
  expect([question.intent, records(question)]).toEqual(['order-status', 'order:ord_01kyabcdefgh'])
})

test('a question about everything asked beside an order is not', () => {
  const question = inContext({
    ...clock,
    text: 'what failed since yesterday?',
    subject: { kind: 'order', id: 'ord_01kyabcdefgh' },
  })
  expect([question.intent, records(question)]).toEqual(['failures', ''])
})
