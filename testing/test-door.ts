import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { sql } from 'drizzle-orm'
import { profiledAgents } from '../backbone/canonical/agent-profile.ts'
import type { ChatEvent } from '../backbone/canonical/chat.ts'
import { newId } from '../backbone/canonical/ids.ts'
import { openBackPressure } from '../backbone/channels/back-pressure.ts'
import { openGuardedFetch } from '../backbone/connectors/guarded/guarded-fetch.ts'
import { markDocument } from '../backbone/documents/marking/mark-document.ts'
import { type AppOptions, type AppPorts, createApp } from '../backbone/http/app.ts'
import { judgedCases } from '../backbone/policies/agent-profiles/judged-cases.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import { agentRunsService } from '../backbone/services/agent-runs.ts'
import { apiPrincipals } from '../backbone/services/api-principal.ts'
import { cashService } from '../backbone/services/cash.ts'
import { chatThreads } from '../backbone/services/chat-threads.ts'
import { checkOrder } from '../backbone/services/check-order.ts'
import { collectionsService } from '../backbone/services/collections.ts'
import { collectionsRecords } from '../backbone/services/collections-records.ts'
import { connectionsService } from '../backbone/services/connections.ts'
import { credentialsService } from '../backbone/services/credentials.ts'
import { documentsService } from '../backbone/services/documents.ts'
import { eventFeed } from '../backbone/services/event-feed.ts'
import { agentProfiles } from '../backbone/services/governance/agent-profiles.ts'
import { thirdPartyAgentsService } from '../backbone/services/governance/third-party-agents.ts'
import { toolServersService } from '../backbone/services/governance/tool-servers.ts'
import { idempotencyService } from '../backbone/services/idempotency.ts'
import { invoicesService } from '../backbone/services/invoices.ts'
import { kpiService } from '../backbone/services/kpi.ts'
import { masterDataService } from '../backbone/services/master-data/master-data-service.ts'
import { mcpCallsService } from '../backbone/services/mcp-calls.ts'
import { orderLinesService } from '../backbone/services/order-lines/explain-line.ts'
import { orderStandingService } from '../backbone/services/order-standing/order-standing.ts'
import { orderStoryService } from '../backbone/services/order-story.ts'
import { ordersReadService } from '../backbone/services/orders-read.ts'
import { messagesService } from '../backbone/services/outreach/messages.ts'
import { paymentsService } from '../backbone/services/payments.ts'
import { houseKeys } from '../backbone/services/people/house-keys.ts'
import { houseLinks } from '../backbone/services/people/house-links.ts'
import { openPasswords } from '../backbone/services/people/passwords.ts'
import { peopleService } from '../backbone/services/people/people.ts'
import { sessionsService } from '../backbone/services/people/sessions.ts'
import { policiesService } from '../backbone/services/policies.ts'
import { policyTrial } from '../backbone/services/policy-trial.ts'
import type { AskedTurn } from '../backbone/services/ports.ts'
import { allActs, allCandidates } from '../backbone/services/proposals/all-acts.ts'
import { deputiesService } from '../backbone/services/proposals/deputies.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import { quarantineService } from '../backbone/services/quarantine.ts'
import { receiptsService } from '../backbone/services/receipts.ts'
import { returnsService } from '../backbone/services/returns.ts'
import { savedViewsService } from '../backbone/services/saved-views.ts'
import { slaForecastService } from '../backbone/services/sla-forecast.ts'
import { sourcingService } from '../backbone/services/sourcing.ts'
import { transactionsService } from '../backbone/services/transactions.ts'
import { triageService } from '../backbone/services/triage/triage-service.ts'
import type { Database } from '../backbone/store/database.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { createMetrics } from '../backbone/telemetry/metrics.ts'
import { createTracer } from '../backbone/telemetry/trace.ts'
import { openMcpDoor } from '../cli/mcp-door.ts'
import { openTools } from '../cli/tools.ts'
import { catalog } from '../tools/catalog.ts'
import { toolScopesOf } from '../tools/tool-door.ts'
import { openTestDatabase } from './test-database.ts'

