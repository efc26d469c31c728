import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { type Browser, chromium, type Page } from 'playwright-core'
import { outreachKind } from '../backbone/canonical/outreach-settings.ts'
import type { PersonRole } from '../backbone/canonical/person.ts'
import type { AgentNote, Proposal } from '../backbone/canonical/proposal.ts'
import { readConfig } from '../backbone/config.ts'
import { collectionsService } from '../backbone/services/collections.ts'
import { collectionsRecords } from '../backbone/services/collections-records.ts'
import { connectionsService } from '../backbone/services/connections.ts'
import { allActs, allCandidates } from '../backbone/services/proposals/all-acts.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import { claimTenantForSeed } from '../backbone/store/master-data/seeded-tenant.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { type House, openHouse, startWork } from '../cli/house.ts'
import { startServer } from '../cli/server.ts'
import { freePort } from './free-port.ts'
import { signedIn } from './signed-in.ts'
import { furnishForTools } from './tools-world.ts'

const tenantId = 'console'
const emptyTenantId = 'console-empty'

/** Whether browser tests were asked for; CI does, where Chromium is installed. */
export const hasBrowser = process.env['TEST_BROWSER'] === '1'

/** Starts Debian's Chromium; `hosts` are names that lead it to this machine. */
export const openBrowser = (hosts: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...quietly, ...hosts.map((host) => `--host-resolver-rules=MAP ${host} 127.0.0.1`)],
  })

// Chromium asks hosts of its maker for many things at every start; none of them can be reached here.
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How wide a screen is, and in which scheme it is looked at. */
type Look = { readonly width?: number; readonly scheme?: 'light' | 'dark' }

/** A page of the console, and what went wrong in it. */
export type Screen = { readonly page: Page; readonly faults: string[] }

async function openScreen(
  browser: Browser,
  url: string,
  cookie: string | undefined,
  { width = 1440, scheme = 'light' }: Look = {},
): Promise<Screen> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    baseURL: url,
    timezoneId: 'America/Chicago',
    locale: 'en-US',
  })
  const [name = '', value = ''] = cookie?.split('=') ?? []
  if (cookie !== undefined)
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }])
  // A wait that fails says what it waited for, before the test itself is out of time.
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (said) => {
    if (said.type() === 'error') faults.push(said.text())
  })
  return { page, faults }
}

/** The collections agent proposes to write to a customer of the seed who is late. */
async function proposeLetter({ database, queue }: House, agent?: AgentNote): Promise<Proposal> {
  const proposals = openProposals({ database, queue, acts: allActs, candidates: allCandidates })
  const late = await collectionsService({ database }).worklist({
    ...{ tenantId, page: { limit: 50, after: undefined } },
  })
  for (const { customerNumber } of late.items) {
    const subject = { kind: 'customer', id: customerNumber } as const
    const found = await proposals.candidates({ tenantId, subject })
    const letter = found.find(({ kind }) => kind === 'send-collections-message')
    if (letter === undefined) continue
    const requestedBy = { kind: 'agent', id: 'agent:collections', name: 'collections' } as const
    return proposals.propose({
      ...{ tenantId, subject, candidateId: letter.candidateId, requestedBy },
      ...(agent === undefined ? {} : { agent }),
    })
  }
  throw new Error('Nobody of the seed is to be written to.')
}

