import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
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
    places = {
      proposals: '/proposals',
      proposal: `/proposals/${proposalId}`,
      orders: '/orders',
      'orders-narrowed':
        '/orders?stage=held,released&sort=wanted&receivedFrom=today-900&view=orders-held',
      'orders-none': '/orders?q=nothing-like-this&stage=held',
      order: `/orders/${world.tenant.held[0]?.orderId}`,
      failures: '/failures',
      cause: `/failures/${encodeURIComponent(world.tenant.whole.clusterId)}`,
      calls: '/failures?tab=calls',
      quarantine: '/failures?tab=quarantine',
      collections: '/collections',
      debtors: '/collections?tab=customers',
      account: '/collections/C-10006',
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
})
