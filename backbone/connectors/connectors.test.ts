import { createServer, type Server } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { Invoice } from '../canonical/invoice.ts'
import { Shipment } from '../canonical/shipment.ts'
import type { Connector, OpenConnection, Operation, OutboundCall } from './connector.ts'
import { erpConnector } from './erp/erp-connector.ts'
import { partnerMailboxConnector } from './partner-mailbox/partner-mailbox-connector.ts'
import { type SandboxClient, sandboxClient } from './sandbox/client.ts'
import { type Sandbox, startSandbox } from './sandbox/server.ts'
import { storefrontConnector } from './storefront/storefront-connector.ts'
import { webhookConnector } from './webhook/webhook-connector.ts'
import { wmsConnector } from './wms/wms-connector.ts'

const secret = 'the-secret-nobody-may-read'
const never = new AbortController().signal

type Case = {
  readonly operation: Operation
  readonly system: 'erp' | 'wms' | 'shop' | 'partners' | 'webhooks'
  readonly make: (timeoutMs?: number) => Connector
  readonly settings: (url: string) => Record<string, unknown>
  readonly document: (number: string) => OutboundDocument
  /** The same number with something else in it. */
  readonly other?: (number: string) => OutboundDocument
  readonly rendered?: (number: string, text: string) => string
  /** What must be there before this can be done. */
  readonly before?: readonly Operation[]
  readonly shopOrder?: true
}

const salesOrder = (number: string, revision = 1, quantityEach = 5): OutboundDocument => ({
  docType: 'sales-order',
  orderNumber: number,
  purchaseOrderNumber: `PO-${number}`,
  customerNumber: 'C-10001',
  revision,
  currency: 'USD',
  lines: [
    {
      line: '001',
      sku: 'FAS-1001',
      quantityEach,
      unitPrice: '1.2500',
      lineAmountMinor: quantityEach * 125,
    },
  ],
  totalMinor: quantityEach * 125,
})

const invoice = (number: string, totalMinor = 625): OutboundDocument =>
  Invoice.parse({
    docType: 'invoice',
    invoiceNumber: number,
    invoicedOn: '2026-11-20',
    dueOn: '2026-12-20',
    orderNumber: 'SO-1',
    purchaseOrderNumber: 'PO-1',
    currency: 'USD',
    lines: [
      {
        line: '001',
        item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
        quantity: { value: '5', uom: 'EA' },
        unitPrice: '1.25',
        lineAmountMinor: totalMinor,
      },
    ],
    linesTotalMinor: totalMinor,
    totalMinor,
  })

const paymentPosting = (number: string, amountMinor = 625): OutboundDocument => ({
  docType: 'payment-posting',
  paymentNumber: number,
  currency: 'USD',
  amountMinor,
  bookedOn: '2026-12-01',
  applications: [{ invoiceNumber: 'INV-1', appliedMinor: amountMinor, discountMinor: 0 }],
  unappliedMinor: 0,
})

const creditNote = (number: string, totalMinor = 625): OutboundDocument => ({
  docType: 'credit-note',
  creditNoteNumber: number,
  customerNumber: 'C-10001',
  currency: 'USD',
  issuedOn: '2026-12-01',
  invoiceNumber: 'INV-1',
  orderNumber: 'SO-1',
  purchaseOrderNumber: '4711',
  lines: [],
  netMinor: totalMinor,
  taxMinor: 0,
  feeMinor: 0,
  totalMinor,
})

const creditPosting = (number: string, appliedMinor = 625): OutboundDocument => ({
  docType: 'credit-posting',
  postingNumber: number,
  creditNoteNumber: 'CN-1',
  customerNumber: 'C-10001',
  currency: 'USD',
  postedOn: '2026-12-01',
  applications: [{ invoiceNumber: 'INV-1', appliedMinor }],
  openMinor: 0,
})

const pickRequest = (number: string, quantityEach = 5): OutboundDocument => ({
  docType: 'pick-request',
  pickNumber: number,
  orderNumber: 'SO-1',
  purchaseOrderNumber: 'PO-1',
  warehouse: 'MAIN',
  isShipComplete: false,
  lines: [{ line: '001', sku: 'FAS-1001', quantityEach }],
})

// Above 2^53: a shop's id that a number would round.
const shopOrderId = '9007199254740995'
const shopOrder = `{"id":${shopOrderId},"line_items":[{"id":9007199254740997,"quantity":5}]}`

