import type { DynamicStructuredTool } from '@langchain/core/tools'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { z } from 'zod'
import type { OpenedToolServer, ToolServerTest } from '../../backbone/canonical/tool-server.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import { plainText } from '../../tools/wire/outside-text.ts'

/** The way out: it decides which addresses may be called. */
export type OutsideFetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** One tool of a server, as its server describes it. */
type FoundTool = {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly readOnly: boolean
  /** Calls it; what it says is text of somebody outside. */
  call(args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>
}

/** A server that answered, with all its tools. */
export type ConnectedServer = {
  readonly tools: readonly FoundTool[]
  close(): Promise<void>
}

const listMs = 5_000
const callMs = 15_000
const mostBytes = 8_000
const longestDescription = 300
const longestSchema = 6_000

/** Says that a server is away, in words of ours: its own might be an instruction. */
export const awayText = (server: string) =>
  `The tool server ${server} does not answer as an MCP server; go on without its tools.`

const failedText = (server: string, tool: string) =>
  `The tool ${tool} of ${server} failed or did not take the arguments. What it said of it is not passed on.`

const Annotated = z.object({ annotations: z.object({ readOnlyHint: z.boolean().optional() }) })
const Schema = z.record(z.string(), z.unknown())

/** A schema without what a reader cannot see, and without long stories. */
function plainSchema(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value, longestDescription)
  if (Array.isArray(value)) return value.map(plainSchema)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [plainText(name, 80), plainSchema(inner)]),
  )
}

const Block = z.looseObject({ type: z.string(), text: z.string().optional() })

/** What a tool said, as one text of no more than a model is given. */
function textOf(content: unknown): string {
  const blocks = z.array(Block).safeParse(content)
  const parts = blocks.success
    ? blocks.data.map(({ type, text }) => text ?? `[${type} left out]`)
    : [typeof content === 'string' ? content : '']
  const cut = Buffer.from(parts.join('\n')).subarray(0, mostBytes).toString('utf8')
  return plainText(cut, mostBytes)
}

function foundTool(server: string, tool: DynamicStructuredTool): FoundTool {
  const parameters = Schema.safeParse(plainSchema(tool.schema)).data ?? {}
  return {
    name: tool.name,
    description: plainText(tool.description, longestDescription),
    parameters,
    readOnly: Annotated.safeParse(tool.metadata).data?.annotations.readOnlyHint === true,
    async call(args, signal) {
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(callMs)])
        return textOf(await tool.invoke({ ...args }, { signal: limit, timeout: callMs }))
      } catch {
        signal.throwIfAborted()
        throw new CallerMistake(503, 'tool-failed', failedText(server, tool.name))
      }
    },
  }
}

const isWhatever = <Value>(_input: unknown): _input is Value => true
const accepted = <Value>(input: unknown) =>
  isWhatever<Value>(input)
    ? { valid: true as const, data: input, errorMessage: undefined }
    : { valid: false as const, data: undefined, errorMessage: '' }

/** Connects to a server and lists its tools; nothing of the framework is loaded before. */
export async function connectToolServer(
  { name, url, secret }: OpenedToolServer,
  fetch: OutsideFetch,
  signal: AbortSignal,
): Promise<ConnectedServer> {
  const [{ Client }, { StreamableHTTPClientTransport }, { loadMcpTools }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@langchain/mcp-adapters'),
  ])
  const client = new Client(
    { name: 'quittance', version: '1' },
    // Schemas of others are not compiled: nothing rests on what they promise.
    { jsonSchemaValidator: { getValidator: () => accepted } },
  )
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  const transport: unknown = new StreamableHTTPClientTransport(new URL(url), {
    ...{ fetch, requestInit: { headers } },
  })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(listMs)])
  const close = () => client.close()
  // Closed, it answers nothing more: a list without an end ends there too.
  const onAbort = () => void close().catch(() => undefined)
  limit.addEventListener('abort', onAbort, { once: true })
  try {
    limit.throwIfAborted()
    // The SDK's own classes disagree under exactOptionalPropertyTypes: sessionId may be undefined there.
    await client.connect(z.custom<Transport>().parse(transport), { timeout: listMs })
    const loaded = await loadMcpTools(name, client)
    return { tools: loaded.map((tool) => foundTool(name, tool)), close }
  } catch {
    await close().catch(() => undefined)
    signal.throwIfAborted()
    throw new CallerMistake(503, 'tool-server-away', awayText(name))
  } finally {
    limit.removeEventListener('abort', onAbort)
  }
}

/** Whether a tool of a server is given to agents: named, small enough to describe, and only reading unless it may write. */
export function isOffered(
  { tools, mayWrite }: Pick<OpenedToolServer, 'tools' | 'mayWrite'>,
  { name, readOnly, parameters }: Pick<FoundTool, 'name' | 'readOnly' | 'parameters'>,
): boolean {
  const isSmall = JSON.stringify(parameters).length <= longestSchema
  return tools.includes(name) && (readOnly || mayWrite) && isSmall
}

/** Tries a server: whether it answers, and with which tools. */
export async function probeToolServer(
  server: OpenedToolServer,
  fetch: OutsideFetch,
): Promise<ToolServerTest> {
  try {
    const connected = await connectToolServer(server, fetch, AbortSignal.timeout(2 * listMs))
    await connected.close()
    const tools = connected.tools.slice(0, 200).map((tool) => ({
      ...{ name: plainText(tool.name, 80), untrustedDescription: tool.description },
      ...{ readOnly: tool.readOnly, isOffered: isOffered(server, tool) },
    }))
    return { isReachable: true, detail: `It answers with ${tools.length} tools.`, tools }
  } catch (error) {
    if (!(error instanceof CallerMistake)) throw error
    return {
      isReachable: false,
      detail: 'It does not answer as an MCP server, or its address may not be called.',
      tools: [],
    }
  }
}
