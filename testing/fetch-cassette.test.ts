import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openModels } from '../agents/model/open-models.ts'
import type { RulesMind } from '../agents/model/run-model.ts'
import { type Cassette, openCassette } from './fetch-cassette.ts'
import { type LlmServer, startLlmServer } from './llm-server.ts'

let server: LlmServer
let folder: string
beforeAll(async () => {
  server = await startLlmServer({ apiKey: 'sk-very-secret-key' })
  server.llm.onMessage('hello', { content: 'Good morning.' })
  server.llm.onMessage('price', {
    toolCalls: [{ name: 'get_price', arguments: '{"sku":"FAS-1"}', id: 'call_0123456789' }],
  })
  folder = await mkdtemp(join(tmpdir(), 'cassette-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const byRules: RulesMind = () => ({ text: 'By rules.' })

async function say(cassette: Cassette, words: string) {
  const model = await openModels(server.settings, { fetch: cassette.fetch }).open({
    signal: new AbortController().signal,
    day: { isLeft: () => true, add: async () => undefined },
    span: () => ({ note: () => undefined, fail: () => undefined, end: () => undefined }),
  })
  const tool = {
    type: 'function',
    function: { name: 'get_price', parameters: { type: 'object', properties: {} } },
  }
  return model.chat(byRules).bindTools?.([tool]).invoke(words)
}

test('what a model said is given again without the model, with ids of its own each time', async () => {
  const file = join(folder, 'talk.json')
  const recorder = await openCassette(file, 'record')
  const words = ['hello', 'price', 'price']
  const said = []
  for (const word of words) said.push(await say(recorder, word))
  await recorder.close()
  const asked = server.asked()
  const player = await openCassette(file, 'replay')
  const again = []
  for (const word of words) again.push(await say(player, word))
  await player.close()
  expect(server.asked()).toBe(asked)
  expect(again.map((message) => message?.text)).toEqual(said.map((message) => message?.text))
  expect(again[1]?.tool_calls?.[0]?.args).toEqual({ sku: 'FAS-1' })
  expect(again[1]?.tool_calls?.[0]?.id).not.toBe(again[2]?.tool_calls?.[0]?.id)
})

test('no key is on a cassette', async () => {
  const file = join(folder, 'secrets.json')
  const recorder = await openCassette(file, 'record')
  await say(recorder, 'hello, my key is sk-another-secret')
  await recorder.close()
  const kept = await readFile(file, 'utf8')
  expect(kept).not.toMatch(/sk-|authorization/i)
  expect(kept).toContain('Good morning.')
})

test('a call that was not recorded fails, and a recorded one that is not asked for too', async () => {
  const file = join(folder, 'strict.json')
  const recorder = await openCassette(file, 'record')
  await say(recorder, 'hello')
  await recorder.close()
  const player = await openCassette(file, 'replay')
  await expect(
    player.fetch(`${server.settings.baseUrl}/chat/completions`, { method: 'POST', body: '{}' }),
  ).rejects.toThrow('record again')
  await expect(player.close()).rejects.toThrow('1 recorded calls were not asked for')
})
