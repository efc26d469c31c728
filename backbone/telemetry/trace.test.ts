import { createServer } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { NeedsPerson } from '../errors.ts'
import { createLog } from './log.ts'
import { createSpanExporter } from './span-exporter.ts'
import { createTracer, type EndedSpan } from './trace.ts'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'

const specExample = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('a trace begun by the sender of a document goes on in ours', () => {
  const span = createTracer().startSpan('receive', specExample)
  expect(span.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  expect(span.spanId).not.toBe('00f067aa0ba902b7')
  expect(span.traceparent).toBe(`00-${span.traceId}-${span.spanId}-01`)
})

test.each([
  undefined,
  '',
  'garbage',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  `${specExample}-more`,
])('a traceparent that breaks the rules (%s) starts a new trace', (header) => {
  expect(parseTraceparent(header)).toBeUndefined()
  expect(createTracer().startSpan('receive', header).traceId).toMatch(/^[0-9a-f]{32}$/)
})

test('a traceparent of a later version is read for what we know', () => {
  expect(parseTraceparent(specExample.replace('00-', 'cc-').concat('-what-comes'))).toEqual({
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    isSampled: true,
  })
})

test('a traceparent written is a traceparent read, always', () => {
  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
      .map((digits) => digits.join(''))
      .filter((id) => /[^0]/.test(id))
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, isSampled) => {
      const context = { traceId, spanId, isSampled }
      expect(parseTraceparent(formatTraceparent(context))).toEqual(context)
    }),
  )
})

test('every span has an id of its own', () => {
  const tracer = createTracer()
  const ids = new Set(Array.from({ length: 5000 }, () => tracer.startSpan('step').spanId))
  expect(ids.size).toBe(5000)
})

test('a span ends once, with its facts and with our own words for what went wrong', () => {
  const ended: EndedSpan[] = []
  let nowMs = 1000
  const tracer = createTracer({
    exporter: { export: (span) => ended.push(span), close: async () => undefined },
    nowMs: () => nowMs,
  })
  const span = tracer.startSpan('release-to-erp', specExample, { orderId: 'o-1' })
  span.note({ attempt: 2 })
  span.fail(new NeedsPerson('The ERP refused order o-1.'))
  nowMs = 1250
  span.end()
  span.end()
  const other = tracer.startSpan('read')
  other.fail(new Error('password=hunter2'))
  other.end()
  expect(ended).toHaveLength(2)
  expect(ended[0]).toMatchObject({
    name: 'release-to-erp',
    parentSpanId: '00f067aa0ba902b7',
    startedAtMs: 1000,
    endedAtMs: 1250,
    attributes: { orderId: 'o-1', attempt: 2 },
    failure: 'NeedsPerson: The ERP refused order o-1.',
  })
  expect(ended[1]?.failure).toBe('Error')
})

test('a trace the sender does not want kept is carried on but not exported', () => {
  const ended: EndedSpan[] = []
  const tracer = createTracer({
    exporter: { export: (span) => ended.push(span), close: async () => undefined },
  })
  const span = tracer.startSpan('read', specExample.replace(/01$/, '00'))
  span.end()
  expect(span.traceparent).toMatch(/-00$/)
  expect(ended).toEqual([])
})

const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.unknown()) }),
      scopeSpans: z.array(z.object({ spans: z.array(z.record(z.string(), z.unknown())) })),
    }),
  ),
})

async function collector() {
  const received: { url: string | undefined; key: unknown; body: z.infer<typeof Export> }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        url: request.url,
        key: request.headers['x-key'],
        body: Export.parse(JSON.parse(Buffer.concat(chunks).toString())),
      })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  return { endpoint: `http://127.0.0.1:${port}/`, received, close }
}

test('spans reach an OTLP collector under the ids that travelled with the order', async () => {
  const otlp = await collector()
  const exporter = createSpanExporter({ endpoint: otlp.endpoint, headers: { 'x-key': 'k' } })
  const tracer = createTracer({ exporter })
  const receive = tracer.startSpan('receive', specExample, { channel: 'x12' })
  const release = tracer.startSpan('release-to-erp', receive.traceparent)
  release.fail(new NeedsPerson('The ERP refused order o-1.'))
  release.end()
  receive.end()
  await tracer.close()
  await otlp.close()
  expect(otlp.received.map(({ url, key }) => ({ url, key }))).toEqual([
    { url: '/v1/traces', key: 'k' },
  ])
  const [sent] = otlp.received[0]?.body.resourceSpans ?? []
  expect(sent?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'quittance' },
  })
  expect(sent?.scopeSpans[0]?.spans).toMatchObject([
    {
      name: 'release-to-erp',
      traceId: receive.traceId,
      spanId: release.spanId,
      parentSpanId: receive.spanId,
      status: { code: 2, message: 'NeedsPerson: The ERP refused order o-1.' },
    },
    {
      name: 'receive',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: receive.spanId,
      parentSpanId: '00f067aa0ba902b7',
      attributes: [{ key: 'channel', value: { stringValue: 'x12' } }],
    },
  ])
})

test('a collector that is away never stops the house', async () => {
  const otlp = await collector()
  await otlp.close()
  const log = createLog({ level: 'silent' })
  const exporter = createSpanExporter({ endpoint: otlp.endpoint, timeoutMs: 500, log })
  const tracer = createTracer({ exporter })
  tracer.startSpan('receive').end()
  await tracer.close()
})
