import { createServer } from 'node:http'
import { AIMessageChunk, HumanMessage } from '@langchain/core/messages'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type LlmServer, startLlmServer } from '../../testing/llm-server.ts'
import type { ModelSettings, ModelSpend } from './model-settings.ts'
import { type ModelSurroundings, openModels } from './open-models.ts'
import type { RulesMind } from './run-model.ts'

let server: LlmServer
beforeAll(async () => {
  server = await startLlmServer()
  const { llm } = server
  llm.onMessage('hello', { content: 'Good morning. Two orders wait.' })
  llm.onMessage('price of FAS-001', {
    toolCalls: [{ name: 'get_price', arguments: '{"sku":"FAS-001","quantity":50}' }],
  })
  llm.onMessage('half a call', { toolCalls: [{ name: 'get_price', arguments: '{"sku":"FAS-0' }] })
  llm.onMessage('number cut', { toolCalls: [{ name: 'get_price', arguments: '{"quantity":12' }] })
  llm.onMessage('not an object', { toolCalls: [{ name: 'get_price', arguments: '[1]' }] })
  llm.onMessage('approve it', { toolCalls: [{ name: 'approve_proposal', arguments: '{}' }] })
  llm.onMessage(
    'cut off',
    { content: 'a b c d e f g h i j' },
    { chunkSize: 2, truncateAfterChunks: 2 },
  )
  llm.onMessage('slow', { content: 'late' }, { latency: 2_000 })
  llm.onMessage('wait long', {
    error: { message: 'secret text of the service' },
    status: 429,
    retryAfter: 600,
  })
})
afterAll(() => server.close())

const getPrice = {
  type: 'function',
  function: {
    name: 'get_price',
    description: 'The price of a product.',
    parameters: z.toJSONSchema(z.object({ sku: z.string(), quantity: z.number() })),
  },
}

const byRules: RulesMind = (_, tools) =>
  tools.length > 0
    ? { toolCalls: [{ name: tools[0] ?? '', args: { sku: 'BY-RULES' } }] }
    : { text: 'By rules. As of now.' }

async function openRun(
  change: Partial<ModelSettings> = {},
  surroundings: ModelSurroundings = {},
  day: { left: boolean } = { left: true },
) {
  const paid: ModelSpend[] = []
  const failures: string[] = []
  const stopping = new AbortController()
  const waited: number[] = []
  const model = await openModels(
    { ...server.settings, ...change },
    { wait: async (ms) => void waited.push(ms), ...surroundings },
  ).open({
    signal: stopping.signal,
    day: { isLeft: () => day.left, add: async (spent) => void paid.push(spent) },
    span: () => ({
      note: () => undefined,
      fail: (reason) => void failures.push(reason),
      end: () => undefined,
    }),
  })
  const say = (text: string) => model.chat(byRules).invoke([new HumanMessage(text)])
  const sayWithTools = (text: string) => {
    const bound = model.chat(byRules).bindTools?.([getPrice])
    if (bound === undefined) throw new Error('Tools cannot be bound.')
    return bound.invoke([new HumanMessage(text)])
  }
  return { model, paid, failures, stopping, waited, say, sayWithTools }
}

test('without a key the rules answer, say so, and cost nothing', async () => {
  const model = await openModels(undefined).open({
    signal: new AbortController().signal,
    day: { isLeft: () => true, add: () => Promise.reject(new Error('Nothing is paid.')) },
    span: () => {
      throw new Error('No call is made.')
    },
  })
  expect(model.mode()).toBe('rules')
  expect(model.note()).toBe('rules mode, no language model')
  const answer = await model.chat(byRules).invoke('hello')
  expect(answer.text).toBe('By rules. As of now.')
  const pieces: string[] = []
  for await (const chunk of await model.chat(byRules).stream('hello')) pieces.push(chunk.text)
  expect(pieces.filter((piece) => piece !== '')).toEqual(['By rules.', ' As of now.'])
  const called = await model.chat(byRules).bindTools?.([getPrice]).invoke('price?')
  expect(called?.tool_calls?.[0]).toMatchObject({ name: 'get_price', args: { sku: 'BY-RULES' } })
  expect(model.spent().calls).toBe(0)
})

