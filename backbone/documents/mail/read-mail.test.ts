import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMail } from './read-mail.ts'

const ours = '5f4dcc3b5aa765d61d8327deb882cf99@meridian.example'

const read = async (name: string) =>
  readMail(await readFile(join(import.meta.dirname, '../../../fixtures/mail', `${name}.eml`)))

test('an answer is read as plain text, with who wrote it and which message of ours it answers', async () => {
  const mail = await read('promise')
  expect(mail).toMatchObject({
    kind: 'reply',
    sender: 'ap@atlasmro.example',
    refersTo: [ours, 'first@elsewhere.example'],
    writtenTo: ['ar@meridian.example', 'ar@meridian.example'],
    writtenAt: '2026-11-23T15:12:31.000Z',
  })
  expect(mail?.text).toContain('we will pay INV-000123 in full on Friday.\n')
  // The sample has a zero-width blank there.
  expect(mail?.text).not.toMatch(/\u200B/)
})

test('of a mail that comes as HTML only the words are left', async () => {
  const mail = await read('html-only')
  expect(mail?.subject).toBe('Rechnung geprüft')
  expect(mail?.text).toBe('The price on line 2 is wrong,\nour contract price is 9.64 USD & not 12.')
})

test('automatic answers, bounces and delays are told apart', async () => {
  expect(await read('out-of-office')).toMatchObject({ kind: 'auto-reply', refersTo: [ours] })
  expect(await read('bounce')).toMatchObject({
    kind: 'bounce',
    refersTo: expect.arrayContaining([ours]),
    failed: {
      recipient: 'ap@atlasmro.example',
      status: '5.1.1',
      diagnosis: '550 5.1.1 unknown user',
    },
  })
  expect(await read('delayed')).toMatchObject({ kind: 'delay', failed: { status: '4.4.1' } })
})

test.each(['<', '<style>', '<!--', '<a href="', '&', '> '])(
  'a mail made to keep us busy with %s is read in no time',
  async (bait) => {
    const head = 'From: a@b.example\r\nContent-Type: text/html\r\n\r\n'
    const startedMs = performance.now()
    const mail = await readMail(new TextEncoder().encode(head + bait.repeat(900_000 / bait.length)))
    expect(mail?.sender).toBe('a@b.example')
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  },
)

test('always: whatever bytes come, reading them ends with a mail or with nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const mail = await readMail(bytes)
      expect(mail === undefined || mail.text.length <= 20_000).toBe(true)
    }),
    { numRuns: 60 },
  )
})
