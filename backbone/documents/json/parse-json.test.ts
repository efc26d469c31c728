import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const strict = (text: string) => parseJson(bytes(text), { numbers: 'strict' })
const exact = (text: string) => parseJson(bytes(text), { numbers: 'exact' })

test('every JSON document of ordinary numbers reads as every other JSON reader reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5, noUnicodeString: false }), (text) => {
      fc.pre(!/\de[+-]?\d|\d{16}/i.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '')))
      const reading = strict(text)
      fc.pre(
        reading.outcome === 'parsed' ||
          !/character|duplicate/.test(reading.findings[0]?.code ?? ''),
      )
      expect(reading).toMatchObject({ outcome: 'parsed', value: JSON.parse(text) })
    }),
  )
})

test('a document cut off anywhere is refused and never throws', () => {
  const whole = '{"lines":[{"sku":"FAS-1001","quantity":12,"price":1.5,"ok":true,"none":null}]}'
  for (let length = 0; length < whole.length; length += 1)
    expect(strict(whole.slice(0, length)).outcome).toBe('refused')
  expect(strict(whole).outcome).toBe('parsed')
})

test('random bytes are read or refused, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
      expect(['parsed', 'refused']).toContain(parseJson(raw, { numbers: 'exact' }).outcome)
    }),
  )
})

test('numbers longer than a computer counts exactly are kept digit for digit', () => {
  const text =
    '{"id":820982911946154508,"small":42,"price":10.50,"weight":1e3,"below":-9007199254740993}'
  expect(exact(text)).toMatchObject({
    value: {
      id: '820982911946154508',
      small: 42,
      price: '10.50',
      weight: '1e3',
      below: '-9007199254740993',
    },
  })
})

test.each([
  ['{"a":1,"b":{"c":1,"c":2}}', 'duplicate-key', '$.b.c'],
  ['{"lines":[{"price":NaN}]}', 'syntax', '$.lines[0].price'],
  ['{"quantity":1e3}', 'exponent', '$.quantity'],
  ['{"quantity":012}', 'number', '$.quantity'],
  ['{"quantity":+1}', 'syntax', '$.quantity'],
  ['{"quantity":1.}', 'number', '$.quantity'],
  ['{"a":1} {"b":2}', 'trailing', '$'],
  ['{"a":1,}', 'syntax', '$'],
  ['{"note":"\\u0000"}', 'character', '$.note'],
  ['{"note":"\\ud83d"}', 'character', '$.note'],
  ['{"note":"a\nb"}', 'control-character', '$.note'],
  ['{"note":"\\x41"}', 'syntax', '$.note'],
  ["{'a':1}", 'syntax', '$'],
  ['{"a":"open', 'truncated', '$.a'],
  ['', 'truncated', '$'],
  ['[[[[1]]]]', 'depth', '$[0][0][0]'],
])('%s is refused as %s at %s', (text, code, path) => {
  const reading = parseJson(bytes(text), { numbers: 'strict', maxDepth: 3 })
  expect(reading).toMatchObject({ outcome: 'refused', findings: [{ code, segment: path }] })
})

test('a document that is too large or not UTF-8 is refused before it is read', () => {
  expect(parseJson(bytes('[1,2,3]'), { numbers: 'strict', maxBytes: 3 })).toMatchObject({
    findings: [{ code: 'too-large' }],
  })
  expect(
    parseJson(new Uint8Array([0x22, 0xc3, 0xa9, 0xff, 0x22]), { numbers: 'strict' }),
  ).toMatchObject({ findings: [{ code: 'encoding', offset: 3 }] })
})

test('a byte order mark before the document does no harm', () => {
  expect(strict('\uFEFF{"a":1}')).toMatchObject({ outcome: 'parsed', value: { a: 1 } })
})

test('a character that no database keeps is mended and noted when a foreign system sends it', () => {
  expect(exact('{"note":"a\\u0000b\\ud83dc"}')).toMatchObject({
    value: { note: 'a\uFFFDb\uFFFDc' },
    findings: [{ severity: 'note', code: 'character', segment: '$.note' }],
  })
})

test('a key that names the prototype is a field like any other', () => {
  const reading = exact('{"__proto__":{"isAdmin":true}}')
  expect(reading.outcome === 'parsed' && Object.keys(Object(reading.value))).toEqual(['__proto__'])
})
