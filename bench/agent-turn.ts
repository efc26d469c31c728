import { createServer } from 'node:http'
import { z } from 'zod'
import { ChatEvent } from '../backbone/canonical/chat.ts'
import { readConfig } from '../backbone/config.ts'
import { OurBug } from '../backbone/errors.ts'
import { credentialsService } from '../backbone/services/credentials.ts'
import { claimTenantForSeed } from '../backbone/store/master-data/seeded-tenant.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { openHouse } from '../cli/house.ts'
import { startServer } from '../cli/server.ts'
import { freePort } from '../testing/free-port.ts'
import { furnishForTools } from '../testing/tools-world.ts'
import type { Keep } from './house/keep.ts'
import { benchTenantId, newHome, type QuittanceHome } from './house/quittance.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type Worded = 'rules' | 'model'

/** A house that answers in the chat, and whose questions have answers. */
type Chatting = {
  readonly databaseKind: QuittanceHome['databaseKind']
  readonly worded: Worded
  readonly url: string
  readonly token: string
  readonly questions: readonly string[]
}

/** What the turns of one house took. */
type TurnFigures = Pick<Chatting, 'databaseKind' | 'worded'> & {
  readonly turns: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** CPU of this process for one of them: what it takes when neighbours are quiet. */
  readonly cpuMs: number
}

type Turn = { readonly tookMs: number; readonly cpuMs: number }

const Asked = z.object({
  messages: z.array(z.object({ role: z.string() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
})

const chunk = (delta: object, reason: string | null) =>
  `data: ${JSON.stringify({
    ...{ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'instant' },
    choices: [{ index: 0, delta, finish_reason: reason }],
  })}\n\n`

/** A model that takes no time: it calls a tool that reads, then has a sentence ready. */
async function startInstantModel(keep: Keep): Promise<string> {
  const server = createServer((request, answer) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { messages, tools } = Asked.parse(JSON.parse(Buffer.concat(parts).toString()))
      const canCall = tools.some((tool) => tool.function.name === 'hold_worklist')
      const isFirst = !messages.some(({ role }) => role === 'tool')
      const call = { id: 'call_1', type: 'function', index: 0 }
      answer.writeHead(200, { 'content-type': 'text/event-stream' })
      answer.end(
        canCall && isFirst
          ? `${chunk({ role: 'assistant', tool_calls: [{ ...call, function: { name: 'hold_worklist', arguments: '{}' } }] }, null)}${chunk({}, 'tool_calls')}data: [DONE]\n\n`
          : `${chunk({ role: 'assistant', content: 'These holds wait.' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`,
      )
    })
  })
  const port = await freePort()
  await new Promise<void>((listening) => void server.listen(port, '127.0.0.1', listening))
  keep({ stop: () => new Promise((done) => void server.close(() => done())) })
  return `http://127.0.0.1:${port}/v1`
}

async function openChatting(
  { keep, say }: BenchHouse,
  { databaseUrl, modelUrl }: { readonly databaseUrl?: string; readonly modelUrl?: string },
): Promise<Chatting> {
  const worded: Worded = modelUrl === undefined ? 'rules' : 'model'
  const home = keep(await newHome(databaseUrl === undefined ? {} : { databaseUrl }))
  const environment = {
    ...{ ...home.settings, QUITTANCE_PORT: '0', QUITTANCE_MODEL_DOLLARS_PER_DAY: '100000' },
    ...(modelUrl === undefined ? {} : { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: modelUrl }),
  }
  const log = createLog({ level: 'silent', destination: { write: () => undefined } })
  const house = await openHouse(readConfig(environment), log)
  keep({ stop: () => house.close() })
  const tenantId = `${benchTenantId}-${worded}`
  const profile = { name: 'Bench', timeZone: 'UTC', currency: 'USD', settings: {} }
  await house.database.inTenant(tenantId, (tx) => claimTenantForSeed(tx, profile))
  const { held } = await furnishForTools(house.database, tenantId, { held: 20, failed: 30 })
  const { token } = await credentialsService(house).create(
    { tenantId, actor: 'bench' },
    { name: 'Bench', role: 'operator', scopes: [] },
  )
  const server = await startServer(house)
  keep(server)
  say(`agent turn, ${home.databaseKind}, ${worded}: ready`)
  return {
    ...{ databaseKind: home.databaseKind, worded, url: server.url, token },
    questions: [
      ...held.slice(0, 10).map(({ orderNumber }) => `Where is ${orderNumber} and why is it stuck?`),
      'What must I release before cut-off?',
      'What failed since yesterday and what fixes most?',
      'Is C-10001 good for this order?',
      'What is unapplied and why?',
    ],
  }
}

