import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runProposalJobs } from '../../testing/proposal-jobs.ts'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder, orderOnItsWay } from '../../testing/whole-order.ts'
import { newId } from '../canonical/ids.ts'
import { Candidate, Proposal } from '../canonical/proposal.ts'
import { DeductionView } from '../canonical/views/payment-view.ts'
import { CreditNoteUseView } from '../canonical/views/return-view.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'

let door: TestDoor
let queue: JobQueue

beforeAll(async () => {
  door = await openTestDoor({ options: { rateLimit: { burst: 10_000, perSecond: 1_000 } } })
  queue = await openJobQueue(door.database, { onError: () => undefined, supervise: false })
})
afterAll(async () => {
  await queue.stop()
  await door.close()
})

const runJobs = () => runProposalJobs(door.database, queue)

const get = (path: string, person: SignedIn) =>
  door.request(path, undefined, { headers: { ...person.headers } })

const post = (path: string, person: SignedIn, body: object) =>
  door.request(path, undefined, {
    method: 'POST',
    headers: { ...person.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const problemOf = async (answer: Response) => {
  const { type } = z.object({ type: z.string() }).parse(await answer.json())
  return [answer.status, type.replace('urn:quittance:problem:', '')]
}

/** A tenant whose customer was billed 100 bolts at 11.90, agreed at 5.90, and kept 600.00 back of the 1,190.00. */
async function house() {
  const tenantId = await door.newTenant()
  const plain = orderOnItsWay()
  const [line] = plain.lines
  const [shipment] = plain.shipments
  const [invoice] = plain.invoices
  if (line === undefined || shipment === undefined || invoice === undefined)
    throw new Error('The sample order is billed.')
  const hundred = { orderedEach: 100, shippedEach: 100, invoicedEach: 100, allocatedEach: 0 }
  await insertWholeOrder(door.database, tenantId, {
    ...plain,
    holds: [],
    stage: 'invoiced',
    lines: [{ ...line, ...hundred, quantity: '100', lineAmountMinor: 119_000 }],
    shipments: [{ ...shipment, lines: [{ line: '1', quantityEach: 100 }] }],
    invoices: [{ ...invoice, totalMinor: 119_000, openMinor: 60_000 }],
    orderedOn: '2026-11-02',
  })
  const [deductionId, paymentId] = [newId('ddn'), newId('pay')]
  const { customerNumber } = invoice
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into agreement (tenant_id, agreement_id, name, customer_number, currency, valid_from)
      values (${tenantId}, 'AGR-1', 'Bolts', ${customerNumber}, 'USD', '2026-01-01'::text::date)`)
    await tx.run(sql`
      insert into agreement_price (tenant_id, agreement_id, target, minimum_quantity, unit_price)
      values (${tenantId}, 'AGR-1', ${`sku:${line.sku}`}, 1, '5.9'::text::numeric)`)
    await tx.run(sql`
      insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency, amount_minor,
        unapplied_minor, booked_on, customer_number)
      values (${tenantId}, ${paymentId}, 'PAY-1', 'bank', 'doc_1', 'USD', 59000, 0, '2026-11-10'::text::date,
        ${customerNumber})`)
    await tx.run(sql`
      insert into deduction (tenant_id, deduction_id, payment_id, invoice_id, customer_number, currency, amount_minor,
        kind, code, route, verdict, justified_minor, policy_version)
      values (${tenantId}, ${deductionId}, ${paymentId}, ${invoice.invoiceId}, ${customerNumber}, 'USD', 60000,
        'short-pay', '01', 'pricing', 'valid', 60000, 'cash:default')`)
  })
  const subject = `customer:${customerNumber}`
  return { tenantId, customerNumber, subject, deductionId, invoiceNumber: invoice.invoiceNumber }
}

const candidatesOf = async (person: SignedIn, subject: string) => {
  const answer = await get(`/v1/candidates?subject=${subject}`, person)
  expect(answer.status).toBe(200)
  return z.object({ items: z.array(Candidate) }).parse(await answer.json()).items
}

const proposalOf = async (answer: Response) => Proposal.parse(await answer.json())

test('a valid deduction above the band is proposed from its candidate, refused to whoever asked, approved by another, and settled by the amount of the rule', async () => {
  const { tenantId, subject, deductionId, invoiceNumber, customerNumber } = await house()
  const olga = await signedIn(door, { tenantId, role: 'approver', name: 'Olga' })
  const ann = await signedIn(door, { tenantId, role: 'approver', name: 'Ann' })
  const [first] = await candidatesOf(olga, subject)
  expect(first).toMatchObject({
    kind: 'credit-deduction',
    title: expect.stringContaining('600.00'),
    money: { amountMinor: 60_000, currency: 'USD' },
  })
  const asked = await post('/v1/proposals', olga, { subject, candidateId: first?.candidateId })
  expect(asked.status).toBe(201)
  const { proposalId, version, effectHash, ...proposal } = await proposalOf(asked)
  expect(proposal).toMatchObject({ requiredRole: 'approver', needsOtherPerson: true })
  const yes = { decision: 'approve', version, effectHash, reason: 'Agreed price, see AGR-1.' }
  const decide = (person: SignedIn) => post(`/v1/proposals/${proposalId}/decision`, person, yes)
  expect(await problemOf(await decide(olga))).toEqual([403, 'other-person-needed'])
  expect((await decide(ann)).status).toBe(200)
  await runJobs()
  const done = await proposalOf(await get(`/v1/proposals/${proposalId}`, ann))
  expect(done).toMatchObject({ status: 'succeeded', result: { message: expect.any(String) } })
  const listed = await get(`/v1/credit-notes?customer=${customerNumber}`, ann)
  const { items: notes } = z
    .object({ items: z.array(CreditNoteUseView) })
    .parse(await listed.json())
  expect(notes).toMatchObject([
    {
      ...{ totalMinor: 60_000, openMinor: 0, status: 'used', reasonCode: '01', deductionId },
      uses: [{ invoiceNumber, amountMinor: 60_000, paymentNumber: null, undoneAt: null }],
    },
  ])
  const settled = await get('/v1/deductions?status=settled', ann)
  const { items } = z.object({ items: z.array(DeductionView) }).parse(await settled.json())
  expect(items).toMatchObject([{ deductionId, settledMinor: 60_000 }])
  expect((await candidatesOf(ann, subject)).map(({ kind }) => kind)).toEqual(['take-back-credit'])
})

test('no amount of a caller reaches an act about credits, and no key of an agent or a system does one', async () => {
  const { tenantId, deductionId, customerNumber } = await house()
  const olga = await signedIn(door, { tenantId, role: 'approver' })
  const payloads = {
    'apply-credit': { customerNumber, currency: 'USD' },
    'take-back-credit': { creditNoteId: 'crn_1' },
    'credit-deduction': { deductionId, allow: 'justified' },
    'charge-back-deduction': { deductionId },
  }
  for (const [kind, payload] of Object.entries(payloads)) {
    const wish = { payload: { ...payload, amountMinor: 1 }, reason: 'Agreed by phone.' }
    const refused = await post(`/v1/acts/${kind}`, olga, wish)
    expect([kind, ...(await problemOf(refused))]).toEqual([kind, 422, 'invalid-body'])
    for (const role of ['agent', 'mcp', 'admin']) {
      const answer = await door.request(
        `/v1/acts/${kind}`,
        await door.newKey(tenantId, { role, scopes: ['proposals:decide'] }),
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ payload, reason: 'Agreed by phone.' }),
        },
      )
      expect([kind, role, answer.status]).toEqual([kind, role, 403])
    }
  }
})

test('what the rule finds right is not asked for again by anybody; a person within their limit puts a credit to its invoice at once', async () => {
  const { tenantId, deductionId, customerNumber } = await house()
  const carl = await signedIn(door, { tenantId, role: 'collector', name: 'Carl' })
  const refused = await post('/v1/acts/charge-back-deduction', carl, {
    ...{ payload: { deductionId }, reason: 'They should pay.' },
  })
  expect(await problemOf(refused)).toEqual([409, 'cannot-be-done'])
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into credit_note (tenant_id, credit_note_id, credit_note_number, customer_number, currency, net_minor,
        tax_minor, fee_minor, total_minor, open_minor, status, lines, issued_on, issued_by)
      values (${tenantId}, ${newId('crn')}, 'CN-000900', ${customerNumber}, 'USD', 5000, 0, 0, 5000, 5000, 'open', '[]',
        '2026-11-01'::text::date, 'test')`),
  )
  const payload = { customerNumber, currency: 'USD' }
  const acted = await post('/v1/acts/apply-credit', carl, { payload, reason: 'Clear it first.' })
  expect(await proposalOf(acted)).toMatchObject({
    status: 'succeeded',
    decisions: [{ isOwn: true }],
  })
})
