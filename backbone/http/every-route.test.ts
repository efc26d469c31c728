import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SignedIn, signedIn } from '../../testing/signed-in.ts'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { insertWholeOrder } from '../../testing/whole-order.ts'
import type { OrderState } from '../canonical/order-state.ts'
import type { OrderActionResult } from '../services/ports.ts'
import { asJson } from '../store/database.ts'

/** How a test walks through one route: what stands for its ids, and a body it takes. */
type Walk = {
  readonly ids?: Readonly<Record<string, string>>
  readonly body?: object
  /** What its address must say besides. */
  readonly query?: string
  /** A PUT makes what is not there, so a stranger's own record comes to be instead of a 404. */
  readonly createsWhatIsUnknown?: boolean
  /** What its id names is the house's own and the same for every tenant. */
  readonly isOfEverybody?: boolean
  /** It ends the session it is asked in. */
  readonly endsSession?: boolean
}

/** Somebody of a tenant: its administrator's API key, and the administrator. */
type Party = { readonly tenantId: string; readonly key: string; readonly person: SignedIn }

let door: TestDoor
let owner: Party
let stranger: Party
let walks: Readonly<Record<string, Walk>>
let secretsOfOwner: readonly string[]

const has = async (tenantId: string, found: ReturnType<typeof sql>): Promise<boolean> =>
  (await door.database.inTenant(tenantId, (tx) => tx.rows(found))).length > 0

const done: OrderActionResult = { status: 'done', message: 'Done.' }

const order = {
  docType: 'order',
  currency: 'USD',
  purchaseOrderNumber: 'PO-1',
  lines: [
    {
      line: '1',
      item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
      quantity: { value: '1', uom: 'EA' },
    },
  ],
}

const reason = { reason: 'The customer called.' }

const signature = {
  signatureId: 'erp-no-article',
  about: 'The ERP does not know the article',
  message: 'article {item} is not known',
  errorClass: 'MAPPING',
  effect: 'refused',
}

const masterRecords = {
  products: ['FAS-1001', { sku: 'FAS-1001', name: 'Hex Cap Screw', productClass: 'FAS' }],
  customers: ['C-1', { customerNumber: 'C-1', name: 'Acme of the owner', currency: 'USD' }],
  agreements: [
    'AG-1',
    {
      agreementId: 'AG-1',
      name: 'Acme 2026',
      customerNumber: 'C-1',
      currency: 'USD',
      validFrom: '2026-01-01',
    },
  ],
  'price-lists': [
    'LIST-1',
    { priceListId: 'LIST-1', name: 'List', currency: 'USD', validFrom: '2026-01-01' },
  ],
  stock: [
    'DAL:FAS-1001',
    { warehouse: 'DAL', sku: 'FAS-1001', onHandEach: 4, asOf: '2026-11-22T06:00:00Z' },
  ],
  partners: ['acme', { partnerId: 'acme', name: 'Acme', kind: 'customer' }],
  supplies: [
    'PO-77',
    {
      ...{ supplyId: 'PO-77', sku: 'FAS-1001', warehouse: 'DAL' },
      ...{ quantityEach: 60, expectedOn: '2026-11-28' },
    },
  ],
  demands: [
    'RES-1',
    {
      ...{ demandId: 'RES-1', sku: 'FAS-1001', warehouse: 'DAL' },
      ...{ quantityEach: 30, neededOn: '2026-11-26' },
    },
  ],
  'substitution-rules': ['NO-1', { ruleId: 'NO-1', kind: 'irreplaceable', sku: 'FAS-1001' }],
  promotions: [
    'SPRING',
    {
      ...{ promotionId: 'SPRING', name: 'Spring', currency: 'USD', validFrom: '2026-03-01' },
      ...{ percentOff: '5', targets: [{ productClass: 'FAS' }] },
    },
  ],
  'exchange-rates': [
    'EUR-2026-11-22',
    {
      ...{ rateId: 'EUR-2026-11-22', base: 'EUR', quote: 'USD', rate: '1.08' },
      validOn: '2026-11-22',
    },
  ],
  'supplier-offers': [
    'HART:FAS-1001',
    {
      ...{ supplierId: 'HART', sku: 'FAS-1001', currency: 'USD', unitPrice: '0.1' },
      ...{ availableEach: 500, quotedOn: '2026-11-20' },
    },
  ],
  lanes: [
    'DAL-HOU-GROUND',
    {
      ...{ laneId: 'DAL-HOU-GROUND', carrier: 'UPS', service: 'Ground', origin: 'DAL' },
      ...{ destination: 'HOU', currency: 'USD', costMinor: 1_200, asOf: '2026-11-20' },
    },
  ],
  'class-rules': [
    'FAS',
    { productClass: 'FAS', attributes: [{ name: 'thread', role: 'safety-equal' }] },
  ],
} as const