/** One question and its answer, to the last event. */
async function takeTurn({ url, token, worded }: Chatting, text: string): Promise<Turn> {
  const cpu = process.cpuUsage()
  const startedAtMs = performance.now()
  const answer = await fetch(`${url}/v1/chat`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  const told = await answer.text()
  const tookMs = performance.now() - startedAtMs
  const { user, system } = process.cpuUsage(cpu)
  const events = told
    .split('\n')
    .flatMap((line) =>
      line.startsWith('data: ') ? [ChatEvent.parse(JSON.parse(line.slice(6)))] : [],
    )
  const mode = events.findLast((event) => event.type === 'mode')
  if (events.at(-1)?.type !== 'done' || mode?.mode !== worded)
    throw new OurBug('A turn of the bench was not answered as it should be.', {
      question: text,
      told: told.slice(-300),
    })
  return { tookMs, cpuMs: (user + system) / 1_000 }
}

async function measureTurns(
  houses: readonly Chatting[],
  rounds: number,
): Promise<readonly TurnFigures[]> {
  const values = houses.map((): Turn[] => [])
  const warmUp = Math.ceil(rounds / 4)
  // In turn, so that what else the machine does falls on all alike.
  for (let round = -warmUp; round < rounds; round += 1)
    for (const [place, house] of houses.entries()) {
      const { questions } = house
      const question = questions[(round + warmUp) % questions.length] ?? ''
      const turn = await takeTurn(house, question)
      if (round >= 0) values[place]?.push(turn)
    }
  return houses.map(({ databaseKind, worded }, place) => {
    const own = values[place] ?? []
    const took = own.map(({ tookMs }) => tookMs)
    const cpu = own.map(({ cpuMs }) => cpuMs)
    const [p50Ms, p95Ms] = [percentile(took, 50), percentile(took, 95)]
    return { databaseKind, worded, turns: own.length, p50Ms, p95Ms, cpuMs: percentile(cpu, 50) }
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const
const wordings = {
  rules: 'worded by rules',
  model: 'with a language model that answers at once',
} as const

function rowOf({ databaseKind, worded, turns, p50Ms, p95Ms, cpuMs }: TurnFigures): BenchRow {
  return {
    row: `agent turn excluding the model: ${wordings[worded]}, ${names[databaseKind]}`,
    bar: '<= 15 ms p50, <= 40 ms p95',
    figure: `p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`,
    isReached: p50Ms <= 15 && p95Ms <= 40,
    note: `POST /v1/chat to its last event in new threads, ${turns} turns over 14 questions of the seeded distributor, tools, run log and thread kept included, ${cpuMs.toFixed(1)} ms CPU p50; client, server and the built-in database share one process`,
  }
}

async function measureAgentTurns(house: BenchHouse): Promise<Measured> {
  const modelUrl = await startInstantModel(house.keep)
  const houses: Chatting[] = []
  for (const model of [{}, { modelUrl }]) {
    houses.push(await openChatting(house, model))
    const databaseUrl = await house.postgres?.newDatabase('turn')
    if (databaseUrl !== undefined) houses.push(await openChatting(house, { ...model, databaseUrl }))
  }
  const figures = await measureTurns(houses, house.isQuick ? 28 : 280)
  return { rows: figures.map(rowOf), details: { turns: figures } }
}

/** What a turn of the assistant costs beside its model. */
export const agentTurn: Measurement = {
  name: 'agent-turn',
  about: 'a question to the assistant and its whole answer, beside the model',
  takes: 'about 1 minute; --quick 15 s',
  run: measureAgentTurns,
}