test('with a key the language model answers, and tokens and cost are counted', async () => {
  const { model, say, paid } = await openRun()
  const answer = await say('hello')
  expect(answer.text).toBe('Good morning. Two orders wait.')
  expect(model.mode()).toBe('model')
  expect(model.note()).toContain('gpt-4o-mini')
  expect(model.spent().calls).toBe(1)
  expect(model.spent().inputTokens + model.spent().outputTokens).toBeGreaterThan(0)
  expect(paid).toEqual([model.spent()])
})

test('an answer streams to whoever reads along', async () => {
  const { model } = await openRun()
  let whole: AIMessageChunk | undefined
  let pieces = 0
  for await (const chunk of await model.chat(byRules).stream('hello')) {
    pieces += 1
    whole = whole === undefined ? chunk : whole.concat(chunk)
  }
  expect(whole).toBeInstanceOf(AIMessageChunk)
  expect(whole?.text).toBe('Good morning. Two orders wait.')
  expect(pieces).toBeGreaterThan(1)
})

test('a call of a tool comes with its arguments and an id of its own each time', async () => {
  const { sayWithTools } = await openRun()
  const first = await sayWithTools('price of FAS-001?')
  const second = await sayWithTools('price of FAS-001?')
  expect(first.tool_calls?.[0]).toMatchObject({
    name: 'get_price',
    args: { sku: 'FAS-001', quantity: 50 },
  })
  expect(first.tool_calls?.[0]?.id).not.toBe(second.tool_calls?.[0]?.id)
})

test('a schema can be asked for', async () => {
  const { model } = await openRun()
  server.llm.onMessage('draft it', {
    toolCalls: [{ name: 'extract', arguments: '{"subject":"Overdue","body":"Dear Cobalt"}' }],
  })
  const drafting = model
    .chat(byRules)
    .withStructuredOutput(z.object({ subject: z.string(), body: z.string() }))
  expect(await drafting.invoke('draft it')).toEqual({ subject: 'Overdue', body: 'Dear Cobalt' })
})

test('a service that is busy for a moment is asked once more, when it says', async () => {
  const { say, model, waited } = await openRun()
  server.llm.nextRequestError(429, { message: 'Rate limit', type: 'rate_limit_error' })
  expect((await say('hello')).text).toContain('Two orders')
  expect(waited).toEqual([1_000])
  expect(model.mode()).toBe('model')
})

test('a service that asks to wait long is left for the rules at once', async () => {
  const { say, model, waited } = await openRun()
  expect((await say('wait long')).text).toBe('By rules. As of now.')
  expect(waited).toEqual([])
  expect(model.mode()).toBe('rules')
  expect(model.note()).toBe('rules mode, no language model: the model service asks for fewer calls')
})

test('a service that says it is away twice is left for the rules, for the rest of the run', async () => {
  const { say, model } = await openRun()
  server.llm.nextRequestError(503, { message: 'overloaded' })
  server.llm.nextRequestError(503, { message: 'overloaded' })
  expect((await say('hello')).text).toContain('By rules')
  expect(model.note()).toContain('not available')
  const asked = server.asked()
  expect((await say('hello')).text).toContain('By rules')
  expect(server.asked()).toBe(asked)
})

test.each([
  ['cut off', 'no language model'],
  ['half a call', 'cannot be read'],
  ['number cut', 'cannot be read'],
  ['not an object', 'cannot be read'],
  ['approve it', 'cannot be read'],
])(
  'an answer that is not whole or calls what it was not given is not followed: %s',
  async (text, why) => {
    const { sayWithTools, model } = await openRun()
    const answer = await sayWithTools(text)
    expect(answer.tool_calls?.[0]?.args).toEqual({ sku: 'BY-RULES' })
    expect(model.note()).toContain(why)
  },
)

