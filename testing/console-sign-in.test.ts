import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PersonRole } from '../backbone/canonical/person.ts'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'
import { signedIn } from './signed-in.ts'

const password = 'seven green bottles'

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
  })
  afterAll(() => world.close())

  /** Somebody with a password of their own. */
  async function withPassword(name: string, role: PersonRole = 'operator') {
    const { url, house, tenantId } = world
    const person = await signedIn(house, { tenantId, role, name, origin: url })
    const set = await fetch(`${url}/v1/session/password`, {
      method: 'PUT',
      headers: { ...person.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ next: password }),
    })
    expect(set.status).toBe(200)
    return { ...person, email: `${person.userId}@test.example`.toLowerCase() }
  }

  async function signIn(page: Page, email: string, words = password) {
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(words)
    await page.keyboard.press('Enter')
  }

  const where = (page: Page) => page.url().replace(world.url, '')

  test('who opens a screen without being signed in signs in and is there', async () => {
    const { email } = await withPassword('Ann Lee')
    const { page } = await world.visit()
    await page.goto('/orders?stage=held')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(where(page)).toBe('/sign-in?to=%2Forders%3Fstage%3Dheld')
    expect(await page.evaluate('document.activeElement.id')).toBe('email')
    await signIn(page, email, 'not the password')
    await page.getByRole('alert').getByText('do not belong together').waitFor()
    await page.getByRole('button', { name: 'Show password' }).click()
    const shown = page.getByLabel('Password', { exact: true })
    expect(await shown.getAttribute('type')).toBe('text')
    expect(await shown.inputValue()).toBe('not the password')
    await page.getByRole('button', { name: 'Hide password' }).click()
    expect(await shown.getAttribute('type')).toBe('password')
    await signIn(page, email)
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    expect(where(page)).toBe('/orders?stage=held')
  }, 30_000)

  test('no address in the sign-in’s own address brings anybody to another site', async () => {
    const { email } = await withPassword('Cy Fox')
    const { page } = await world.visit()
    const asked: string[] = []
    page.on('request', (request) => void asked.push(new URL(request.url()).host))
    for (const to of [
      '//evil.example',
      '%2F%2Fevil.example',
      '/%5Cevil.example',
      '/%09/evil.example',
      '/.//evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
    ]) {
      await page.context().clearCookies()
      await page.goto(`/sign-in?to=${to}`)
      await signIn(page, email)
      await page.waitForURL('**/proposals')
      expect(new Set(asked)).toEqual(new Set([new URL(world.url).host]))
    }
  }, 60_000)

  test('whose session ends while they work signs in again and is back where they were', async () => {
    const { email, userId } = await withPassword('Di Roe')
    const { page } = await world.visit()
    const orderId = world.tenant.held[1]?.orderId ?? ''
    await page.goto(`/orders/${orderId}`)
    await signIn(page, email)
    await page.getByText('One hold is in force').waitFor()
    await world.database.inTenant(world.tenantId, (tx) =>
      tx.run(sql`delete from session where user_id = ${userId}`),
    )
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(where(page)).toBe('/sign-in?to=%2Forders')
    await signIn(page, email)
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    expect(where(page)).toBe('/orders')
  }, 30_000)

  test('who tried too often is told so, and when to come back by the clock', async () => {
    const { email } = await withPassword('Ed Poe')
    const { page } = await world.visit()
    await page.goto('/sign-in')
    const answers: number[] = []
    page.on('response', (answer) => {
      if (answer.url().endsWith('/v1/session')) answers.push(answer.status())
    })
    for (let guess = 1; guess <= 6; guess += 1) {
      await signIn(page, email, `guess ${guess}`)
      await expect.poll(() => answers.length).toBe(guess)
    }
    expect(answers).toEqual([401, 401, 401, 401, 401, 429])
    await page
      .getByRole('alert')
      .getByText(/Too many tries.*come back in 15 minutes.*That is at \d{2}:\d{2} [AP]M\./)
      .waitFor()
  }, 30_000)

  test('a link signs in once, on the press of its button, and leaves no trace in the address', async () => {
    const admin = await signedIn(world.house, {
      ...{ tenantId: world.tenantId, role: 'admin', name: 'Ada Admin', origin: world.url },
    })
    const invited = await fetch(`${world.url}/v1/users`, {
      method: 'POST',
      headers: { ...admin.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Flo Day', email: 'flo@test.example', role: 'viewer' }),
    })
    const { invitation } = z
      .object({ invitation: z.object({ path: z.string() }) })
      .parse(await invited.json())
    const { page } = await world.visit()
    await page.goto(invitation.path)
    await page.getByText('signs you in on this device, once').waitFor()
    expect(where(page)).toBe('/sign-in')
    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/proposals')
    const late = await world.visit()
    await late.page.goto(invitation.path)
    await late.page.getByRole('button', { name: 'Sign in' }).click()
    await late.page.getByRole('alert').getByText('has been used').waitFor()
  }, 30_000)
})
