import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendOrderEvents, appendTenantEvents, databaseNow } from '../backbone/store/events.ts'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'
import { insertWholeOrder, orderOnItsWay } from './whole-order.ts'

/** The addresses a page asks the server for, from now on. */
function requestsOf(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/v1/') && pathname !== '/v1/stream') asked.push(pathname + search)
  })
  return asked
}

/** Has the page think that another tab is in front of it, or that it is looked at again. */
const look = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)

const isLive = (page: Page) => page.getByRole('status').getByText('Live', { exact: true }).waitFor()

// An event is looked for every second, and a list is read at most every two.
const patience = { timeout: 8_000 }

/** Marks the page itself, so that a reload shows. */
const mark = (page: Page) => page.evaluate('globalThis.isSame = true')
const isSame = (page: Page) => page.evaluate('globalThis.isSame === true')

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
  })
  afterAll(() => world.close())

  const held = (place: number) =>
    world.tenant.held[place] ?? expect.unreachable('Too few are held.')

  /** Something happens to an order that others see. */
  const happens = (orderId: string, summary: string) =>
    world.database.inTenant(world.tenantId, async (tx) =>
      appendOrderEvents(
        tx,
        [{ orderId, kind: 'order.check-requested', actor: 'key:Test', summary }],
        await databaseNow(tx),
      ),
    )

  test('one approves, and the list and the order that others look at change within three seconds by themselves', async () => {
    const { orderId, orderNumber } = held(0)
    const ann = await world.open('operator', 'Ann Lee')
    await ann.page.goto(`/orders/${orderId}`)
    await ann.page.getByRole('button', { name: 'Release a hold' }).click()
    await ann.page.waitForURL(/\/proposals\/prp_/)
    const address = new URL(ann.page.url()).pathname
    await ann.page.goto(`/orders/${orderId}`)
    await ann.page.getByText('One hold is in force').waitFor()
    const vic = await world.open('viewer', 'Vic Low')
    await vic.page.goto('/orders?held=true')
    await vic.page.getByRole('link', { name: orderNumber, exact: true }).waitFor()
    const bob = await world.open('approver', 'Bob Ray')
    await bob.page.goto(address)
    await bob.page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await Promise.all([ann, vic].flatMap(({ page }) => [isLive(page), mark(page)]))
    await bob.page.keyboard.press('a')
    const timing = { timeout: 3_000 }
    await Promise.all([
      expect.poll(() => ann.page.getByText('One hold is in force').count(), timing).toBe(0),
      expect.poll(() => vic.page.getByRole('link', { name: orderNumber }).count(), timing).toBe(0),
    ])
    expect(await Promise.all([isSame(ann.page), isSame(vic.page)])).toEqual([true, true])
    expect([...ann.faults, ...vic.faults, ...bob.faults]).toEqual([])
  }, 60_000)

  test('what happens to other orders has nothing of an open one asked for again, and what happens to it is shown', async () => {
    const { orderId } = held(1)
    const { page } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}`)
    await page.getByText('What can be done').waitFor()
    await isLive(page)
    const asked = requestsOf(page)
    const of = (path: string) => asked.filter((address) => address.startsWith(path)).length
    for (const place of [2, 3, 4]) await happens(held(place).orderId, 'Of another order.')
    await new Promise((over) => setTimeout(over, 4_000))
    expect(of('/v1/candidates')).toBe(0)
    expect(of(`/v1/orders/${orderId}`)).toBe(0)
    await happens(orderId, 'The buyer called about it.')
    await page.getByText('The buyer called about it.').waitFor({ timeout: 3_000 })
    await expect.poll(() => of('/v1/candidates'), patience).toBe(1)
    // The order, how it stands and its story: each once.
    const ofOrder = asked.filter((address) => address.startsWith(`/v1/orders/${orderId}`))
    expect(ofOrder.toSorted()).toEqual([...new Set(ofOrder)].toSorted())
    expect(ofOrder).toContain(`/v1/orders/${orderId}`)
  }, 60_000)

  test('a page that is not looked at asks for nothing, and is up to date when it is looked at again', async () => {
    const { orderId } = held(2)
    const { page } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}`)
    await isLive(page)
    await look(page, 'hidden')
    const asked = requestsOf(page)
    await happens(orderId, 'It was noted while nobody looked.')
    await new Promise((over) => setTimeout(over, 17_000))
    expect(asked).toEqual([])
    await look(page, 'visible')
    await page.getByText('It was noted while nobody looked.').waitFor({ timeout: 3_000 })
    await isLive(page)
  }, 60_000)

  test('of more tabs than a browser has connections each is live while it is looked at', async () => {
    const { page } = await world.open('operator', 'Ann Lee')
    const tabs = [page]
    while (tabs.length < 8) tabs.push(await page.context().newPage())
    for (const tab of tabs) {
      await tab.goto('/orders')
      await isLive(tab)
      await look(tab, 'hidden')
    }
    await look(page, 'visible')
    await happens(held(3).orderId, 'For whoever looks.')
    await page.goto(`/orders/${held(3).orderId}`)
    await isLive(page)
    await page.context().close()
  }, 90_000)

  test('typing, the focus and the row one is at stay while what is around them changes', async () => {
    const { proposalId, subject } = await world.proposeLetter()
    const { page } = await world.open('collector', 'Ann Lee')
    await page.goto(`/proposals/${proposalId}`)
    await page.getByRole('button', { name: 'Edit' }).waitFor()
    await isLive(page)
    await page.keyboard.press('e')
    const words = page.getByRole('textbox', { name: 'Body' })
    await words.click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(' Half a sen')
    const asked = requestsOf(page)
    const isTold = () =>
      world.database.inTenant(world.tenantId, async (tx) => {
        const body = { customerNumber: subject.id, proposalId }
        const draft = { kind: 'proposal.escalated', actor: 'key:Test', summary: 'Waits.', body }
        await appendTenantEvents(tx, [draft], await databaseNow(tx))
      })
    await isTold()
    await expect
      .poll(() => asked.some((address) => address.includes(proposalId)), patience)
      .toBe(true)
    await page.keyboard.type('tence.')
    expect(await words.inputValue()).toMatch(/ Half a sentence\.$/)
    // Nor does it go away when the proposal cannot be read for a while.
    await page.route(`**/v1/proposals/${proposalId}`, (route) => route.fulfill({ status: 503 }))
    await isTold()
    await page.getByText('This could not be read').first().waitFor({ timeout: 40_000 })
    await page.unroute(`**/v1/proposals/${proposalId}`)
    await page.keyboard.type(' And on.')
    expect(await words.inputValue()).toMatch(/ Half a sentence\. And on\.$/)
  }, 90_000)

  test('a list that grows above the row one is at leaves it in its place and in focus', async () => {
    const { page } = await world.open('operator', 'Ann Lee')
    await page.setViewportSize({ width: 1440, height: 420 })
    await page.goto('/orders')
    await isLive(page)
    const below = page.getByRole('link', { name: /^SO-/ }).nth(30)
    await below.scrollIntoViewIfNeeded()
    await below.focus()
    const name = (await below.textContent()) ?? ''
    const before = await below.boundingBox()
    await insertWholeOrder(
      world.database,
      world.tenantId,
      orderOnItsWay({ receivedAt: new Date().toISOString() }),
    )
    await expect
      .poll(() => page.getByRole('link', { name: /^SO-/ }).nth(31).textContent(), patience)
      .toBe(name)
    const same = page.getByRole('link', { name, exact: true })
    expect((await same.boundingBox())?.y).toBeCloseTo(before?.y ?? 0, -1)
    expect(await page.evaluate('document.activeElement.textContent')).toBe(name)
  }, 60_000)

  test('a failed call is found by its order’s number, shows its money and cause, and the address keeps what was looked for', async () => {
    const { order, clusterId } = world.tenant.whole
    const { page, faults } = await world.open('operator', 'Ann Lee')
    await page.goto('/failures?tab=calls')
    await page.getByText('INV-7').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(order.orderNumber.toLowerCase())
    await expect.poll(() => page.getByText('INV-7').count(), patience).toBe(0)
    await page.reload()
    const call = page.getByRole('button', { name: order.orderNumber })
    expect(await call.textContent()).toContain('USD\u00a023.80')
    await call.click()
    await page.getByRole('link', { name: 'Its cause' }).click()
    await page.waitForURL(new RegExp(encodeURIComponent(clusterId)))
    await page.getByRole('link', { name: 'Its calls one by one' }).click()
    await page.getByText('Of one cause').waitFor()
    await call.waitFor()
    expect(await page.getByRole('button', { name: /^INV-|^SO-/ }).count()).toBe(1)
    await page.getByRole('button', { name: 'Calls of all causes' }).click()
    await page.getByText('INV-7').first().waitFor()
    await page
      .getByRole('navigation')
      .getByLabel(/ causes of failures/)
      .waitFor()
    expect(faults).toEqual([])
  }, 60_000)

  test('a server that goes away is said to be away since when, nothing is lost, and its return is noticed', async () => {
    const { orderId } = held(4)
    const { page } = await world.open('operator', 'Ann Lee')
    await page.goto(`/orders/${orderId}`)
    await page.getByText('What can be done').waitFor()
    await isLive(page)
    await mark(page)
    const openDoor = await world.shutDoor()
    await page.getByText(/^Offline since/).waitFor()
    await happens(orderId, 'It happened while the door was shut.')
    expect(await page.getByText('What can be done').count()).toBe(1)
    await openDoor()
    await page.getByText('It happened while the door was shut.').waitFor({ timeout: 12_000 })
    await isLive(page)
    expect(await isSame(page)).toBe(true)
  }, 60_000)
})
