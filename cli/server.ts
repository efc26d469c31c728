import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { startPressureWatch } from '../backbone/channels/pressure-watch.ts'
import type { Config } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { createApp } from '../backbone/http/app.ts'
import type { FrontPage } from '../backbone/services/ports.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { diskRoom } from '../backbone/store/disk-room.ts'
import { listTenantIds } from '../backbone/store/unscoped/tenants.ts'
import { toolScopesOf } from '../tools/tool-door.ts'
import { type House, receiveTraced } from './house.ts'
import { furnish } from './house-agents.ts'
import { openMcpDoor } from './mcp-door.ts'
import { packageVersion } from './package-version.ts'
import { readinessOf } from './readiness.ts'
import { whoKnocks } from './who-knocks.ts'

/** A listening HTTP door. */
export type RunningServer = {
  readonly url: string
  /**
   * Says on /readyz that this process is leaving, and closes each connection after its answer, while every request
   * is still served: so a balancer goes elsewhere before the door is shut.
   */
  announceStop(): void
  /** Takes no new requests, lets those in hand finish, and resolves. */
  stop(): Promise<void>
}

const leavingCheck = {
  name: 'stopping',
  isOk: false,
  message:
    'This process is about to stop: it still serves what comes, but send new requests elsewhere.',
}

async function frontPage(house: House, version: string): Promise<FrontPage> {
  const tenants = await listTenantIds(house.database)
  const depths = await house.queue.depths()
  return {
    version,
    mode:
      house.database.kind === 'pglite'
        ? 'built-in database, server and worker in one'
        : 'PostgreSQL',
    counts: [
      { label: 'tenants', count: tenants.length },
      { label: 'jobs waiting', count: depths.reduce((sum, depth) => sum + depth.waiting, 0) },
      { label: 'jobs in work', count: depths.reduce((sum, depth) => sum + depth.active, 0) },
    ],
  }
}

/** Where the console lies: beside the built product, or where the build of these sources put it, if it ran. */
function builtConsole(): string | undefined {
  const folders = ['../console', '../dist/console'].map((folder) =>
    fileURLToPath(new URL(folder, import.meta.url)),
  )
  return folders.find((folder) => existsSync(join(folder, 'assets')))
}

function buildApp(
  house: House,
  { leaving, stopping }: { leaving: AbortSignal; stopping: AbortSignal },
) {
  const { config, metrics, log, signingKey, pressure } = house
  // Whoever waits for an answer has no job that comes again.
  const database = doneAgainWhenLost(house.database)
  const version = packageVersion()
  const { services, tools, agents, agentProfiles, toolServers } = furnish(house)
  const mcp = openMcpDoor({
    ...{ callForHosts: tools.callForHosts, tracer: house.tracer, log, version },
    mostInHand: config.mcp.mostInHand,
  })
  stopping.addEventListener('abort', () => void mcp.close())
  return createApp(
    {
      ...whoKnocks(house, database),
      pressure,
      receive: (delivery) => receiveTraced(house, delivery),
      ...services,
      ...{ agentProfiles, toolServers },
      tools: tools.door,
      mcp,
      mcpHosts: config.mcp,
      assistant: { agents: agents.runs, toolScopesOf, chat: agents.chat },
      readiness: async () => {
        const found = readinessOf(pressure.view())
        // Once it stops, the door says so itself.
        const isLeaving = leaving.aborted && !stopping.aborted
        return isLeaving ? { isReady: false, checks: [...found.checks, leavingCheck] } : found
      },
      frontPage: () => frontPage(house, version),
      consoleFolder: builtConsole(),
      metrics,
      log,
      signingKey,
      version,
      stopping,
    },
    {
      inboundBytes: config.inboundBytes,
      rateLimit: { burst: config.requestsPerSecond * 3, perSecond: config.requestsPerSecond },
    },
  )
}

function portMistake(error: Error, port: number): Error {
  if (!('code' in error)) return error
  const fix = 'Choose another with QUITTANCE_PORT, or 0 for any free one.'
  if (error.code === 'EADDRINUSE')
    return new NeedsPerson(`Port ${port} is in use by another program. ${fix}`, { port })
  if (error.code === 'EACCES')
    return new NeedsPerson(`Port ${port} may not be opened by this user. ${fix}`, { port })
  return error
}

function watchedParts({ queueSeconds, databaseUrl, dataFolder, freeDiskBytes }: Config) {
  return {
    queueSeconds,
    ...(databaseUrl === undefined
      ? { disk: { room: () => diskRoom(resolve(dataFolder)), leastBytes: freeDiskBytes } }
      : {}),
  }
}

/** Starts the HTTP door and resolves when it listens. */
export async function startServer(house: House): Promise<RunningServer> {
  const stopping = new AbortController()
  const leaving = new AbortController()
  const app = buildApp(house, { leaving: leaving.signal, stopping: stopping.signal })
  const answer = async (...asked: Parameters<typeof app.fetch>) => {
    const response = await app.fetch(...asked)
    if (leaving.signal.aborted) response.headers.set('connection', 'close')
    return response
  }
  const { host: hostname, port } = house.config
  const { server, address } = await new Promise<{
    server: ReturnType<typeof serve>
    address: AddressInfo
  }>((listening, failed) => {
    const started = serve({ fetch: answer, hostname, port }, (bound) =>
      listening({ server: started, address: bound }),
    )
    // Balancers keep a connection for a minute; a door that closes it first lets the next request fall.
    if ('keepAliveTimeout' in started) started.keepAliveTimeout = 75_000
    started.once('error', (error: Error) => failed(portMistake(error, port)))
  })
  house.listening.port = address.port
  const watch = startPressureWatch({ ...house, ...watchedParts(house.config) })
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname
  return {
    url: `http://${shown}:${address.port}`,
    announceStop: () => leaving.abort(),
    stop: () =>
      new Promise((stopped) => {
        leaving.abort()
        stopping.abort()
        server.close(() => void watch.stop().then(stopped))
        // Idle keep-alive connections would hold the close open for ever.
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      }),
  }
}
