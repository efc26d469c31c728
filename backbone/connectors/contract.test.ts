import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { Invoice } from '../canonical/invoice.ts'
import type { Connector, OpenConnection, Operation, OutboundCall } from './connector.ts'
import { erpConnector } from './erp/erp-connector.ts'
import { allConnectors } from './registry.ts'
import { type Sandbox, startSandbox } from './sandbox/server.ts'
import { wmsConnector } from './wms/wms-connector.ts'

type ContractOperation = {
  readonly method: string
  readonly path: string
  readonly statuses: readonly number[]
}

/** Reads the operations of one of our OpenAPI files, which keep to two blanks a level. */
function contractOf(name: 'erp' | 'wms'): readonly ContractOperation[] {
  const file = new URL(`../../docs/openapi/${name}.yaml`, import.meta.url)
  const paths = /^paths:\n([\s\S]*?)^\w/m.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  return paths.split(/^ {2}(?=\/)/m).flatMap((block) => {
    const path = /^(\/\S*):/.exec(block)?.[1]
    if (path === undefined) return []
    return block.split(/^ {4}(?=(?:get|post|put|delete|patch):)/m).flatMap((part) => {
      const method = /^(get|post|put|delete|patch):/.exec(part)?.[1]?.toUpperCase()
      const statuses = [...part.matchAll(/^ {8}'(\d{3})':/gm)].map((status) => Number(status[1]))
      return method === undefined ? [] : [{ method, path, statuses }]
    })
  })
}

const bodies: Readonly<Record<string, (number: string) => object>> = {
  'POST /orders': (number) => ({ order_no: number, revision: 1, lines: [] }),
  'PUT /orders/{order_no}': (number) => ({ order_no: number, revision: 2, lines: [] }),
  'POST /orders/{order_no}/cancellation': (number) => ({ order_no: number, reason: 'Withdrawn.' }),
  'POST /invoices': (number) => ({ invoice_no: number, total_minor: 100, lines: [] }),
  'POST /payments': (number) => ({ payment_no: number, amount_minor: 100 }),
  'POST /credit-notes': (number) => ({ credit_note_no: number, total_minor: 100 }),
  'POST /credit-postings': (number) => ({ posting_no: number, applications: [] }),
  'POST /picks': (number) => ({
    ...{ pick_no: number, order_no: 'SO-1' },
    lines: [{ line: '1', sku: 'FAS-1001', quantity: 1 }],
  }),
  'POST /picks/{pick_no}/cancellation': (number) => ({ pick_no: number, reason: 'Withdrawn.' }),
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 })
})
afterAll(() => sandbox.close())

test.each(['erp', 'wms'] as const)(
  'the sandbox answers every operation of docs/openapi/%s.yaml with a status the document names',
  async (name) => {
    const operations = contractOf(name)
    expect(operations.length).toBeGreaterThan(2)
    const call = async ({ method, path }: ContractOperation, number: string) => {
      const body = bodies[`${method} ${path}`]?.(number)
      const url = `${sandbox.url}/${name}${path.replace(/\{\w+\}/, number)}`
      const request = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await fetch(url, request)
      return { status: response.status, answer: await response.text() }
    }
    // In the order of writing: what is read, changed or withdrawn was made by the operation above it.
    for (const operation of operations) {
      const { status, answer } = await call(operation, 'C-1')
      const label = `${operation.method} ${operation.path}`
      expect(operation.statuses, label).toContain(status)
      expect(status, `${label}: ${answer}`).toBeLessThan(300)
      expect(answer, label).toMatch(/"(erp|wms)_id"/)
      if (operation.method !== 'GET') {
        const again = await call(operation, 'C-1')
        expect(operation.statuses, label).toContain(again.status)
        expect(again.status, label).toBe(409)
      }
      if (operation.path.includes('{')) {
        const missing = await call(operation, 'C-none')
        expect([operation.statuses.includes(404), missing.status], label).toEqual([true, 404])
      }
    }
  },
)

test('the connectors call nothing that the OpenAPI documents do not name', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    request.resume().on('end', () => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const url = await listen(server)
  const never = new AbortController().signal
  for (const [connector, operation, document] of everyCall()) {
    const call: OutboundCall = {
      ...{ transactionId: 'txn_1', operation, idempotencyKey: 'key', document, attempt: 1 },
    }
    const connection: OpenConnection = {
      ...{ connectionId: 'con_1', tenantId: 'ten_1', kind: connector.kind, secrets: [] },
      settings: { url: `${url}/${connector.kind}` },
    }
    await connector.send(call, connection, never)
    await connector.lookUp?.(call, connection, never)
    await connector.test(connection, never)
  }
  await new Promise((resolve) => server.close(resolve).closeAllConnections())
  const named = (['erp', 'wms'] as const).flatMap((name) =>
    contractOf(name).map(({ method, path }) => {
      const pattern = path.replace(/\{\w+\}/g, '[^/]+')
      return new RegExp(`^${method} /${name}${pattern}$`)
    }),
  )
  expect(seen.filter((request) => !named.some((pattern) => pattern.test(request)))).toEqual([])
  expect(named.filter((pattern) => !seen.some((request) => pattern.test(request)))).toEqual([])
})

