import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { InboundDocument } from '../../canonical/canonical-document.ts'
import { sandboxClient } from './client.ts'
import type { SandboxSettings } from './records.ts'
import { type Sandbox, startSandbox } from './server.ts'

type Post = { readonly document: InboundDocument; readonly key: string; readonly isOurs: boolean }
type Door = { readonly url: string; posts: Post[]; taken(count: number): Promise<readonly Post[]> }

const closers: (() => Promise<unknown>)[] = []
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-sandbox-'))
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await rm(folder, { recursive: true })
})

/** Our inbound door as the sandbox sees it; it refuses the first `refusals` posts. */
async function openDoor(refusals = 0): Promise<Door> {
  const posts: Post[] = []
  const waiting: { count: number; resolve: (posts: readonly Post[]) => void }[] = []
  let left = refusals
  const take = ({ headers }: IncomingMessage, body: string) => {
    const document = InboundDocument.parse(JSON.parse(body))
    const isOurs = headers.authorization === 'Bearer door-key'
    posts.push({ document, key: String(headers['idempotency-key']), isOurs })
    for (const { count, resolve } of waiting) if (posts.length >= count) resolve(posts)
  }
  const server = createServer((request, response) => {
    left -= 1
    void readBody(request).then((body) => {
      if (left < 0) take(request, body)
      response.writeHead(left < 0 ? 202 : 503).end('{}')
    })
  })
  const url = await listen(server)
  const taken = (count: number) =>
    new Promise<readonly Post[]>((resolve) => {
      if (posts.length >= count) resolve(posts)
      else waiting.push({ count, resolve })
    })
  return { url: `${url}/v1/inbound/json/wms`, posts, taken }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

async function open(settings: Partial<SandboxSettings> = {}, stateFile?: string): Promise<Sandbox> {
  const sandbox = await startSandbox({
    ...{ port: 0, settings },
    ...(stateFile === undefined ? {} : { stateFile }),
  })
  closers.push(() => sandbox.close())
  return sandbox
}

const doorsTo = ({ url }: Door): Partial<SandboxSettings> => {
  const door = { url, apiKey: 'door-key' }
  const fast = { pickDelayMs: 1, shipDelayMs: 1, backorderDelayMs: 1, deliveryDelayMs: 1 }
  return { doors: { wms: door, carrier: door, bank: door }, payDelayMs: 1, ...fast }
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

const pick = (number: string, more: object = {}) => ({
  pick_no: number,
  order_no: `SO-${number}`,
  po_no: `PO-${number}`,
  warehouse: 'MAIN',
  ship_complete: false,
  lines: [
    { line: '001', sku: 'FAS-1001', quantity: 5 },
    { line: '002', sku: 'BRG-1002', quantity: 3 },
  ],
  ...more,
})

const invoice = (number: string) => ({
  invoice_no: number,
  currency: 'USD',
  total_minor: 100_000,
  discount_percent: '2',
  bill_to: { name: 'Northwind Tools', number: 'C-10001' },
})

test('a pick is worked on, leaves, and arrives: three documents of ours to read', async () => {
  const door = await openDoor()
  const sandbox = await open(doorsTo(door))
  await post(`${sandbox.url}/wms/picks`, pick('1'))
  const posts = await door.taken(3)
  expect(posts.every(({ isOurs }) => isOurs)).toBe(true)
  const documents = posts.map(({ document }) => document)
  expect(documents.map(({ docType }) => docType).sort()).toEqual([
    ...['milestone', 'milestone', 'shipment'],
  ])
  expect(documents).toContainEqual(
    expect.objectContaining({ kind: 'picking-started', orderNumber: 'SO-1' }),
  )
  expect(documents).toContainEqual(
    expect.objectContaining({
      shipmentNumber: 'SHP-1-1',
      lines: [
        expect.objectContaining({ line: '001', shipped: expect.objectContaining({ value: '5' }) }),
        expect.objectContaining({ line: '002', shipped: expect.objectContaining({ value: '3' }) }),
      ],
    }),
  )
})

test('a partly stocked item leaves in two shipments, and neither closes the order', async () => {
  const door = await openDoor()
  const sandbox = await open({ ...doorsTo(door), partialSkus: ['FAS-1001'] })
  await post(`${sandbox.url}/wms/picks`, pick('2'))
  const posts = await door.taken(5)
  const shipments = posts.flatMap(({ document }) =>
    document.docType === 'shipment' ? [document] : [],
  )
  const shipped = shipments
    .sort((a, b) => a.shipmentNumber.localeCompare(b.shipmentNumber))
    .map(({ isFinal, lines }) => [isFinal, ...lines.map((line) => line.shipped.value)])
  expect(shipped).toEqual([
    [false, '2', '3'],
    [false, '3'],
  ])
})

test('an order that must leave complete leaves complete', async () => {
  const door = await openDoor()
  const sandbox = await open({ ...doorsTo(door), partialSkus: ['FAS-1001'] })
  await post(`${sandbox.url}/wms/picks`, pick('3', { ship_complete: true }))
  const posts = await door.taken(3)
  expect(posts.filter(({ document }) => document.docType === 'shipment')).toHaveLength(1)
})

test('a pick withdrawn in time never leaves, and the warehouse says so', async () => {
  const door = await openDoor()
  const sandbox = await open({ ...doorsTo(door), pickDelayMs: 60_000 })
  await post(`${sandbox.url}/wms/picks`, pick('4'))
  const answer = await post(`${sandbox.url}/wms/picks/4/cancellation`, { reason: 'Withdrawn.' })
  expect(answer.status).toBe(201)
  const [milestone] = await door.taken(1)
  expect(milestone?.document).toMatchObject({ kind: 'pick-cancelled', orderNumber: 'SO-4' })
  await expect.poll(() => sandboxClient(sandbox.url).pendingDocuments()).toBe(0)
})

test('the bank pays what was invoiced, with a remittance that names the invoice', async () => {
  const door = await openDoor()
  const sandbox = await open(doorsTo(door))
  await post(`${sandbox.url}/erp/invoices`, invoice('INV-1'))
  const [payment] = await door.taken(1)
  expect(payment?.document).toMatchObject({
    docType: 'payment',
    paymentNumber: 'PAY-INV-1',
    amountMinor: 100_000,
    payer: { identifiers: [{ scheme: 'seller-assigned', value: 'C-10001' }] },
    remittance: [{ invoiceNumber: 'INV-1', paidMinor: 100_000, discountMinor: 0 }],
  })
})

test('by configuration a payment takes the discount, is short, or has no readable reference', async () => {
  const door = await openDoor()
  const sandbox = await open({ ...doorsTo(door), discountRate: 1, shortRate: 1 })
  await post(`${sandbox.url}/erp/invoices`, invoice('INV-2'))
  const [first] = await door.taken(1)
  expect(first?.document).toMatchObject({
    amountMinor: 93_000,
    remittance: [{ invoiceNumber: 'INV-2', paidMinor: 93_000, discountMinor: 2000 }],
  })
  await sandboxClient(sandbox.url).change({ unknownReferenceRate: 1 })
  await post(`${sandbox.url}/erp/invoices`, invoice('INV-3'))
  const [, second] = await door.taken(2)
  expect(second?.document).toMatchObject({
    remittance: [],
    remittanceText: 'PAYMENT PER STATEMENT',
  })
})

test('a document that our door refuses is brought again, and under one number', async () => {
  const door = await openDoor(1)
  const sandbox = await open({ ...doorsTo(door), repeatPosts: 1 })
  await post(`${sandbox.url}/erp/invoices`, invoice('INV-4'))
  const posts = await door.taken(2)
  expect(posts.map(({ key }) => key)).toEqual(['pay:INV-4', 'pay:INV-4'])
  expect(posts[1]?.document).toEqual(posts[0]?.document)
})

test('a killed sandbox comes back with its effects, and brings what it had not brought', async () => {
  const stateFile = join(folder, 'state.jsonl')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url))].concat([
      '--port',
      '0',
      '--state',
      stateFile,
      '--settings',
      '{"payDelayMs":1}',
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (line) => resolve(String(line).trim()))
  })
  expect((await post(`${url}/erp/invoices`, invoice('INV-5'))).status).toBe(201)
  const killed = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await killed
  const door = await openDoor()
  const sandbox = await open({ doors: doorsTo(door).doors ?? {} }, stateFile)
  const again = await post(`${sandbox.url}/erp/invoices`, invoice('INV-5'))
  expect(again).toMatchObject({ status: 409, body: { code: 'duplicate' } })
  expect(await sandboxClient(sandbox.url).count()).toMatchObject({
    counts: { erp: { effects: 1, distinct: 1, attempts: 1 } },
    duplicatedEffects: 0,
  })
  const [payment] = await door.taken(1)
  expect(payment?.key).toBe('pay:INV-5')
})

