import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import { newId } from '../canonical/ids.ts'
import { CashKpiView, UnappliedView } from '../canonical/views/payment-view.ts'
import { pageOf } from './router.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

/** A tenant whose payment of 15.00 has paid 10.00 of an invoice of 11.90, with the document that reported it. */
async function paidInPart() {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  const { paymentId, order } = await insertWholeOrder(door.database, tenantId)
  const [invoice] = order.invoices
  const canonical = {
    ...{ docType: 'payment', paymentNumber: paymentId, currency: 'USD', amountMinor: 1500 },
    ...{ bookedOn: '2026-11-10', method: 'ach', remittance: [], isReversal: false },
    remittanceText: `Invoice ${invoice?.invoiceNumber}`,
  }
  const documentId = newId('doc')
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into document (document_id, tenant_id, direction, doc_type, number, connection_id, canonical, status)
      values (${documentId}, ${tenantId}, 'in', 'payment', ${paymentId}, ${order.connectionId},
        ${JSON.stringify(canonical)}::text::jsonb, 'applied')`)
    await tx.run(
      sql`update payment set document_id = ${documentId} where payment_id = ${paymentId}`,
    )
  })
  const ask = async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const init = {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...headers },
    }
    const answer = await door.request(path, key, body === undefined ? {} : init)
    return { status: answer.status, body: await answer.json() }
  }
  return { paymentId, invoiceNumber: invoice?.invoiceNumber ?? '', tenantId, ask }
}

test('a person takes a wrong match back, sees what the money could be for, and puts it there, each once', async () => {
  const { ask, paymentId, invoiceNumber } = await paidInPart()
  const reason = { reason: 'It was for the other order.' }
  const key = { 'idempotency-key': 'put-right-1' }
  const back = await ask(`/v1/cash/${paymentId}/take-back`, reason, key)
  expect(back).toMatchObject({ status: 200, body: { status: 'done', unappliedMinor: 1500 } })
  expect(await ask(`/v1/cash/${paymentId}/take-back`, reason, key)).toEqual(back)
  expect(await ask(`/v1/cash/${paymentId}/take-back`, reason)).toMatchObject({ status: 409 })
  const listed = await ask('/v1/cash/unapplied')
  const [money] = pageOf(UnappliedView).parse(listed.body).items
  expect(money).toMatchObject({
    ...{ paymentId, unappliedMinor: 1500, applications: [] },
    candidates: [{ kind: 'over-payment', applications: [{ invoiceNumber, appliedMinor: 1190 }] }],
  })
  const wanted = { candidateId: money?.candidates[0]?.candidateId }
  const put = await ask(`/v1/cash/${paymentId}/apply`, wanted)
  expect(put).toMatchObject({ status: 200, body: { status: 'done', unappliedMinor: 310 } })
  const again = await ask(`/v1/cash/${paymentId}/apply`, wanted)
  expect(again).toMatchObject({ status: 200, body: { unappliedMinor: 310 } })
  const figures = await ask('/v1/cash/kpi?from=2026-11-01&to=2026-11-30')
  expect(CashKpiView.parse(figures.body).currencies).toMatchObject([
    { currency: 'USD', payments: 1, unappliedMinor: 310, wrongApplicationRate: '50' },
  ])
})

test('a viewer sees unapplied money and may not move it; strangers find nothing', async () => {
  const { paymentId, tenantId } = await paidInPart()
  const viewer = await door.newKey(tenantId, { role: 'viewer' })
  expect((await door.request('/v1/cash/unapplied', viewer)).status).toBe(200)
  expect((await door.request('/v1/deductions', viewer)).status).toBe(200)
  const body = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  const moved = await door.request(`/v1/cash/${paymentId}/apply`, viewer, body)
  expect(moved.status).toBe(403)
  const stranger = await door.newKey(await door.newTenant())
  const wanted = { ...body, body: JSON.stringify({ candidateId: 'exact:0' }) }
  const strange = await door.request(`/v1/cash/${paymentId}/apply`, stranger, wanted)
  expect(strange.status).toBe(404)
})

test('a period of figures that ends before it begins is refused', async () => {
  const { ask } = await paidInPart()
  expect(await ask('/v1/cash/kpi?from=2026-11-30&to=2026-11-01')).toMatchObject({ status: 400 })
})
