import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allAgents } from '../agents/all-agents.ts'
import type { ChatEvent } from '../backbone/canonical/chat.ts'
import { readConfig } from '../backbone/config.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import type { Principal } from '../backbone/services/api-principal.ts'
import {
  type Database,
  type Driver,
  type DriverTransaction,
  openDatabase,
  type Savepoint,
} from '../backbone/store/database.ts'
import { connectionFinder } from '../backbone/store/unscoped/find-connection.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { createMetrics } from '../backbone/telemetry/metrics.ts'
import { createTracer } from '../backbone/telemetry/trace.ts'
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { furnishForTools } from '../testing/tools-world.ts'
import { openAgents } from './agents.ts'
import { openServices } from './services.ts'
import { openTools } from './tools.ts'

/** What a turn asked of the database. */
type Count = { transactions: number; statements: number }

const count: Count = { transactions: 0, statements: 0 }

// A slow machine keeps an answer on its way too, every 400 ms: that is the clock's, not the question's.
const isKeptOnTheWay = ([, only, ...more]: readonly string[]): boolean =>
  more.length === 0 && only?.includes('update chat_message') === true

/** The same driver, with everything that is asked of it counted. */
function countedDriver(driver: Driver): Driver {
  return {
    ...driver,
    async transaction(work) {
      const statements: string[] = []
      const counted =
        (run: DriverTransaction): DriverTransaction =>
        (statement, values) => {
          statements.push(statement)
          return run(statement, values)
        }
      const within =
        (savepoint: Savepoint): Savepoint =>
        (inner) =>
          savepoint((run, next) => inner(counted(run), within(next)))
      const done = await driver.transaction((run, savepoint) =>
        work(counted(run), within(savepoint)),
      )
      if (isKeptOnTheWay(statements)) return done
      count.transactions += 1
      count.statements += statements.length
      return done
    },
  }
}

function openAssistant(database: Database, queue: JobQueue) {
  const secretKey = createSecretKey(randomBytes(32))
  const log = createLog({ level: 'silent', destination: { write: () => undefined } })
  const services = openServices(
    {
      ...{ queue, secretKey, connectors: [], metrics: createMetrics() },
      connections: connectionFinder({ database, secretKey }),
    },
    database,
  )
  const tools = openTools(
    { database, log, signingKey: randomBytes(32), consoleUrl: 'https://quittance.example' },
    services,
  )
  const house = { database, queue, log, config: readConfig({}), tracer: createTracer({}) }
  return openAgents(house, { agents: allAgents, ...tools }).chat
}

let store: TestDatabase
let queue: JobQueue
let chat: ReturnType<typeof openAssistant>
let tenantId: string
let held: string

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, { onError: () => undefined, supervise: false })
  chat = openAssistant(openDatabase(countedDriver(store.database.driver)), queue)
  tenantId = await store.newTenant()
  const furnished = await furnishForTools(store.database, tenantId, { held: 20, failed: 30 })
  held = furnished.held[0]?.orderNumber ?? ''
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

const ann = (): Principal => ({
  ...{ kind: 'person', userId: 'usr_ann', credentialId: 'usr_ann', tenantId, name: 'Ann Lee' },
  role: 'operator',
  scopes: [
    ...['orders:read', 'master:read', 'policies:read', 'proposals:read', 'transactions:read'],
    ...['connections:read', 'metrics:read', 'invoices:read', 'collections:read'],
  ],
})

async function turn(question: string): Promise<{ told: ChatEvent[]; asked: Count }> {
  const before = { ...count }
  const told: ChatEvent[] = []
  const { signal } = new AbortController()
  const answer = await chat.ask({ who: ann(), text: question.replace('ORDER', held), signal })
  for await (const event of answer) told.push(event)
  const transactions = count.transactions - before.transactions
  return { told, asked: { transactions, statements: count.statements - before.statements } }
}

// Design section 7: 15 ms for a turn. Most of that are statements: a question that asks for more than this has become dear.
test.each([
  ['Where is ORDER and why is it stuck?', { transactions: 4, statements: 31 }],
  ['What must I release before cut-off?', { transactions: 4, statements: 21 }],
  ['Why is the price on ORDER different?', { transactions: 4, statements: 31 }],
  ['What can we ship instead on ORDER and when?', { transactions: 4, statements: 21 }],
  ['What failed since yesterday and what fixes most?', { transactions: 4, statements: 33 }],
  ['Is it safe to replay?', { transactions: 4, statements: 33 }],
  ['Whom do we chase today with what words?', { transactions: 3, statements: 19 }],
  ['What is unapplied and why?', { transactions: 3, statements: 15 }],
  ['Is C-10001 good for another order?', { transactions: 3, statements: 14 }],
  ['Which partner breaks its SLA?', { transactions: 3, statements: 17 }],
])('the whole turn of "%s" asks the database for no more than it must', async (question, most) => {
  const { told, asked } = await turn(question)
  expect(told.at(-1)?.type).toBe('done')
  expect(told.some(({ type }) => type === 'text')).toBe(true)
  expect(asked).toEqual({
    transactions: expect.toSatisfy((n: number) => n <= most.transactions),
    statements: expect.toSatisfy((n: number) => n <= most.statements),
  })
})

test('asking on in a thread takes two statements more: it is held, and what was said is read', async () => {
  const { told } = await turn('What is unapplied and why?')
  const [first] = told
  if (first?.type !== 'thread') throw new Error('The thread comes first.')
  const before = { ...count }
  const { signal } = new AbortController()
  const { threadId } = first
  const answer = await chat.ask({ who: ann(), threadId, text: 'What is unapplied?', signal })
  for await (const event of answer) told.push(event)
  expect(told.at(-1)?.type).toBe('done')
  expect(count.transactions - before.transactions).toBe(3)
  expect(count.statements - before.statements).toBeLessThanOrEqual(18)
})
