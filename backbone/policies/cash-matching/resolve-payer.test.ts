import { expect, test } from 'vitest'
import { payerTraces, resolvePayer } from './resolve-payer.ts'

const iban = 'de89 3704 0044 0532 0130 00'
const payment = {
  payerAccount: iban,
  payer: {
    ...{ role: 'payer' as const, name: 'Northwind Tools,  Inc.', contacts: [] },
    identifiers: [
      { scheme: 'seller-assigned' as const, value: 'C-1' },
      { scheme: 'duns' as const, value: '123456789' },
    ],
  },
}

const nothing = { known: new Map(), named: [], childrenOf: new Map() }

test('account, name and numbers of a payer are read in one spelling each', () => {
  expect(payerTraces(payment)).toEqual({
    accountKey: 'account:DE89370400440532013000',
    aliasKey: 'name:NORTHWIND TOOLS INC',
    customerNumbers: ['C-1'],
    customerKeys: [
      'iban:DE89370400440532013000',
      'payer-name:NORTHWIND TOOLS INC',
      'duns:123456789',
    ],
  })
  expect(payerTraces({})).toEqual({ customerNumbers: [], customerKeys: [] })
})

test('the account outweighs what the payer wrote, and the contradiction is told', () => {
  const known = new Map([
    ['account:DE89370400440532013000', { customerNumber: 'C-2', isCertain: true }],
  ])
  const named = [{ by: 'C-1', customerNumber: 'C-1' }]
  const payer = resolvePayer(payerTraces(payment), { ...nothing, known, named })
  expect(payer).toMatchObject({ customerNumber: 'C-2', isCertain: true })
  expect(payer.evidence).toMatchObject([
    { weighs: 'for', text: 'The payer is C-2, by the account the money came from.' },
    { weighs: 'against', text: 'The payer is C-1, by the customer number it wrote.' },
  ])
})

test('a learned account is certain once the payer itself says the same', () => {
  const known = new Map([
    ['account:DE89370400440532013000', { customerNumber: 'C-1', isCertain: false }],
  ])
  expect(resolvePayer(payerTraces(payment), { ...nothing, known }).isCertain).toBe(false)
  const named = [{ by: 'C-1', customerNumber: 'C-1' }]
  expect(resolvePayer(payerTraces(payment), { ...nothing, known, named }).isCertain).toBe(true)
})

test('an account on the file of a customer names it without showing the account, and a parent may pay for its children', () => {
  const named = [{ by: 'iban:DE89370400440532013000', customerNumber: 'C-9' }]
  const childrenOf = new Map([['C-9', ['C-91', 'C-92']]])
  const payer = resolvePayer(payerTraces(payment), { ...nothing, named, childrenOf })
  expect(payer).toMatchObject({ payableCustomers: ['C-9', 'C-91', 'C-92'], isCertain: true })
  expect(JSON.stringify(payer)).not.toContain('0532')
})

test('a payer of whom nothing is known is said to be unknown', () => {
  expect(resolvePayer(payerTraces({}), nothing)).toMatchObject({
    ...{ isCertain: false, payableCustomers: [] },
    evidence: [{ text: 'Who paid is not known from account, number or name.' }],
  })
})
