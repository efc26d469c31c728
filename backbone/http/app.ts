import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { routePath } from 'hono/route'
import { CallerMistake } from '../errors.ts'
import type { AgentRunsService } from '../services/agent-runs.ts'
import type { Principal } from '../services/api-principal.ts'
import type { CashService } from '../services/cash.ts'
import type { CollectionsService } from '../services/collections.ts'
import type { CollectionsRecords } from '../services/collections-records.ts'
import type { ConnectionsService } from '../services/connections.ts'
import type { CredentialsService } from '../services/credentials.ts'
import type { DocumentsService } from '../services/documents.ts'
import type { EventFeed } from '../services/event-feed.ts'
import type { AgentProfilesService } from '../services/governance/agent-profiles.ts'
import type { ThirdPartyAgentsService } from '../services/governance/third-party-agents.ts'
import type { ToolServersService } from '../services/governance/tool-servers.ts'
import type { IdempotencyService } from '../services/idempotency.ts'
import type { InvoicesService } from '../services/invoices.ts'
import type { KpiService } from '../services/kpi.ts'
import type { MasterDataService } from '../services/master-data/master-data-service.ts'
import type { McpCallsService } from '../services/mcp-calls.ts'
import type { OrderLinesService } from '../services/order-lines/explain-line.ts'
import type { OrderStandingService } from '../services/order-standing/order-standing.ts'
import type { OrderStoryService } from '../services/order-story.ts'
import type { OrdersReadService } from '../services/orders-read.ts'
import type { MessagesService } from '../services/outreach/messages.ts'
import type { PaymentsService } from '../services/payments.ts'
import type { HouseKeys } from '../services/people/house-keys.ts'
import type { HouseLinks } from '../services/people/house-links.ts'
import type { PeopleService } from '../services/people/people.ts'
import type { ProviderService } from '../services/people/provider.ts'
import type { SessionsService } from '../services/people/sessions.ts'
import type { PoliciesService } from '../services/policies.ts'
import type { TryPolicy } from '../services/policy-trial.ts'
import type {
  ChatService,
  CheckOrder,
  DoorPressure,
  FrontPage,
  OrderActions,
  QuarantineActions,
  Readiness,
  ReceiveDocument,
} from '../services/ports.ts'
import type { DeputiesService } from '../services/proposals/deputies.ts'
import type { ProposalsService } from '../services/proposals/ports.ts'
import type { QuarantineService } from '../services/quarantine.ts'
import type { ReceiptsService } from '../services/receipts.ts'
import type { ReturnsService } from '../services/returns.ts'
import type { SavedViewsService } from '../services/saved-views.ts'
import type { SlaForecastService } from '../services/sla-forecast.ts'
import type { SourcingService } from '../services/sourcing.ts'
import type { ToolDoor } from '../services/tool-door.ts'
import type { TransactionsService } from '../services/transactions.ts'
import type { TriageService } from '../services/triage/triage-service.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { AppEnv } from './app-env.ts'
import { authenticated, rateLimited } from './authenticate.ts'
import { bodyUpTo } from './body-limits.ts'
import { mountConsole, opensScreen } from './console-pages.ts'
import { createCursors } from './cursor.ts'
import { mountFrontPage } from './front-page.ts'
import { mountHouseDoor } from './house-door.ts'
import { idempotent } from './idempotency.ts'
import { masterDataRoutes } from './master-data/routes.ts'
import { type McpPorts, mountMcp } from './mcp-door.ts'
import { answerProblem } from './problem.ts'
import type { RateLimitSize } from './rate-limit.ts'
import { agentProfileRoutes } from './routes/agent-profiles.ts'
import { agentRoutes } from './routes/agents.ts'
import { chatRoutes } from './routes/chat.ts'
import { collectionsRoutes } from './routes/collections.ts'
import { collectionsDeskRoutes } from './routes/collections-desk.ts'
import { collectionsRecordRoutes } from './routes/collections-records.ts'
import { connectionRoutes } from './routes/connections.ts'
import { delegationRoutes } from './routes/delegations.ts'
import { mountDocs } from './routes/docs.ts'
import { documentRoutes } from './routes/documents.ts'
import { healthRoutes, noSuchRoute } from './routes/health.ts'
import { inboundRoutes } from './routes/inbound.ts'
import { invoiceRoutes } from './routes/invoices.ts'
import { kpiRoutes } from './routes/kpi.ts'
import { mcpCallRoutes } from './routes/mcp-calls.ts'
import { messageRoutes } from './routes/messages.ts'
import { orderActionRoutes } from './routes/order-actions.ts'
import { orderPageRoutes } from './routes/order-page.ts'
import { orderRoutes } from './routes/orders.ts'
import { paymentRoutes } from './routes/payments.ts'
import { policyRoutes } from './routes/policies.ts'
import { proposalRoutes } from './routes/proposals.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { receiptRoutes } from './routes/receipts.ts'
import { returnRoutes } from './routes/returns.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { isSignIn, sessionRoutes } from './routes/session.ts'
import { providerRoutes } from './routes/session-provider.ts'
import { slaRoutes } from './routes/sla.ts'
import { sourcingRoutes } from './routes/sourcing.ts'
import { type StreamPace, streamRoutes } from './routes/stream.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { toolServerRoutes } from './routes/tool-servers.ts'
import { toolRoutes } from './routes/tools.ts'
import { transactionRoutes } from './routes/transactions.ts'
import { triageRoutes } from './routes/triage.ts'
import { userRoutes } from './routes/users.ts'
import { mountSignInPage } from './sign-in-page.ts'