function masterWalks(): Record<string, Walk> {
  return Object.fromEntries(
    Object.entries(masterRecords).flatMap(([kind, [id, body]]): [string, Walk][] => [
      [`GET /v1/${kind}`, {}],
      [`PUT /v1/${kind}`, { body }],
      [`POST /v1/${kind}/bulk`, { body }],
      [`GET /v1/${kind}/:id`, { ids: { id } }],
      [`PUT /v1/${kind}/:id`, { ids: { id }, body, createsWhatIsUnknown: true }],
    ]),
  )
}

const init = (method: string, path: string, walk: Walk): RequestInit => {
  if (walk.body === undefined) return { method }
  const isMasterList = Object.keys(masterRecords).some((kind) => path === `/v1/${kind}`)
  const isBulk = path.endsWith('/bulk') || (method === 'PUT' && isMasterList)
  const type = isBulk ? 'application/x-ndjson' : 'application/json'
  return { method, headers: { 'content-type': type }, body: JSON.stringify(walk.body) }
}

const fill = (path: string, ids: Readonly<Record<string, string>> = {}): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name] ?? 'missing'))

const addressOf = (path: string, { ids, query = '' }: Walk): string => `${fill(path, ids)}${query}`

const ask = async (method: string, path: string, key?: string, walk: Walk = {}) => {
  return told(await door.request(addressOf(path, walk), key, init(method, path, walk)))
}

/** Asks with the key where keys may ask, and as the person where only people may. */
const askAs = async (who: Party, method: string, path: string, walk: Walk = {}) => {
  if (isForKeys(method, path)) return ask(method, path, who.key, walk)
  const person =
    walk.endsSession === true
      ? await signedIn(door, { tenantId: who.tenantId, role: 'admin' })
      : who.person
  const { headers = {}, ...rest } = init(method, path, walk)
  const request = {
    ...rest,
    headers: { ...Object.fromEntries(new Headers(headers)), ...person.headers },
  }
  return told(await door.request(addressOf(path, walk), undefined, request))
}

const told = async (answer: Response) => {
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await answer.body?.cancel()
    return { answer, text: '' }
  }
  return { answer, text: await answer.text() }
}

/** The ways in, which nobody is signed in for. */
const waysIn = [
  'POST /v1/inbound/:channel/:connection',
  'POST /v1/session',
  'POST /v1/session/link',
  'GET /v1/session/ways',
  'GET /v1/session/oidc',
  'GET /v1/session/oidc/callback',
]

