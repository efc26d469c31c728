import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { CallerMistake, OurBug } from '../backbone/errors.ts'
import { apiPrincipals } from '../backbone/services/api-principal.ts'
import { invoicesService } from '../backbone/services/invoices.ts'
import { mcpCallsService } from '../backbone/services/mcp-calls.ts'
import { assembleEndpoint, productFace } from '../mcp-server/open-mcp.ts'
import type { HostedTool } from '../mcp-server/surface.ts'
import { openTestDoor } from '../testing/test-door.ts'
import { insertWholeOrder } from '../testing/whole-order.ts'
import { toolCallerOf } from '../tools/tool-door.ts'
import { median, ratioOf } from './load/statistics.ts'

/** CPU of this process for one call each of a kind, in microseconds, and how often it is that of the reference. */
export type CallCosts = {
  readonly calls: number
  readonly oursMicros: number
  readonly referenceMicros: number
  readonly ratio: number
}

/** A way of calling: what arrives, and what answers it. */
type Call = {
  readonly request: () => Request
  readonly answer: (request: Request) => Response | Promise<Response>
}

async function cpuOf({ request, answer: answerTo }: Call, times: number): Promise<number> {
  // What the caller does is not the server's.
  const requests = Array.from({ length: times }, request)
  const before = process.cpuUsage()
  for (const asked of requests) {
    const answer = await answerTo(asked)
    const text = await answer.text()
    if (!answer.ok || text.includes('"isError":true') || text.includes('"error"'))
      throw new OurBug('A call of the bench was refused.', { told: text.slice(0, 300) })
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

/** Both kinds in turn, so that what else the machine does meets both; the middle of the rounds counts. */
async function compare(
  ours: Call,
  reference: Call,
  { rounds, times }: { readonly rounds: number; readonly times: number },
): Promise<CallCosts> {
  const [mine, theirs]: [number[], number[]] = [[], []]
  for (let round = -2; round < rounds; round += 1) {
    const first = round % 2 === 0 ? ours : reference
    const firstMicros = await cpuOf(first, times)
    const secondMicros = await cpuOf(first === ours ? reference : ours, times)
    if (round < 0) continue
    mine.push(first === ours ? firstMicros : secondMicros)
    theirs.push(first === ours ? secondMicros : firstMicros)
  }
  const [oursMicros, referenceMicros] = [median(mine), median(theirs)]
  const calls = rounds * times
  return { calls, oursMicros, referenceMicros, ratio: ratioOf(oursMicros, referenceMicros) }
}

/** The headers and the body of a call of a tool, as hosts of 2026-07-28 send it. */
export function messageOf(tool: string, args: object): { headers: Headers; body: string } {
  return {
    headers: new Headers({
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
    }),
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: {
        ...{ name: tool, arguments: args },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  }
}

const fixed = { stage: 'held', order_number: 'SO-1', holds: ['PRICE'], line_count: 3 }
const fixedTool: HostedTool = {
  listed: {
    ...{ name: 'fixed_answer', title: 'Fixed answer', description: 'Answers at once.' },
    inputSchema: { type: 'object', additionalProperties: false },
    outputSchema: { type: 'object' },
  },
  scope: '',
  call: async () => ({
    content: [{ type: 'text', text: 'order_number SO-1' }],
    structuredContent: fixed,
  }),
}

/** The protocol alone: a tool that answers at once, beside a Hono route that takes and gives JSON of that size. */
export async function protocolCosts(isQuick: boolean): Promise<CallCosts> {
  const endpoint = assembleEndpoint(
    productFace('0.0.0'),
    { tools: [fixedTool], resources: [], templates: [], prompts: [] },
    () => undefined,
  )
  const host = {
    caller: {
      ...{ tenantId: 'bench', scopes: [] },
      requester: { kind: 'agent' as const, id: 'crd_bench', name: 'Bench' },
    },
    canStepUp: false,
  }
  const app = new Hono()
  app.post('/mcp', async (c) => endpoint.answer(c.req.raw, await c.req.text(), host))
  app.post('/bare', async (c) => {
    const { id }: { id: number } = await c.req.json()
    return c.json({ jsonrpc: '2.0', id, result: fixed, text: 'order_number SO-1' })
  })
  const { headers, body } = messageOf('fixed_answer', {})
  const at = (path: string): Call => ({
    request: () => new Request(`http://127.0.0.1${path}`, { method: 'POST', headers, body }),
    answer: (asked) => app.fetch(asked),
  })
  try {
    const size = isQuick ? { rounds: 4, times: 200 } : { rounds: 20, times: 1_000 }
    return await compare(at('/mcp'), at('/bare'), size)
  } finally {
    await endpoint.close()
  }
}

/** A whole call through the product's door, beside a Hono route that asks who it is, reads the same and keeps the same row. */
export async function wholeCallCosts(isQuick: boolean): Promise<CallCosts> {
  const roomy = { burst: 1e9, perSecond: 1e9 }
  const door = await openTestDoor({ options: { rateLimit: roomy } })
  try {
    const { database } = door
    const tenantId = await door.newTenant()
    const { order } = await insertWholeOrder(database, tenantId)
    const invoice = order.invoices[0]?.invoiceId ?? ''
    const key = await door.newKey(tenantId, { role: 'mcp' })
    const { authenticate } = apiPrincipals({ database, nowMs: Date.now })
    const invoices = invoicesService({ database })
    const calls = mcpCallsService({ database })
    const app = new Hono()
    app.post('/invoice', async (c) => {
      const startedAtMs = performance.now()
      const token = (c.req.header('authorization') ?? '').slice('Bearer '.length)
      const who = await authenticate(createHash('sha256').update(token).digest('hex'))
      if (who === undefined) throw new CallerMistake(401, 'not-authenticated', 'No.')
      const { params }: { params: { arguments: { invoice: string } } } = await c.req.json()
      const answer = c.json(await invoices.get(who.tenantId, params.arguments.invoice))
      await calls.record({
        ...{ tool: 'invoice_get', outcome: 'answered', bytes: 0, args: params.arguments },
        ...{ tenantId: who.tenantId, caller: toolCallerOf(who).requester },
        durationMs: performance.now() - startedAtMs,
      })
      return answer
    })
    const { headers, body } = messageOf('invoice_get', { invoice })
    headers.set('authorization', `Bearer ${key}`)
    headers.set('host', '127.0.0.1')
    const asked = (path: string) => () =>
      new Request(`http://127.0.0.1${path}`, { method: 'POST', headers, body })
    const size = isQuick ? { rounds: 2, times: 40 } : { rounds: 14, times: 150 }
    return await compare(
      { request: asked('/mcp'), answer: (request) => door.app.fetch(request) },
      { request: asked('/invoice'), answer: (request) => app.fetch(request) },
      size,
    )
  } finally {
    await door.close()
  }
}