const passedCase = { case: 'triage-01', asked: 'What failed?', faults: [], isUnsafe: false }
const roomyLimits = { queueSeconds: 60, deliveries: 1_000, bytes: 1_000_000, waitMs: 10_000 }

function unexpected(what: string): () => never {
  return () => {
    throw new Error(`No test expected ${what} here.`)
  }
}

/** The services that read and write the store, as cli wires them. */
function realServices(database: Database, queue: JobQueue) {
  return {
    idempotency: idempotencyService({ database }),
    receipts: receiptsService({ database }),
    documents: documentsService({ database, mark: markDocument }),
    quarantine: quarantineService({ database }),
    orders: ordersReadService({ database }),
    orderLines: orderLinesService({ database }),
    orderStanding: orderStandingService({ database }),
    orderStory: orderStoryService({ database }),
    transactions: transactionsService({ database, queue }),
    triage: triageService({ database }),
    messages: messagesService({ database }),
    invoices: invoicesService({ database }),
    payments: paymentsService({ database }),
    cash: cashService({ database, queue }),
    collections: collectionsService({ database }),
    collectionsRecords: collectionsRecords({ database }),
    connections: connectionsService({
      database,
      secretKey: createSecretKey(randomBytes(32)),
      connectors: [],
    }),
    masterData: masterDataService({ database }),
    mcpCalls: mcpCallsService({ database }),
    kpis: kpiService({ database }),
    policies: policiesService({ database }),
    tryPolicy: policyTrial({ database }),
    agentProfiles: agentProfiles({
      database,
      toolNames: catalog.map(({ name }) => name),
      agentNames: profiledAgents,
      dryRun: async () => [],
      examine: async () => judgedCases([passedCase], 0),
    }),
    thirdPartyAgents: thirdPartyAgentsService({ database }),
    toolServers: toolServersService({
      database,
      secretKey: createSecretKey(randomBytes(32)),
      objectionTo: openGuardedFetch([]).objectionTo,
      probe: async () => ({ isReachable: false, detail: 'Nobody is asked in a test.', tools: [] }),
    }),
    proposals: openProposals({ database, queue, acts: allActs, candidates: allCandidates }),
    deputies: deputiesService({ database }),
    savedViews: savedViewsService({ database }),
    returns: returnsService({ database, queue }),
    sourcing: sourcingService({ database }),
    slaForecast: slaForecastService({ database }),
    feed: eventFeed({ database }),
    pressure: openBackPressure({ limits: roomyLimits }),
  }
}

async function* plainAnswer(): AsyncGenerator<ChatEvent> {
  yield { type: 'text', text: 'Two orders wait.' }
  yield { type: 'done', runId: 'run_of_a_test' }
}

type AnswerTurn = (turn: AskedTurn) => AsyncIterable<ChatEvent>

/** The agents' log and the chat, with an assistant that answers as the test says. */
function assistantOf(
  tools: { readonly database: Database; readonly queue: JobQueue },
  answer: AnswerTurn = plainAnswer,
): AppPorts['assistant'] {
  const agents = [{ name: 'triage', about: 'Finds causes.', version: '1', tools: [] }]
  return {
    agents: agentRunsService({ ...tools, agents }),
    toolScopesOf,
    chat: chatThreads({
      ...tools,
      begin: async () => ({ tell: answer, end: async () => undefined }),
      pace: { keepMs: 5, aliveMs: 20 },
    }),
  }
}

/** What tells who asks. */
function whoKnocks(database: Database, nowMs: () => number) {
  return {
    authenticate: apiPrincipals({ database, nowMs }).authenticate,
    sessions: sessionsService({ database, nowMs, passwords: openPasswords() }),
    people: peopleService({ database, nowMs }),
    credentials: credentialsService({ database }),
    houseKeys: houseKeys({ database }),
    houseLinks: houseLinks({ database, nowMs }),
  }
}

