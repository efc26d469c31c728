import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { verifyShopifySignature } from './verify-shopify.ts'

const body = new TextEncoder().encode('{"id":1,"note":"Größe 10 mm — 2 Stück"}')
const sign = (secret: string, encoding: 'base64' | 'hex' = 'base64') =>
  createHmac('sha256', secret).update(body).digest(encoding)

test('a webhook signed with the secret of the shop is let in', () => {
  expect(verifyShopifySignature(body, sign('current'), ['current'])).toBe(true)
  expect(verifyShopifySignature(body, sign('current').replace('=', ''), ['current'])).toBe(true)
})

test('while a secret is being changed the old and the new one are both good', () => {
  expect(verifyShopifySignature(body, sign('old'), ['new', 'old'])).toBe(true)
  expect(verifyShopifySignature(body, sign('new'), ['new', 'old'])).toBe(true)
  expect(verifyShopifySignature(body, sign('older'), ['new', 'old'])).toBe(false)
})

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['the digest in hex', sign('current', 'hex')],
  ['a short digest', sign('current').slice(0, 20)],
  ['a digest with something behind it', `${sign('current')}AAAA`],
  ['words', 'not a signature'],
  [
    'another body of the same secret',
    createHmac('sha256', 'current').update('{}').digest('base64'),
  ],
])('a webhook with %s stays out', (_what, header) => {
  expect(verifyShopifySignature(body, header, ['current'])).toBe(false)
})

test('one changed byte breaks the signature', () => {
  const changed = body.slice()
  changed[5] = 0x32
  expect(verifyShopifySignature(changed, sign('current'), ['current'])).toBe(false)
})

test('a connection without a secret lets nobody in', () => {
  expect(verifyShopifySignature(body, sign(''), [''])).toBe(false)
  expect(verifyShopifySignature(body, sign(''), [])).toBe(false)
})
