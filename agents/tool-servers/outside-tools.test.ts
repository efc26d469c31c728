import { AIMessage } from '@langchain/core/messages'
import { fakeModel } from '@langchain/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { CallerMistake } from '../../backbone/errors.ts'
import { runAgent } from '../../testing/agents-world.ts'
import { startToolServer } from '../../testing/tool-server.ts'
import type { BoundTools } from '../agent.ts'
import { assistant } from '../assistant/assistant.ts'
import type { RunModel } from '../model/run-model.ts'
import { openOutsideTools } from './outside-tools.ts'

/** Tools of a run that count how often those of others were asked for. */
function countedTools() {
  const asked = { times: 0 }
  const tools: BoundTools = {
    names: assistant.tools,
    call: async () => {
      throw new CallerMistake(404, 'not-found', 'There is no such record.')
    },
    outside: async () => {
      asked.times += 1
      return []
    },
  }
  return { tools, asked }
}

const wordedBy = (model: ReturnType<typeof fakeModel>): RunModel => ({
  chat: () => model,
  mode: () => 'model',
  note: () => 'a scripted model',
  spent: () => ({ calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 }),
})

test('tools of others are asked for only where a language model words the answer', async () => {
  const { tools, asked } = countedTools()
  const ask = { text: 'How busy is the lane?' }
  await runAgent(assistant, { tools, ask })
  expect(asked.times).toBe(0)
  const model = wordedBy(fakeModel().respond(new AIMessage('Nobody knows.')))
  await runAgent(assistant, { tools, ask, model })
  expect(asked.times).toBe(1)
})

test('a list that cannot be read leaves a run without tools of others, and is told', async () => {
  const told: unknown[] = []
  const lost = new Error('The secret does not open.')
  const outside = openOutsideTools(
    {
      opened: () => Promise.reject(lost),
      fetch: () => Promise.reject(new Error('Nobody is called.')),
      onSurprise: (_, error) => void told.push(error),
    },
    {
      ...{ tenantId: 'own', only: 'all', mayPropose: true },
      signal: new AbortController().signal,
      onAway: () => undefined,
    },
  )
  expect(await outside.list()).toEqual([])
  expect(told).toEqual([lost])
  await outside.close()
})

test('nobody is called for a profile that names none of a server’s tools', async () => {
  let called = 0
  const server = { name: 'freight', url: 'https://freight.example/mcp', mayWrite: false }
  const outside = openOutsideTools(
    {
      opened: async () => [{ ...server, tools: ['quote_rate'], secret: undefined }],
      fetch: async () => {
        called += 1
        return new Response(null, { status: 503 })
      },
      onSurprise: () => undefined,
    },
    {
      ...{ tenantId: 'own', only: ['freight__news'], mayPropose: true },
      signal: new AbortController().signal,
      onAway: () => undefined,
    },
  )
  expect(await outside.list()).toEqual([])
  await expect(outside.call('freight__quote_rate', {})).rejects.toThrow('switched off')
  expect(called).toBe(0)
})

test('whoever may propose nothing is not offered what writes elsewhere', async () => {
  const secret = 'freight-secret-0123456789'
  const freight = await startToolServer(secret)
  onTestFinished(() => freight.close())
  const tools = ['quote_rate', 'book_truck']
  const offered = async (mayPropose: boolean) => {
    const outside = openOutsideTools(
      {
        opened: async () => [{ name: 'freight', url: freight.url, tools, mayWrite: true, secret }],
        fetch: (url, init) => fetch(url, init),
        onSurprise: () => undefined,
      },
      {
        ...{ tenantId: 'own', only: 'all', mayPropose },
        signal: new AbortController().signal,
        onAway: () => undefined,
      },
    )
    const listed = await outside.list()
    await outside.close()
    return listed.map(({ name, isWriting }) => [name, isWriting])
  }
  expect(await offered(false)).toEqual([['freight__quote_rate', false]])
  expect(await offered(true)).toEqual([
    ['freight__quote_rate', false],
    ['freight__book_truck', true],
  ])
})
