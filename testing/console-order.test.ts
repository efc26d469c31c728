import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newId } from '../backbone/canonical/ids.ts'
import { connectionsService } from '../backbone/services/connections.ts'
import { ordersReadService } from '../backbone/services/orders-read.ts'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'
import { purchaseOrder } from './flow-papers.ts'

// Where pictures of the whole page go to be looked at, when they are asked for.
const pictures = process.env['CONSOLE_PICTURES']

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

const secret = 'a-secret-of-the-console-test'

/** An order comes in by the house's own door: one price is off, one product is sold out. */
async function takeOrder({ house, url, tenantId }: ConsoleWorld, number: string): Promise<string> {
  const { database, secretKey, connectors } = house
  const connections = connectionsService({ database, secretKey, connectors })
  const who = { tenantId, actor: 'test' }
  const { connectionId } = await connections.create(who, {
    ...{ kind: 'json', name: 'Orders by JSON', isEnabled: true, settings: {} },
  })
  await connections.rotateSecret(who, connectionId, { secret, previousValidForSeconds: 0 })
  const answer = await fetch(`${url}/v1/inbound/json/${connectionId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      purchaseOrder(number, [
        { sku: 'BRG-1016', quantity: 40, unitPrice: '99.5' },
        { sku: 'MTR-1013', quantity: 3 },
        { sku: 'FAS-1002', quantity: 10 },
      ]),
    ),
  })
  expect(answer.status).toBe(202)
  const orders = ordersReadService({ database })
  const page = { limit: 1, after: undefined }
  const find = async () => (await orders.list({ tenantId, page, reference: number })).items.at(0)
  await vi.waitFor(async () => expect((await find())?.stage).toBe('held'), { timeout: 20_000 })
  return (await find())?.orderId ?? expect.unreachable('The order is not there.')
}

/** A letter to the customer of the order that is on its way. */
async function writeLetter({ database, tenantId, tenant }: ConsoleWorld): Promise<void> {
  const { order } = tenant.whole
  const messageId = newId('msg')
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into outreach_message (tenant_id, message_id, customer_number, currency, level, proposal_id, effect_key,
        connection_id, header_id, recipient, language, subject, body, invoice_numbers, amount_minor, oldest_days,
        segment, time_zone, payload, status, actor, queued_at)
      values (${tenantId}, ${messageId}, ${order.customerNumber ?? ''}, 'USD', 2, 'prp_1', ${messageId}, 'con_mail',
        ${messageId}, '{"email": "ap@buyer.example", "name": "AP", "role": "payables"}'::jsonb, 'en',
        'Your invoice is due', 'Please pay.', jsonb_build_array(${order.invoices[0]?.invoiceNumber ?? ''}::text), 190,
        3, 'standard', 'UTC', '{}'::jsonb, 'sent', 'person:Ann Lee', '2026-11-20T09:00:00Z'::timestamptz)`),
  )
}

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  let orderId: string
  beforeAll(async () => {
    world = await openConsoleWorld()
    orderId = await takeOrder(world, 'PO-WHY-1')
    await writeLetter(world)
  })
  afterAll(() => world.close())

  test('why the price of line 1 is not the buyer’s is read with the keyboard, step by step, apart from what today would say', async () => {
    const { page, faults } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}`)
    await page.getByRole('button', { name: /^1 · BRG-1016/ }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\?line=1$/)
    const line = page.getByRole('region', { name: 'Line 1' })
    await line
      .getByText(/ gives [\d.]+/)
      .first()
      .waitFor()
    await line
      .getByText(/In force from \d{4}-\d\d-\d\d/)
      .first()
      .waitFor()
    await line
      .getByText(/Rounded once, the unit price is/)
      .first()
      .waitFor()
    await line.getByText(/USD\s99\.50 per EA/).waitFor()
    await line.getByText(/^\+.*USD/).waitFor()
    await line
      .getByText(/On record since/)
      .first()
      .waitFor()
    await line
      .getByText(/not what was decided then/)
      .first()
      .waitFor()
    await line.getByText(/come to the same/).waitFor()
    await picture(page, 'order-price-1440')
    await page.keyboard.press('Enter')
    await expect.poll(() => line.count()).toBe(0)
    expect(new URL(page.url()).search).toBe('')
    expect(faults).toEqual([])
  }, 30_000)

  test('a short line shows what could stand in for it, with its stock, its price and its day', async () => {
    const { page, faults } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}?line=2`)
    const line = page.getByRole('region', { name: 'Line 2' })
    await line
      .getByText(/MTR-1014/)
      .first()
      .waitFor()
    await line.getByText('In stock', { exact: true }).first().waitFor()
    await line
      .getByText(/DAL: \d+ to promise of \d+ on hand/)
      .first()
      .waitFor()
    await line.getByText(/3 not there yet/).waitFor()
    await line.getByText(/Suggestions of the rules/).waitFor()
    await picture(page, 'order-short-1440')
    const phone = await world.open('operator', 'Ann Lee', { width: 390, scheme: 'dark' })
    await phone.page.goto(`/orders/${orderId}?line=2`)
    await phone.page.getByText('In stock', { exact: true }).first().waitFor()
    await picture(phone.page, 'order-short-390')
    if (pictures !== undefined)
      await phone.page
        .getByRole('region', { name: 'Line 2' })
        .screenshot({ path: join(pictures, 'order-short-line-390.png') })
    expect([...faults, ...phone.faults]).toEqual([])
  }, 30_000)

  test('the page says who lifts the hold and what was passed; the story tells the hold, who decided, and the letter', async () => {
    const ann = await world.open('operator', 'Ann Lee')
    await ann.page.goto(`/orders/${orderId}`)
    const why = ann.page.getByRole('region', { name: 'Why it stands where it stands' })
    await why.getByText(/Seen to by pricing; the role (operator|approver) decides/).waitFor()
    await why.getByText(/The customer is known/).waitFor()
    await why.getByText(/exposure .* within the limit|neither the customer nor a parent/).waitFor()
    await ann.page.getByRole('button', { name: 'Release a hold' }).first().click()
    await ann.page.waitForURL(/\/proposals\/prp_/)
    const decided = new URL(ann.page.url()).pathname
    const bob = await world.open('approver', 'Bob Ray')
    await bob.page.goto(`/orders/${orderId}`)
    await bob.page.getByText('Waits for a decision').waitFor()
    await bob.page.goto(decided)
    await bob.page.getByRole('button', { name: 'Approve', exact: true }).click()
    await bob.page
      .getByText(/^Approved|^Being done|^Done/)
      .first()
      .waitFor()
    await bob.page.goto(`/orders/${orderId}`)
    await bob.page.getByText(/^Hold lifted \(PRICE\)/).waitFor()
    await bob.page.getByText('Holds', { exact: true }).click()
    await bob.page.getByText(/^Held \(PRICE\)/).waitFor()
    await bob.page.getByText('Decisions', { exact: true }).click()
    await bob.page.getByText(/^Approved by Bob Ray/).waitFor()
    expect(await bob.page.getByText(/^Held \(PRICE\)/).count()).toBe(0)
    await bob.page.getByRole('link', { name: 'the proposal' }).first().click()
    await bob.page.waitForURL(`**${decided}`)
    await bob.page.goto(`/orders/${world.tenant.whole.orderId}`)
    await bob.page.getByText(/^To the customer: Your invoice is due/).waitFor()
    await picture(bob.page, 'order-story-1440')
    await bob.page.getByRole('tab', { name: /^Money/ }).click()
    await bob.page.getByText(/USD\s10\.00 to IN-/).waitFor()
    await picture(bob.page, 'order-money-1440')
    expect([...ann.faults, ...bob.faults]).toEqual([])
  }, 60_000)
})
