import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page, Route } from 'playwright-core'
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

// Three screens are open at once, on two cores that others use too.
const patience = { timeout: 10_000 }

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

/** A screen in a state that is not its data: as wide as the screen at both widths, and pictures of all four looks. */
async function lookAtState(page: Page, name: string): Promise<void> {
  for (const { width, scheme } of pictures === undefined ? looks.slice(2, 3) : looks) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: scheme })
    // Parts that slide are still on their way.
    if (pictures !== undefined) await page.waitForTimeout(300)
    await picture(page, `${name}-${width}-${scheme}`)
    const fits = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    await expect.poll(fits, { ...patience, message: `${name} at ${width} pixels` }).toBe(true)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
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
    async (look) => {
      const faults: string[] = []
      await forEveryScreen('approver', look, async (page, name, path) => {
        page.on('pageerror', ({ message }) => faults.push(`${name}: ${message}`))
        page.on('console', (said) => {
          if (said.type() === 'error') faults.push(`${name}: ${said.text()}`)
        })
        await page.goto(path, { waitUntil: 'networkidle' }).catch(() => undefined)
        await page.locator('h1, h2').first().waitFor()
        await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
        await picture(page, `${name}-${look.width}-${look.scheme}`)
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
      })
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
    look: { isEmpty?: boolean; width?: number; scheme?: 'light' | 'dark' },
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

  const unread = (page: Page) =>
    page.getByRole('alert').filter({ hasText: 'This could not be read' })

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
      await lookAtState(page, `${name}-loading`)
      // What moved while it was looked at is of no interest.
      await page.evaluate('window.jumps = []')
      letGo()
      await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
      await page.waitForLoadState('networkidle').catch(() => undefined)
      const jumps = Jumps.parse(await page.evaluate('window.jumps'))
      const sum = jumps.reduce((all, { value }) => all + value, 0)
      expect(sum, `${name} jumps: ${JSON.stringify(jumps)}`).toBeLessThan(0.1)
    })
  }, 120_000)

  const busy = {
    status: 503,
    words: 'The cellar is being swept.',
    headers: { 'retry-after': '30' },
  }
  const fails = { status: 500, words: 'The cellar is flooded.', headers: {} }

  const answeringWith = (trouble: typeof busy | typeof fails | undefined) => (route: Route) =>
    trouble === undefined
      ? route.abort('internetdisconnected')
      : route.fulfill({
          ...{ status: trouble.status, headers: trouble.headers },
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'x', title: 'No', detail: trouble.words }),
        })

  async function pressTryAgain(page: Page): Promise<void> {
    const again = page.getByRole('button', { name: 'Try again' })
    // One may come back by itself before it is pressed: lists are read anew when something happens.
    while ((await again.count()) > 0)
      await again
        .first()
        .click({ timeout: 1_000 })
        .catch(() => undefined)
  }

  test('every screen that cannot be read says so in the server’s words, or that nobody answers, and tries again', async () => {
    const ways = Object.entries({ busy, fails, away: undefined })
    let turn = 0
    await forEveryScreen('approver', {}, async (page, name, path) => {
      // In turn; for pictures every one of them.
      turn += 1
      for (const [how, trouble] of pictures === undefined
        ? [...ways, ...ways].slice(turn % 3, (turn % 3) + 1)
        : ways) {
        await page.route(isData, answeringWith(trouble))
        await page.goto(path)
        const said = page
          .getByRole('alert')
          .filter({ hasText: trouble?.words ?? 'does not answer' })
        await said.first().waitFor()
        if (how === 'busy') await said.getByText('Come back in 30 s.').first().waitFor()
        await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
        await lookAtState(page, `${name}-${how}`)
        await page.unroute(isData)
        await pressTryAgain(page)
        await page.locator('h1, h2').first().waitFor()
        await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
        expect([name, how, await unread(page).allInnerTexts()]).toEqual([name, how, []])
      }
    })
  }, 180_000)

  test('every screen of an empty house says so, and why that is right', async () => {
    await forEveryScreen('approver', { isEmpty: true }, async (page, name, path) => {
      await page.goto(path)
      await page.locator('main').getByText(/\w/).first().waitFor()
      await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
      await lookAtState(page, `${name}-empty`)
      const words = z.string().parse(await page.evaluate('document.body.innerText'))
      expect(words, name).not.toMatch(/undefined|\bNaN\b|\[object/)
      // A record of another house is none here, and the server says so; a list has nothing in it.
      const isList = path.split('/').length === 2
      expect([name, isList ? await unread(page).count() : 0]).toEqual([name, 0])
      expect([name, words]).toEqual([
        name,
        expect.stringMatching(isList ? /no|nothing/i : /no |over/i),
      ])
    })
  }, 120_000)

  test('a page that cannot be opened at all says so too, and what is pressed without a network is never done later', async () => {
    const { page } = await world.open('approver', 'Bob Ray')
    const isSession = (url: URL) => url.pathname === '/v1/session'
    await page.route(isSession, (route) =>
      route.fulfill({
        status: 503,
        headers: { 'retry-after': '30' },
        body: '{"detail":"Not yet."}',
      }),
    )
    await page.goto('/orders')
    await page.getByRole('alert').getByText('Not yet.').waitFor()
    await picture(page, 'session-busy')
    await page.unroute(isSession)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    await page.goto(places['proposal'] ?? '')
    const approve = page.getByRole('button', { name: 'Approve', exact: true })
    await approve.waitFor()
    await page.context().setOffline(true)
    await approve.click()
    await page.getByRole('alert').getByText('Look whether it was done').waitFor()
    await picture(page, 'proposal-offline')
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') asked.push(request.url())
    })
    await page.context().setOffline(false)
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await page.getByRole('link', { name: /^SO-/ }).first().waitFor()
    expect(asked).toEqual([])
  }, 60_000)

  test('people sign in on a page that is whole, readable and without barriers at both widths, light and dark', async () => {
    for (const { width, scheme } of looks) {
      const { page, faults } = await world.visit({ width, scheme })
      await page.goto('/orders')
      await page.getByRole('textbox', { name: 'E-mail' }).waitFor()
      await picture(page, `sign-in-${width}-${scheme}`)
      expect(await barriers(page)).toEqual([])
      await page.getByRole('textbox', { name: 'E-mail' }).fill('ann@meridian.example')
      await page.getByLabel('Password', { exact: true }).fill('a wild guess')
      await page.getByRole('button', { name: 'Show password' }).click()
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('do not belong together').waitFor()
      await picture(page, `sign-in-refused-${width}-${scheme}`)
      expect(await barriers(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(faults.filter((fault) => !fault.includes('401'))).toEqual([])
      await page.context().close()
    }
  }, 60_000)

  test('the first screen is there after 300 kB, and every other screen brings its own part when it is opened', async () => {
    const { page } = await world.open('approver', 'Bob Ray')
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    let bytes = 0
    const parts = new Set<string>()
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    network.on('Network.responseReceived', ({ response: { url } }) => {
      if (url.endsWith('.js')) parts.add(new URL(url).pathname)
    })
    await page.goto('/proposals')
    await page.getByRole('heading', { name: 'Approvals' }).waitFor()
    await expect.poll(() => page.locator('[aria-busy="true"]').count(), patience).toBe(0)
    await expect.poll(() => parts.size).toBeGreaterThan(1)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes, 'bytes over the wire').toBeLessThanOrEqual(300_000)
    const first = new Set(parts)
    for (const name of [
      'orders',
      'order',
      'failures',
      'cause',
      'collections',
      'account',
    ] as const) {
      const before = new Set(parts)
      await page.goto(places[name] ?? '')
      await page.locator('h1').first().waitFor()
      const own = [...parts].filter((part) => !before.has(part))
      expect([name, own.length]).not.toEqual([name, 0])
    }
    expect([...first].filter((part) => /orders|failures|collections|account/.test(part))).toEqual(
      [],
    )
  }, 60_000)
})
