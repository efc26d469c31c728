import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
  })
  afterAll(() => world.close())

  test('a key that is held down decides one proposal, and behind open help it decides none', async () => {
    const [first] = await world.askForHolds(3)
    const { page, faults } = await world.open('approver', 'Bob Ray')
    const decided: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/decision')) decided.push(request.url())
    })
    await page.goto(`/proposals/${first?.proposalId}`)
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('a')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' })
    expect(decided).toEqual([])
    await page.keyboard.down('a')
    await expect.poll(() => decided.length).toBe(1)
    await page.getByRole('link', { name: 'Approvals', exact: false }).first().waitFor()
    // Down again without having been up: the browser says that it is held.
    for (let held = 0; held < 5; held += 1) {
      await page.keyboard.down('a')
      await page.waitForTimeout(150)
    }
    await page.keyboard.up('a')
    expect(decided).toHaveLength(1)
    expect(faults).toEqual([])
  }, 60_000)

  test('an amount is read with the marks between its thousands, as people type it', async () => {
    const { page } = await world.open('approver', 'Bob Ray')
    await page.goto('/orders')
    await page.getByRole('button', { name: 'Filters' }).click()
    const total = page.getByRole('textbox', { name: /Total at least/ })
    await total.pressSequentially('1,250.50')
    await expect.poll(() => page.url()).toContain('totalFrom=125050')
    expect(await total.inputValue()).toBe('1,250.50')
  }, 30_000)
})
