import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import type { OpenConnection, OutboundCall } from './connector.ts'
import { erpConnector } from './erp/erp-connector.ts'

const never = new AbortController().signal
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function erpThat(answers: RequestListener): Promise<OpenConnection> {
  const server = createServer(answers)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return connectionTo(`http://127.0.0.1:${port}/erp`)
}

function connectionTo(url: string, settings: object = {}): OpenConnection {
  const ids = { connectionId: 'con_1', tenantId: 'ten_1', kind: 'erp' }
  return { ...ids, settings: { url, ...settings }, secrets: ['topsecret-1'] }
}

const order: OutboundDocument = {
  docType: 'sales-order',
  orderNumber: 'SO/1 ü',
  purchaseOrderNumber: 'PO-1',
  customerNumber: 'C-10001',
  revision: 1,
  currency: 'USD',
  lines: ['1', '2', '3', '4', '5'].map((line) => ({
    ...{ line, sku: 'FAS-1001', quantityEach: 1, unitPrice: '1.0000', lineAmountMinor: 100 },
  })),
  totalMinor: 500,
}

const call: OutboundCall = {
  transactionId: 'txn_1',
  operation: 'erp.create-order',
  idempotencyKey: 'release:SO-1',
  document: order,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  attempt: 1,
}

test('every write carries the idempotency key, the trace and our credential', async () => {
  const seen: unknown[] = []
  const erp = await erpThat((request, response) => {
    seen.push(request.headers)
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"erp_id":"E1"}')
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'done', externalId: 'E1' })
  expect(seen[0]).toMatchObject({
    'idempotency-key': 'release:SO-1',
    traceparent: call.traceparent,
    authorization: 'Bearer topsecret-1',
    'content-type': 'application/json',
  })
})

test('an API key may go in a header of its own', async () => {
  const seen: unknown[] = []
  const erp = await erpThat((request, response) => {
    seen.push(request.headers['x-api-key'])
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  })
  const connection = { ...erp, settings: { ...erp.settings, apiKeyHeader: 'X-Api-Key' } }
  expect(await erpConnector().lookUp?.(call, connection, never)).toEqual({ found: false })
  expect(seen).toEqual(['topsecret-1'])
})

test('a redirect is not followed: the order goes to nobody else', async () => {
  const paths: unknown[] = []
  const erp = await erpThat((request, response) => {
    paths.push(request.url)
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'refused', code: 'HTTP_307' })
  expect(paths).toEqual(['/erp/orders'])
})

test('a success that proves nothing, such as a log-in page, is looked up', async () => {
  const erp = await erpThat((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>')
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'unknown', code: 'UNREADABLE_ANSWER' })
})

test('a page that says 404 proves nothing in a look-up', async () => {
  const erp = await erpThat((_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html>No route</html>')
  })
  await expect(erpConnector().lookUp?.(call, erp, never)).rejects.toThrow(/look-up/)
})

test('an answer cut off in the middle may have happened', async () => {
  const erp = await erpThat((_request, response) => {
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': 100 })
    response.write('{"erp_id":', () => response.destroy())
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'unknown', code: 'ECONNRESET' })
})

test('an endless answer is not read to its end', async () => {
  const erp = await erpThat((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => response.write('x'.repeat(65_536))
    response.on('drain', more)
    more()
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'unknown', code: 'UNREADABLE_ANSWER' })
})

test('a credential that the system echoes back is not kept', async () => {
  const erp = await erpThat((request, response) => {
    const body = { message: `Bad header ${request.headers.authorization}` }
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const outcome = await erpConnector().send(call, erp, never)
  expect(outcome).toMatchObject({ outcome: 'refused', message: 'Bad header Bearer [secret]' })
  expect(JSON.stringify(outcome)).not.toContain('topsecret-1')
})

test('the wrong document for an operation is our own mistake, told before anything is sent', async () => {
  const erp = connectionTo('http://127.0.0.1:9/erp')
  const outcome = await erpConnector().send({ ...call, operation: 'erp.post-invoice' }, erp, never)
  expect(outcome).toMatchObject({ outcome: 'refused', code: 'OUR_BUG' })
})

const sink = fileURLToPath(new URL('../../../shared/bench/sink.mjs', import.meta.url))

test.skipIf(!existsSync(sink))(
  'the neutral ERP of the load harness is called as it stands',
  async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const child = spawn(process.execPath, [sink, String(port)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    try {
      const erp = connectionTo(`http://127.0.0.1:${port}/erp`)
      const connector = erpConnector()
      expect(await connector.test(erp, never)).toMatchObject({ isReachable: true })
      expect(await connector.lookUp?.(call, erp, never)).toEqual({ found: false })
      const sent = await connector.send(call, erp, never)
      expect(sent).toMatchObject({ outcome: 'done', externalId: 'ERP1' })
      const found = await connector.lookUp?.(call, erp, never)
      expect(found).toEqual({ found: true, externalId: 'ERP1', isSame: true })
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await gone
    }
  },
)
