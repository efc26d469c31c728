import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
    // A longer list: copies of an order of the seed, from over the weeks.
    await world.database.inTenant(world.tenantId, (tx) =>
      tx.run(sql`
        insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id, customer_number,
          purchase_order_number, po_normalised, currency, line_hash, total_minor, received_at)
        select 'ord_copy' || no, tenant_id, 'SO-7' || lpad(no::text, 5, '0'), 'closed', connection_id, 'copy' || no, 'copy' || no,
          customer_number, 'COPY-' || no, 'COPY' || no, currency, line_hash, no * 10000, now() - no * interval '1 hour'
        from (select * from orders order by order_number limit 1) as source, generate_series(1, 400) as no`),
    )
  })
  afterAll(() => world.close())

  test('a view is saved, is there after a reload, opens first when asked, and is nobody else’s', async () => {
    const ann = await world.open('operator', 'Ann Lee')
    const { page } = ann
    await page.goto('/orders')
    await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByLabel('Stage', { exact: true }).first().click()
    await page.getByRole('option', { name: 'Held', exact: true }).click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.waitForURL(/stage=held/)
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('My morning')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^My morning/ }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: /^My morning/ }).waitFor()
    // Changed, and told so; undone again.
    await page.getByRole('button', { name: 'Take away: Held' }).click()
    await page.getByText('changed', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Take away: Held' }).waitFor()
    await page.keyboard.press('v')
    await page.getByRole('menuitem', { name: 'Open with “My morning”' }).click()
    await expect
      .poll(async () => {
        await page.goto('/orders')
        await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
        return page.url()
      })
      .toContain('stage=held')
    const bob = await world.open('approver', 'Bob Ray')
    await bob.page.goto('/orders')
    await bob.page.getByRole('link', { name: /^SO-/ }).first().waitFor()
    expect(bob.page.url()).not.toContain('stage')
    await bob.page.keyboard.press('v')
    await bob.page.getByRole('menuitem', { name: 'Late' }).waitFor()
    expect(await bob.page.getByRole('menuitem', { name: /My morning/ }).count()).toBe(0)
    // Removed, after a question.
    await page.keyboard.press('v')
    await page.getByRole('menuitem', { name: 'Remove …' }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: /^All orders/ }).waitFor()
    expect([...ann.faults, ...bob.faults]).toEqual([])
  }, 60_000)

  test('a whole number goes straight to its order, and a part of one narrows the list', async () => {
    const { orderNumber } = world.tenant.held[0] ?? expect.unreachable('Nothing is held.')
    const { page, faults } = await world.open('viewer', 'Vic Low')
    await page.goto('/orders')
    await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('PY-39')
    await page.waitForURL(/q=PY-39/)
    await page.getByRole('link', { name: 'SO-700039', exact: true }).waitFor()
    await page.getByText('11 orders').waitFor()
    const box = page.getByRole('textbox', { name: 'Find an order' })
    await box.fill('no such number')
    await page.getByText('None is like this. Take away a filter above.').waitFor()
    await page.getByRole('button', { name: 'Take away: “no such number”' }).click()
    await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
    expect(await box.inputValue()).toBe('')
    await box.fill(orderNumber)
    await box.press('Enter')
    await page.getByRole('heading', { name: orderNumber }).waitFor()
    expect(faults).toEqual([])
  }, 40_000)

  test('filters stand in the address, and the keys walk the list and open an order', async () => {
    const { page, faults } = await world.open('viewer', 'Vic Low')
    await page.goto('/orders?stage=closed&sort=total&receivedFrom=today-30')
    await page.getByRole('link', { name: /^SO-7/ }).first().waitFor()
    for (const label of ['Closed', 'Received 30 days ago or later'])
      await page.getByRole('button', { name: `Take away: ${label}` }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'SO-700400' }).waitFor()
    expect(faults).toEqual([])
  }, 40_000)

  test('a long list loads while it is scrolled, and is where it was after an order was looked at', async () => {
    const { page, faults } = await world.open('viewer', 'Vic Low')
    await page.goto('/orders?stage=closed')
    await page.getByRole('link', { name: /^SO-7/ }).first().waitFor()
    const rows = page.locator('.order-row')
    await expect
      .poll(
        async () => {
          await page.mouse.wheel(0, 4_000)
          return rows.count()
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThan(150)
    const goal = rows.nth(120)
    await goal.scrollIntoViewIfNeeded()
    const scrolled = z.number()
    const before = scrolled.parse(await page.evaluate('scrollY'))
    expect(before).toBeGreaterThan(2_000)
    const number = (await goal.getByRole('link').textContent()) ?? ''
    await goal.getByRole('link').click()
    await page.getByRole('heading', { name: number }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: number, exact: true }).waitFor()
    await expect
      .poll(async () => Math.abs(scrolled.parse(await page.evaluate('scrollY')) - before))
      .toBeLessThan(200)
    expect(faults).toEqual([])
  }, 60_000)
})
