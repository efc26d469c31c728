import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { CallerMistake, OurBug } from '../backbone/errors.ts'
import type { CallTool } from '../tools/call-tool.ts'
import { catalog } from '../tools/catalog.ts'
import { type ServerFace, serverMaker } from './host-server.ts'
import { hostedPrompts } from './hosted-prompts.ts'
import { hostedTemplates, runbookAddresses } from './hosted-records.ts'
import { callerForHosts, hostedTools, type StartSpan } from './hosted-tools.ts'
import { openInHand } from './in-hand.ts'
import type { HostCaller, Surface } from './surface.ts'

/** An MCP server over HTTP: one message of a host at a time, nothing kept between two. */
export type McpEndpoint = {
  /** Answers a message whose body has been read; scopes that a token could be given are a `CallerMistake`. */
  answer(request: Request, body: string, host: HostCaller): Promise<Response>
  close(): Promise<void>
}

// 2025-era hosts may send several messages in one body.
const mostMessages = 16
const mostSubscriptions = 64

function messageError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

const Wanted = z.object({
  method: z.enum(['tools/call', 'resources/read']),
  params: z.object({ name: z.string().optional(), uri: z.string().optional() }),
})

const schemeOf = (uri: string): string => uri.slice(0, uri.indexOf(':') + 1)

/** What a message needs, where it calls a tool or reads a record. */
function neededBy({ tools, templates }: Surface, message: unknown): string | undefined {
  const wanted = Wanted.safeParse(message)
  if (!wanted.success) return undefined
  const { name, uri = '' } = wanted.data.params
  return wanted.data.method === 'tools/call'
    ? tools.find(({ listed }) => listed.name === name)?.scope
    : templates.find(({ listed }) => schemeOf(listed.uriTemplate) === schemeOf(uri))?.scope
}

/** The scope that is missing, where the authorization server could grant it. */
function missingScope(
  surface: Surface,
  messages: readonly unknown[],
  { caller, canStepUp }: HostCaller,
): string | undefined {
  if (!canStepUp) return undefined
  const granted: readonly string[] = caller.scopes
  return messages
    .map((message) => neededBy(surface, message))
    .find((scope) => scope !== undefined && scope !== '' && !granted.includes(scope))
}

function parsed(body: string): { readonly message: unknown } | undefined {
  try {
    return { message: JSON.parse(body) }
  } catch {
    return undefined
  }
}

/** Puts a surface behind an endpoint: the one assembly, for the product and for what tests add to it. */
export function assembleEndpoint(
  face: ServerFace,
  surface: Surface,
  onTrouble: (error: Error) => void,
): McpEndpoint {
  const make = serverMaker(face, surface, (error) =>
    onTrouble(
      new OurBug('A message of an agent host could not be answered.', {}, { cause: error }),
    ),
  )
  // Who asks goes with the request and is in no header; a new object for every request.
  const hosts = new WeakMap<AuthInfo, HostCaller>()
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const host = authInfo === undefined ? undefined : hosts.get(authInfo)
      if (host === undefined) throw new Error('A message came without whoever sent it.')
      return make(host)
    },
    { onerror: onTrouble, maxSubscriptions: mostSubscriptions },
  )
  return {
    async answer(request, body, host) {
      const authInfo: AuthInfo = { token: '', clientId: host.caller.requester.id, scopes: [] }
      hosts.set(authInfo, host)
      const read = parsed(body)
      if (read === undefined) return messageError(400, -32_700, 'The body is not well-formed JSON.')
      const { message } = read
      const messages: readonly unknown[] = Array.isArray(message) ? message : [message]
      if (messages.length > mostMessages)
        return messageError(400, -32_600, `Send at most ${mostMessages} messages in one body.`)
      const scope = missingScope(surface, messages, host)
      if (scope !== undefined)
        throw new CallerMistake(
          403,
          'insufficient-scope',
          `This call needs the scope ${scope}, which the token does not carry.`,
          { scope },
        )
      return handler.fetch(request, { authInfo, parsedBody: message })
    },
    close: () => handler.close(),
  }
}

/** What the product shows to hosts: the published tools, records by their address, prompts. */
export function productSurface(parts: {
  readonly callTool: CallTool
  readonly startSpan: StartSpan
  /** Calls that one caller may have in hand at once. */
  readonly mostInHand: number
}): Surface {
  const call = callerForHosts({ ...parts, inHand: openInHand(parts.mostInHand) })
  return {
    tools: hostedTools(catalog, call),
    resources: runbookAddresses,
    templates: hostedTemplates(call),
    prompts: hostedPrompts(call),
    noteUnknownTool: async (args, asked) => {
      // The empty name is nobody's: the call is refused, and on record.
      await call(asked, '', args).catch(() => undefined)
    },
  }
}

/** How the product presents itself. */
export function productFace(version: string): ServerFace {
  return {
    ...{ name: 'quittance', title: 'Quittance', version },
    instructions:
      'Order-to-cash of a distributor: orders, holds, failed transactions, invoices and debts as they are on record, and proposals for people to decide about. Nothing here approves or sends anything.',
  }
}
