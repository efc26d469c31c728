import type { OpenedToolServer } from '../../backbone/canonical/tool-server.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import type { OutsideTool } from '../agent.ts'
import {
  awayText,
  type ConnectedServer,
  connectToolServer,
  isOffered,
  type OutsideFetch,
} from './tool-server-client.ts'

/** Where the servers of others come from, and the way out to them. */
export type ToolServers = {
  /** Those of a tenant that are on, read anew each time: a switch holds from the next call. */
  opened(tenantId: string): Promise<readonly OpenedToolServer[]>
  readonly fetch: OutsideFetch
  /** Told of what kept the list from being read. */
  onSurprise(tenantId: string, error: unknown): void
}

/** The tools of others in one run. */
export type OutsideRun = {
  /** Connects at its first call; a server that is away is told and left out. */
  list(): Promise<readonly OutsideTool[]>
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>
  close(): Promise<void>
}

type Asked = {
  readonly tenantId: string
  /** All that the tenant allows, or those a profile names. */
  readonly only: 'all' | readonly string[]
  /** Whoever may not propose anything does not write elsewhere either. */
  readonly mayPropose: boolean
  readonly signal: AbortSignal
  onAway(server: string, message: string): void
}

type Reached = { readonly connected: ConnectedServer; readonly tools: readonly OutsideTool[] }

const switchedOff = (name: string) =>
  new CallerMistake(
    403,
    'tool-not-allowed',
    `The tool ${name} is not there any more: it was switched off, or may not be used here.`,
  )

const offeredOf = (server: OpenedToolServer, { only, mayPropose }: Asked, found: ConnectedServer) =>
  found.tools
    .filter((tool) => isOffered(server, tool) && (tool.readOnly || mayPropose))
    .map(({ name, description, parameters, readOnly }) => ({
      name: `${server.name}__${name}`,
      about: `A tool of ${server.name}, a server of somebody else, which says of it: "${description}"`,
      parameters,
      isWriting: !readOnly,
    }))
    .filter(({ name }) => only === 'all' || only.includes(name))

const isWanted = (server: OpenedToolServer, only: Asked['only']): boolean =>
  server.tools.some((tool) => only === 'all' || only.includes(`${server.name}__${tool}`))

async function reached(servers: ToolServers, asked: Asked): Promise<Reached[]> {
  const opened = await servers.opened(asked.tenantId)
  const wanted = opened.filter((server) => isWanted(server, asked.only))
  const all = await Promise.all(
    wanted.map(async (server) => {
      try {
        const connected = await connectToolServer(server, servers.fetch, asked.signal)
        return [{ connected, tools: offeredOf(server, asked, connected) }]
      } catch (error) {
        asked.signal.throwIfAborted()
        if (!(error instanceof CallerMistake)) servers.onSurprise(asked.tenantId, error)
        asked.onAway(server.name, awayText(server.name))
        return []
      }
    }),
  )
  return all.flat()
}

/** Opens the tools of others for one run. */
export function openOutsideTools(servers: ToolServers, asked: Asked): OutsideRun {
  let reaching: Promise<Reached[]> | undefined
  const reach = () => {
    reaching ??= reached(servers, asked).catch((error: unknown) => {
      asked.signal.throwIfAborted()
      servers.onSurprise(asked.tenantId, error)
      return []
    })
    return reaching
  }
  return {
    list: async () => (await reach()).flatMap(({ tools }) => tools),
    async call(name, args) {
      const own = (await reach()).find(({ tools }) => tools.some((tool) => tool.name === name))
      const [serverName = '', ...rest] = name.split('__')
      const toolName = rest.join('__')
      const found = own?.connected.tools.find((tool) => tool.name === toolName)
      const now = (await servers.opened(asked.tenantId)).find(
        (server) => server.name === serverName,
      )
      if (found === undefined || now === undefined || !isOffered(now, found))
        throw switchedOff(name)
      const text = await found.call(args, asked.signal)
      return {
        as_of: new Date().toISOString(),
        source: serverName,
        ...(text === '' ? { note: 'It said nothing in words.' } : { untrusted_text: text }),
      }
    },
    async close() {
      const all = await (reaching ?? [])
      await Promise.allSettled(all.map(({ connected }) => connected.close()))
    },
  }
}
