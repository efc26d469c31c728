import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startWatchedFolder } from '../backbone/channels/watched-folder.ts'
import { type Config, readConfig } from '../backbone/config.ts'
import { houseLinks } from '../backbone/services/people/house-links.ts'
import { createLog, type Log } from '../backbone/telemetry/log.ts'
import { demoTenantId, furnishDemo, openSandboxDoors } from './demo-world.ts'
import { type House, openHouse, startWork } from './house.ts'
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts'
import { type RunningServer, startServer } from './server.ts'
import { shownLink } from './sign-in-link.ts'
import { stopSignal } from './stop-signal.ts'
import { startTrickle } from './trickle.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

type Stoppable = { stop(): Promise<void> }

/** Stops parts in turn; a part that does not stop within the time left is left behind. */
async function stopAll(house: House, parts: readonly Stoppable[]): Promise<void> {
  const inTurn = async () => {
    for (const part of parts) await part.stop()
    await house.close()
  }
  const late = await Promise.race([
    inTurn(),
    wait(house.config.drainMs, 'late' as const, { ref: false }),
  ])
  if (late === 'late') {
    house.log.warn({}, 'Work in hand did not end in time; it goes on at the next start.')
    process.exit(1)
  }
}

async function startDemoParts(
  house: House,
  serverUrl: string,
): Promise<{ parts: Stoppable[]; keyFile: string; sandbox: SandboxProcess }> {
  const folder = resolve(house.config.dataFolder)
  const sandbox = await startSandboxProcess({ stateFile: join(folder, 'sandbox.jsonl') })
  const today = new Date().toISOString().slice(0, 10)
  const world = await furnishDemo(house, sandbox, {
    pace: { cancelWindowSeconds: 15, sandboxSpeed: 20 },
    today,
  })
  await openSandboxDoors(sandbox, world.secrets, serverUrl)
  const trickle = startTrickle({
    house,
    secrets: world.secrets,
    sandbox,
    serverUrl,
    everyMs: 5_000,
  })
  return { parts: [trickle, sandbox], keyFile: world.keyFile, sandbox }
}

/** A path as a shell reads it whole, also with an apostrophe in it. */
const inQuotes = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

/** Until somebody has signed in, whoever starts the house at a terminal is shown how; a log never is. */
async function firstLink(house: House, serverUrl: string): Promise<string | undefined> {
  if (!process.stdout.isTTY) return undefined
  const link = await houseLinks(house).first()
  return link && shownLink(link, house.config.publicUrl ?? serverUrl, Date.now())
}

type Welcome = { readonly keyFile: string | undefined; readonly link: string | undefined }

function printWelcome(serverUrl: string, house: House, { keyFile, link }: Welcome): void {
  say('')
  say(`Quittance is ready: ${serverUrl}`)
  say(`  data      ${house.place}`)
  say(`  API       ${serverUrl}/docs`)
  say(`  health    ${serverUrl}/readyz`)
  say(`  inbox     ${join(resolve(house.config.dataFolder), 'inbox')}/CONNECTION/ takes files`)
  if (keyFile !== undefined) {
    say(`  tenant    ${demoTenantId}, with sandbox systems and a demo order every few seconds`)
    say('')
    say('Look at the orders, and at one with its timeline:')
    say(`  curl -s -H "x-api-key: $(cat ${inQuotes(keyFile)})" ${serverUrl}/v1/orders`)
    say(`  curl -s -H "x-api-key: $(cat ${inQuotes(keyFile)})" ${serverUrl}/v1/orders/SO-000001`)
    say(
      `What went to the trading partners lies in ${join(resolve(house.config.dataFolder), 'outbox')}.`,
    )
  }
  say('')
  if (link !== undefined) say(link)
  if (process.stdout.isTTY)
    say('Another link, also for others: quittance sign-in-link --user EMAIL')
  say('Ctrl-C stops it; nothing is lost.')
}

/** A house that is open and at work in this process. */
export type StartedHouse = {
  readonly house: House
  readonly server: RunningServer
  /** Of the demo: where its key lies. */
  readonly keyFile: string | undefined
  stop(): Promise<void>
}

/** Opens a house and has it work: server and worker, and on the built-in database the living demo. */
export async function startHouse(config: Config, log: Log): Promise<StartedHouse> {
  const house = await openHouse(config, log)
  const server = await startServer(house)
  const inbox = join(resolve(config.dataFolder), 'inbox')
  await mkdir(inbox, { recursive: true })
  const folder = startWatchedFolder({ folder: inbox, intake: house.intake, log: house.log })
  const demo = config.isDemo ? await startDemoParts(house, server.url) : undefined
  // After the sandbox: its systems may listen elsewhere than last time, and calls to the old place would fail.
  const work = startWork(house)
  const [trickle, ...others] = demo?.parts ?? []
  return {
    ...{ house, server, keyFile: demo?.keyFile },
    stop: () =>
      stopAll(house, [
        ...(trickle === undefined ? [] : [trickle]),
        folder,
        server,
        work,
        ...others,
      ]),
  }
}

/** `quittance start`: a house and a word of welcome. */
export async function runStart(): Promise<number> {
  const config = readConfig(process.env)
  const stopped = stopSignal()
  const { house, server, keyFile, stop } = await startHouse(
    config,
    createLog({ level: config.logLevel }),
  )
  const link = await firstLink(house, server.url)
  printWelcome(server.url, house, { keyFile, link })
  const signal = await stopped
  if (signal === 'SIGTERM' && config.announceMs > 0) {
    house.log.info({ signal }, 'About to stop: /readyz says so, requests are still served.')
    server.announceStop()
    await wait(config.announceMs)
  }
  house.log.info({ signal }, 'Stopping: no new requests, work in hand is finished.')
  await stop()
  return 0
}

/** `quittance work`: the worker alone. */
export async function runWork(): Promise<number> {
  const config = readConfig(process.env)
  const stopped = stopSignal()
  const house = await openHouse(config, createLog({ level: config.logLevel }))
  const work = startWork(house)
  say(`Working on jobs of ${house.place}. Ctrl-C stops it; nothing is lost.`)
  await stopped
  await stopAll(house, [work])
  return 0
}
