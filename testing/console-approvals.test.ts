import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleWorld, hasBrowser, openConsoleWorld } from './console-world.ts'

describe.skipIf(!hasBrowser)('in a browser (TEST_BROWSER=1)', () => {
  let world: ConsoleWorld
  beforeAll(async () => {
    world = await openConsoleWorld()
  })
  afterAll(() => world.close())

  test('a foreign figure is shown at its field while it is typed, before anything is kept', async () => {
    const { proposalId, version } = await world.proposeLetter()
    const ann = await world.open('collector', 'Ann Lee')
    const { page } = ann
    await page.goto(`/proposals/${proposalId}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    const words = page.getByRole('textbox', { name: 'Body' })
    const letter = await words.inputValue()
    const keep = page.getByRole('button', { name: 'Keep', exact: true })
    expect(await keep.isDisabled()).toBe(true)
    await words.press('Control+End')
    await words.pressSequentially(' You still owe us 999,999.99 USD.')
    expect(await keep.isDisabled()).toBe(true)
    await page.getByRole('alert').getByText('999,999.99').first().waitFor()
    expect(await keep.isDisabled()).toBe(true)
    expect(await world.standing(proposalId)).toMatchObject({ version, edits: 0 })

    // A check that does not come back loses no word, and is tried again.
    await page.route('**/draft-check', (route) => route.abort())
    await words.fill(`${letter}\n\nThank you for your time.`)
    await page.getByText(/Not checked/).waitFor()
    expect(await words.inputValue()).toContain('Thank you for your time.')
    await page.unroute('**/draft-check')
    await page.getByText('Nothing is wrong with it.').waitFor()
    await page.getByRole('region', { name: 'As it would then stand' }).waitFor()

    // Leaving asks first, and staying keeps the words.
    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByText('Your words are not kept yet').waitFor()
    await page.getByRole('button', { name: 'Stay' }).click()
    expect(await words.inputValue()).toContain('Thank you for your time.')
    expect(await world.standing(proposalId)).toMatchObject({ version, edits: 0 })
    await keep.click()
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    expect(await world.standing(proposalId)).toMatchObject({ version: version + 1, edits: 1 })
    // What the browser says of the checks that were cut off is that they were.
    expect(ann.faults.filter((fault) => !fault.includes('ERR_FAILED'))).toEqual([])
  }, 60_000)

  test('what somebody types stays when a colleague changes the proposal meanwhile', async () => {
    const { proposalId } = await world.proposeLetter()
    const ann = await world.open('collector', 'Ann Lee')
    const words = ann.page.getByRole('textbox', { name: 'Body' })
    await ann.page.goto(`/proposals/${proposalId}`)
    await ann.page.getByRole('button', { name: 'Edit' }).click()
    await words.fill(`${await words.inputValue()}\n\nThanks for all you do.`)
    await ann.page.getByText('Nothing is wrong with it.').waitFor()
    const bob = await world.open('collector', 'Bob Ray')
    const theirs = bob.page.getByRole('textbox', { name: 'Body' })
    await bob.page.goto(`/proposals/${proposalId}`)
    await bob.page.getByRole('button', { name: 'Edit' }).click()
    await theirs.fill(`${await theirs.inputValue()}\n\nThank you for your help.`)
    await bob.page.getByRole('button', { name: 'Keep', exact: true }).click()
    await bob.page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await ann.page.getByText('It was overtaken while you typed').waitFor({ timeout: 20_000 })
    expect(await words.inputValue()).toContain('Thanks for all you do.')
    await ann.page.getByRole('button', { name: 'Go on with my words' }).click()
    await ann.page.getByRole('button', { name: 'Keep', exact: true }).click()
    await ann.page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await ann.page.getByText('Thanks for all you do.').first().waitFor()
  }, 60_000)

  test('the inbox is narrowed and sorted in its address, and several of one kind are decided together', async () => {
    const { page, faults, person } = await world.open('approver', 'Cay Orr')
    const away = await world.open('approver', 'Abe Way')
    const named = await away.page.request.post('/v1/delegations', {
      headers: { ...away.person.headers },
      data: {
        ...{ toUserId: person.userId, validUntil: `${world.dayFromNow(7)}T00:00:00Z` },
        reason: 'At the fair.',
      },
    })
    expect(named.status()).toBe(201)
    const asked = await world.askForHolds(3)
    await world.proposeLetter()
    await page.goto('/proposals')
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: /^Place a hold/ }).click()
    await page.waitForURL(/kind=place-hold/)
    await page.getByRole('combobox', { name: 'Order' }).click()
    await page.getByRole('option', { name: 'Expires soonest' }).click()
    await page.waitForURL(/sort=expiry/)
    await page.reload()
    await page.getByText(/^You decide for Abe Way until/).waitFor()
    const rows = page.getByRole('region', { name: 'Proposals' }).getByRole('checkbox')
    await expect.poll(() => rows.count()).toBe(asked.length)
    await page.keyboard.press('j')
    await page.waitForURL(/\/proposals\/prp_.*kind=place-hold/)
    await page.keyboard.press('x')
    await page.getByText('1 marked: Place a hold').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('2 marked: Place a hold').waitFor()
    await page.getByRole('button', { name: 'Approve them' }).click()
    const results = page.getByRole('status', { name: 'What became of each' })
    await results.getByText('2 decided, 0 not').waitFor()
    await page.keyboard.press('?')
    await page
      .getByRole('dialog', { name: 'Keys' })
      .getByText('Rejects it, with a reason')
      .waitFor()
    await page.keyboard.press('Escape')

    // Of two kinds nothing is decided together.
    await page.goto('/proposals')
    await page
      .getByRole('checkbox', { name: /^Mark: Message of level/ })
      .first()
      .check()
    await page
      .getByRole('checkbox', { name: /^Mark:.*hold/i })
      .first()
      .check()
    await page.getByText('Only proposals of one kind are decided together.').waitFor()
    expect(await page.getByRole('button', { name: 'Approve them' }).isDisabled()).toBe(true)
    expect(faults).toEqual([])
  }, 60_000)
})
