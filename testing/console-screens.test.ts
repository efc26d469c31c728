import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openNorthwind } from './console-deliveries.ts'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'

// Where pictures of every screen go to be looked at, when they are asked for.
const pictures = process.env['CONSOLE_PICTURES']

const looks = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
] as const

const Violations = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(z.object({ html: z.string() })),
    }),
  ),
})

/** What keeps people out (axe-core, serious and critical), as one line each. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = Violations.parse(await page.evaluate('axe.run()'))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  let places: Record<string, string>
  beforeAll(async () => {
    world = await openConsoleWorld()
    const { proposalId } = await world.proposeLetter()
    const northwind = await openNorthwind(world)
    const bad = await northwind.send('northwind-850-batch-one-bad-quantity.x12')
    const priced = await northwind.send('northwind-850-4476-price-below-agreement.x12')
    places = {
      proposals: '/proposals',
      proposal: `/proposals/${proposalId}`,
      orders: '/orders',
      'orders-narrowed':
        '/orders?stage=held,released&sort=wanted&receivedFrom=today-900&view=orders-held',
      'orders-none': '/orders?q=nothing-like-this&stage=held',
      order: `/orders/${world.tenant.held[0]?.orderId}`,
      'order-line': `/orders/${world.tenant.held[0]?.orderId}?line=1`,
      'order-whole': `/orders/${world.tenant.whole.orderId}?line=1`,
      failures: '/failures',
      cause: `/failures/${encodeURIComponent(world.tenant.whole.clusterId)}`,
      calls: '/failures?tab=calls',
      callsOfCause: `/failures?tab=calls&cluster=${encodeURIComponent(world.tenant.whole.clusterId)}`,
      quarantine: '/failures?tab=quarantine',
      collections: '/collections',
      debtors: '/collections?tab=customers',
      account: '/collections/C-10006',
      document: `/documents/${bad.receiptId}?mark=0`,
      'document-priced': `/documents/${priced.receiptId}`,
      decided: '/proposals?tab=decided&sort=money',
      search: '/collections?q=grain',
    }
  })
  afterAll(() => world.close())

  test.for(looks)(
    'every screen is whole, readable and without barriers at $width pixels, $scheme',
    { timeout: 90_000 },
    async ({ width, scheme }) => {
      const { page, faults } = await world.open('approver', 'Bob Ray', { width, scheme })
      for (const [name, path] of Object.entries(places)) {
        await page.goto(path, { waitUntil: 'networkidle' }).catch(() => undefined)
        await page.locator('h1, h2').first().waitFor()
        await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
        await picture(page, `${name}-${width}-${scheme}`)
        expect(await barriers(page), name).toEqual([])
        const words = await page.evaluate('document.body.innerText')
        expect(words, name).not.toMatch(/undefined|\bNaN\b|\[object/)
        const { wide, seen } = z
          .object({ wide: z.number(), seen: z.number() })
          .parse(
            await page.evaluate(
              '({ wide: document.documentElement.scrollWidth, seen: innerWidth })',
            ),
          )
        expect(wide, `${name} is wider than the screen`).toBeLessThanOrEqual(seen)
      }
      expect(faults).toEqual([])
    },
  )

  test('a screen that cannot be read says so in the server’s words, and tries again', async () => {
    const { page } = await world.open('approver', 'Bob Ray')
    let isBroken = true
    await page.route('**/v1/orders?**', (route) =>
      isBroken
        ? route.fulfill({
            status: 403,
            contentType: 'application/problem+json',
            body: JSON.stringify({ type: 'x', title: 'No', detail: 'This shelf is locked today.' }),
          })
        : route.continue(),
    )
    await page.goto('/orders')
    await page.getByRole('alert').getByText('This shelf is locked today.').waitFor()
    await picture(page, 'orders-failed')
    isBroken = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
  }, 30_000)

  test('a house with nothing in it says so, and a viewer is offered no decision', async () => {
    const { page, faults } = await world.open('viewer', 'Vic Low', { isEmpty: true })
    await page.goto('/proposals')
    await page.getByText('Nothing waits for a decision').waitFor()
    await picture(page, 'proposals-empty')
    await page.goto('/orders')
    await page.getByText('No orders').waitFor()
    await picture(page, 'orders-empty')
    expect(faults).toEqual([])
    const viewer = await world.open('viewer', 'Vic Low')
    await viewer.page.goto(places['proposal'] ?? '')
    await viewer.page.getByText(/looks on/).waitFor()
    expect(await viewer.page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0)
  }, 30_000)

  /** Does something for every screen, three at a time. */
  async function forEveryScreen(
    role: 'approver' | 'viewer',
    look: { isEmpty?: boolean },
    act: (page: Page, name: string, path: string) => Promise<void>,
  ): Promise<void> {
    const waiting = Object.entries(places)
    const { page: first } = await world.open(role, 'Bob Ray', look)
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const page = await first.context().newPage()
        await act(page, ...next)
        await page.close()
      }
    }
    await Promise.all([worker(), worker(), worker()])
    await first.context().close()
  }

  const isData = (url: URL) =>
    url.pathname.startsWith('/v1/') && !/^\/v1\/(session|stream)/.test(url.pathname)

  // How far what is seen jumps while it is read (web.dev: up to 0.1 is good).
  const watchJumps = `window.jumps = []
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) window.jumps.push({ value, where: sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? '') })
    }).observe({ type: 'layout-shift', buffered: true })`
  const Jumps = z.array(z.object({ value: z.number(), where: z.array(z.string()) }))

  test('every screen says that it is reading, and nothing jumps when what was read comes', async () => {
    await forEveryScreen('approver', {}, async (page, name, path) => {
      let letGo = () => undefined
      const held = new Promise<undefined>((resolve) => {
        letGo = () => void resolve(undefined) as undefined
      })
      await page.route(isData, async (route) => {
        await held
        await route.continue()
      })
      await page.addInitScript(watchJumps)
      await page.goto(path)
      const reading = page.getByRole('status', { name: 'Reading' }).first()
      await reading.waitFor()
      expect([name, await reading.getAttribute('aria-busy')]).toEqual([name, 'true'])
      await picture(page, `${name}-loading`)
      letGo()
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
      await page.waitForLoadState('networkidle').catch(() => undefined)
      const jumps = Jumps.parse(await page.evaluate('window.jumps'))
      const sum = jumps.reduce((all, { value }) => all + value, 0)
      expect(sum, `${name} jumps: ${JSON.stringify(jumps)}`).toBeLessThan(0.1)
    })
  }, 120_000)
})
