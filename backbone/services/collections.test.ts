import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { addDays } from '../canonical/calendar.ts'
import { newId } from '../canonical/ids.ts'
import {
  AgeingLine,
  AgeingTotal,
  CollectionsCustomerView,
  CollectionsKpiView,
  ContactView,
  DisputeView,
  PromiseView,
  ReplyView,
  StopView,
  WorklistLine,
} from '../canonical/views/collections-view.ts'
import { type JobQueue, openJobQueue } from '../queue/job-queue.ts'
import { asJson } from '../store/database.ts'
import { collectionsRound } from './collections-round.ts'

// A Monday far from the day this runs on.
const asOf = '2031-03-10'

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

const Problem = z.object({ type: z.string(), detail: z.string() })
const Page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

type Invoice = {
  number: string
  customer: string
  dueOn: string
  minor: number
  currency?: string
  openMinor?: number
  terms?: object
}

async function openBusiness() {
  const tenantId = await door.newTenant()
  const key = await door.newKey(tenantId)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update tenant set time_zone = 'America/Chicago', name = 'Meridian' where true`),
  )
  const ask = async <Schema extends z.ZodType>(
    method: string,
    path: string,
    { schema, body, status }: { schema: Schema; body?: object; status?: number },
  ): Promise<z.infer<Schema>> => {
    const answer = await door.request(path, key, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect([path, answer.status, answer.status < 400 ? '' : text]).toEqual([
      path,
      status ?? answer.status,
      status !== undefined && status >= 400 ? text : '',
    ])
    return schema.parse(JSON.parse(text))
  }
  return {
    tenantId,
    get: <Schema extends z.ZodType>(path: string, schema: Schema) =>
      ask('GET', path, { schema, status: 200 }),
    post: <Schema extends z.ZodType>(path: string, schema: Schema, body: object) =>
      ask('POST', `/v1/collections/${path}`, { schema, body }),
    refused: (path: string, body: object, status: number) =>
      ask('POST', `/v1/collections/${path}`, { schema: Problem, body, status }),
    async customer(customerNumber: string, more: object = {}) {
      const body = {
        customerNumber,
        name: `${customerNumber} Inc.`,
        currency: 'USD',
        legalKind: 'business',
        timeZone: 'America/Chicago',
        credit: { openedOn: '2019-01-01' },
        contacts: [
          {
            name: 'Ann Field',
            role: 'accounts payable',
            email: 'ap@customer.example',
            phone: '+1-555-0100',
          },
        ],
        ...more,
      }
      await ask('PUT', `/v1/customers/${customerNumber}`, {
        schema: z.unknown(),
        body,
        status: 201,
      })
    },
    async invoices(...invoices: Invoice[]) {
      const rows = invoices.map((invoice) => ({
        currency: 'USD',
        openMinor: invoice.minor,
        terms: {},
        ...invoice,
        id: newId('inv'),
        order: newId('ord'),
      }))
      await door.database.inTenant(tenantId, async (tx) => {
        await tx.run(sql`
          insert into orders (tenant_id, order_id, order_number, stage, connection_id, stream_key, document_id,
            purchase_order_number, po_normalised, currency, terms, line_hash, received_at)
          select ${tenantId}, "order", "order", 'invoiced', 'con', "order", "order", "order", "order", currency, terms, '', now()
          from jsonb_to_recordset(${asJson(rows)}) as row("order" text, currency text, terms jsonb)`)
        await tx.run(sql`
          insert into invoice (tenant_id, invoice_id, invoice_number, order_id, customer_number, currency, total_minor,
            open_minor, invoiced_on, due_on, status, document_id)
          select ${tenantId}, id, number, "order", customer, currency, minor, "openMinor", "dueOn" - 30, "dueOn", 'open', id
          from jsonb_to_recordset(${asJson(rows)}) as row(id text, "order" text, number text, customer text, currency text,
            minor bigint, "openMinor" bigint, "dueOn" date)`)
      })
    },
    pay: (customer: string, bookedOn: string, minor: number, invoiceNumber?: string) =>
      door.database.inTenant(tenantId, async (tx) => {
        const paymentId = newId('pay')
        await tx.run(sql`
          insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency, amount_minor,
            unapplied_minor, booked_on, customer_number)
          values (${tenantId}, ${paymentId}, ${paymentId}, 'bank', ${paymentId}, 'USD', ${minor},
            ${invoiceNumber === undefined ? minor : 0}, ${bookedOn}::text::date, ${customer})`)
        if (invoiceNumber === undefined) return
        await tx.run(sql`
          insert into payment_application (tenant_id, payment_id, invoice_id, applied_minor, reason)
          select ${tenantId}, ${paymentId}, invoice_id, ${minor}, 'test' from invoice where invoice_number = ${invoiceNumber}`)
        await tx.run(sql`
          update invoice set open_minor = open_minor - ${minor}::bigint where invoice_number = ${invoiceNumber}`)
      }),
    worklist: (query = '') =>
      ask('GET', `/v1/collections/worklist?asOf=${asOf}${query}`, {
        schema: Page(WorklistLine),
        status: 200,
      }),
  }
}

test('the worklist is ordered by what a contact is worth and says why, page by page', async () => {
  const house = await openBusiness()
  await house.customer('C-1', { settings: { collector: 'Dana' } })
  await house.customer('C-2', { segment: 'strategic' })
  await house.customer('C-3')
  await house.invoices(
    { number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 941_000 },
    { number: 'INV-2', customer: 'C-2', dueOn: '2031-02-20', minor: 4_200_000 },
    { number: 'INV-3', customer: 'C-3', dueOn: '2031-03-01', minor: 2_000 },
    { number: 'INV-4', customer: 'C-1', dueOn: '2031-04-30', minor: 50_000 },
  )
  const { items } = await house.worklist()
  expect(
    items.map((line) => [line.customerNumber, line.case.kind, line.case.priorityMinor]),
  ).toEqual([
    // 42,000.00 x (0.85 - 0.75) - 6.00
    ['C-2', 'message', 419_400],
    ['C-1', 'message', 140_550],
  ])
  expect(items[1]?.case.evidence.map(({ text }) => text).join(' ')).toContain(
    'INV-1 (part 1), due 2031-03-01, 9 days past due',
  )
  const first = await house.worklist('&limit=1')
  const second = await house.worklist(`&limit=1&cursor=${first.nextCursor}`)
  expect([first.items[0]?.customerNumber, second.items[0]?.customerNumber]).toEqual(['C-2', 'C-1'])
  expect(second.nextCursor).toBeNull()
  expect((await house.worklist('&collector=Dana')).items).toHaveLength(1)
  expect((await house.worklist('&segment=strategic&level=1')).items).toHaveLength(1)
  expect((await house.worklist('&level=2')).items).toHaveLength(0)
  const small = await house.worklist('&kind=too-small')
  expect(small.items.map((line) => line.customerNumber)).toEqual(['C-3'])
})

test('a paid instalment is not dunned: ages and levels come from the rows of the schedule', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  const terms = {
    instalments: [
      { percent: '50', netDays: 30 },
      { percent: '50', netDays: 60 },
    ],
  }
  // Invoiced on 2031-01-20: parts due on 2031-02-19 and 2031-03-21.
  await house.invoices({
    number: 'INV-1',
    customer: 'C-1',
    dueOn: '2031-02-19',
    minor: 100_000,
    openMinor: 50_000,
    terms,
  })
  const ledger = await house.get(
    `/v1/collections/customers/C-1?asOf=${asOf}`,
    CollectionsCustomerView,
  )
  expect(ledger.ledgers[0]?.rows).toMatchObject([
    {
      invoiceNumber: 'INV-1',
      instalment: 2,
      dueOn: '2031-03-21',
      openMinor: 50_000,
      daysPastDue: -11,
    },
  ])
  expect((await house.worklist()).items).toEqual([])
})

test('ageing adds up in sum and by customer, with unapplied cash and credits apart', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  await house.customer('C-2', { currency: 'EUR' })
  await house.invoices(
    { number: 'INV-1', customer: 'C-1', dueOn: '2031-03-10', minor: 100 },
    { number: 'INV-2', customer: 'C-1', dueOn: '2031-03-09', minor: 200 },
    { number: 'INV-3', customer: 'C-1', dueOn: '2030-11-01', minor: 400 },
    { number: 'INV-4', customer: 'C-2', dueOn: '2031-03-09', minor: 800, currency: 'EUR' },
  )
  await house.pay('C-1', '2031-03-01', 70)
  await house.post('disputes', DisputeView, { invoiceNumber: 'INV-3', amountMinor: 150, code: '4' })
  const { totals, items } = await house.get(
    `/v1/collections/ageing?asOf=${asOf}`,
    Page(AgeingLine).extend({ totals: z.array(AgeingTotal) }),
  )
  expect(totals.map(({ currency, customers }) => [currency, customers])).toEqual([
    ['EUR', 1],
    ['USD', 1],
  ])
  expect(totals[1]?.ageing).toEqual({
    buckets: { current: 100, '1-30': 200, '31-60': 0, '61-90': 0, '91-120': 0, '>120': 250 },
    disputedMinor: 150,
    promisedMinor: 0,
    unappliedMinor: 70,
    creditsMinor: 0,
    openMinor: 700,
    overdueMinor: 600,
  })
  expect(items.map((line) => line.customerNumber)).toEqual(['C-2', 'C-1'])
})

test('a dispute pauses its amount until it is resolved, once', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  await house.invoices({ number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 90_000 })
  const dispute = await house.post('disputes', DisputeView, { invoiceNumber: 'INV-1', code: '1' })
  expect(dispute).toMatchObject({
    code: '01',
    route: 'pricing',
    amountMinor: 90_000,
    status: 'open',
  })
  expect((await house.worklist()).items).toEqual([])
  const path = `disputes/${dispute.disputeId}/resolve`
  const rejected = { status: 'rejected', reason: 'The contract has this price.' }
  expect(await house.post(path, DisputeView, rejected)).toMatchObject({ status: 'rejected' })
  expect(await house.post(path, DisputeView, rejected)).toMatchObject({ status: 'rejected' })
  await house.refused(path, { ...rejected, status: 'accepted' }, 409)
  expect((await house.worklist()).items).toHaveLength(1)
  await house.refused('disputes', { invoiceNumber: 'INV-1', code: '77' }, 422)
  await house.refused('disputes', { invoiceNumber: 'INV-9', code: '01' }, 422)
  await house.refused('disputes', { invoiceNumber: 'INV-1', code: '01', amountMinor: 90_001 }, 422)
})

test('what a payer deducted with a reason is contested until it is found unjustified', async () => {
  const house = await openBusiness()
  const { tenantId } = house
  await house.customer('C-1')
  await house.invoices({ number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 90_000 })
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into deduction (tenant_id, deduction_id, payment_id, invoice_id, customer_number, currency, amount_minor,
        kind, code, route, policy_version)
      select ${tenantId}, 'ded-1', 'pay-1', invoice_id, 'C-1', 'USD', 36000, 'coded', '01', 'pricing', 'cash:default' from invoice`),
  )
  const net = async () => (await house.worklist()).items[0]?.case.net
  expect(await net()).toMatchObject({ disputedMinor: 36_000, netMinor: 54_000 })
  const found = (verdict: string, justifiedMinor: number) =>
    door.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update deduction set verdict = ${verdict}, justified_minor = ${justifiedMinor}`),
    )
  await found('partly-valid', 10_000)
  expect(await net()).toMatchObject({ disputedMinor: 10_000, netMinor: 80_000 })
  await found('invalid', 0)
  expect(await net()).toMatchObject({ disputedMinor: 0, netMinor: 90_000 })
})

test('a stop ends automation until it is lifted, an unread answer asks for a person first', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  await house.invoices({ number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 90_000 })
  const kindNow = async () => (await house.worklist()).items[0]?.case.kind
  expect(await kindNow()).toBe('message')
  const stop = await house.post('stops', StopView, {
    customerNumber: 'C-1',
    kind: 'litigation',
    reason: 'Counsel has it',
  })
  expect(await kindNow()).toBe('automation-off')
  await house.post(`stops/${stop.stopId}/lift`, StopView, { reason: 'Settled.' })
  const reply = await house.post('replies', ReplyView, {
    customerNumber: 'C-1',
    channel: 'email',
    sender: 'ap@customer.example',
    content: 'We never received invoice INV-1, please send a copy.',
  })
  expect(reply).toMatchObject({
    replyClass: 'copy-request',
    reading: { invoiceNumbers: ['INV-1'] },
  })
  expect(await kindNow()).toBe('person-first')
  const read = await house.post(`replies/${reply.replyId}/read`, ReplyView, {
    replyClass: 'dispute',
  })
  expect(read.replyClass).toBe('dispute')
  expect(await kindNow()).toBe('message')
  await house.refused('stops', { customerNumber: 'C-9', kind: 'other', reason: 'x' }, 422)
})

test('a contact counts against the limits and carries the level on', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  const today = new Date().toISOString().slice(0, 10)
  await house.invoices({
    number: 'INV-1',
    customer: 'C-1',
    dueOn: addDays(today, -60),
    minor: 90_000,
  })
  const lineNow = async () =>
    (await house.get('/v1/collections/worklist', Page(WorklistLine))).items[0]?.case
  expect(await lineNow()).toMatchObject({ level: 1, levelByDays: 5 })
  const contact = await house.post('contacts', ContactView, {
    customerNumber: 'C-1',
    channel: 'email',
    level: 1,
  })
  expect(contact).toMatchObject({ invoiceNumbers: ['INV-1'], amountMinor: 90_000, outcome: 'sent' })
  const after = await lineNow()
  expect(after).toMatchObject({ kind: 'wait', level: 1, lastLevel: 1 })
  expect(after?.notBefore?.slice(0, 10) ?? '').toSatisfy((day) => day >= addDays(today, 6))
  const weekLater = await house.get(
    `/v1/collections/worklist?asOf=${addDays(today, 8)}`,
    Page(WorklistLine),
  )
  expect(weekLater.items[0]?.case.level).toBe(2)
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  const early = { customerNumber: 'C-1', channel: 'email', level: 1, madeAt: soon }
  await house.refused('contacts', early, 422)
})

test('a customer’s page has the facts a message may use and what speaks for and against it', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  await house.invoices({ number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 941_000 })
  const found = await house.get(
    `/v1/collections/customers/C-1?asOf=${asOf}`,
    CollectionsCustomerView,
  )
  const facts = new Map(found.ledgers[0]?.snapshot.facts.map((fact) => [fact.key, fact]))
  expect(facts.get('invoice.INV-1.open')).toMatchObject({ kind: 'money', value: 941_000 })
  expect(facts.get('invoice.INV-1.open')?.texts).toContain('$9,410.00')
  expect(facts.get('invoice.INV-1.due')?.texts).toContain('March 1, 2031')
  expect(facts.get('our.company')?.value).toBe('Meridian')
  expect(found.ledgers[0]?.lateInterest).toMatchObject([{ kind: 'off', interestMinor: 0, days: 9 }])
})

test('L4_net and L5_prio through the door: open less disputed, unapplied, credits and promised is what a contact is about', async () => {
  const house = await openBusiness()
  const { tenantId } = house
  await house.customer('C-1')
  await house.invoices(
    { number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 1_000_000 },
    { number: 'INV-2', customer: 'C-1', dueOn: '2031-03-03', minor: 840_000 },
  )
  await house.pay('C-1', '2031-02-20', 125_000)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into credit_note (tenant_id, credit_note_id, credit_note_number, customer_number, currency, net_minor,
        tax_minor, total_minor, open_minor, status, issued_on, issued_by)
      values (${tenantId}, ${`crn-${tenantId}`}, 'CN-1', 'C-1', 'USD', 64000, 0, 64000, 64000, 'open', '2031-02-20', 'test')`),
  )
  await house.post('disputes', DisputeView, {
    invoiceNumber: 'INV-2',
    amountMinor: 210_000,
    code: '06',
  })
  await promise(house, { amountMinor: 500_000, promisedOn: '2031-03-14' })
  const { items } = await house.worklist()
  expect(items[0]?.case).toMatchObject({
    kind: 'message',
    net: { openMinor: 1_840_000, netMinor: 941_000 },
    priorityMinor: 140_550,
  })
})