/** The agents, the log of their runs, and conversations with the assistant. */
type AssistantPorts = {
  readonly agents: AgentRunsService
  /** The scopes of tools that a caller's runs have. */
  readonly toolScopesOf: (who: Principal) => readonly string[]
  readonly chat: ChatService
}

/** What the HTTP door needs of the house; cli hands it in. */
export type AppPorts = Pick<McpPorts, 'mcp' | 'accessTokens' | 'mcpHosts'> & {
  readonly authenticate: (tokenHash: string) => Promise<Principal | undefined>
  readonly sessions: SessionsService
  readonly people: PeopleService
  readonly credentials: CredentialsService
  readonly houseLinks: HouseLinks
  readonly houseKeys: HouseKeys
  /** Through which people sign in too, where there is one. */
  readonly provider?: ProviderService | undefined
  /** Where people reach this house, when it was set: what a proxy in front calls it. */
  readonly publicUrl?: string | undefined
  readonly idempotency: IdempotencyService
  readonly receive: ReceiveDocument
  readonly pressure: DoorPressure
  readonly receipts: ReceiptsService
  readonly documents: DocumentsService
  readonly quarantine: QuarantineService
  readonly quarantineActions: QuarantineActions
  readonly orders: OrdersReadService
  readonly orderLines: OrderLinesService
  readonly orderStanding: OrderStandingService
  readonly orderStory: OrderStoryService
  readonly orderActions: OrderActions
  readonly checkOrder: CheckOrder
  readonly transactions: TransactionsService
  readonly triage: TriageService
  readonly messages: MessagesService
  readonly invoices: InvoicesService
  readonly payments: PaymentsService
  readonly cash: CashService
  readonly collections: CollectionsService
  readonly collectionsRecords: CollectionsRecords
  readonly connections: ConnectionsService
  readonly masterData: MasterDataService
  readonly kpis: KpiService
  readonly policies: PoliciesService
  readonly tryPolicy: TryPolicy
  readonly agentProfiles: AgentProfilesService
  readonly thirdPartyAgents: ThirdPartyAgentsService
  readonly toolServers: ToolServersService
  readonly proposals: ProposalsService
  readonly deputies: DeputiesService
  readonly savedViews: SavedViewsService
  readonly returns: ReturnsService
  readonly sourcing: SourcingService
  readonly slaForecast: SlaForecastService
  readonly feed: EventFeed
  readonly tools: ToolDoor
  readonly mcpCalls: Pick<McpCallsService, 'list'>
  readonly assistant: AssistantPorts
  readonly readiness: () => Promise<Readiness>
  readonly frontPage: () => Promise<FrontPage>
  /** Where the console lies as it was built; without it, `/` says where to look. */
  readonly consoleFolder?: string | undefined
  readonly metrics: Pick<Metrics, 'httpAnswered' | 'text' | 'contentType'>
  readonly log: Log
  /** Signs cursors and body marks; random bytes that all processes of the house share. */
  readonly signingKey: Uint8Array
  readonly version: string
  /** Aborted when the process begins to stop: requests are sent elsewhere, streams end. */
  readonly stopping: AbortSignal
}

