import { setImmediate } from 'node:timers/promises'
import { Mutex, PGlite, parse, protocol, type Transaction } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import type { Driver, DriverTransaction, Savepoint } from './database.ts'

const { serialize } = protocol
const asText = (value: string) => value
const isoMoment = (value: string) => new Date(value).toISOString()
const parsers = { 20: Number, 1082: asText, 1184: isoMoment }

function inOne(messages: readonly Uint8Array[]): Uint8Array {
  const size = messages.reduce((sum, message) => sum + message.byteLength, 0)
  const whole = new Uint8Array(size)
  let offset = 0
  for (const message of messages) {
    whole.set(message, offset)
    offset += message.byteLength
  }
  return whole
}

const mostBreathlessMs = 10

type Prepared = { readonly name: string; readonly parameterTypes: readonly number[] }

const isSchemaChange = /\b(create|alter|drop|grant|revoke)\b/i

/** Statements asked for together run one after the other: the instance's answers do not tell whose they are. */
function oneByOne(run: DriverTransaction): DriverTransaction {
  let last: Promise<unknown> = Promise.resolve()
  return (text, values) => {
    const answer = last.then(() => run(text, values))
    last = answer.catch(() => undefined)
    return answer
  }
}

// A statement is parsed and planned once and then called by name: on the built-in database that is most of
// what a small statement costs. PGlite itself offers it only on the level of the wire protocol.
function preparing(instance: PGlite) {
  const known = new Map<string, Prepared>()
  let made = 0

  async function prepare(text: string): Promise<Prepared> {
    const name = `q${made++}`
    const { messages } = await instance.execProtocol(
      inOne([
        serialize.parse({ name, text }),
        serialize.describe({ type: 'S', name }),
        serialize.sync(),
      ]),
    )
    const prepared = { name, parameterTypes: parse.parseDescribeStatementResults(messages) }
    known.set(text, prepared)
    return prepared
  }

  function spelled(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null
    const serializer = type === undefined ? undefined : instance.serializers[type]
    return serializer === undefined ? String(value) : serializer(value)
  }

  let breathedAtMs = performance.now()
  // It answers without ever giving way to sockets and timers: between statements they get their turn now and then.
  async function breathe(): Promise<void> {
    if (performance.now() - breathedAtMs < mostBreathlessMs) return
    await setImmediate()
    breathedAtMs = performance.now()
  }

  const call = async (text: string, values: unknown[], isOver: () => boolean) => {
    await breathe()
    const { name, parameterTypes } = known.get(text) ?? (await prepare(text))
    // Whoever did not wait for its end: outside its transaction the statement would stand for good.
    if (isOver()) throw new Error('The transaction of this statement is over.')
    const { messages } = await instance.execProtocol(
      inOne([
        serialize.bind({
          statement: name,
          values: values.map((value, place) => spelled(value, parameterTypes[place])),
        }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ]),
    )
    const [result] = parse.parseResults(messages, instance.parsers, {})
    const rows = result?.rows ?? []
    return { rows, affected: result?.affectedRows ?? rows.length }
  }
  const alone: DriverTransaction = (text, values) => call(text, values, () => false)
  return {
    run: alone,
    /** Runs the statements of one transaction, and none once it is over. */
    async within<T>(work: (run: DriverTransaction) => Promise<T>): Promise<T> {
      let isOver = false
      try {
        return await work(oneByOne((text, values) => call(text, values, () => isOver)))
      } finally {
        isOver = true
      }
    },
    /** Plans know the schema they were made for. */
    async forgetAfter(script: string): Promise<void> {
      if (known.size === 0 || !isSchemaChange.test(script)) return
      known.clear()
      await instance.exec('deallocate all')
    },
  }
}

function savepointOf(tx: Pick<Transaction, 'exec'>, run: DriverTransaction): Savepoint {
  return async (work) => {
    await tx.exec('savepoint attempt')
    try {
      const result = await work(run, savepointOf(tx, run))
      await tx.exec('release savepoint attempt')
      return result
    } catch (error) {
      await tx.exec('rollback to savepoint attempt; release savepoint attempt')
      throw error
    }
  }
}

/** Runs PostgreSQL inside this process: in a folder, or in memory without one, or from a saved image. */
export async function pgliteDriver(options: {
  folder?: string
  image?: Blob
}): Promise<Driver & { image(): Promise<Blob> }> {
  const instance = await PGlite.create({
    ...(options.folder === undefined ? {} : { dataDir: options.folder }),
    ...(options.image === undefined ? {} : { loadDataDir: options.image }),
    parsers,
    extensions: { vector },
  })
  // Statements are set-based over JSON: a plan for known values is no better than one for any, and dear to make.
  await instance.exec('set plan_cache_mode = force_generic_plan')
  const statements = preparing(instance)
  // One connection: statements on the level of the protocol do not wait for PGlite's own transactions.
  const turn = new Mutex()
  return {
    kind: 'pglite',
    transaction: (work) =>
      turn.runExclusive(() =>
        instance.transaction((tx) => statements.within((run) => work(run, savepointOf(tx, run)))),
      ),
    run: (text, values) => turn.runExclusive(() => statements.run(text, values)),
    script: (text) =>
      turn.runExclusive(async () => {
        try {
          const results = await instance.exec(text)
          await statements.forgetAfter(text)
          return { rows: results.flatMap((result) => result.rows), affected: 0 }
        } catch (error) {
          // A script that began a transaction and failed leaves the one connection inside it.
          await instance.exec('rollback')
          throw error
        }
      }),
    close: () => turn.runExclusive(() => instance.close()),
    image: () => turn.runExclusive(() => instance.dumpDataDir('none')),
  }
}