const promise = (house: Awaited<ReturnType<typeof openBusiness>>, body: object) =>
  house.post('promises', PromiseView, { customerNumber: 'C-1', ...body })

test('a promise takes its amount off the worklist until two business days after its date', async () => {
  const house = await openBusiness()
  await house.customer('C-1')
  await house.invoices({ number: 'INV-1', customer: 'C-1', dueOn: '2031-03-01', minor: 90_000 })
  // A Friday: two business days later is Tuesday.
  const made = await promise(house, {
    amountMinor: 90_000,
    promisedOn: '2031-03-07',
    invoiceNumbers: ['INV-1'],
  })
  expect(made).toMatchObject({ settleBy: '2031-03-11', status: 'pending' })
  expect((await house.worklist()).items).toEqual([])
  const cancelled = await house.post(`promises/${made.promiseId}/cancel`, PromiseView, {
    reason: 'Recorded by mistake.',
  })
  expect(cancelled.status).toBe('cancelled')
  expect((await house.worklist()).items).toHaveLength(1)
  await house.refused(
    'promises',
    { customerNumber: 'C-1', amountMinor: 1, promisedOn: '2020-01-01' },
    422,
  )
  const foreign = {
    customerNumber: 'C-1',
    amountMinor: 1,
    promisedOn: '2031-03-07',
    invoiceNumbers: ['INV-9'],
  }
  await house.refused('promises', foreign, 422)
})

