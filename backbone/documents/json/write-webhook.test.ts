import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signWebhook, verifyWebhook, writeWebhook } from './write-webhook.ts'

const event = {
  docType: 'webhook-event' as const,
  eventId: 'evt-1',
  eventType: 'quittance.order.released',
  subject: 'Größe 10 "mm" 100%',
  occurredAt: '2026-11-20T15:00:00Z',
  data: { orderNumber: 'SO-1', note: 'Größe' },
}
const now = 1_795_000_000

test('an event goes out as CloudEvents 1.0 in binary mode', () => {
  expect(writeWebhook(event, '/tenants/acme')).toEqual({
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'evt-1',
      'ce-type': 'quittance.order.released',
      'ce-source': '/tenants/acme',
      'ce-subject': 'Gr%C3%B6%C3%9Fe%2010%20%22mm%22%20100%25',
      'ce-time': '2026-11-20T15:00:00Z',
    },
    body: '{"orderNumber":"SO-1","note":"Größe"}',
  })
})

test('what an event carries in its headers can always be sent and read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (subject) => {
      const text = writeWebhook({ ...event, subject }, '/').headers['ce-subject'] ?? ''
      expect(text).toMatch(/^[\x21-\x7e]*$/)
      expect(decodeURIComponent(text)).toBe(subject)
    }),
  )
})

test('a receiver knows our signature, and only ours', () => {
  const { body } = writeWebhook(event, '/')
  const header = signWebhook(body, 'secret', now)
  const check = { secrets: ['secret'], nowSeconds: now + 10 }
  expect(verifyWebhook(body, header, check)).toBe(true)
  expect(verifyWebhook(new TextEncoder().encode(body), header, check)).toBe(true)
  expect(verifyWebhook(`${body} `, header, check)).toBe(false)
  expect(verifyWebhook(body, header, { ...check, secrets: ['other'] })).toBe(false)
  expect(verifyWebhook(body, header.replace(/t=\d+/, `t=${now + 1}`), check)).toBe(false)
})

test('while a secret is being changed both are good, whoever signs with which', () => {
  const both = { secrets: ['new', 'old'], nowSeconds: now }
  expect(verifyWebhook('{}', signWebhook('{}', 'old', now), both)).toBe(true)
  const signedTwice = `${signWebhook('{}', 'new', now)},${signWebhook('{}', 'old', now).split(',')[1]}`
  expect(verifyWebhook('{}', signedTwice, { secrets: ['old'], nowSeconds: now })).toBe(true)
})

test('a message sent again later than the tolerance is refused', () => {
  const header = signWebhook('{}', 'secret', now)
  expect(verifyWebhook('{}', header, { secrets: ['secret'], nowSeconds: now + 301 })).toBe(false)
  const patient = { secrets: ['secret'], nowSeconds: now + 301, toleranceSeconds: 600 }
  expect(verifyWebhook('{}', header, patient)).toBe(true)
})

test.each([undefined, '', 't=1', 'v1=00', `t=${now},v1=zz`, `t=x,v1=${'0'.repeat(64)}`])(
  'the header %s is no signature',
  (header) => {
    expect(verifyWebhook('{}', header, { secrets: ['secret', ''], nowSeconds: now })).toBe(false)
  },
)
