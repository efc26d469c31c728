import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import type { Finding } from '../canonical/finding.ts'
import { newId } from '../canonical/ids.ts'
import type { CheckFinding } from '../canonical/order-state.ts'
import { DocumentView } from '../canonical/views/document-view.ts'
import { readX12 } from '../documents/x12/read-x12.ts'
import { asJson } from '../store/database.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/x12/${name}`, import.meta.url))

type Given = {
  readonly content: Uint8Array
  readonly findings?: readonly Finding[]
  readonly checks?: readonly CheckFinding[]
}

/** A delivery with these bytes, and the order of its purchase order. */
async function delivered({ content, findings = [], checks = [] }: Given) {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId, { role: 'viewer' })
  const [purchaseOrderNumber = 'none'] = /(?<=BEG\*..\*..\*)[^*]*/.exec(
    Buffer.from(content).toString('latin1'),
  ) ?? ['none']
  const order = orderOnItsWay({ purchaseOrderNumber, findings: checks })
  const ids = await insertWholeOrder(door.database, tenantId, order)
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      update raw_document set content = decode(${Buffer.from(content).toString('hex')}::text, 'hex')
      where receipt_id = ${ids.receiptId}`)
    await tx.run(sql`
      update receipt set findings = ${asJson(findings)} where receipt_id = ${ids.receiptId}`)
  })
  return { ...ids, tenantId, key }
}

async function view(id: string, key: string, query = ''): Promise<DocumentView> {
  const answer = await door.request(`/v1/documents/${id}/view${query}`, key)
  expect(answer.status).toBe(200)
  return DocumentView.parse(await answer.json())
}

/** What is marked: the place of each finding and the text there. */
function marksOf({ lines, findings }: DocumentView) {
  return findings.map(({ mark, place }) => {
    const parts = lines.flatMap((line) => line.parts)
    return [place, parts.find(({ marks }) => marks.includes(mark))?.text]
  })
}

const price = {
  ...{ kind: 'PRICE_MISMATCH_UNEXPLAINED', line: '2', deltaMinor: -4230 },
  message: 'Line 2 is ordered at 14.4224, agreed are 18.65.',
}

test('a wrong price is marked in the order as it was sent, by its receipt and by its document', async () => {
  const content = fixture('northwind-850-4476-price-below-agreement.x12')
  const given = await delivered({ content, checks: [price] })
  const { receiptId, order, orderId, quarantineId, key } = given
  const seen = await view(receiptId, key)
  expect(seen).toMatchObject({
    ...{ id: receiptId, receiptId, direction: 'in', format: 'x12', byteSize: content.length },
    documents: [{ documentId: order.documentId, orderId, orderNumber: order.orderNumber }],
    quarantine: [{ quarantineId, status: 'open', aboutDocumentId: null }],
    findings: [{ origin: 'checks', orderId, deltaMinor: -4230, currency: 'USD' }],
  })
  expect(marksOf(seen)).toEqual([['PO1-04', '14.4224']])
  expect(marksOf(await view(order.documentId, key))).toEqual([['PO1-04', '14.4224']])
})

test('what was found while a delivery was read is marked once, though quarantine says it too', async () => {
  const content = fixture('northwind-850-batch-one-bad-quantity.x12')
  const { findings } = readX12(content)
  const { receiptId, quarantineId, tenantId, key } = await delivered({ content, findings })
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      update quarantine set findings = ${asJson(findings)} where quarantine_id = ${quarantineId}`),
  )
  const seen = await view(receiptId, key)
  expect(marksOf(seen)).toEqual([['PO1-02', 'TWELVE']])
  expect(seen.findings).toMatchObject([{ origin: 'reading', severity: 'error', code: 'AK403 6' }])
})

test('who may not read orders sees the document, and nothing of what its order’s checks found', async () => {
  const content = fixture('northwind-850-4476-price-below-agreement.x12')
  const { receiptId, tenantId } = await delivered({ content, checks: [price] })
  const narrow = await door.newKey(tenantId, { role: 'viewer', scopes: ['documents:read'] })
  const seen = await view(receiptId, narrow)
  expect(seen).toMatchObject({ findings: [], documents: [{ orderId: null, orderNumber: null }] })
  expect(seen.lineCount).toBeGreaterThan(10)
})

