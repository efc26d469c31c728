import { copyFile, mkdir, readFile, rename } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { type House, openHouse } from './house.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

type Wanted = {
  readonly connectionId: string
  readonly files: readonly string[]
  readonly topic?: string
}

async function takeIn(house: House, { connectionId, files, topic }: Wanted): Promise<number> {
  let hasRefused = false
  for (const file of files) {
    const body = new Uint8Array(await readFile(file))
    const headers = {
      'x-file-name': basename(file),
      ...(topic === undefined ? {} : { 'x-shopify-topic': topic }),
    }
    const delivery = { channel: '', connectionId, headers, body, traceparent: undefined }
    const result = await house.intake.ingest(delivery)
    hasRefused ||= result.verdict === 'rejected'
    say(`${file}: ${result.verdict}, receipt ${result.receiptId}`)
  }
  return hasRefused ? 1 : 0
}

/** The data folder belongs to a running server: the files go to its inbox, each whole or not at all. */
async function handOver(
  config: Config,
  owner: number,
  { connectionId, files, topic }: Wanted,
): Promise<number> {
  const inbox = join(resolve(config.dataFolder), 'inbox', connectionId)
  await mkdir(inbox, { recursive: true })
  for (const file of files) {
    const named =
      topic === undefined ? basename(file) : `${topic.replace('/', '-')}.${basename(file)}`
    const hidden = join(inbox, `.${named}.part`)
    await copyFile(file, hidden)
    await rename(hidden, join(inbox, named))
    say(`${file}: handed to the running server (process ${owner}) by its inbox`)
  }
  return 0
}

function wantedFrom(args: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { connection: { type: 'string' }, topic: { type: 'string' } },
  })
  if (values.connection === undefined || positionals.length === 0)
    throw new NeedsPerson(
      'Say which connection and which files: quittance ingest --connection ID FILE…',
    )
  return {
    connectionId: values.connection,
    files: positionals,
    ...(values.topic === undefined ? {} : { topic: values.topic }),
  }
}

/** `quittance ingest`: takes files in for a connection; a running worker or the next start goes on with them. */
export async function runIngest(args: readonly string[]): Promise<number> {
  const wanted = wantedFrom(args)
  const config = readConfig(process.env)
  try {
    const house = await openHouse(config, createLog({ level: config.logLevel }))
    try {
      return await takeIn(house, wanted)
    } finally {
      await house.close()
    }
  } catch (error) {
    const owner = error instanceof NeedsPerson ? error.facts['owner'] : undefined
    if (typeof owner !== 'number') throw error
    return handOver(config, owner, wanted)
  }
}
