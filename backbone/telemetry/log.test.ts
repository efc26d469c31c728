import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { RetryLater } from '../errors.ts'
import { createLog } from './log.ts'

function listen() {
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const last = () => z.record(z.string(), z.unknown()).parse(JSON.parse(lines.at(-1) ?? ''))
  return { log, lines, last }
}

test('a log line is a sentence with its facts, level and time as fields', () => {
  const { log, last } = listen()
  log.info({ orderId: 'o-1', lines: 3 }, 'Order o-1 was released to the ERP.')
  expect(last()).toMatchObject({
    level: 'info',
    msg: 'Order o-1 was released to the ERP.',
    orderId: 'o-1',
    lines: 3,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  })
})

test('no secret reaches the log, whatever it is called and however deep it lies', () => {
  const { log, lines } = listen()
  const names = [
    'authorization',
    'Authorization',
    'x-api-key',
    'apiKey',
    'cookie',
    'set-cookie',
    'secret',
    'secrets',
    'token',
    'access_token',
    'password',
    'smtpPassword',
    'X-Shopify-Hmac-Sha256',
    'x-signature',
    'privateKey',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.constantFrom('headers', 'settings', 'connection', 'request'), { maxLength: 7 }),
      fc.boolean(),
      (name, path, inList) => {
        const held: unknown = inList ? ['opensesame'] : 'opensesame'
        const facts = path.reduce<Record<string, unknown>>((inner, key) => ({ [key]: inner }), {
          [name]: held,
        })
        log.info(facts, 'A call went out.')
        log
          .child(facts)
          .child({ again: facts })
          .warn({ listed: [facts] }, 'A call went out.')
        log.error({ err: new RetryLater('The ERP is away.', { [name]: 'opensesame' }) }, 'Failed.')
        expect(lines.join('')).not.toContain('opensesame')
        expect(lines.join('')).toContain('[redacted]')
        lines.length = 0
      },
    ),
  )
})

test('a password inside an address and a bearer token inside a message are taken out', () => {
  const { log, lines } = listen()
  const cause = new Error('connect postgres://quittance:hunter2@db.example/orders failed')
  log.error({ err: new Error('Sent Authorization: Bearer abc.def-123456', { cause }) }, 'Failed.')
  log.info({}, 'Using postgres://quittance:hunter2@db.example/orders now.')
  expect(lines.join('')).not.toMatch(/hunter2|abc\.def/)
  expect(lines.join('')).toContain('postgres://quittance:[redacted]@db.example/orders')
})

test('an error keeps its name, sentence, facts and cause', () => {
  const { log, last } = listen()
  const cause = new Error('ECONNREFUSED')
  log.error({ err: new RetryLater('The ERP is away.', { orderId: 'o-1' }, { cause }) }, 'Waiting.')
  expect(last()).toMatchObject({
    err: {
      type: 'RetryLater',
      message: 'The ERP is away.',
      facts: { orderId: 'o-1' },
      cause: { message: 'ECONNREFUSED' },
    },
  })
})

test('a whole document never lands in the log', () => {
  const { log, lines, last } = listen()
  log.info({ raw: Buffer.from('ISA*00*…'), text: 'x'.repeat(100_000) }, 'Received.')
  expect(last()).toMatchObject({ raw: '[10 bytes]' })
  expect(lines.join('').length).toBeLessThan(3000)
})

test('a record that points at itself is still logged', () => {
  const { log, last } = listen()
  const order: Record<string, unknown> = { orderId: 'o-1' }
  order['self'] = order
  log.info({ order }, 'Read.')
  expect(last()).toMatchObject({ order: { orderId: 'o-1' } })
})

test('ids and counts of credentials stay readable', () => {
  const { log, last } = listen()
  log.info({ credentialId: 'c-1', hasToken: true, tokenCount: 2 }, 'Signed in.')
  expect(last()).toMatchObject({ credentialId: 'c-1', hasToken: true, tokenCount: 2 })
})