/** A service that says some of an answer and ends, without a word that it is through. */
async function startBrokenService(pieces: readonly string[]) {
  const broken = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of pieces)
      answer.write(
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { role: 'assistant', content } }] })}\n\n`,
      )
    answer.end()
  })
  await new Promise<void>((listening) => void broken.listen(0, '127.0.0.1', listening))
  const { port } = z.object({ port: z.number() }).parse(broken.address())
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () => new Promise((done) => broken.close(done)),
  }
}

test('a stream that just ends is an answer cut off: nothing of it is shown', async () => {
  const broken = await startBrokenService(['The total is 1', '2'])
  const { say, model } = await openRun({ baseUrl: broken.baseUrl })
  expect((await say('what is the total')).text).toBe('By rules. As of now.')
  expect(model.note()).toContain('broke off')
  await broken.close()
})

/** A service that is busy for ever, and says when to come again as it is told to. */
async function startBusyService(retryAfter: string | undefined) {
  const busy = createServer((_, answer) => {
    answer.writeHead(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    answer.end('{"error":{"message":"busy"}}')
  })
  await new Promise<void>((listening) => void busy.listen(0, '127.0.0.1', listening))
  const { port } = z.object({ port: z.number() }).parse(busy.address())
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () => new Promise((done) => busy.close(done)),
  }
}

test.each([
  ['does not say when', undefined, 250, 500],
  ['says so in seconds', '2', 2_000, 2_000],
  ['says so as a date', new Date(Date.now() + 4_000).toUTCString(), 0, 4_000],
])('a busy service that %s is asked once more and then left', async (_, told, least, most) => {
  const busy = await startBusyService(told)
  const { say, model, waited } = await openRun({ baseUrl: busy.baseUrl })
  expect((await say('hello')).text).toContain('By rules')
  expect(model.note()).toContain('asks for fewer calls')
  expect(waited).toHaveLength(1)
  expect(waited[0]).toBeGreaterThanOrEqual(least)
  expect(waited[0]).toBeLessThanOrEqual(most)
  await busy.close()
})

test('a run that has used up its time is worded by rules', async () => {
  let nowMs = 0
  const { say, model } = await openRun({}, { nowMs: () => nowMs })
  await say('hello')
  nowMs = 61_000
  expect((await say('hello')).text).toContain('By rules')
  expect(model.note()).toContain('budget of this run')
})

test('a model that takes too long is left', async () => {
  const { say, model } = await openRun({ callMs: 100 })
  expect((await say('slow')).text).toContain('By rules')
  expect(model.note()).toContain('too long')
})

test('a person who stops the run stops the call, and no rules answer in its place', async () => {
  const { say, stopping } = await openRun()
  const answer = say('slow')
  stopping.abort(new Error('Stopped.'))
  await expect(answer).rejects.toThrow()
})

test('a run keeps to its budget of calls and of tokens, and the tenant to that of its day', async () => {
  const few = await openRun({ budget: { ...server.settings.budget, calls: 2 } })
  await few.say('hello')
  await few.say('hello')
  expect((await few.say('hello')).text).toContain('By rules')
  expect(few.model.spent().calls).toBe(2)
  expect(few.model.note()).toContain('budget of this run')
  const small = await openRun({ budget: { ...server.settings.budget, tokens: 3 } })
  expect((await small.say('hello, this is more than that')).text).toContain('By rules')
  expect(small.model.spent().calls).toBe(0)
  const dear = await openRun({ budget: { ...server.settings.budget, costMicros: 1 } })
  await dear.say('hello')
  expect((await dear.say('hello')).text).toContain('By rules')
  const spentDay = await openRun({}, {}, { left: false })
  expect((await spentDay.say('hello')).text).toContain('By rules')
  expect(spentDay.model.note()).toContain("day's budget")
})

test('neither the key nor the text of the service reaches a note or a span', async () => {
  const { say, model, failures } = await openRun({ apiKey: 'sk-very-secret-1' })
  server.llm.nextRequestError(401, { message: 'Incorrect API key provided: sk-very-secret-1' })
  await say('hello')
  await say('wait long')
  const told = [model.note(), ...failures].join('\n')
  expect(told).not.toContain('secret')
  expect(failures).toEqual(['the model service refused the call'])
})

test('a service that is not there is left for the rules', async () => {
  const closed = createServer()
  await new Promise<void>((listening) => void closed.listen(0, '127.0.0.1', listening))
  const { port } = z.object({ port: z.number() }).parse(closed.address())
  await new Promise((done) => closed.close(done))
  const { say, model } = await openRun({ baseUrl: `http://127.0.0.1:${port}/v1` })
  expect((await say('hello')).text).toContain('By rules')
  expect(model.note()).toContain('not available')
})