const shipment = (number: string): OutboundDocument =>
  Shipment.parse({
    docType: 'shipment',
    shipmentNumber: number,
    orderNumber: 'SO-1',
    shippedAt: '2026-11-20T10:00:00Z',
    currency: 'USD',
    carrier: 'Sandbox Freight',
    trackingNumber: `TRK-${number}`,
    references: [{ qualifier: 'shop-line', value: '9007199254740997', line: '001' }],
    source: { format: 'shopify', objectKey: shopOrderId },
    lines: [
      {
        line: '001',
        item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
        shipped: { value: '5', uom: 'EA' },
      },
    ],
  })

const interchange = (number: string, text: string) =>
  `ISA*00*          *00*          *ZZ*QUITTANCE      *ZZ*NORTHWIND      *261120*1000*U*00401*${number.replace(/\D/g, '').padStart(9, '0')}*0*P*>~GS*PR*Q*N*20261120*1000*1*X*004010~${text}~GE*0*1~IEA*1*1~`

const erp = {
  system: 'erp' as const,
  make: (timeoutMs?: number) => erpConnector(timeoutMs === undefined ? {} : { timeoutMs }),
  settings: (url: string) => ({ url: `${url}/erp` }),
}
const wms = {
  system: 'wms' as const,
  make: (timeoutMs?: number) => wmsConnector(timeoutMs === undefined ? {} : { timeoutMs }),
  settings: (url: string) => ({ url: `${url}/wms` }),
}

const keyed: readonly Case[] = [
  {
    ...erp,
    operation: 'erp.create-order',
    document: salesOrder,
    other: (number) => salesOrder(number, 1, 6),
  },
  {
    ...erp,
    operation: 'erp.change-order',
    before: ['erp.create-order'],
    document: (number) => salesOrder(number, 2, 7),
    other: (number) => salesOrder(number, 2, 8),
  },
  {
    ...erp,
    operation: 'erp.cancel-order',
    before: ['erp.create-order'],
    document: (number) => ({ docType: 'cancellation', orderNumber: number, reason: 'Withdrawn.' }),
  },
  {
    ...erp,
    operation: 'erp.post-invoice',
    document: invoice,
    other: (number) => invoice(number, 626),
  },
  {
    ...erp,
    operation: 'erp.post-payment',
    document: paymentPosting,
    other: (number) => paymentPosting(number, 626),
  },
  {
    ...erp,
    operation: 'erp.post-credit-note',
    document: creditNote,
    other: (number) => creditNote(number, 626),
  },
  {
    ...erp,
    operation: 'erp.apply-credit',
    document: creditPosting,
    other: (number) => creditPosting(number, 626),
  },
  {
    ...wms,
    operation: 'wms.request-pick',
    document: pickRequest,
    other: (number) => pickRequest(number, 6),
  },
  {
    ...wms,
    operation: 'wms.cancel-pick',
    before: ['wms.request-pick'],
    document: (number) => ({
      docType: 'cancellation',
      orderNumber: 'SO-1',
      pickNumber: number,
      reason: 'Withdrawn.',
    }),
  },
  {
    operation: 'partner.invoice',
    system: 'partners',
    make: (timeoutMs) => partnerMailboxConnector(timeoutMs === undefined ? {} : { timeoutMs }),
    settings: (url) => ({
      deliver: { method: 'http', url: `${url}/partners/northwind/documents` },
      ...{ ourQualifier: 'ZZ', ourId: 'QUITTANCE', theirQualifier: 'ZZ', theirId: 'NORTHWIND' },
    }),
    document: invoice,
    other: invoice,
    rendered: interchange,
  },
  {
    operation: 'shop.fulfilment',
    system: 'shop',
    make: (timeoutMs) => storefrontConnector(timeoutMs === undefined ? {} : { timeoutMs }),
    settings: (url) => ({ url }),
    document: shipment,
    shopOrder: true,
  },
]

const webhook: Case = {
  operation: 'webhook.event',
  system: 'webhooks',
  make: (timeoutMs) => webhookConnector(timeoutMs === undefined ? {} : { timeoutMs }),
  settings: (url) => ({ url: `${url}/webhooks/acme`, source: 'urn:quittance:demo' }),
  document: (number) => ({
    docType: 'webhook-event',
    eventId: number,
    eventType: 'quittance.order.shipped',
    subject: 'SO-1',
    occurredAt: '2026-11-20T10:00:00Z',
    data: { orderNumber: 'SO-1', note: 'Größe 5' },
  }),
}

