import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { ActionableError } from '../backbone/errors.ts'

/** Where the messages of a host go, and the token they go with. */
export type BridgeTarget = { readonly url: string; readonly token: string }

/** The address of the MCP server of a house. */
export const mcpAddress = (url: string): string =>
  `${url.replace(/\/$/, '').replace(/\/mcp$/, '')}/mcp`

type BridgeParts = {
  readonly input: Readable
  readonly output: Writable
  /** Finds the server; asked again when it is gone or takes the token no longer. */
  connect(): Promise<BridgeTarget>
  /** Told what cannot be told to the host; never on standard output. */
  say(line: string): void
}

/** A bridge that runs until its host goes away. */
export type Bridge = {
  readonly ended: Promise<void>
  /** Breaks off what is in hand. */
  stop(): void
}

const Message = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({ _meta: z.record(z.string(), z.unknown()).optional() }).optional(),
})
type Message = z.infer<typeof Message>

const Initialized = z.looseObject({ result: z.looseObject({ protocolVersion: z.string() }) })
const Problem = z.looseObject({ detail: z.string() })
const JsonRpc = z.looseObject({ jsonrpc: z.literal('2.0') })
const Cancelled = z.looseObject({
  method: z.literal('notifications/cancelled'),
  params: z.looseObject({ requestId: z.union([z.string(), z.number()]) }),
})

// A host that has said all it had to may still wait for answers.
const longestMs = 60_000

const mostLetters = 1_048_576
const versionKey = 'io.modelcontextprotocol/protocolVersion'

const failure = (id: Message['id'], code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message } })

// A header carries visible ASCII; other names go as base64 in the sentinel of MCP 2026-07-28 (SEP-2243).
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}

/** The headers that say again what a message of 2026-07-28 says; older ones name the version agreed on. */
function headersOf({ method, params }: Message, agreedVersion: string | undefined) {
  const told = params?._meta?.[versionKey]
  if (typeof told !== 'string')
    return agreedVersion === undefined ? {} : { 'mcp-protocol-version': agreedVersion }
  const name = params?.['name'] ?? params?.['uri']
  return {
    'mcp-protocol-version': told,
    ...(method === undefined ? {} : { 'mcp-method': method }),
    ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
  }
}

/** The messages of a stream of server-sent events, as they come. */
async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const events = rest.split(/\r?\n\r?\n/)
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
      if (data.length > 0) yield data.join('\n')
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the server refused, as a message that the host can show. */
function refusalOf(id: Message['id'], status: number, text: string): string {
  const told = parsed(text)
  if (JsonRpc.safeParse(told).success && typeof told === 'object')
    return JSON.stringify({ ...told, id: id ?? null })
  const problem = Problem.safeParse(told)
  const words = problem.success ? problem.data.detail : `The server answered with ${status}.`
  return failure(id, -32_000, words)
}

/** Lines of a stream, each without its end; a line without end is not kept. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = ''
  input.setEncoding('utf8')
  for await (const part of input) {
    rest += String(part)
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > mostLetters) rest = ''
  }
  yield rest
}

class MessageBridge {
  #target: Promise<BridgeTarget> | undefined
  #agreedVersion: string | undefined
  readonly #inHand = new Map<string | number, AbortController>()
  readonly #listening = new Set<AbortController>()
  readonly #parts: BridgeParts

  constructor(parts: BridgeParts) {
    this.#parts = parts
  }

  #write(text: string): void {
    this.#parts.output.write(`${text.replaceAll('\n', ' ')}\n`)
  }

  async #post(line: string, message: Message, signal: AbortSignal): Promise<Response> {
    this.#target ??= this.#parts.connect()
    const { url, token } = await this.#target
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        ...headersOf(message, this.#agreedVersion),
      },
      body: line,
      signal,
    })
  }

  /** Asks the server; one that is gone, or takes the token no longer, is looked for once more. */
  async #ask(line: string, message: Message, signal: AbortSignal): Promise<Response> {
    const before = this.#target
    const answer = await this.#post(line, message, signal).catch((error: unknown) => {
      if (signal.aborted || before === undefined) throw error
      return undefined
    })
    if (answer !== undefined && (answer.status !== 401 || before === undefined)) return answer
    await answer?.body?.cancel()
    if (this.#target === before) this.#target = undefined
    return this.#post(line, message, signal)
  }

  async #pass(answer: Response, { id, method }: Message): Promise<void> {
    if (!answer.ok) {
      const text = await answer.text()
      if (id !== undefined) this.#write(refusalOf(id, answer.status, text))
      return
    }
    if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) {
      for await (const event of eventsOf(answer.body ?? new ReadableStream<Uint8Array>()))
        this.#note(method, event)
      return
    }
    const text = await answer.text()
    if (text !== '') this.#note(method, text)
  }

  #note(method: string | undefined, text: string): void {
    const version = method === 'initialize' ? Initialized.safeParse(parsed(text)) : undefined
    if (version?.success === true) this.#agreedVersion = version.data.result.protocolVersion
    this.#write(text)
  }

  /** Carries one message to the server and what it answers back. */
  async carry(line: string): Promise<void> {
    const told = parsed(line)
    if (told === undefined) return this.#write(failure(undefined, -32_700, 'This line is no JSON.'))
    const cancelled = Cancelled.safeParse(told)
    if (cancelled.success) this.#inHand.get(cancelled.data.params.requestId)?.abort()
    const read = Message.safeParse(told)
    const message: Message = read.success ? read.data : {}
    const controller = new AbortController()
    const { id } = message
    if (id !== undefined && message.method !== undefined) this.#inHand.set(id, controller)
    if (message.method === 'subscriptions/listen') this.#listening.add(controller)
    try {
      await this.#pass(await this.#ask(line, message, controller.signal), message)
    } catch (error) {
      // What was called off is not answered.
      if (!controller.signal.aborted) this.#failed(id, error)
    } finally {
      if (id !== undefined) this.#inHand.delete(id)
      this.#listening.delete(controller)
    }
  }

  #failed(id: Message['id'], error: unknown): void {
    const words =
      error instanceof ActionableError ? error.message : 'The server cannot be reached now.'
    this.#parts.say(`The server could not be asked: ${words}`)
    if (id !== undefined) this.#write(failure(id, -32_000, words))
  }

  /** Ends what has no end of its own: nobody listens any more. */
  stopListening(): void {
    for (const controller of this.#listening) controller.abort()
  }

  /** Ends everything: nobody reads any more. */
  hangUp(): void {
    for (const controller of this.#inHand.values()) controller.abort()
  }
}

/**
 * Carries the messages of a host on standard input to the server and its answers back, each on a line of its own and
 * whatever their era. It reads nothing but what it must carry in headers too.
 */
export function startBridge(parts: BridgeParts): Bridge {
  const bridge = new MessageBridge(parts)
  parts.output.on('error', () => bridge.hangUp())
  const run = async () => {
    const carried = new Set<Promise<void>>()
    for await (const line of linesOf(parts.input)) {
      if (line.trim() === '') continue
      const carrying = bridge.carry(line).finally(() => carried.delete(carrying))
      carried.add(carrying)
      // The version that is agreed on goes with every later message.
      if (line.includes('"initialize"')) await carrying
    }
    bridge.stopListening()
    const late = setTimeout(() => bridge.hangUp(), longestMs)
    await Promise.all(carried)
    clearTimeout(late)
  }
  return { ended: run(), stop: () => bridge.hangUp() }
}
