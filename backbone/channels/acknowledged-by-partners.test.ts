import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { Invoice } from '../canonical/invoice.ts'
import { partnerMailboxConnector } from '../connectors/partner-mailbox/partner-mailbox-connector.ts'
import { type Delivery, deliveryProcess } from '../flows/outbox/delivery.ts'
import { enqueueCalls } from '../flows/outbox/enqueue-calls.ts'
import { sweepAcknowledgements } from '../services/triage/sweep-acknowledgements.ts'
import { triageService } from '../services/triage/triage-service.ts'

let world: FlowWorld
let folder: string
const deliveries: Delivery[] = []

beforeAll(async () => {
  world = await openFlowWorld()
  folder = await mkdtemp(join(tmpdir(), 'partner-'))
})
afterAll(async () => {
  for (const delivery of deliveries) await delivery.stop()
  await world.close()
  await rm(folder, { recursive: true })
})

const invoice = Invoice.parse({
  docType: 'invoice',
  invoiceNumber: 'INV-100881',
  invoicedOn: '2026-11-22',
  dueOn: '2026-12-22',
  orderNumber: 'SO-1',
  purchaseOrderNumber: 'NW-4471',
  currency: 'USD',
  lines: [
    {
      line: '001',
      item: { identifiers: [{ scheme: 'sku', value: 'PMP-1003' }] },
      quantity: { value: '4', uom: 'EA' },
      unitPrice: '310.00',
      lineAmountMinor: 124_000,
    },
  ],
  linesTotalMinor: 124_000,
  totalMinor: 124_000,
})

/** A trade whose partner finds our interchanges in a folder, with one invoice sent there. */
async function withInvoiceSent(settings: Readonly<Record<string, unknown>> = {}) {
  const path = await mkdtemp(join(folder, 'in-'))
  const trade = await world.newTrade({ x12: { deliver: { method: 'folder', path }, ...settings } })
  const connectionId = trade.connectionId('x12')
  await trade.inTenant((tx) =>
    enqueueCalls(tx, world.queue, [
      {
        operation: 'partner.invoice',
        connectionId,
        document: invoice,
        naturalKey: invoice.invoiceNumber,
        orderingKey: 'SO-1',
        idempotencyKey: `${connectionId}:invoice:INV-100881`,
      },
    ]),
  )
  const { database, queue } = world
  const delivery = deliveryProcess({
    ...{ database, queue },
    connectors: [partnerMailboxConnector()],
    openConnection: async (tx) => {
      const [row] = await tx.rows<{ settings: Record<string, unknown> }>(
        sql`select settings from connection where connection_id = ${connectionId}`,
      )
      return {
        ...{ connectionId, tenantId: trade.tenantId, kind: 'x12', secrets: [] },
        settings: row?.settings ?? {},
      }
    },
    onFinished: async () => undefined,
    report: { worked: () => undefined, failed: (_, error) => expect.unreachable(String(error)) },
  })
  deliveries.push(delivery)
  const [sent] = await trade.inTenant((tx) =>
    tx.rows<{ id: string }>(sql`select transaction_id as id from transaction`),
  )
  const transactionId = sent?.id ?? ''
  await delivery.process([{ jobId: randomUUID(), tenantId: trade.tenantId, id: transactionId }])
  await delivery.idle()
  const [call] = await trade.inTenant((tx) =>
    tx.rows<{ status: string; message: string | null; rendered: string; documentId: string }>(
      sql`select status, error_message as message, rendered, document_id as "documentId" from transaction`,
    ),
  )
  expect(call).toMatchObject({ status: 'succeeded', message: null })
  const groupNumber = /~GS\*IN\*[^~]*?\*(\d+)\*X/.exec(call?.rendered ?? '')?.[1] ?? ''
  const hoursAgo = (hours: number) =>
    trade.inTenant(async (tx) => {
      await tx.run(
        sql`update transaction set finished_at = now() - make_interval(hours => ${hours})`,
      )
      await tx.run(
        sql`update awaited_acknowledgement set created_at = now() - make_interval(hours => ${hours})`,
      )
    })
  const awaited = async () => {
    const [row] = await trade.inTenant((tx) =>
      tx.rows<{ status: string }>(sql`select status from awaited_acknowledgement`),
    )
    return row?.status
  }
  const asides = () =>
    trade.inTenant((tx) =>
      tx.rows<{ kind: string; status: string; transactionId: string; documentId: string }>(
        sql`select kind, status, transaction_id as "transactionId", document_id as "documentId"
          from quarantine order by created_at, quarantine_id`,
      ),
    )
  let control = 5_000
  const answer = async (...segments: readonly string[]) => {
    control += 1
    const number = String(control).padStart(9, '0')
    const [kind = ''] = segments
    const body = segments.slice(1)
    const text = [
      `ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*QUITTANCE      *261122*0915*U*00401*${number}*0*P*>`,
      `GS*${kind === '824' ? 'AG' : 'FA'}*NORTHWIND*QUITTANCE*20261122*0915*${control}*X*004010`,
      `ST*${kind}*0001`,
      ...body,
      `SE*${body.length + 2}*0001`,
      `GE*1*${control}`,
      `IEA*1*${number}`,
      '',
    ].join('~')
    const { status } = await trade.deliver('x12', text)
    expect(status).toBe(202)
    await world.work('read-receipt')
  }
  const sweep = () => trade.inTenant(sweepAcknowledgements)
  return {
    ...{ trade, transactionId, documentId: call?.documentId ?? '', groupNumber },
    ...{ hoursAgo, awaited, asides, answer, sweep },
  }
}