/** Sizes and the clock of the HTTP door. */
export type AppOptions = {
  readonly nowMs?: () => number
  readonly rateLimit?: RateLimitSize
  readonly bodyBytes?: number
  readonly inboundBytes?: number
  readonly streamPace?: StreamPace
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}

const guardedHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
  if (c.req.path.startsWith('/v1/')) c.header('cache-control', 'no-store')
  await next()
}

function counted(
  { metrics, log }: Pick<AppPorts, 'metrics' | 'log'>,
  nowMs: () => number,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAtMs = nowMs()
    await next()
    const answer = {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      durationMs: nowMs() - startedAtMs,
    }
    metrics.httpAnswered(answer)
    log.debug({ ...answer, requestId: c.get('requestId') }, 'A request was answered.')
  }
}

/** While the process stops, callers are asked to come again: another one may already be there. */
function refusedWhileStopping(stopping: AbortSignal): MiddlewareHandler<AppEnv> {
  return async (_, next) => {
    if (stopping.aborted)
      throw new CallerMistake(503, 'stopping', 'This server is stopping; ask again in a moment.', {
        retryAfterSeconds: 5,
      })
    await next()
  }
}

/** While the database is away nothing can be answered, and nobody is left waiting for it. */
function refusedWithoutDatabase(pressure: DoorPressure): MiddlewareHandler<AppEnv> {
  return async (_, next) => {
    pressure.assertDatabase()
    await next()
  }
}

function unless(
  isExempt: (path: string, method: string) => boolean,
  guard: MiddlewareHandler<AppEnv>,
): MiddlewareHandler<AppEnv> {
  return (c, next) => (isExempt(c.req.path, c.req.method) ? next() : guard(c, next))
}

const isInbound = (path: string) => path.startsWith('/v1/inbound/')

/** Bulk loads have a limit of their own at their routes, unless a key makes us read them whole here. */
function sizedBody(bodyBytes: number): MiddlewareHandler<AppEnv> {
  const small = bodyUpTo(bodyBytes)
  const keyedBulk = bodyUpTo(64 * 1_048_576)
  return (c, next) => {
    const isBulk = /^application\/(x-ndjson|ndjson|jsonl)\b/i.test(
      c.req.header('content-type') ?? '',
    )
    if (!isBulk) return small(c, next)
    return c.req.header('idempotency-key') === undefined ? next() : keyedBulk(c, next)
  }
}

const usualRate: RateLimitSize = { burst: 600, perSecond: 100 }

