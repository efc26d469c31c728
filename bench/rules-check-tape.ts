import { OurBug } from '../backbone/errors.ts'
import type { Driver, Savepoint, StatementResult } from '../backbone/store/database.ts'

/** What the database answered, the order it was asked about, and what giving the answers again takes by itself. */
export type Tape = {
  readonly results: StatementResult[]
  orderId: string | undefined
  readonly meter: { asideMs: number }
}

const orderIdIn = (values: readonly unknown[]) =>
  values
    .flatMap((value) => (typeof value === 'string' ? (/ord_[0-9a-z]{26}/.exec(value) ?? []) : []))
    .at(0)

/** Writes down what the database answers. */
export function recording(driver: Driver, tape: Tape): Driver {
  return {
    ...driver,
    transaction: (work) =>
      driver.transaction((run, savepoint) =>
        work(async (text, values) => {
          const result = await run(text, values)
          tape.results.push(result)
          tape.orderId ??= orderIdIn(values)
          return result
        }, savepoint),
      ),
  }
}

const isOf = (value: unknown, orderId: string) =>
  typeof value === 'string' && value.startsWith(orderId)

/** The rows as they would be of another order: facts are told apart by its id. */
function ofOrder(result: StatementResult, from: string, to: string): StatementResult {
  const [first = {}] = result.rows
  const names = Object.entries(first).flatMap(([name, value]) => (isOf(value, from) ? [name] : []))
  if (names.length === 0) return result
  const rows = result.rows.map((row) => {
    const values = new Map(Object.entries(row))
    const own = names.map((name) => [name, String(values.get(name)).replace(from, to)])
    return { ...row, ...Object.fromEntries(own) }
  })
  return { ...result, rows }
}

/** Answers at once what was written down: what is left is our own work over loaded facts. */
export function replaying(driver: Driver, tape: Tape): Driver {
  return {
    ...driver,
    transaction(work) {
      let place = 0
      let orderId: string | undefined
      const answer = async (_text: string, values: readonly unknown[]) => {
        const startedAtMs = performance.now()
        const result = tape.results[place]
        place += 1
        orderId ??= orderIdIn(values)
        if (result === undefined) throw new OurBug('A check asked more than the recorded one.')
        const own =
          orderId === undefined || tape.orderId === undefined
            ? result
            : ofOrder(result, tape.orderId, orderId)
        tape.meter.asideMs += performance.now() - startedAtMs
        return own
      }
      const savepoint: Savepoint = (inner) => inner(answer, savepoint)
      return work(answer, savepoint)
    },
  }
}
