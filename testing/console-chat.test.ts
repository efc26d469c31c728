import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleWorld, hasBrowser, openConsoleWorld, type Screen } from './console-world.ts'

const box = ({ page }: Screen) => page.getByRole('textbox', { name: 'Ask the assistant' })

const openAssistant = async (screen: Screen) => {
  await screen.page.getByRole('button', { name: 'Assistant', exact: true }).click()
  await box(screen).waitFor()
}

const answered = ({ page }: Screen) =>
  page.locator('article[aria-label="Answer"][aria-busy="false"]')

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
  })
  afterAll(() => world.close())

  test('closed and opened again it has what was said and typed, and closed the keyboard does not get into it', async () => {
    const ann = await world.open('operator', 'Ann Lee')
    await ann.page.goto('/collections/C-10017')
    await openAssistant(ann)
    const asked = ann.page.waitForRequest(
      (request) => request.method() === 'POST' && request.url().endsWith('/v1/chat'),
    )
    await ann.page.getByRole('button', { name: 'What does this customer owe and why?' }).click()
    expect((await asked).postDataJSON().screen).toEqual({ kind: 'customer', id: 'C-10017' })
    await answered(ann).first().waitFor()
    await box(ann).fill('and what did')
    await ann.page.getByRole('button', { name: 'Close the assistant' }).click()
    await box(ann).waitFor({ state: 'hidden' })
    for (let presses = 0; presses < 30; presses += 1) {
      await ann.page.keyboard.press('Tab')
      expect(await ann.page.locator('section[aria-label="Assistant"] :focus').count()).toBe(0)
    }
    await openAssistant(ann)
    expect(await box(ann).inputValue()).toBe('and what did')
    expect(await answered(ann).count()).toBe(1)
    expect(ann.faults).toEqual([])
  }, 60_000)

  test('on a phone a link of an answer is followed by its page in sight, and the conversation is still there', async () => {
    const { orderId } = world.tenant.held[0] ?? expect.unreachable('Nothing is held.')
    const ann = await world.open('operator', 'Ann Lee', { width: 390 })
    await ann.page.goto(`/orders/${orderId}`)
    await openAssistant(ann)
    await ann.page.getByRole('button', { name: 'Why is this order stuck?' }).click()
    await answered(ann).first().waitFor()
    await box(ann).fill('Release the hold, please.')
    await box(ann).press('Enter')
    await ann.page.getByRole('link', { name: 'Open', exact: true }).last().click()
    await ann.page.waitForURL(/\/proposals\/prp_/)
    await box(ann).waitFor({ state: 'hidden' })
    // The same link again leads nowhere else, and its page is in sight all the same.
    await openAssistant(ann)
    expect(await answered(ann).count()).toBe(2)
    await ann.page.getByRole('link', { name: 'Open', exact: true }).last().click()
    await box(ann).waitFor({ state: 'hidden' })
    expect(ann.faults).toEqual([])
  }, 60_000)

  test('while an answer is under way nothing else is asked; a new conversation ends it and is empty', async () => {
    const ann = await world.open('operator', 'Ann Lee')
    await ann.page.goto('/failures')
    const link = ann.page.locator('a[href^="/failures/"]').first()
    await link.click()
    await ann.page.waitForURL(/\/failures\/./)
    await openAssistant(ann)
    await ann.page.getByRole('button', { name: 'What broke here?' }).click()
    await answered(ann).first().waitFor()
    // The answer to the second question never comes.
    await ann.page.route('**/v1/chat', (route) =>
      route.request().method() === 'POST' ? undefined : route.continue(),
    )
    await box(ann).fill('What fixes it?')
    await box(ann).press('Enter')
    await ann.page.getByRole('button', { name: 'Stop' }).waitFor()
    const suggestions = answered(ann).first().getByRole('button')
    for (const one of await suggestions.all()) expect(await one.isDisabled()).toBe(true)
    await ann.page.getByRole('button', { name: 'New', exact: true }).click()
    await ann.page.getByRole('button', { name: 'What would sending again do?' }).waitFor()
    expect(await ann.page.getByRole('article', { name: 'Answer' }).count()).toBe(0)
    await ann.page.getByRole('button', { name: 'Send', exact: true }).waitFor()
    expect(ann.faults).toEqual([])
  }, 60_000)

  test('a conversation that cannot be read, and signing out that fails, are said', async () => {
    const ann = await world.open('operator', 'Ann Lee')
    await ann.page.goto('/orders')
    await openAssistant(ann)
    await box(ann).fill('What failed since yesterday?')
    await box(ann).press('Enter')
    await answered(ann).first().waitFor()
    await ann.page.route('**/v1/chat/thr_*', (route) => route.abort())
    await ann.page.getByRole('button', { name: 'Earlier' }).click()
    await ann.page.getByRole('menuitem').first().click()
    await ann.page.getByText('The conversation cannot be opened').waitFor()
    expect(await answered(ann).count()).toBe(1)
    await ann.page.route('**/v1/session', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    )
    await ann.page.getByRole('button', { name: /signed in as Ann Lee/ }).click()
    await ann.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await ann.page.getByText('Signing out failed').waitFor()
    expect(new URL(ann.page.url()).pathname).toBe('/orders')
    // What the browser itself says of the two requests that were cut.
    expect(ann.faults.filter((fault) => !fault.includes('ERR_FAILED'))).toEqual([])
  }, 60_000)
})
