import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../backbone/config.ts'
import { allConnectors } from '../backbone/connectors/registry.ts'
import { type SandboxClient, sandboxClient } from '../backbone/connectors/sandbox/client.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { countUp, type DemoCounts } from './demo/count.ts'
import { demoDelivery, demoTimeoutMs, misbehave } from './demo/misbehave.ts'
import { type DemoBooks, readBooks } from './demo/outcome.ts'
import { openProgress, type Progress } from './demo/progress.ts'
import { callLines, countLines, sendingJson, sendingLine } from './demo/report.ts'
import { type Moving, openTally, untilAtRest } from './demo/rest.ts'
import { readSendings, type Sent, sendAll } from './demo/sendings.ts'
import { type DemoSecrets, furnishDemo, openSandboxDoors } from './demo-world.ts'
import { type House, openHouse, startWork } from './house.ts'
import { startSandboxProcess } from './sandbox-process.ts'
import { startServer } from './server.ts'
import { stopSignal } from './stop-signal.ts'

// The day of the fixtures: their prices are those of the seed at this date.
const today = '2026-11-22'
const withinMs = 60_000

/** The buyers' changes must come within the cancel window: a slow machine, known by its opening time, gets a longer one. */
function cancelWindowSeconds(openingMs: number): number {
  return Math.min(30, Math.max(8, Math.ceil((openingMs * 3) / 1_000)))
}

type Stage = {
  readonly house: House
  readonly serverUrl: string
  readonly secrets: DemoSecrets
  readonly sandbox: SandboxClient
  readonly progress: Progress
  readonly stopped: AbortSignal
}

type Result = {
  readonly books: DemoBooks
  readonly counts: DemoCounts
  readonly losses: readonly string[]
  readonly stillMoving: Moving
}

async function prepareFolder(keep: string | undefined): Promise<string> {
  if (keep === undefined) return mkdtemp(join(tmpdir(), 'quittance-demo-'))
  const folder = resolve(keep)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0)
    throw new NeedsPerson(
      `${folder} is not empty. The demo begins with nothing: name a new folder with --keep.`,
      { folder },
    )
  return folder
}

function configFor(folder: string): Config {
  const level = process.env['QUITTANCE_LOG_LEVEL']
  return readConfig({
    QUITTANCE_DATA: folder,
    QUITTANCE_PORT: '0',
    // The systems misbehave on purpose: their warnings would bury the story.
    QUITTANCE_LOG_LEVEL: level ?? 'error',
  })
}

/** Shows how far the orders are until it is told to end. */
function follow(progress: Progress, text: () => Promise<string>) {
  const ended = new AbortController()
  const round = async () => {
    while (!ended.signal.aborted) {
      progress.show(await text())
      await wait(400, undefined, { signal: ended.signal }).catch(() => undefined)
    }
  }
  const running = round()
  return {
    async end() {
      ended.abort()
      await running
      progress.end()
    },
  }
}

async function play(stage: Stage): Promise<Result> {
  const { house, serverUrl, secrets, sandbox, stopped } = stage
  const sendings = await readSendings()
  const receiptIds = new Set<string>()
  let sentCount = 0
  const onSent = ({ answer }: Sent) => {
    sentCount += 1
    if (answer.receiptId !== undefined) receiptIds.add(answer.receiptId)
  }
  const tally = await openTally(house)
  const following = follow(
    stage.progress,
    async () => `sent ${sentCount} of ${sendings.length}; ${await tally.look()}`,
  )
  try {
    const sent = await sendAll(sendings, { serverUrl, secrets, sandbox, onSent })
    const stillMoving = await untilAtRest(house, sandbox, { receiptIds, withinMs, stopped })
    const books = await readBooks(house, sent)
    return { books, stillMoving, ...(await countUp(books, sandbox)) }
  } finally {
    await following.end()
  }
}

async function withStage(
  options: { folder: string; progress: Progress; stopped: AbortSignal },
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const { folder, progress, stopped } = options
  const config = configFor(folder)
  const closing: (() => Promise<void>)[] = []
  const startedMs = performance.now()
  try {
    progress.show('opening a database of its own, the door, and the sandbox systems')
    const opened = await openHouse(config, createLog({ level: config.logLevel }))
    closing.push(() => opened.close())
    const house = { ...opened, connectors: allConnectors({ timeoutMs: demoTimeoutMs }) }
    const process = await startSandboxProcess({ stateFile: join(folder, 'sandbox.jsonl') })
    closing.push(() => process.stop())
    const server = await startServer(house)
    closing.push(() => server.stop())
    const work = startWork(house)
    closing.push(() => work.stop())
    const openingMs = performance.now() - startedMs
    progress.show('filling it with products, customers, prices and a year of orders')
    const { secrets } = await furnishDemo(house, process, {
      pace: {
        cancelWindowSeconds: cancelWindowSeconds(openingMs),
        sandboxSpeed: 1,
        delivery: demoDelivery,
      },
      today,
    })
    await openSandboxDoors(process, secrets, server.url)
    const sandbox = sandboxClient(process.url)
    await misbehave(sandbox)
    return await act({ house, serverUrl: server.url, secrets, sandbox, progress, stopped })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

function printStory({ books, counts, losses, stillMoving }: Result, folder: string | undefined) {
  const lines = [
    '',
    ...books.outcomes.map(sendingLine),
    '',
    ...callLines(books),
    '',
    ...countLines(counts),
    ...losses.map((loss) => `LOST  ${loss}`),
    ...(stillMoving.length === 0
      ? []
      : ['', `After ${withinMs / 1000} s this had not come to rest: ${stillMoving.join(', ')}.`]),
    '',
    ...(folder === undefined
      ? [
          'The database is gone again. To look around in it: quittance demo --keep FOLDER.',
          'To watch the same living: npm start, then the address it prints.',
        ]
      : [
          `Everything is kept in ${folder}; what went to the trading partners lies in its outbox.`,
          `To look around: QUITTANCE_DATA='${folder}' quittance start, then the address it prints.`,
        ]),
    '',
  ]
  process.stdout.write(lines.join('\n'))
}

function printJson({ books, counts, losses, stillMoving }: Result): void {
  const documents = books.outcomes.map(sendingJson)
  process.stdout.write(
    `${JSON.stringify({ ...counts, losses, stillMoving, documents }, null, 2)}\n`,
  )
}

/** `quittance demo`: pushes the sample documents through while the systems around misbehave, and says what became of each. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, keep: { type: 'string' } },
  })
  const stopping = new AbortController()
  void stopSignal().then(() => stopping.abort())
  const folder = await prepareFolder(values.keep)
  const progress = openProgress(values.json ? process.stderr : process.stdout)
  try {
    const result = await withStage({ folder, progress, stopped: stopping.signal }, play)
    if (values.json) printJson(result)
    else printStory(result, values.keep === undefined ? undefined : folder)
    const { lost, duplicated_effects } = result.counts
    return lost === 0 && duplicated_effects === 0 ? 0 : 1
  } catch (error) {
    // Whoever pressed Ctrl-C knows why it ended; a terminal has stopped the sandbox systems too.
    if (!stopping.signal.aborted) throw error
    process.stderr.write('\nThe demo was stopped before its end.\n')
    return 130
  } finally {
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}
