import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { HouseKeyAnswer, houseKeyPath } from '../backbone/http/house-door.ts'
import type { CredentialDraft } from '../backbone/services/credentials.ts'
import { houseKeys } from '../backbone/services/people/house-keys.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { toolScopes } from '../tools/tool.ts'
import { askTheHouse, houseAddress } from './ask-the-house.ts'
import { type BridgeTarget, mcpAddress, startBridge } from './mcp-bridge.ts'
import { type StartedHouse, startHouse } from './start.ts'
import { stopSignal } from './stop-signal.ts'

const keyLifeMs = 86_400_000

/** A key that reads and proposes, good for a day; the bridge asks for another one when it has run out. */
const hostKey = (): CredentialDraft => ({
  ...{ name: 'MCP bridge', role: 'mcp', scopes: [...toolScopes] },
  expiresAt: new Date(Date.now() + keyLifeMs).toISOString(),
})

type Options = { readonly url: string | undefined; readonly tenantId: string | undefined }

/** Whether a house listens where the settings say. */
async function isRunning(config: Config): Promise<boolean> {
  const answer = await fetch(`${houseAddress(config)}/healthz`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok === true
}

/** Finds the server of this machine, or starts one on the built-in database. */
function ownServer(config: Config, tenantId: string | undefined) {
  let own: StartedHouse | undefined
  const wish = { ...(tenantId === undefined ? {} : { tenantId }), draft: hostKey() }
  const start = async (): Promise<StartedHouse> => {
    if (config.databaseUrl !== undefined)
      throw new NeedsPerson(
        `No server answers at ${houseAddress(config)}. Start it with: quittance start. Or name another one with --url and QUITTANCE_MCP_TOKEN.`,
      )
    return startHouse(config, createLog({ level: config.logLevel }))
  }
  return {
    async connect(): Promise<BridgeTarget> {
      if (own === undefined && (await isRunning(config))) {
        const { token } = await askTheHouse(config, houseKeyPath, wish, HouseKeyAnswer)
        return { url: mcpAddress(houseAddress(config)), token }
      }
      own ??= await start()
      const { token } = await houseKeys({ database: own.house.database }).make(wish)
      return { url: mcpAddress(own.server.url), token }
    },
    stop: async () => own?.stop(),
  }
}

function targetOf(config: Config, { url, tenantId }: Options) {
  const { bridge } = config.mcp
  const remote = url ?? bridge.url
  if (bridge.token === undefined) {
    if (remote !== undefined)
      throw new NeedsPerson(
        'A server elsewhere takes a key: set QUITTANCE_MCP_TOKEN to one made there with: quittance token create --role mcp.',
      )
    return ownServer(config, tenantId)
  }
  const target = { url: mcpAddress(remote ?? houseAddress(config)), token: bridge.token }
  return { connect: async () => target, stop: async () => undefined }
}

/**
 * `quittance mcp`: standard input and output of an agent host to a server's /mcp; nothing but the protocol is ever
 * written to standard output.
 */
export async function runMcp(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { url: { type: 'string' }, tenant: { type: 'string' } },
  })
  const config = readConfig(process.env)
  const stopped = stopSignal()
  const target = targetOf(config, { url: values.url, tenantId: values.tenant })
  const bridge = startBridge({
    input: process.stdin,
    output: process.stdout,
    connect: target.connect,
    say: (line) => process.stderr.write(`${line}\n`),
  })
  await Promise.race([bridge.ended, stopped])
  bridge.stop()
  process.stdin.destroy()
  await target.stop()
  return 0
}