function mountGuards(app: OpenAPIHono<AppEnv>, ports: AppPorts, options: AppOptions): void {
  const { nowMs = Date.now, rateLimit = usualRate, bodyBytes = 1_048_576 } = options
  app.use(requestId())
  app.use(counted(ports, nowMs))
  app.use(guardedHeaders)
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('allow', methods.join(', '))
        const mistake = new CallerMistake(
          405,
          'method-not-allowed',
          `${c.req.method} does not work here; ${methods.join(', ')} do.`,
        )
        return answerProblem(c, mistake, ports.log)
      },
    }),
  )
  app.use('/v1/*', refusedWhileStopping(ports.stopping))
  // The inbound door authenticates by the connection's own secret and has its own limit and duplicates.
  for (const guard of [
    refusedWithoutDatabase(ports.pressure),
    unless(isSignIn, authenticated(ports)),
    unless(isSignIn, rateLimited(rateLimit, nowMs)),
    sizedBody(bodyBytes),
    // Each sign-in is a session of its own; what is answered twice would be one session in two hands.
    unless(isSignIn, idempotent(ports.idempotency, ports.signingKey)),
  ])
    app.use('/v1/*', unless(isInbound, guard))
  app.use('/metrics', async (c, next) =>
    c.req.header('authorization') === undefined && c.req.header('x-api-key') === undefined
      ? next()
      : authenticated(ports)(c, next),
  )
}

/** What people open in a browser, besides the two plain pages: the console where it was built, else where to look. */
function mountScreens(
  app: OpenAPIHono<AppEnv>,
  { consoleFolder, frontPage, log }: Pick<AppPorts, 'consoleFolder' | 'frontPage' | 'log'>,
): void {
  if (consoleFolder === undefined) {
    mountFrontPage(app, frontPage)
    return
  }
  const page = mountConsole(app, consoleFolder)
  app.get('/', page)
  app.notFound((c) => (opensScreen(c) ? page(c) : answerProblem(c, noSuchRoute(), log)))
}

/** The HTTP door: every route of the API over the ports it is given. */
export function createApp(ports: AppPorts, options: AppOptions = {}): OpenAPIHono<AppEnv> {
  const {
    inboundBytes = 10 * 1_048_576,
    streamPace = { pollMs: 1_000, heartbeatMs: 15_000, lifeMs: 900_000 },
  } = options
  const app = new OpenAPIHono<AppEnv>()
  app.onError((error, c) => answerProblem(c, error, ports.log))
  app.notFound((c) => answerProblem(c, noSuchRoute(), ports.log))
  mountGuards(app, ports, options)
  const wired = { ...ports, cursors: createCursors(ports.signingKey) }
  for (const routes of [
    inboundRoutes(wired, inboundBytes),
    receiptRoutes(wired),
    documentRoutes(wired),
    quarantineRoutes(wired),
    orderRoutes(wired),
    orderPageRoutes(wired),
    savedViewRoutes(wired),
    orderActionRoutes(wired),
    triageRoutes(wired),
    messageRoutes(wired),
    transactionRoutes(wired),
    invoiceRoutes(wired),
    paymentRoutes(wired),
    collectionsRoutes(wired),
    collectionsRecordRoutes(wired),
    collectionsDeskRoutes(wired),
    connectionRoutes(wired),
    masterDataRoutes(ports.masterData, wired),
    kpiRoutes(wired),
    agentProfileRoutes(wired),
    toolServerRoutes(wired),
    policyRoutes(wired),
    proposalRoutes(wired),
    delegationRoutes(wired),
    returnRoutes(wired),
    sourcingRoutes(wired),
    slaRoutes(wired),
    toolRoutes(wired),
    streamRoutes(wired, streamPace),
    agentRoutes({ ...wired, ...wired.assistant }),
    mcpCallRoutes(wired),
    chatRoutes({ ...wired, ...wired.assistant }, streamPace.heartbeatMs),
    sessionRoutes(wired, options.nowMs),
    providerRoutes(wired, options.nowMs),
    userRoutes(wired),
    tokenRoutes(wired),
    healthRoutes(wired),
  ])
    app.route('/', routes)
  mountScreens(app, ports)
  mountSignInPage(app)
  mountHouseDoor(app, ports, options.nowMs ?? Date.now)
  mountMcp(app, ports, {
    rateLimit: options.rateLimit ?? usualRate,
    nowMs: options.nowMs ?? Date.now,
    whileStopping: refusedWhileStopping(ports.stopping),
  })
  mountDocs(app, ports.version)
  return app
}
