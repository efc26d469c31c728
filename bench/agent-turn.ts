import { createServer } from 'node:http'
import { z } from 'zod'
import { ChatEvent } from '../backbone/canonical/chat.ts'
import { readConfig } from '../backbone/config.ts'
import { OurBug } from '../backbone/errors.ts'
import { setAgent } from '../backbone/store/assistant/agent-settings.ts'
import type { TenantTx } from '../backbone/store/database.ts'
import { openStore } from '../cli/open-store.ts'
import { freePort } from '../testing/free-port.ts'
import { furnishForTools } from '../testing/tools-world.ts'
import { type Keep, keeping } from './house/keep.ts'
import {
  benchTenantId,
  newHome,
  openTenant,
  type QuittanceHome,
  startQuittance,
} from './house/quittance.ts'
import { treeUse } from './load/process-tree.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

type Worded = 'rules' | 'model'

/** A house that answers in the chat, and whose questions have answers. */
type Chatting = {
  readonly databaseKind: QuittanceHome['databaseKind']
  readonly worded: Worded
  readonly url: string
  readonly pids: readonly number[]
  readonly token: string
  readonly questions: readonly string[]
  readonly model: InstantModel | undefined
}

/** What the turns of one house took. */
type TurnFigures = Pick<Chatting, 'databaseKind' | 'worded'> & {
  readonly turns: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** CPU of the server for one of them, on average: what it takes when neighbours are quiet. */
  readonly cpuMs: number
}

const Asked = z.object({
  messages: z.array(z.object({ role: z.string() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
})

const chunk = (delta: object, reason: string | null) =>
  `data: ${JSON.stringify({
    ...{ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'instant' },
    choices: [{ index: 0, delta, finish_reason: reason }],
  })}\n\n`

/** A language model at an address, and how long it has worked on answers so far: that is not the house's time. */
type InstantModel = { readonly url: string; workedMs(): number }

/** A model that thinks no time: it calls a tool that reads, then has a sentence ready. */
async function startInstantModel(keep: Keep): Promise<InstantModel> {
  let workedMs = 0
  const server = createServer((request, answer) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      // The house asks for embeddings of its products too; here it compares them by spelling.
      if (request.url?.endsWith('/chat/completions') !== true) {
        answer.writeHead(404).end()
        return
      }
      const startedAtMs = performance.now()
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
      workedMs += performance.now() - startedAtMs
    })
  })
  const port = await freePort()
  await new Promise<void>((listening) => void server.listen(port, '127.0.0.1', listening))
  keep({ stop: () => new Promise((done) => void server.close(() => done())) })
  return { url: `http://127.0.0.1:${port}/v1`, workedMs: () => workedMs }
}

// Nothing but the turns goes on: no agent is woken by what the house is furnished with.
async function letAgentsRest(tx: TenantTx): Promise<void> {
  for (const agent of ['order-validation', 'triage', 'collections'])
    await setAgent(tx, {
      ...{ agent, isEnabled: true, runsOnEvents: false, dailyAt: null },
      ...{ changedBy: 'bench', reason: 'measuring' },
    })
}

/** Fills a home with the seeded distributor, held orders and failed calls; gives the numbers of the held ones. */
async function furnish(home: QuittanceHome): Promise<readonly string[]> {
  const { database, close } = await openStore(readConfig(home.settings))
  try {
    const { held } = await furnishForTools(database, benchTenantId, { held: 20, failed: 30 })
    await database.inTenant(benchTenantId, letAgentsRest)
    return held.map(({ orderNumber }) => orderNumber)
  } finally {
    await close()
  }
}

async function openChatting(
  { say }: BenchHouse,
  keep: Keep,
  { databaseUrl, model }: { readonly databaseUrl?: string; readonly model?: InstantModel },
): Promise<Chatting> {
  const worded: Worded = model === undefined ? 'rules' : 'model'
  const settings = {
    QUITTANCE_MODEL_DOLLARS_PER_DAY: '100000',
    ...(model === undefined ? {} : { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: model.url }),
  }
  const home = keep(
    await newHome({ settings, ...(databaseUrl === undefined ? {} : { databaseUrl }) }),
  )
  const token = await openTenant(home)
  const held = await furnish(home)
  const quittance = keep(await startQuittance(home))
  say(`agent turn, ${home.databaseKind}, ${worded}: ready`)
  return {
    ...{ databaseKind: home.databaseKind, worded, url: quittance.urls[0] ?? '', token, model },
    pids: quittance.pids,
    questions: [
      ...held.slice(0, 10).map((number) => `Where is ${number} and why is it stuck?`),
      'What must I release before cut-off?',
      'What failed since yesterday and what fixes most?',
      'Is C-10001 good for this order?',
      'What is unapplied and why?',
    ],
  }
}

/** One question and its answer, to the last event, without the time in which its model worked. */
async function takeTurn({ url, token, worded, model }: Chatting, text: string): Promise<number> {
  const workedBeforeMs = model?.workedMs() ?? 0
  const startedAtMs = performance.now()
  const answer = await fetch(`${url}/v1/chat`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  const told = await answer.text()
  const tookMs = performance.now() - startedAtMs - ((model?.workedMs() ?? 0) - workedBeforeMs)
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
  return tookMs
}

async function measureTurns(house: Chatting, rounds: number): Promise<TurnFigures> {
  const { questions, pids, databaseKind, worded } = house
  const warmUp = Math.ceil(rounds / 2)
  const took: number[] = []
  let cpuBefore = 0
  for (let round = 0; round < warmUp + rounds; round += 1) {
    if (round === warmUp) cpuBefore = treeUse(pids).cpuSeconds
    const tookMs = await takeTurn(house, questions[round % questions.length] ?? '')
    if (round >= warmUp) took.push(tookMs)
  }
  const cpuMs = ((treeUse(pids).cpuSeconds - cpuBefore) * 1_000) / rounds
  const [p50Ms, p95Ms] = [percentile(took, 50), percentile(took, 95)]
  return { databaseKind, worded, turns: took.length, p50Ms, p95Ms, cpuMs }
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
    note: `POST /v1/chat to its last event in new threads, ${turns} turns over 14 questions of the seeded distributor, tools, run log and thread kept included, ${cpuMs.toFixed(1)} ms CPU of the server each; the client is a process of its own, its time counts${worded === 'model' ? '; the model works in it, and its work on an answer does not' : ''}`,
  }
}

/** The turns of one house, in a process of its own, as people run it. */
function measureHouse(
  house: BenchHouse,
  worded: Worded,
  databaseUrl: string | undefined,
): Promise<TurnFigures> {
  return keeping(async (keep) => {
    const model = worded === 'rules' ? undefined : await startInstantModel(keep)
    const chatting = await openChatting(house, keep, {
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      ...(model === undefined ? {} : { model }),
    })
    return measureTurns(chatting, house.isQuick ? 28 : 280)
  })
}

async function measureAgentTurns(house: BenchHouse): Promise<Measured> {
  const figures: TurnFigures[] = []
  for (const worded of ['rules', 'model'] as const) {
    figures.push(await measureHouse(house, worded, undefined))
    const databaseUrl = await house.postgres?.newDatabase('turn')
    if (databaseUrl !== undefined) figures.push(await measureHouse(house, worded, databaseUrl))
  }
  return { rows: figures.map(rowOf), details: { turns: figures } }
}

/** What a turn of the assistant costs beside its model. */
export const agentTurn: Measurement = {
  name: 'agent-turn',
  about: 'a question to the assistant and its whole answer, beside the model',
  takes: 'about 1 minute; --quick 15 s',
  run: measureAgentTurns,
}