test('the daily round goes once: it keeps what was paid, breaks what was not, tells people, and looks again when money is told late', async () => {
  const house = await openBusiness()
  const { tenantId } = house
  await house.customer('C-1')
  await house.customer('C-2')
  const [{ today } = { today: '' }] = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ today: string }>(
      sql`select (now() at time zone time_zone)::date as today from tenant`,
    ),
  )
  const old = addDays(today, -90)
  await house.invoices(
    { number: 'INV-1', customer: 'C-1', dueOn: old, minor: 100_000 },
    { number: 'INV-2', customer: 'C-2', dueOn: old, minor: 100_000 },
  )
  await house.post('promises', PromiseView, {
    customerNumber: 'C-1',
    amountMinor: 100_000,
    promisedOn: today,
    invoiceNumbers: ['INV-1'],
  })
  await house.post('promises', PromiseView, {
    customerNumber: 'C-2',
    amountMinor: 100_000,
    promisedOn: today,
  })
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update payment_promise set recorded_on = ${addDays(today, -9)}::text::date,
      promised_on = ${addDays(today, -5)}::text::date, settle_by = ${addDays(today, -3)}::text::date`)
    await tx.run(sql`
      insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
      values (${tenantId}, 'collections', 'tenant', 1, '2020-01-01', ${asJson({ roundFrom: '00:00' })}, 'test', 'test')`)
  })
  await house.pay('C-1', addDays(today, -4), 95_000, 'INV-1')
  const round = () => door.database.inTenant(tenantId, (tx) => collectionsRound(tx, queue))
  expect(await Promise.all([round(), round()])).toEqual(
    expect.arrayContaining([{ outcome: 'done', kept: 1, broken: 1 }, { outcome: 'gone-before' }]),
  )
  const statuses = async () =>
    (await house.get('/v1/collections/promises', Page(PromiseView))).items
      .map((one) => `${one.customerNumber} ${one.status} ${one.paidMinor}`)
      .sort()
  expect(await statuses()).toEqual(['C-1 kept 95000', 'C-2 broken 0'])
  const told = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ subject: string }>(sql`select subject from notice where kind = 'promise-broken'`),
  )
  expect(told).toEqual([{ subject: 'Customer C-2 broke a promise to pay' }])
  const events = await door.database.inTenant(tenantId, (tx) =>
    tx.rows<{ kind: string }>(
      sql`select kind from event where actor = 'collections-round' order by kind`,
    ),
  )
  expect(events).toEqual([{ kind: 'promise.broken' }, { kind: 'promise.kept' }])
  // The bank tells late what was booked in time: the next day's round looks again.
  await house.pay('C-2', addDays(today, -4), 100_000)
  await door.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update collections_round set round_on = round_on - 1 where true`),
  )
  expect(await round()).toEqual({ outcome: 'done', kept: 1, broken: 0 })
  expect(await statuses()).toEqual(['C-1 kept 95000', 'C-2 kept 100000'])
  // And the bank takes money back: the promise it kept is broken after all.
  await door.database.inTenant(tenantId, async (tx) => {
    await tx.run(
      sql`update payment set reversed_by = 'pay-back', unapplied_minor = 0 where customer_number = 'C-2'`,
    )
    await tx.run(sql`update collections_round set round_on = round_on - 2 where true`)
  })
  expect(await round()).toEqual({ outcome: 'done', kept: 0, broken: 1 })
  expect(await statuses()).toEqual(['C-1 kept 95000', 'C-2 broken 0'])
})

