import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNorthwind } from './console-deliveries.ts'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  let northwind: Awaited<ReturnType<typeof openNorthwind>>
  beforeAll(async () => {
    world = await openConsoleWorld()
    northwind = await openNorthwind(world)
  })
  afterAll(() => world.close())

  test('a bad order in quarantine is looked at from there, and its mark is on the wrong element', async () => {
    await northwind.send('northwind-850-batch-one-bad-quantity.x12')
    const { page, faults } = await world.open('operator', 'Ann Lee')
    await page.goto('/failures?tab=quarantine')
    const entry = page.getByRole('article').filter({ hasText: 'element 02' })
    await entry.getByRole('link', { name: 'Look at the document' }).click()
    await page.waitForURL(/\/documents\//)
    const marks = page.locator('mark.doc-mark')
    await marks.first().waitFor()
    expect(await marks.allTextContents()).toEqual(['TWELVE'])
    expect(await marks.first().getAttribute('data-place')).toBe('PO1-02')
    const line = page.locator('.doc-line', { has: marks })
    expect(await line.textContent()).toMatch(/PO1\*1\*TWELVE\*EA\*0\.1184\*PE\*VN\*FAS-1010~/)
    expect(await line.textContent()).toMatch(/Error at PO1-02: PO1 at position 12 of 850 0002/)
    // Never by colour alone.
    const style = "getComputedStyle(document.querySelector('mark.doc-mark')).textDecorationLine"
    expect(await page.evaluate(style)).toContain('underline')
    await page.keyboard.press('n')
    await expect.poll(() => marks.first().evaluate((mark) => mark.matches(':focus'))).toBe(true)
    await page.getByText('PO1-02 · quantity ordered · segment 12 of its').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByText('PO1-03 · unit · segment 12').waitFor()
    expect(faults).toEqual([])
  }, 60_000)

  test('from an order with a wrong price its document is opened, the price of that line is marked, and the way back is there', async () => {
    const { orderId } = await northwind.send('northwind-850-4476-price-below-agreement.x12')
    const { page, faults } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}`)
    await page.getByRole('tab', { name: /^Documents/ }).click()
    const row = page.getByRole('row').filter({ hasText: 'Received: order' })
    expect(await row.getByRole('link', { name: 'Download' }).count()).toBe(1)
    await row.getByRole('link', { name: 'Look' }).click()
    await page.waitForURL(/\/documents\//)
    const mark = page.locator('mark.doc-mark[data-place="PO1-04"]').first()
    await mark.waitFor()
    expect(await mark.textContent()).toBe('314.61')
    await page
      .getByRole('region', { name: 'Findings' })
      .getByRole('link', { name: /^line \d+, PO1-04$/ })
      .first()
      .click()
    await expect.poll(() => mark.evaluate((there) => there.matches(':focus'))).toBe(true)
    await page.keyboard.press('/')
    await page.keyboard.type('ship to nobody')
    await page.getByText('in no line shown').waitFor()
    await page.getByRole('textbox', { name: 'Search in the document' }).fill('n1*')
    await page.getByText('1 of 2 lines').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('2 of 2 lines').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('w')
    await page.getByRole('button', { name: 'Wrap lines', exact: true }).waitFor()
    await page.getByRole('link', { name: /^Order / }).click()
    await page.waitForURL(new RegExp(`/orders/${orderId}$`))
    expect(faults).toEqual([])
  }, 60_000)

  test('a document of nobody here is said not to be there', async () => {
    const { page } = await world.open('viewer', 'Vic Low')
    await page.goto('/documents/doc_nobody')
    await page
      .getByRole('alert')
      .getByText(/document/)
      .waitFor()
  }, 30_000)
})
