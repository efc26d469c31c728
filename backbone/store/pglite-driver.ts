import { PGlite } from '@electric-sql/pglite'
import type { Driver, DriverTransaction, StatementResult } from './database.ts'

const asText = (value: string) => value
const isoMoment = (value: string) => new Date(value).toISOString()
const parsers = { 20: Number, 1082: asText, 1184: isoMoment }

type Queryable = Pick<PGlite, 'query'>

function runner(connection: Queryable): DriverTransaction {
  return async (text, values): Promise<StatementResult> => {
    const result = await connection.query<object>(text, values)
    return { rows: result.rows, affected: result.affectedRows ?? result.rows.length }
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
  })
  return {
    kind: 'pglite',
    transaction: (work) => instance.transaction((tx) => work(runner(tx))),
    run: runner(instance),
    script: async (text) => {
      try {
        const results = await instance.exec(text)
        return { rows: results.flatMap((result) => result.rows), affected: 0 }
      } catch (error) {
        // A script that began a transaction and failed leaves the one connection inside it.
        await instance.exec('rollback')
        throw error
      }
    },
    close: () => instance.close(),
    image: () => instance.dumpDataDir('none'),
  }
}