test('a line that the buyer changed later is marked in the change, not in the order', async () => {
  const content = fixture('northwind-850-4476-price-below-agreement.x12')
  const checks = [price, { ...price, line: '1', message: 'Line 1 is too low.' }]
  const given = await delivered({ content, checks })
  const { receiptId, orderId, connectionId, tenantId, key, order } = given
  const laterId = newId('rcp')
  const change = fixture('northwind-860-change-4471.x12')
  const said = { purchaseOrderNumber: 'NW-4471', changes: [{ line: '2' }] }
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      update document set canonical = ${asJson({ lines: [{ line: '1' }, { line: '2' }] })}
      where document_id = ${order.documentId}`)
    await tx.run(sql`
      insert into receipt (receipt_id, tenant_id, connection_id, channel, transport_id, sha256, status, byte_size)
      values (${laterId}, ${tenantId}, ${connectionId}, 'x12', ${laterId}, 'def', 'read', ${change.length})`)
    await tx.run(sql`
      insert into raw_document (receipt_id, tenant_id, content)
      values (${laterId}, ${tenantId}, decode(${change.toString('hex')}::text, 'hex'))`)
    await tx.run(sql`
      insert into document (document_id, tenant_id, direction, doc_type, number, receipt_id, order_id, canonical, status)
      values (${newId('doc')}, ${tenantId}, 'in', 'order-change', 'NW-4471', ${laterId}, ${orderId},
        ${asJson(said)}, 'applied')`)
  })
  expect(marksOf(await view(receiptId, key))).toEqual([['PO1-04', '314.61']])
  expect(marksOf(await view(laterId, key))).toEqual([['POC-06', '4.4772']])
})

test('an invoice that the partner refused shows what they refused, and where it was said', async () => {
  const { orderId, connectionId, receiptId, tenantId, key } = await delivered({
    content: fixture('doc-997-cascade.edi'),
  })
  const documentId = newId('doc')
  const transactionId = newId('txn')
  const rendered = fixture('doc-850-cascade.edi').toString('latin1')
  const at = { segment: 'PO1', element: 3 }
  const refusal = {
    severity: 'error',
    codeList: 'AK403',
    code: '7',
    message: 'No such unit.',
    ...at,
  }
  const position = rendered.split('~').findIndex((segment) => segment.trim().startsWith('PO1')) - 1
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into document (document_id, tenant_id, direction, doc_type, number, order_id, canonical, status)
      values (${documentId}, ${tenantId}, 'out', 'invoice', 'IN-1', ${orderId}, '{"total":1.50}'::jsonb, 'sent')`)
    await tx.run(sql`
      insert into transaction (transaction_id, tenant_id, connection_id, operation, order_id, document_id, natural_key,
        ordering_key, idempotency_key, status)
      values (${transactionId}, ${tenantId}, ${connectionId}, 'edi.invoice', ${orderId}, ${documentId}, 'IN-1', 'IN-1',
        ${transactionId}, 'waiting')`)
  })
  const unsent = await view(documentId, key)
  expect(unsent).toMatchObject({ direction: 'out', format: 'json', transactionId, findings: [] })
  expect(unsent.isWritten).toBe(false)
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      update transaction set rendered = ${rendered}, status = 'succeeded' where transaction_id = ${transactionId}`)
    await tx.run(sql`
      insert into quarantine (quarantine_id, tenant_id, receipt_id, transaction_id, kind, reason, findings)
      values (${newId('qrn')}, ${tenantId}, ${receiptId}, ${transactionId}, 'needs-person', 'The 997 says no.',
        ${asJson([{ ...refusal, segmentPosition: position }])})`)
  })
  const sent = await view(documentId, key)
  expect(sent).toMatchObject({
    ...{ format: 'x12', status: 'succeeded', receiptId: null, isWritten: true },
    quarantine: [{ receiptId, kind: 'needs-person' }],
    findings: [{ origin: 'partner', place: 'PO1-03' }],
  })
  // The message that says so is not wrong itself; it leads to what it speaks of.
  const message = await view(receiptId, key)
  expect(message.findings).toEqual([])
  expect(message.quarantine).toEqual(
    expect.arrayContaining([expect.objectContaining({ aboutDocumentId: documentId })]),
  )
})

test('a document that is no text, or hardly anything, is shown all the same', async () => {
  for (const bytes of [[], [0, 1, 2, 255], [0x49, 0x53, 0x41, 0x2a], [0xff, 0xfe, 0x7b, 0]]) {
    const { receiptId, key } = await delivered({ content: Uint8Array.from(bytes) })
    expect((await view(receiptId, key)).byteSize).toBe(bytes.length)
  }
})

test('a long document is asked for a stretch at a time', async () => {
  const notes = Array.from({ length: 2500 }, (_, line) => `line ${line + 1}`).join('\n')
  const { receiptId, key } = await delivered({ content: Buffer.from(notes) })
  const first = await view(receiptId, key)
  expect(first).toMatchObject({ lineCount: 2500, from: 1 })
  expect(first.lines).toHaveLength(1000)
  const rest = await view(receiptId, key, '?from=1501')
  expect(rest.lines.at(-1)?.parts[0]?.text).toBe('line 2500')
  expect((await door.request(`/v1/documents/${receiptId}/view?from=0`, key)).status).toBe(400)
})