test('half a line at the end of the state is something that never happened', async () => {
  const stateFile = join(folder, 'state.jsonl')
  const first = await open({}, stateFile)
  await post(`${first.url}/erp/orders`, { order_no: 'SO-1', lines: [] })
  await closers.pop()?.()
  const whole = await readFile(stateFile, 'utf8')
  expect((await stat(stateFile)).mode & 0o777).toBe(0o600)
  await writeFile(stateFile, `${whole}{"record":"effect","eff`)
  const second = await open({}, stateFile)
  const answer = await post(`${second.url}/erp/orders`, { order_no: 'SO-2', lines: [] })
  expect(answer.status).toBe(201)
  await closers.pop()?.()
  const third = await open({}, stateFile)
  expect(await sandboxClient(third.url).count()).toMatchObject({ counts: { erp: { effects: 2 } } })
})

test('equal orders that arrive at once are one order', async () => {
  const sandbox = await open({}, join(folder, 'state.jsonl'))
  const order = { order_no: 'SO-1', lines: [] }
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post(`${sandbox.url}/erp/orders`, order)),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
  const other = await post(`${sandbox.url}/erp/orders`, { ...order, lines: [1] })
  expect(other).toMatchObject({ status: 409, body: { code: 'conflict', erp_id: 'ERP-000001' } })
})