test('a 997 that takes our invoice ends the wait for it', async () => {
  const { awaited, answer, groupNumber, hoursAgo, sweep, asides } = await withInvoiceSent()
  expect(await awaited()).toBe('awaited')
  await answer('997', `AK1*IN*${groupNumber.padStart(9, '0')}`, 'AK9*A*1*1*1')
  expect(await awaited()).toBe('accepted')
  await hoursAgo(100)
  await sweep()
  expect(await asides()).toEqual([])
})

test('a 997 that does not come in time is a failed transaction about the invoice, once, and is over when it comes', async () => {
  const scene = await withInvoiceSent()
  await scene.hoursAgo(23)
  await scene.sweep()
  expect(await scene.asides()).toEqual([])
  await scene.hoursAgo(25)
  await scene.sweep()
  await scene.sweep()
  const { transactionId, documentId } = scene
  expect(await scene.asides()).toEqual([
    { kind: 'overdue', status: 'open', transactionId, documentId },
  ])
  const [cluster] = await triageService(world).clusters(scene.trade.tenantId)
  expect(cluster).toMatchObject({
    errorClass: 'DEPENDENCY',
    errorCode: 'OVERDUE_997',
    remedy: 'request_partner',
    blastRadius: { operations: ['partner.invoice'] },
  })
  expect(cluster?.exampleMessages).toEqual([
    `The partner has not acknowledged our 810 INV-100881 (group ${scene.groupNumber}) within 24 hours: whether they have it is not known.`,
  ])
  await scene.answer('997', `AK1*IN*${scene.groupNumber}`, 'AK9*A*1*1*1')
  expect(await scene.awaited()).toBe('accepted')
  expect(await scene.asides()).toMatchObject([{ kind: 'overdue', status: 'released' }])
  expect(await triageService(world).clusters(scene.trade.tenantId)).toEqual([])
})

test('a partner who agreed on other hours is waited for as long, and one who sends none not at all', async () => {
  const slow = await withInvoiceSent({ acknowledgedWithinHours: 72 })
  await slow.hoursAgo(71)
  await slow.sweep()
  expect(await slow.asides()).toEqual([])
  await slow.hoursAgo(73)
  await slow.sweep()
  expect(await slow.asides()).toHaveLength(1)
  const silent = await withInvoiceSent({ acknowledgedWithinHours: 0 })
  await silent.hoursAgo(1_000)
  await silent.sweep()
  expect(await silent.awaited()).toBe('not-awaited')
  expect(await silent.asides()).toEqual([])
})

test('a 997 that refuses our invoice is a failed transaction with the invoice it is about', async () => {
  const scene = await withInvoiceSent()
  await scene.answer(
    '997',
    `AK1*IN*${scene.groupNumber}`,
    'AK2*810*0001',
    'AK3*REF*3**8',
    'AK4*1**7*BM',
    'AK5*R*4*5',
    'AK9*R*1*1*0',
  )
  expect(await scene.awaited()).toBe('rejected')
  const { transactionId, documentId } = scene
  expect(await scene.asides()).toEqual([
    { kind: 'needs-person', status: 'open', transactionId, documentId },
  ])
  expect(await triageService(world).clusters(scene.trade.tenantId)).toMatchObject([
    { errorClass: 'SCHEMA', remedy: 'fix_mapping', signatureId: 'ak403-7' },
  ])
})

test('an 824 against our invoice is a failed transaction with the invoice, by the number the partner names', async () => {
  const scene = await withInvoiceSent()
  await scene.answer('997', `AK1*IN*${scene.groupNumber}`, 'AK9*A*1*1*1')
  await scene.answer(
    '824',
    'BGN*11*ADV-1*20261122',
    'OTI*TR*IV*INV-100881',
    'TED*007*UNIT PRICE NOT ON THE PURCHASE ORDER*IT1*9*4',
  )
  const { transactionId, documentId } = scene
  // The form was right; it is their system that does not take it.
  expect(await scene.awaited()).toBe('accepted')
  expect(await scene.asides()).toEqual([
    { kind: 'needs-person', status: 'open', transactionId, documentId },
  ])
  expect(await triageService(world).clusters(scene.trade.tenantId)).toMatchObject([
    { errorClass: 'BUSINESS_RULE', remedy: 'request_partner', signatureId: 'oti01-tr' },
  ])
})