/** An operator asks for holds that somebody else decides, on one order. */
async function askForHolds(
  { database, queue }: House,
  { held }: Awaited<ReturnType<typeof furnishForTools>>,
  count: number,
): Promise<Proposal[]> {
  const proposals = openProposals({ database, queue, acts: allActs, candidates: allCandidates })
  const orderId = held[0]?.orderId ?? ''
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
      select ${tenantId}, 'approval', 'tenant', coalesce(max(version), 0) + 1, '2020-01-01'::date,
        '{"place-hold": {"maySelfDecide": false}}'::jsonb, 'person:test', 'a test'
      from policy_setting where policy = 'approval'`),
  )
  const by = await signedIn({ database }, { tenantId, role: 'operator', name: 'Olga Operator' })
  const made: Proposal[] = []
  for (const type of ['FRAUD', 'ADDRESS', 'PAYMENT'].slice(0, count))
    made.push(
      await proposals.act({
        ...{ tenantId, by, kind: 'place-hold', payload: { orderId, type } },
        reason: 'The address is odd.',
      }),
    )
  return made
}

/** Two tenants: one with the seed and what tools find in it, whose letters go to a folder; one with nothing. */
async function furnish({ database, secretKey, connectors }: House, outbox: string) {
  const profile = { name: 'Meridian', timeZone: 'America/Chicago', currency: 'USD', settings: {} }
  for (const each of [tenantId, emptyTenantId])
    await database.inTenant(each, (tx) => claimTenantForSeed(tx, profile))
  const tenant = await furnishForTools(database, tenantId)
  await connectionsService({ database, secretKey, connectors }).create(
    { tenantId, actor: 'test' },
    {
      ...{ kind: outreachKind, name: 'Mail to customers', isEnabled: true },
      settings: { from: 'ar@meridian.example', deliver: { method: 'folder', path: outbox } },
    },
  )
  // Whatever the hour or the day this runs at.
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
      select tenant_id, policy, scope, version + 1, '2020-01-02'::date,
        settings || '{"lettersAtAnyHour": true}'::jsonb, 'person:test', 'a test'
      from policy_setting where policy = 'collections' and scope = 'tenant' order by version desc limit 1`),
  )
  return tenant
}

/** A house on the built-in database with its door, its work and its console, seeded with things to decide. */
export async function openConsoleWorld({ onLog }: { onLog?: (line: string) => void } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-console-'))
  const outbox = join(folder, 'customer-mail')
  await mkdir(outbox)
  const config = readConfig({
    ...{ QUITTANCE_DATA: join(folder, 'data'), QUITTANCE_DEMO: 'false' },
    // The same when the door is opened again.
    QUITTANCE_PORT: String(await freePort()),
  })
  const log = createLog({
    ...{ level: onLog === undefined ? 'silent' : 'debug' },
    destination: { write: (line) => onLog?.(line) },
  })
  const house = await openHouse(config, log)
  const { database } = house
  const tenant = await furnish(house, outbox)
  let server = await startServer(house)
  const work = startWork(house)
  const browser = await openBrowser()
  return {
    ...{ tenant, database, tenantId, emptyTenantId, browser },
    /** The house itself and where it listens, for what a test brings in by the door. */
    ...{ house, url: server.url },
    /** A browser of somebody who is not signed in. */
    visit: (look: Look = {}) => openScreen(browser, server.url, undefined, look),
    proposeLetter: (agent?: AgentNote) => proposeLetter(house, agent),
    /** A customer answers, by mail as somebody typed it off. */
    recordReply: (customerNumber: string, content: string) =>
      collectionsRecords({ database }).recordReply(
        { tenantId, actor: 'person:test' },
        { customerNumber, channel: 'email', sender: 'ap@customer.example', content },
      ),
    dayFromNow: (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10),
    askForHolds: (count: number) => askForHolds(house, tenant, count),
    /** Which version a proposal has, and how often it was edited. */
    standing: (proposalId: string) =>
      database.inTenant(tenantId, async (tx) =>
        (
          await tx.rows<{ version: number; edits: number }>(sql`
            select version, (select count(*)::int from proposal_decision
              where proposal_id = ${proposalId} and decision = 'edit') as edits
            from proposal where proposal_id = ${proposalId}`)
        ).at(0),
      ),
    /** What left for customers. */
    mails: async () =>
      Promise.all((await readdir(outbox)).map((name) => readFile(join(outbox, name), 'utf8'))),
    async open(role: PersonRole, name: string, look: Look & { isEmpty?: boolean } = {}) {
      const whose = look.isEmpty === true ? emptyTenantId : tenantId
      const person = await signedIn(house, { tenantId: whose, role, name, origin: server.url })
      return { ...(await openScreen(browser, server.url, person.headers.cookie, look)), person }
    },
    /** Shuts the door, and gives what opens it again at the same address. */
    async shutDoor() {
      await server.stop()
      return async () => {
        server = await startServer(house)
      }
    },
    async close() {
      await browser.close()
      await work.stop()
      await server.stop()
      await house.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What `openConsoleWorld` gives. */
export type ConsoleWorld = Awaited<ReturnType<typeof openConsoleWorld>>