/** Every declared route behind an API key or a session, once. */
function guardedRoutes(): { method: string; path: string; walk: Walk }[] {
  const names = new Set(
    door.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path}`),
  )
  for (const wayIn of waysIn) names.delete(wayIn)
  return [...names].map((name) => {
    const walk = walks[name]
    if (walk === undefined)
      throw new Error(`${name} is new: say in the table of this test how to walk through it.`)
    const [method = '', path = ''] = name.split(' ')
    return { method, path, walk }
  })
}

const withoutId = (text: string) => text.replace(/"requestId":"[^"]*"/, '')

/** What collectors record needs records to walk to: one of each. */
async function collectionsWalks(invoiceNumber: string): Promise<Record<string, Walk>> {
  const customerNumber = 'C-1'
  const bodies = {
    promises: { customerNumber, amountMinor: 1_000, promisedOn: '2099-01-05' },
    disputes: { invoiceNumber, amountMinor: 90, code: '01' },
    stops: { customerNumber, kind: 'other', reason: 'They asked for a call first.' },
    contacts: { customerNumber, channel: 'phone', level: 1 },
    replies: { customerNumber, channel: 'email', content: 'We will pay on Friday.' },
  } as const
  const Made = z.object({
    promiseId: z.string().optional(),
    disputeId: z.string().optional(),
    stopId: z.string().optional(),
    replyId: z.string().nullish(),
  })
  const made: z.infer<typeof Made> = {}
  for (const [kind, body] of Object.entries(bodies)) {
    const { answer, text } = await ask('POST', `/v1/collections/${kind}`, owner.key, { body })
    expect([kind, answer.status]).toEqual([kind, 201])
    Object.assign(made, Made.parse(JSON.parse(text)))
  }
  const on = (id: string | null | undefined, body: object): Walk => ({
    ids: { id: id ?? '' },
    body,
  })
  return {
    'GET /v1/collections/worklist': {},
    'GET /v1/collections/ageing': {},
    'GET /v1/collections/kpi': {},
    'GET /v1/collections/customers/:id': { ids: { id: customerNumber } },
    'GET /v1/collections/customers/:id/timeline': { ids: { id: customerNumber } },
    'GET /v1/collections/customers/:id/recipients': { ids: { id: customerNumber } },
    'PUT /v1/collections/customers/:id/recipients': on(customerNumber, {
      version: 1,
      contacts: [{ email: 'ap@acme.example' }],
    }),
    'GET /v1/collections/dispute-codes': { isOfEverybody: true },
    'GET /v1/collections/replies/:id/readings': { ids: { id: made.replyId ?? '' } },
    ...Object.fromEntries(
      Object.entries(bodies).flatMap(([kind, body]): [string, Walk][] => [
        [`GET /v1/collections/${kind}`, {}],
        [`POST /v1/collections/${kind}`, { body }],
      ]),
    ),
    'POST /v1/collections/promises/:id/cancel': on(made.promiseId, reason),
    'POST /v1/collections/disputes/:id/resolve': on(made.disputeId, {
      ...reason,
      status: 'rejected',
    }),
    'POST /v1/collections/stops/:id/lift': on(made.stopId, reason),
    'POST /v1/collections/replies/:id/read': on(made.replyId, {}),
  }
}

/** A message to a customer that has left, and a mail that came back. */
async function messageWalks(): Promise<Record<string, Walk>> {
  const messageId = 'out_owner'
  await door.database.inTenant(owner.tenantId, (tx) =>
    tx.run(sql`
      insert into outreach_message (tenant_id, message_id, customer_number, currency, level, proposal_id, effect_key,
        connection_id, header_id, recipient, language, subject, body, invoice_numbers, amount_minor, oldest_days, segment,
        time_zone, payload, actor, queued_at)
      values (${owner.tenantId}, ${messageId}, 'C-1', 'USD', 1, 'prp_owner', 'prp_owner:1', 'mail', 'a@owner.example',
        '{"email":"ap@customer.example"}', 'en', 'Your account', 'Words of the owner', '["INV-1"]', 100, 3, 'standard',
        'UTC', '{}', 'proposal:prp_owner', now())`),
  )
  return {
    'GET /v1/messages': {},
    'GET /v1/messages/:id': { ids: { id: messageId } },
    'GET /v1/mails': {},
  }
}

/** A return of an invoice, which must be there as it was sent. */
async function returnsWalks({ order: sold }: { order: OrderState }): Promise<Record<string, Walk>> {
  const [invoice] = sold.invoices
  const [line] = sold.lines
  if (invoice === undefined || line === undefined) throw new Error('The sample order is billed.')
  const { invoiceNumber, documentId, invoicedOn, dueOn } = invoice
  const paper = {
    ...{ docType: 'invoice', currency: 'USD', invoiceNumber, invoicedOn, dueOn },
    ...{ orderNumber: sold.orderNumber, purchaseOrderNumber: sold.purchaseOrderNumber },
    lines: [
      {
        ...{ line: '1', item: line.item, quantity: { value: '1', uom: 'EA' } },
        ...{ unitPrice: '11.90', lineAmountMinor: 1_190 },
      },
    ],
    ...{ linesTotalMinor: 1_190, totalMinor: 1_190 },
  }
  await door.database.inTenant(owner.tenantId, (tx) =>
    tx.run(sql`
      insert into document (document_id, tenant_id, direction, doc_type, number, canonical, status)
      values (${documentId}, ${owner.tenantId}, 'out', 'invoice', ${invoiceNumber}, ${asJson(paper)}, 'sent')`),
  )
  const body = { invoiceNumber, lines: [{ line: '1', quantityEach: 1, reason: 'damaged' }] }
  const { text } = await ask('POST', '/v1/returns', owner.key, { body })
  const { returnId } = z.object({ returnId: z.string() }).parse(JSON.parse(text))
  const on = (word: string, acted: object): [string, Walk] => [
    `POST /v1/returns/:id/${word}`,
    { ids: { id: returnId }, body: acted },
  ]
  const counted = { lines: [{ line: '1', quantityEach: 1 }] }
  return {
    'GET /v1/returns': {},
    'POST /v1/returns': { body },
    'GET /v1/returns/:id': { ids: { id: returnId } },
    ...Object.fromEntries([
      ...['authorise', 'reject', 'replace', 'credit'].map((word) => on(word, reason)),
      ...['receive', 'inspect'].map((word) => on(word, counted)),
    ]),
  }
}

/** People and their keys: one of each beside the administrator who asks. */
async function peopleWalks(): Promise<Record<string, Walk>> {
  const draft = { name: 'Bo Berg', role: 'operator' }
  const invited = await askAs(owner, 'POST', '/v1/users', {
    body: { ...draft, email: 'bo@owner.example' },
  })
  const { userId } = z
    .object({ person: z.object({ userId: z.string() }) })
    .parse(JSON.parse(invited.text)).person
  const made = await askAs(owner, 'POST', '/v1/tokens', {
    body: { name: 'Export', role: 'viewer' },
  })
  const { credentialId } = z
    .object({ credential: z.object({ credentialId: z.string() }) })
    .parse(JSON.parse(made.text)).credential
  return {
    'GET /v1/session': {},
    'DELETE /v1/session': { endsSession: true },
    'PUT /v1/session/password': { body: { next: 'a walk in the park' }, endsSession: true },
    'GET /v1/users': {},
    'POST /v1/users': { body: { ...draft, email: 'cy@owner.example' } },
    'GET /v1/users/:id': { ids: { id: userId } },
    'PATCH /v1/users/:id': { ids: { id: userId }, body: { role: 'collector' } },
    'POST /v1/users/:id/invitation': { ids: { id: userId } },
    'GET /v1/tokens': {},
    'POST /v1/tokens': { body: { name: 'Copilot', role: 'mcp' } },
    'DELETE /v1/tokens/:id': { ids: { id: credentialId } },
  }
}

/** A thread to read, one to remove, and a run of an agent. */
async function assistantWalks(): Promise<Record<string, Walk>> {
  const opened = async () => {
    const answer = await door.request('/v1/chat', owner.key, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'What failed since yesterday?' }),
    })
    return /thr_[0-9a-z]{26}/.exec(await answer.text())?.[0] ?? ''
  }
  const named = { ids: { name: 'triage' }, isOfEverybody: true }
  const started = await ask('POST', '/v1/agents/:name/runs', owner.key, { ...named, body: {} })
  const { runId } = z.object({ runId: z.string() }).parse(JSON.parse(started.text))
  const setting = { isEnabled: true, runsOnEvents: false, dailyAt: '07:30' }
  return {
    'GET /v1/chat': {},
    'POST /v1/chat': { body: { text: 'Which orders wait?' } },
    'GET /v1/chat/:thread': { ids: { thread: await opened() } },
    'DELETE /v1/chat/:thread': { ids: { thread: await opened() } },
    'POST /v1/chat/:thread/stop': { ids: { thread: await opened() } },
    'GET /v1/agents': {},
    'GET /v1/mcp-calls': {},
    'PUT /v1/agents/:name': { ...named, body: { ...setting, ...reason } },
    'GET /v1/agents/:name/runs': named,
    'POST /v1/agents/:name/runs': { ...named, body: {} },
    'GET /v1/agent-runs/:id': { ids: { id: runId } },
  }
}

const profileBody = {
  ...{ name: 'morning-collections', title: 'Morning collections', goal: 'Chase late payers.' },
  ...{ agent: 'collections', tools: ['ar_aging'], owner: 'Dana' },
  guardrails: { actKinds: [] },
}
const thirdParty = {
  ...{ name: 'Forecaster', owner: 'Dana', provider: 'Acme', version: '1.2' },
  ...{ purpose: 'Looks ahead.', tools: [] },
}

const toolServer = {
  ...{ url: 'https://tools.example/mcp', secret: 'a-secret-of-a-tool-server' },
  tools: ['quote_rate'],
}

/** A profile of an agent, an agent of somebody else, and servers of others. */
async function governanceWalks(): Promise<Record<string, Walk>> {
  const made = async (path: string, body: object) => {
    const { text } = await askAs(owner, 'POST', path, { body })
    return z
      .object({ profileId: z.string().default(''), agentId: z.string().default('') })
      .parse(JSON.parse(text))
  }
  const { profileId } = await made('/v1/agent-profiles', profileBody)
  for (const name of ['freight', 'rates'])
    await askAs(owner, 'PUT', `/v1/tool-servers/${name}`, { body: toolServer })
  const { agentId } = await made('/v1/third-party-agents', thirdParty)
  const other = { ...profileBody, name: 'evening-collections' }
  return {
    'GET /v1/agent-profiles/templates': {},
    'POST /v1/agent-profiles/drafts': { body: { goal: 'Chase late payers every morning.' } },
    'GET /v1/agent-profiles': {},
    'POST /v1/agent-profiles': { body: other },
    'GET /v1/agent-profiles/:profileId': { ids: { profileId } },
    'PUT /v1/agent-profiles/:profileId': {
      ids: { profileId },
      body: { ...profileBody, version: 1 },
    },
    'POST /v1/agent-profiles/:profileId/test': { ids: { profileId } },
    'POST /v1/agent-profiles/:profileId/retire': { ids: { profileId }, body: reason },
    'GET /v1/third-party-agents': {},
    'POST /v1/third-party-agents': { body: { ...thirdParty, name: 'Another' } },
    'PUT /v1/third-party-agents/:agentId': { ids: { agentId }, body: thirdParty },
    'GET /v1/tool-servers': {},
    'PUT /v1/tool-servers/:name': {
      ids: { name: 'freight' },
      body: toolServer,
      createsWhatIsUnknown: true,
    },
    'POST /v1/tool-servers/:name/test': { ids: { name: 'freight' } },
    'DELETE /v1/tool-servers/:name': { ids: { name: 'rates' } },
  }
}

/** Views of the list of orders: one to change and one to remove. */
async function viewWalks(): Promise<Record<string, Walk>> {
  const view = { screen: 'orders', filters: { stage: 'held', sort: 'wanted' } }
  const saved = async (name: string) => {
    const { text } = await askAs(owner, 'POST', '/v1/saved-views', { body: { ...view, name } })
    return { id: z.object({ viewId: z.string() }).parse(JSON.parse(text)).viewId }
  }
  return {
    'GET /v1/saved-views': { query: '?screen=orders' },
    'POST /v1/saved-views': { body: { ...view, name: 'Urgent', isShared: true } },
    'PUT /v1/saved-views/:id': {
      ids: await saved('Mine'),
      body: { screen: 'orders', name: 'Still mine' },
    },
    'DELETE /v1/saved-views/:id': { ids: await saved('Of last week') },
    'PUT /v1/first-views/:screen': {
      ids: { screen: 'orders' },
      body: { viewId: null },
      isOfEverybody: true,
    },
  }
}

/** A proposal that was done at once, and somebody who decides in the owner's place. */
async function proposalWalks(orderId: string): Promise<Record<string, Walk>> {
  const held = {
    ids: { kind: 'place-hold' },
    body: { payload: { orderId, type: 'FRAUD' }, ...reason },
  }
  const deputy = await signedIn(door, { tenantId: owner.tenantId, role: 'operator' })
  const named = { toUserId: deputy.userId, validUntil: new Date(Date.now() + 3_600_000), ...reason }
  const Made = z.object({
    proposalId: z.string().default(''),
    effectHash: z.string().default(''),
    delegationId: z.string().default(''),
  })
  const made = async (path: string, walk: Walk) => {
    const { answer, text } = await askAs(owner, 'POST', path, walk)
    expect([path, answer.ok, text]).toEqual([path, true, text])
    return Made.parse(JSON.parse(text))
  }
  const { proposalId, effectHash } = await made('/v1/acts/:kind', held)
  const { delegationId } = await made('/v1/delegations', { body: named })
  const looked = { version: 1, effectHash }
  return {
    'GET /v1/proposals': {},
    'GET /v1/proposals/:id': { ids: { id: proposalId } },
    'GET /v1/proposals/:id/basis': { ids: { id: proposalId } },
    'GET /v1/proposals/count': {},
    'POST /v1/proposals/:id/draft-check': {
      ids: { id: proposalId },
      body: { ...looked, draft: {} },
    },
    'POST /v1/proposals': {
      body: { subject: `order:${orderId}`, candidateId: 'cnd_0123456789abcdef' },
    },
    'POST /v1/proposals/:id/decision': {
      ids: { id: proposalId },
      body: { decision: 'approve', ...looked },
    },
    'POST /v1/proposals/decisions': {
      body: { decision: 'approve', items: [{ proposalId, ...looked }] },
    },
    'GET /v1/candidates': { query: `?subject=order:${orderId}` },
    'POST /v1/acts/:kind': { ...held, isOfEverybody: true },
    'GET /v1/delegations': {},
    'POST /v1/delegations': { body: named },
    'POST /v1/delegations/:id/end': { ids: { id: delegationId } },
  }
}

beforeAll(async () => {
  door = await openTestDoor({
    options: { rateLimit: { burst: 10_000, perSecond: 1_000 } },
    ports: {
      checkOrder: async () => ({
        wouldBecome: 'ready',
        customerNumber: null,
        currency: 'USD',
        totalMinor: 0,
        lines: [],
        holds: [],
        findings: [],
        decisions: [],
      }),
      orderActions: {
        cancel: async () => done,
        placeHold: async () => done,
        releaseHold: async ({ tenantId, holdId }) =>
          (await has(tenantId, sql`select 1 from hold where hold_id = ${holdId}`))
            ? done
            : { status: 'unknown' },
      },
      quarantineActions: {
        release: async ({ tenantId, quarantineId: id }) =>
          (await has(tenantId, sql`select 1 from quarantine where quarantine_id = ${id}`))
            ? 'done'
            : 'unknown',
        discard: async ({ tenantId, quarantineId: id }) =>
          (await has(tenantId, sql`select 1 from quarantine where quarantine_id = ${id}`))
            ? 'done'
            : 'unknown',
      },
    },
  })
  const [tenantId, strangerId] = [await door.newTenant(), await door.newTenant()]
  const party = async (of: string, name: string): Promise<Party> => ({
    tenantId: of,
    key: await door.newKey(of),
    person: await signedIn(door, { tenantId: of, role: 'admin', name }),
  })
  owner = await party(tenantId, 'Ann of the owner')
  stranger = await party(strangerId, 'Mallory')
  const whole = await insertWholeOrder(door.database, tenantId)
  const { orderId, connectionId, receiptId, quarantineId, paymentId, transactionId } = whole
  const { clusterId } = whole
  const [hold] = whole.order.holds
  const [invoice] = whole.order.invoices
  const connection = { kind: 'json', name: 'Orders by JSON' }
  const onConnection = { ids: { id: connectionId } }
  secretsOfOwner = [
    orderId,
    connectionId,
    receiptId,
    quarantineId,
    paymentId,
    transactionId,
    whole.order.orderNumber,
    invoice?.invoiceNumber ?? '',
    tenantId,
    'Acme of the owner',
    'Ann of the owner',
  ]
  walks = {
    ...masterWalks(),
    'GET /v1/receipts/:id': { ids: { id: receiptId } },
    'GET /v1/documents/:id/raw': { ids: { id: receiptId } },
    'GET /v1/documents/:id/view': { ids: { id: receiptId } },
    'GET /v1/quarantine': {},
    'POST /v1/quarantine/:id/release': { ids: { id: quarantineId }, body: reason },
    'POST /v1/quarantine/:id/discard': { ids: { id: quarantineId }, body: reason },
    'GET /v1/orders': {},
    'GET /v1/orders/count': {},
    'GET /v1/orders/:id': { ids: { id: orderId } },
    'GET /v1/orders/:id/lines/:line': { ids: { id: orderId, line: '1' } },
    'GET /v1/orders/:id/standing': { ids: { id: orderId } },
    'GET /v1/orders/:id/story': { ids: { id: orderId } },
    'POST /v1/orders/check': { body: order },
    'POST /v1/orders/:id/cancel': { ids: { id: orderId }, body: reason },
    'POST /v1/orders/:id/holds': { ids: { id: orderId }, body: { type: 'MANUAL', ...reason } },
    'POST /v1/orders/:id/holds/:holdId/release': {
      ids: { id: orderId, holdId: hold?.holdId ?? '' },
      body: reason,
    },
    'GET /v1/transactions': {},
    'GET /v1/transactions/clusters': {},
    'GET /v1/transactions/clusters/count': {},
    'GET /v1/transactions/clusters/:id': { ids: { id: clusterId } },
    'POST /v1/transactions/clusters/:id/state': {
      ids: { id: clusterId },
      body: { to: 'diagnosed' },
    },
    'GET /v1/signatures': {},
    'PUT /v1/signatures': { body: { items: [signature] } },
    'GET /v1/transactions/:id': { ids: { id: transactionId } },
    'POST /v1/transactions/replay': { body: { ids: [transactionId] } },
    'POST /v1/transactions/:id/drop': { ids: { id: transactionId }, body: reason },
    'GET /v1/invoices': {},
    'GET /v1/invoices/:id': { ids: { id: invoice?.invoiceId ?? '' } },
    'GET /v1/payments': {},
    'GET /v1/cash/unapplied': {},
    'POST /v1/cash/:id/apply': { ids: { id: paymentId }, body: { candidateId: 'exact:0' } },
    'POST /v1/cash/:id/take-back': { ids: { id: paymentId }, body: reason },
    'GET /v1/cash/kpi': {},
    'GET /v1/deductions': {},
    'GET /v1/credit-notes': {},
    'GET /v1/connections': {},
    'POST /v1/connections': { body: connection },
    'GET /v1/connections/:id': onConnection,
    'PUT /v1/connections/:id': {
      ids: { id: connectionId },
      body: {
        kind: 'x12',
        name: 'Northwind EDI',
        settings: { ourQualifier: 'ZZ', ourId: 'US', theirQualifier: 'ZZ', theirId: 'NORTHWIND' },
      },
    },
    'POST /v1/connections/:id/secrets': { ...onConnection, body: { secret: 'long-enough' } },
    'POST /v1/connections/:id/test': onConnection,
    'POST /v1/connections/:id/enable': onConnection,
    'POST /v1/connections/:id/disable': onConnection,
    'POST /v1/connections/:id/end-earlier-secrets': onConnection,
    'GET /v1/sla/forecast': {},
    'POST /v1/sourcing/suppliers': {
      body: { sku: 'FAS-1001', quantityEach: 10, neededOn: '2026-12-01' },
    },
    'POST /v1/sourcing/carriers': {
      body: {
        ...{ origin: 'DAL', destination: 'HOU', shipOn: '2026-12-01', promisedOn: '2026-12-04' },
        delay: { laneId: 'DAL-HOU-GROUND', delayedUntil: '2026-12-09' },
      },
    },
    'GET /v1/metrics/kpi': {},
    'GET /v1/metrics/touch-map': {},
    'GET /v1/metrics/document-matrix': {},
    'GET /v1/policies': {},
    'GET /v1/policies/:policy': { ids: { policy: 'pricing' }, isOfEverybody: true },
    'PUT /v1/policies/:policy': {
      ids: { policy: 'pricing' },
      body: { settings: {}, ...reason },
      isOfEverybody: true,
    },
    'POST /v1/policies/:policy/trial': {
      ids: { policy: 'pricing' },
      body: { settings: {} },
      isOfEverybody: true,
    },
    'GET /v1/stream': {},
    'GET /v1/tools': {},
    'POST /v1/tools/:name': { ids: { name: 'order_search' }, body: {}, isOfEverybody: true },
    ...(await governanceWalks()),
    ...(await peopleWalks()),
    ...(await viewWalks()),
  }
  for (const [kind, [id, body]] of Object.entries(masterRecords)) {
    const put = await ask('PUT', `/v1/${kind}/:id`, owner.key, { ids: { id }, body })
    expect([kind, put.answer.status]).toEqual([kind, 201])
  }
  walks = {
    ...walks,
    ...(await collectionsWalks(invoice?.invoiceNumber ?? '')),
    ...(await returnsWalks(whole)),
    ...(await messageWalks()),
    ...(await proposalWalks(orderId)),
    ...(await assistantWalks()),
  }
})
afterAll(() => door.close())

test('without a key every route answers 401 as a problem', async () => {
  for (const { method, path, walk } of guardedRoutes()) {
    const { answer, text } = await ask(method, path, undefined, walk)
    expect([method, path, answer.status]).toEqual([method, path, 401])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(text).toContain('not-authenticated')
  }
})

test('without the scope every route answers 403, whatever the body', async () => {
  const powerless = await door.newKey(owner.tenantId, { role: 'partner' })
  for (const { method, path, walk } of guardedRoutes())
    for (const tried of [walk, { ...walk, ...(walk.body === undefined ? {} : { body: {} }) }]) {
      const { answer } = await ask(method, path, powerless, tried)
      expect([method, path, answer.status]).toEqual([method, path, 403])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
})

test('another tenant’s id looks exactly like an id of nothing, on every route', async () => {
  for (const { method, path, walk } of guardedRoutes()) {
    if (walk.ids === undefined || walk.createsWhatIsUnknown === true || walk.isOfEverybody === true)
      continue
    const theirs = await askAs(stranger, method, path, walk)
    expect([method, path, theirs.answer.status]).toEqual([method, path, 404])
    expect(theirs.answer.headers.get('content-type')).toBe('application/problem+json')
    // A connection that nobody has comes to be by its PUT; one of another tenant does not.
    if (method === 'PUT') continue
    const nothing = Object.fromEntries(
      Object.entries(walk.ids).map(([name, id]) => [name, id.replace(/.$/, '~')]),
    )
    const unknown = await askAs(owner, method, path, { ...walk, ids: nothing })
    const neutral = (text: string, ids: Readonly<Record<string, string>>) =>
      Object.values(ids).reduce((rest, id) => rest.replaceAll(id, 'ID'), withoutId(text))
    expect(unknown.answer.status).toBe(404)
    expect(neutral(theirs.text, walk.ids)).toBe(neutral(unknown.text, nothing))
  }
})

test('nothing of a tenant is in any answer to another one', async () => {
  for (const { method, path, walk } of guardedRoutes()) {
    const asked = JSON.stringify(walk)
    const { text } = await askAs(stranger, method, path, walk)
    // An id that the stranger itself sent may be repeated to it; everything else may not.
    for (const secret of secretsOfOwner.filter((known) => !asked.includes(known)))
      expect([method, path, text.includes(secret)]).toEqual([method, path, false])
  }
  const kept = await ask('GET', '/v1/customers/:id', owner.key, { ids: { id: 'C-1' } })
  expect(kept.text).toContain('Acme of the owner')
})

test('a method that a route does not have is answered 405 with the ones it has', async () => {
  const methodsOf = new Map<string, string[]>()
  for (const { method, path } of guardedRoutes())
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), method])
  for (const [path] of methodsOf) {
    const { answer, text } = await ask('PROPFIND', path, owner.key)
    expect([path, answer.status]).toEqual([path, 405])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(text).toContain('method-not-allowed')
    for (const method of methodsOf.get(path) ?? [])
      expect(answer.headers.get('allow')).toContain(method)
  }
})

test('an address of nothing is 404 as a problem', async () => {
  const { answer } = await ask('GET', '/v1/nothing/here', owner.key)
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

/** Whether a route's declaration lets API keys in, or only people. */
function isForKeys(method: string, path: string): boolean {
  const wanted = path.replaceAll(/:(\w+)/g, '{$1}')
  return door.app.openAPIRegistry.definitions.some(
    (definition) =>
      definition.type === 'route' &&
      definition.route.method.toUpperCase() === method &&
      definition.route.path === wanted &&
      (definition.route.security ?? []).some((proof) => 'apiKey' in proof),
  )
}

const Parsing = z.object({ safeParse: z.custom<z.ZodType['safeParse']>() })

/** What the API's own description says a route answers with. */
function declaredAnswer(method: string, path: string, status: number) {
  const wanted = path.replaceAll(/:(\w+)/g, '{$1}')
  for (const definition of door.app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { route } = definition
    if (route.method.toUpperCase() !== method || route.path !== wanted) continue
    const answer = z
      .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
      .safeParse(route.responses[status])
    return { route, answer: answer.data }
  }
  return undefined
}

test('the owner gets through every route with its own ids, and gets exactly what the description declares', async () => {
  for (const { method, path, walk } of guardedRoutes()) {
    const { answer, text } = await askAs(owner, method, path, walk)
    const isFine = answer.ok || answer.status === 409
    const result = isFine ? 'through' : `${answer.status} ${text}`
    expect([method, path, result]).toEqual([method, path, 'through'])
    const declared = declaredAnswer(method, path, answer.status)
    expect([method, path, answer.status, declared?.answer === undefined]).toEqual([
      method,
      path,
      answer.status,
      false,
    ])
    const proofs = (declared?.route.security ?? []).flatMap((proof) => Object.keys(proof))
    expect([method, path, proofs.length > 0]).toEqual([method, path, true])
    const schema = Parsing.safeParse(declared?.answer?.content['application/json']?.schema)
    if (!answer.ok || !schema.success) continue
    const sent: unknown = JSON.parse(text)
    const parsed = schema.data.safeParse(sent)
    expect([method, path, parsed.error?.issues ?? []]).toEqual([method, path, []])
    expect([method, path, parsed.data]).toEqual([method, path, sent])
  }
})