test('the figures are worked out from invoices and payments, null where nothing was sold', async () => {
  const house = await openBusiness()
  const nothing = await house.get('/v1/collections/kpi', CollectionsKpiView)
  expect(nothing.currencies).toEqual([])
  await house.customer('C-1')
  // Sold 900.00 in the 90 days to 2031-03-10, of which 300.00 are late and 300.00 paid.
  await house.invoices(
    { number: 'INV-1', customer: 'C-1', dueOn: '2031-03-20', minor: 30_000 },
    { number: 'INV-2', customer: 'C-1', dueOn: '2031-02-20', minor: 30_000 },
    { number: 'INV-3', customer: 'C-1', dueOn: '2031-02-25', minor: 30_000 },
  )
  await house.pay('C-1', '2031-03-01', 30_000, 'INV-3')
  const figures = await house.get(
    '/v1/collections/kpi?since=2030-12-11&until=2031-03-10',
    CollectionsKpiView,
  )
  expect(figures.currencies).toEqual([
    {
      currency: 'USD',
      beginMinor: 0,
      salesMinor: 90_000,
      endMinor: 60_000,
      endCurrentMinor: 30_000,
      dso: '60',
      bestPossibleDso: '30',
      averageDaysDelinquent: '30',
      collectionEffectiveness: '50',
    },
  ])
})