test('every operation of the port has exactly one connector', () => {
  const operations = allConnectors().flatMap((connector) => connector.operations)
  expect(operations).toHaveLength(17)
  expect(new Set(operations).size).toBe(17)
})

const guide = readFileSync(new URL('../../docs/connect-your-erp.md', import.meta.url), 'utf8')
const commands = [...guide.matchAll(/```sh\n# answers (\d{3})\n([\s\S]*?)```/g)]
const hasCurl = await promisify(execFile)('curl', ['--version']).then(
  () => true,
  () => false,
)

test.skipIf(!hasCurl)('the commands of docs/connect-your-erp.md do what they say', async () => {
  expect(commands).toHaveLength(8)
  const own = await startSandbox({ port: 0 })
  for (const [, status, command] of commands) {
    const here = (command ?? '').trim().replaceAll('http://127.0.0.1:4010', own.url)
    const shown = await promisify(execFile)('bash', [
      ...['-c', `${here} -o /dev/null -w '%{http_code}'`],
    ])
    expect(shown.stdout, command).toBe(status)
  }
  await own.close()
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

function everyCall(): readonly (readonly [Connector, Operation, OutboundDocument])[] {
  const order: OutboundDocument = {
    ...{ docType: 'sales-order', orderNumber: 'SO/1', purchaseOrderNumber: '4711', revision: 1 },
    ...{ customerNumber: 'C-10001', currency: 'USD', lines: [], totalMinor: 0 },
  }
  const pick: OutboundDocument = {
    ...{ docType: 'pick-request', pickNumber: 'PCK-1', orderNumber: 'SO-1', lines: [] },
    ...{ purchaseOrderNumber: '4711', warehouse: 'MAIN', isShipComplete: false },
  }
  const cancellation: OutboundDocument = {
    ...{ docType: 'cancellation', orderNumber: 'SO-1', pickNumber: 'PCK-1', reason: 'Withdrawn.' },
  }
  const payment: OutboundDocument = {
    ...{ docType: 'payment-posting', paymentNumber: 'PAY-1', currency: 'USD', amountMinor: 1 },
    ...{ bookedOn: '2026-11-20', applications: [], unappliedMinor: 1 },
  }
  const creditNote: OutboundDocument = {
    ...{ docType: 'credit-note', creditNoteNumber: 'CN-1', customerNumber: 'C-10001' },
    ...{ currency: 'USD', issuedOn: '2026-11-20', invoiceNumber: 'INV-1', orderNumber: 'SO-1' },
    ...{ purchaseOrderNumber: '4711', lines: [], netMinor: 1, taxMinor: 0, feeMinor: 0 },
    totalMinor: 1,
  }
  const creditPosting: OutboundDocument = {
    ...{ docType: 'credit-posting', postingNumber: 'CN-1.1', creditNoteNumber: 'CN-1' },
    ...{ customerNumber: 'C-10001', currency: 'USD', postedOn: '2026-11-20', openMinor: 0 },
    applications: [{ invoiceNumber: 'INV-1', appliedMinor: 1 }],
  }
  const invoice = Invoice.parse({
    ...{ docType: 'invoice', invoiceNumber: 'INV-1', invoicedOn: '2026-11-20', currency: 'USD' },
    ...{ dueOn: '2026-12-20', orderNumber: 'SO-1', purchaseOrderNumber: '4711' },
    ...{ linesTotalMinor: 1, totalMinor: 1 },
    lines: [
      {
        ...{ line: '1', item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] } },
        ...{ quantity: { value: '1', uom: 'EA' }, unitPrice: '0.01', lineAmountMinor: 1 },
      },
    ],
  })
  const erp = erpConnector()
  const wms = wmsConnector()
  return [
    [erp, 'erp.create-order', order],
    [erp, 'erp.change-order', order],
    [erp, 'erp.cancel-order', cancellation],
    [erp, 'erp.post-invoice', invoice],
    [erp, 'erp.post-payment', payment],
    [erp, 'erp.post-credit-note', creditNote],
    [erp, 'erp.apply-credit', creditPosting],
    [wms, 'wms.request-pick', pick],
    [wms, 'wms.cancel-pick', cancellation],
  ]
}