const everyCase = [...keyed, webhook]

describe('every connector against the sandbox', () => {
  let sandbox: Sandbox
  let levers: SandboxClient
  let count = 0

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 })
    levers = sandboxClient(sandbox.url)
  })
  afterAll(() => sandbox.close())
  beforeEach(async () => {
    await levers.reset()
    await levers.change({ apiKeys: [], webhookSecrets: [secret], dedupe: 'on' })
  })

  const open = (a: Case, url = sandbox.url, secrets: readonly string[] = [secret]) => {
    const connection: OpenConnection = {
      connectionId: 'con_1',
      tenantId: 'ten_1',
      kind: a.make().kind,
      settings: a.settings(url),
      secrets,
    }
    return connection
  }
  const callOf = (a: Case, number: string, isOther = false): OutboundCall => {
    const document = (isOther ? a.other : a.document)?.(number) ?? a.document(number)
    const call = {
      transactionId: `txn_${number}`,
      operation: a.operation,
      idempotencyKey: `${a.operation}:${number}${isOther ? ':other' : ''}`,
      document,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      attempt: 1,
    }
    const text = isOther ? 'BIG*20261121*INV-2' : 'BIG*20261120*INV-1'
    return a.rendered === undefined ? call : { ...call, rendered: a.rendered(number, text) }
  }
  const prepare = async (a: Case): Promise<string> => {
    count += 1
    const number = `N-${count}`
    if (a.shopOrder) await levers.placeShopOrder(shopOrder)
    for (const operation of a.before ?? []) {
      const first = keyed.find((other) => other.operation === operation)
      if (first === undefined) throw new Error(`No case for ${operation}`)
      const outcome = await first.make().send(callOf(first, number), open(first), never)
      expect(outcome.outcome).toBe('done')
    }
    return number
  }
  const effectsOf = async (a: Case) => {
    const { counts, duplicatedEffects } = await levers.count()
    expect(duplicatedEffects).toBe(0)
    return (counts[a.system]?.effects ?? 0) - (a.before?.length ?? 0)
  }
  const fault = (a: Case, kind: string, more: object = {}) =>
    levers.misbehave(
      JSON.parse(JSON.stringify({ system: a.system, faults: [{ kind, next: 1, ...more }] })),
    )

  describe.each(everyCase)('$operation', (a) => {
    test('a call that goes well is done, once', async () => {
      const number = await prepare(a)
      const outcome = await a.make().send(callOf(a, number), open(a), never)
      expect(outcome).toMatchObject({ outcome: 'done' })
      expect(await effectsOf(a)).toBe(1)
    })

    test('the same call a second time is done without a second effect', async () => {
      const number = await prepare(a)
      await a.make().send(callOf(a, number), open(a), never)
      const again = await a.make().send(callOf(a, number), open(a), never)
      expect(again).toMatchObject({ outcome: 'done' })
      expect(await effectsOf(a)).toBe(1)
    })

    test('a full system says when to come back, and nothing has happened', async () => {
      const number = await prepare(a)
      await fault(a, 'rate-limit', { retryAfterSeconds: 7 })
      const outcome = await a.make().send(callOf(a, number), open(a), never)
      expect(outcome).toMatchObject({
        outcome: 'failed',
        errorClass: 'RATE_LIMIT',
        retryAfterMs: 7000,
      })
      expect(await effectsOf(a)).toBe(0)
    })

    test('a system closed for maintenance is waited for', async () => {
      const number = await prepare(a)
      await fault(a, 'unavailable', { retryAfterSeconds: 2 })
      const outcome = await a.make().send(callOf(a, number), open(a), never)
      expect(outcome).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
      expect(outcome).toMatchObject({ retryAfterMs: 2000 })
    })

    test('a refusal inside HTTP 200 is a refusal, with the reason', async () => {
      const number = await prepare(a)
      await fault(a, 'refusal', { code: 'CREDIT_BLOCK', message: 'Customer is blocked.' })
      const outcome = await a.make().send(callOf(a, number), open(a), never)
      expect(outcome).toMatchObject({
        outcome: 'refused',
        errorClass: 'BUSINESS_RULE',
        code: 'CREDIT_BLOCK',
        message: 'Customer is blocked.',
      })
      expect(await effectsOf(a)).toBe(0)
    })

    test.each(['error-before', 'error-after', 'reset-before', 'reset-after'])(
      'after %s nobody knows, and finding out leads to exactly one effect',
      async (kind) => {
        const number = await prepare(a)
        await fault(a, kind)
        const call = callOf(a, number)
        const connector = a.make()
        const outcome = await connector.send(call, open(a), never)
        expect(outcome.outcome).toBe('unknown')
        const found = await connector.lookUp?.(call, open(a), never)
        if (found !== undefined) expect(found.found).toBe(kind.endsWith('after'))
        if (found?.found) expect(found.isSame).toBe(true)
        if (!found?.found)
          expect(await connector.send(call, open(a), never)).toMatchObject({ outcome: 'done' })
        expect(await effectsOf(a)).toBe(1)
      },
    )

    test('a system that hangs after the effect is given up in time, and found out later', async () => {
      const number = await prepare(a)
      await fault(a, 'hang-after')
      const call = callOf(a, number)
      const outcome = await a.make(400).send(call, open(a), never)
      expect(outcome).toMatchObject({ outcome: 'unknown', code: 'TIMEOUT' })
      const connector = a.make()
      const found = await connector.lookUp?.(call, open(a), never)
      if (!found?.found) await connector.send(call, open(a), never)
      expect(await effectsOf(a)).toBe(1)
    })

    test('a caller who stops waiting is told that nobody knows', async () => {
      const number = await prepare(a)
      await fault(a, 'hang-before')
      const stop = new AbortController()
      const sent = a.make().send(callOf(a, number), open(a), stop.signal)
      setTimeout(() => stop.abort(), 200)
      expect(await sent).toMatchObject({ outcome: 'unknown', code: 'ABORTED' })
    })

    test('a system that is not there is a transport failure, and is safe to repeat', async () => {
      const gone = await closedAddress()
      const outcome = await a.make().send(callOf(a, 'N-0'), open(a, gone), never)
      expect(outcome).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
      const reach = await a.make().test(open(a, gone), never)
      expect(reach.isReachable).toBe(false)
    })

    test('the test button reaches the system without any effect', async () => {
      const reach = await a.make().test(open(a), never)
      expect(reach).toMatchObject({ isReachable: true })
      expect(await effectsOf({ ...a, before: [] })).toBe(0)
    })

    test('settings that do not fit are told in words and refused, not tried', async () => {
      expect(a.make().checkSettings(a.settings(sandbox.url))).toEqual([])
      const [mistake] = a.make().checkSettings({ url: 'ftp://somewhere', deliver: {} })
      expect(mistake).toMatch(/url|deliver/)
      const broken = { ...open(a), settings: {} }
      const outcome = await a.make().send(callOf(a, 'N-0'), broken, never)
      expect(outcome).toMatchObject({ outcome: 'refused', code: 'SETTINGS' })
    })

    test('a password in the address is refused, because addresses are shown', () => {
      const url = sandbox.url.replace('http://', 'http://user:pass@')
      expect(a.make().checkSettings(a.settings(url)).join()).toMatch(/user name or password/)
    })
  })

  describe.each(keyed)('$operation', (a) => {
    test('an unknown key locks us out, the previous one still works, and no secret is shown', async () => {
      const number = await prepare(a)
      await levers.change({ apiKeys: ['previous-secret'] })
      const refused = await a.make().send(callOf(a, number), open(a), never)
      expect(JSON.stringify(refused)).not.toContain(secret)
      // A shop is asked for its open lines first, and that question is locked out already.
      if (a.system !== 'shop')
        expect(refused).toMatchObject({ outcome: 'refused', errorClass: 'AUTH_EXPIRED' })
      const both = open(a, sandbox.url, [secret, 'previous-secret'])
      expect(await a.make().send(callOf(a, number), both, never)).toMatchObject({ outcome: 'done' })
      expect(await a.make().test(open(a), never)).toMatchObject({ isReachable: false })
    })

    test('a look-up that has no answer says so instead of guessing', async () => {
      const number = await prepare(a)
      await fault(a, 'error-before', { calls: 'read' })
      const asked = a.make().lookUp?.(callOf(a, number), open(a), never)
      await expect(asked).rejects.toThrow(/look-up|answer/)
    })
  })

  test.each(keyed.filter(({ other }) => other !== undefined))(
    '$operation: something else under our number is an exception for a person',
    async (a) => {
      const number = await prepare(a)
      await a.make().send(callOf(a, number, true), open(a), never)
      const outcome = await a.make().send(callOf(a, number), open(a), never)
      expect(outcome).toMatchObject({ outcome: 'refused', errorClass: 'DUPLICATE' })
      const found = await a.make().lookUp?.(callOf(a, number), open(a), never)
      expect(found).toMatchObject({ found: true, isSame: false })
      expect(await effectsOf(a)).toBe(1)
    },
  )

  test('whatever goes wrong on the way, looking before repeating ends in exactly one effect', async () => {
    const trouble = ['rate-limit', 'unavailable', 'refusal', 'error-before', 'error-after']
    const kinds = fc.constantFrom(...trouble, 'reset-before', 'reset-after')
    const faults = fc.record({ kind: kinds, calls: fc.constantFrom('write', 'read', 'all') })
    const cases = keyed.filter(({ shopOrder: isOfShop }) => isOfShop === undefined)
    const way = fc.asyncProperty(
      fc.constantFrom(...cases),
      fc.array(faults, { maxLength: 8 }),
      async (a, planned) => {
        await levers.reset()
        const number = await prepare(a)
        const next = planned.map((one) => ({ ...one, next: 1 }))
        await levers.misbehave(JSON.parse(JSON.stringify({ system: a.system, faults: next })))
        await untilDone(a.make(), callOf(a, number), open(a))
        expect(await effectsOf(a)).toBe(1)
      },
    )
    await fc.assert(way, { numRuns: 60 })
  })

  test('an adversary that refuses nothing counts what was done twice', async () => {
    const [a] = keyed
    if (a === undefined) throw new Error('No case.')
    const number = await prepare(a)
    await levers.change({ dedupe: 'off' })
    await a.make().send(callOf(a, number), open(a), never)
    await a.make().send(callOf(a, number), open(a), never)
    expect(await levers.count()).toMatchObject({ duplicatedEffects: 1, duplicateAttempts: 1 })
  })

  test('a change of an order that is not there yet waits for the order', async () => {
    const a = keyed.find(({ operation }) => operation === 'erp.change-order')
    if (a === undefined) throw new Error('No case.')
    const outcome = await a.make().send(callOf(a, 'N-none'), open(a), never)
    expect(outcome).toMatchObject({ outcome: 'failed', errorClass: 'DEPENDENCY' })
  })

  test('a create that is looked up after a later change is still found as ours', async () => {
    const [create, change] = keyed
    if (create === undefined || change === undefined) throw new Error('No case.')
    const number = await prepare(change)
    await change.make().send(callOf(change, number), open(change), never)
    const found = await create.make().lookUp?.(callOf(create, number), open(create), never)
    expect(found).toMatchObject({ found: true, isSame: true })
  })

  test('a pick that is already being worked on cannot be withdrawn', async () => {
    const a = keyed.find(({ operation }) => operation === 'wms.cancel-pick')
    if (a === undefined) throw new Error('No case.')
    await levers.change({ pickDelayMs: 0 })
    const number = await prepare(a)
    const outcome = await a.make().send(callOf(a, number), open(a), never)
    expect(outcome).toMatchObject({ outcome: 'refused', errorClass: 'BUSINESS_RULE' })
    expect(outcome).toMatchObject({ code: 'already_picked' })
    await levers.change({ pickDelayMs: 60_000 })
  })

  test('a webhook signed with another secret is refused by the listener', async () => {
    const wrong = open(webhook, sandbox.url, ['another-secret'])
    const outcome = await webhook.make().send(callOf(webhook, 'E-1'), wrong, never)
    expect(outcome).toMatchObject({ outcome: 'refused', errorClass: 'AUTH_EXPIRED' })
  })
})

/** What the outbox does: repeats what failed, and looks up what is in doubt before it repeats that. */
async function untilDone(connector: Connector, call: OutboundCall, connection: OpenConnection) {
  let isInDoubt = false
  for (let tries = 0; tries < 40; tries += 1) {
    const found = isInDoubt
      ? await connector.lookUp?.(call, connection, never).catch(() => undefined)
      : { found: false as const }
    if (found === undefined) continue
    if (found.found) return expect(found.isSame).toBe(true)
    const { outcome } = await connector.send(call, connection, never)
    if (outcome === 'done') return
    isInDoubt = outcome === 'unknown'
  }
  throw new Error('It never came to an end.')
}

async function closedAddress(): Promise<string> {
  const server: Server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
