import { expect, test } from 'vitest'
import { ClassRule, SubstitutionRule } from './availability-data.ts'
import { attributeText, comparableOf, comparableText } from './measure.ts'
import { productFit } from './product-fit.ts'

const measure = (value: string, unit: string) => ({ value, unit })

test('the same size in two units is the same fact', () => {
  for (const [one, other] of [
    [measure('1', 'INH'), measure('25.40', 'MMT')],
    [measure('1', 'BAR'), measure('100', 'KPA')],
    [measure('32', 'FAH'), measure('0', 'CEL')],
    [measure('1', 'GLL'), measure('3785.411784', 'MLT')],
  ] as const)
    expect(comparableText(one)).toBe(comparableText(other))
})

test('sizes of different quantities, and units nobody converts, are never the same', () => {
  expect(comparableText(measure('1', 'BAR'))).not.toBe(comparableText(measure('1', 'VLT')))
  expect(comparableText(measure('12', 'AWG'))).not.toBe(comparableText(measure('12', 'MMT')))
  expect(comparableText(measure('12', 'AWG'))).toBe(comparableText(measure('12.0', 'AWG')))
})

test('words compare without regard to case and space, and a number written as text is a number', () => {
  expect(comparableText(' TEFC  motor')).toBe(comparableText('tefc motor'))
  expect(comparableText('600')).toBe(comparableText(600))
  expect(comparableOf('230/460')).toEqual({ kind: 'word', word: '230/460' })
  expect([attributeText(true), attributeText(3), attributeText(measure('0.5', 'INH'))]).toEqual([
    'yes',
    '3',
    '0.5 INH',
  ])
})

const rule = ClassRule.parse({
  productClass: 'MTR',
  attributes: [
    { name: 'speed', role: 'required-equal' },
    { name: 'voltage', role: 'safety-equal' },
    { name: 'power', role: 'at-least' },
  ],
})

test('products of one form, fit and function have one key, whatever their power and voltage', () => {
  const one = { attributes: { speed: measure('1800', 'RPM'), voltage: '230', power: 5 } }
  const stronger = { attributes: { ...one.attributes, power: 9, speed: measure('30', 'RPS') } }
  const other = { attributes: { ...one.attributes, voltage: '460' } }
  expect(productFit(one, rule)).toEqual(productFit(stronger, rule))
  expect(productFit(other, rule).fitKey).toBe(productFit(one, rule).fitKey)
  expect(productFit(other, rule).safeKey).not.toBe(productFit(one, rule).safeKey)
})

test('a rule names two different products and ends after it starts', () => {
  const swap = { kind: 'approved', ruleId: 'R', sku: 'A', substituteSku: 'B' }
  expect(SubstitutionRule.safeParse(swap).success).toBe(true)
  expect(SubstitutionRule.safeParse({ ...swap, substituteSku: 'A' }).success).toBe(false)
  const dated = { ...swap, validFrom: '2026-02-01', validTo: '2026-01-01' }
  expect(SubstitutionRule.safeParse(dated).success).toBe(false)
})