/** The tools, and the MCP server over them; carts are checked by the real rules. */
function toolsOver(
  database: Database,
  services: ReturnType<typeof realServices>,
  logLines: string[],
) {
  const log = {
    debug: () => undefined,
    error: (facts: object) => void logLines.push(inspect(facts)),
  }
  const house = {
    database,
    log,
    signingKey: randomBytes(32),
    consoleUrl: 'https://quittance.example',
  }
  const tools = openTools(house, { ...services, checkOrder: checkOrder({ database }) })
  const { callForHosts } = tools
  const mcp = openMcpDoor({
    ...{ callForHosts, log, tracer: createTracer(), version: '0.0.0', mostInHand: 8 },
  })
  return { callForHosts, ports: { tools: tools.door, mcp } }
}

const noOrderActions: AppPorts['orderActions'] = {
  cancel: unexpected('a cancellation'),
  placeHold: unexpected('a hold'),
  releaseHold: unexpected('a lifted hold'),
}

/** What a house says of itself. */
const plainFront: Pick<AppPorts, 'readiness' | 'frontPage'> = {
  readiness: async () => ({ isReady: true, checks: [] }),
  frontPage: async () => ({
    version: '0.0.0',
    mode: 'a test',
    counts: [{ label: 'orders', count: 3 }],
  }),
}

/** The HTTP door over a real database, and what a test needs to walk through it. */
export async function openTestDoor(
  change: { ports?: Partial<AppPorts>; options?: AppOptions; answer?: AnswerTurn } = {},
) {
  const { database, newTenant, close } = await openTestDatabase()
  const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
  const stopping = new AbortController()
  const logLines: string[] = []
  const nowMs = change.options?.nowMs ?? Date.now
  const services = realServices(doneAgainWhenLost(database), queue)
  const { callForHosts, ports: toolPorts } = toolsOver(database, services, logLines)
  const ports: AppPorts = {
    ...whoKnocks(database, nowMs),
    ...services,
    ...toolPorts,
    mcpHosts: { hosts: ['localhost', '127.0.0.1'], origins: ['localhost', '127.0.0.1'] },
    assistant: assistantOf({ database: doneAgainWhenLost(database), queue }, change.answer),
    receive: unexpected('a document'),
    quarantineActions: {
      release: unexpected('a release from quarantine'),
      discard: unexpected('a discard from quarantine'),
    },
    orderActions: noOrderActions,
    checkOrder: unexpected('a check of an order'),
    signingKey: randomBytes(32),
    version: '0.0.0',
    ...plainFront,
    metrics: createMetrics(),
    log: createLog({ level: 'warn', destination: { write: (line) => void logLines.push(line) } }),
    stopping: stopping.signal,
    ...change.ports,
  }
  const app = createApp(ports, change.options)
  return {
    ...{ app, database, callForHosts, sessions: ports.sessions },
    logLines,
    newTenant,
    stop: () => stopping.abort(),
    /** Makes an API key of a tenant. */
    async newKey(
      tenantId: string,
      {
        role = 'admin',
        scopes = [],
        expiresAt = null,
        revokedAt = null,
      }: {
        role?: string
        scopes?: readonly string[]
        expiresAt?: string | null
        revokedAt?: string | null
      } = {},
    ): Promise<string> {
      const key = `qk_${randomBytes(32).toString('base64url')}`
      const hash = createHash('sha256').update(key).digest('hex')
      await database.inTenant(tenantId, (tx) =>
        tx.run(sql`
          insert into credential (credential_id, tenant_id, token_hash, name, role, scopes, expires_at, revoked_at)
          values (${newId('crd')}, ${tenantId}, ${hash}, 'Test key', ${role}, ${JSON.stringify(scopes)}::text::jsonb,
                  ${expiresAt}, ${revokedAt})`),
      )
      return key
    },
    /** Asks as whoever holds the key. */
    request(path: string, key?: string, init: RequestInit = {}): Promise<Response> {
      const headers = new Headers(init.headers)
      if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
      return Promise.resolve(app.request(path, { ...init, headers }))
    },
    async close() {
      await queue.stop()
      await close()
    },
  }
}

/** What `openTestDoor` gives. */
export type TestDoor = Awaited<ReturnType<typeof openTestDoor>>