test('the same seed misbehaves the same way', async () => {
  const statuses = async () => {
    const sandbox = await open({ seed: 7 })
    const levers = sandboxClient(sandbox.url)
    await levers.misbehave({ system: 'erp', faults: [{ kind: 'error-before', probability: 0.5 }] })
    const seen: number[] = []
    for (let number = 0; number < 20; number += 1)
      seen.push(
        (await post(`${sandbox.url}/erp/orders`, { order_no: `${number}`, lines: [] })).status,
      )
    return seen
  }
  const first = await statuses()
  expect(await statuses()).toEqual(first)
  expect(new Set(first)).toEqual(new Set([201, 500]))
})

test('effects are listed page by page, and a reset forgets them', async () => {
  const sandbox = await open()
  for (const number of ['1', '2', '3'])
    await post(`${sandbox.url}/erp/orders`, { order_no: number, lines: [] })
  const levers = sandboxClient(sandbox.url)
  const page = await fetch(`${sandbox.url}/_sandbox/effects?system=erp&after=1&limit=1`)
  expect(await page.json()).toMatchObject({ effects: [{ key: 'order:2' }], next: 2 })
  expect((await levers.effects()).effects).toHaveLength(3)
  expect(await levers.effects(1, 1)).toMatchObject({ effects: [{ key: 'order:2' }], next: 2 })
  await levers.reset()
  expect(await levers.count()).toMatchObject({ counts: {}, duplicateAttempts: 0 })
})

test('the state shows no key', async () => {
  const door = await openDoor()
  const sandbox = await open({ ...doorsTo(door), webhookSecrets: ['hush'], apiKeys: [] })
  const state = await (await fetch(`${sandbox.url}/_sandbox/state`)).text()
  expect(state).not.toMatch(/door-key|hush/)
})

test('a partner mailbox lists what it got and gives it back by control number', async () => {
  const sandbox = await open()
  const text = 'ISA*00* *00* *ZZ*Q *ZZ*N *261120*1000*U*00401*000000042*0*P*>~IEA*0*000000042~'
  const url = `${sandbox.url}/partners/northwind/documents`
  const first = await fetch(url, { method: 'POST', body: text })
  expect(first.status).toBe(201)
  const underKey = { method: 'POST', body: text, headers: { 'idempotency-key': 'another' } }
  expect((await fetch(url, underKey)).status).toBe(409)
  expect(await (await fetch(url)).json()).toMatchObject({
    documents: [{ control_number: '000000042' }],
  })
  expect(await (await fetch(`${url}/000000042`)).json()).toMatchObject({ text })
  expect((await fetch(`${sandbox.url}/partners/harbor/documents/000000042`)).status).toBe(404)
})
