import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ndjsonLines } from './ndjson-lines.ts'

async function linesOf(chunks: readonly Uint8Array[], maxLineBytes: number) {
  async function* bytes() {
    yield* chunks
  }
  const lines = []
  for await (const line of ndjsonLines(bytes(), maxLineBytes)) lines.push(line)
  return lines
}

test('lines are the same wherever the network cut the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'grapheme' }).filter((text) => !/[\n\ud800-\udfff]/.test(text)),
        { minLength: 1 },
      ),
      fc.integer({ min: 1, max: 7 }),
      async (texts, size) => {
        const whole = Buffer.from(`${texts.join('\n')}\n`)
        const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, place) =>
          whole.subarray(place * size, (place + 1) * size),
        )
        expect(await linesOf(chunks, 10_000)).toEqual(texts)
      },
    ),
  )
})

test('a line that is too long or not UTF-8 is told, and the next one is read', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${'x'.repeat(40)}\n{"a":1}\n`),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from('{"b":2}'),
  ])
  expect(await linesOf([bytes], 20)).toEqual([
    { refusal: 'The line is longer than 20 bytes.' },
    '{"a":1}',
    { refusal: 'The line is not UTF-8.' },
    '{"b":2}',
  ])
})
