import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { openHouse } from './house.ts'

/** `quittance ingest`: takes files in for a connection; a running worker or the next start goes on with them. */
export async function runIngest(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { connection: { type: 'string' }, topic: { type: 'string' } },
  })
  const connectionId = values.connection
  if (connectionId === undefined || positionals.length === 0)
    throw new NeedsPerson(
      'Say which connection and which files: quittance ingest --connection ID FILE…',
    )
  const config = readConfig(process.env)
  const house = await openHouse(config, createLog({ level: config.logLevel }))
  let hasRefused = false
  try {
    for (const file of positionals) {
      const body = new Uint8Array(await readFile(file))
      const topic = values.topic === undefined ? {} : { 'x-shopify-topic': values.topic }
      const headers = { 'x-file-name': basename(file), ...topic }
      const result = await house.intake.ingest({
        channel: '',
        connectionId,
        headers,
        body,
        traceparent: undefined,
      })
      hasRefused ||= result.verdict === 'rejected'
      process.stdout.write(`${file}: ${result.verdict}, receipt ${result.receiptId}\n`)
    }
  } finally {
    await house.close()
  }
  return hasRefused ? 1 : 0
}
