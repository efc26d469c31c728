import type {
  OpenedToolServer,
  ToolServer,
  ToolServerDraft,
  ToolServerTest,
} from '../../canonical/tool-server.ts'
import { CallerMistake } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  deleteToolServer,
  lockToolServer,
  putToolServer,
  type ToolServerRow,
  toolServerRows,
} from '../../store/governance/tool-server-rows.ts'
import { openSecret, type SecretKey, sealSecret } from '../../store/secrets/sealed-secret.ts'

type Whose = { readonly tenantId: string; readonly actor: string }

/** MCP servers of others whose tools agents may use: a tenant's list, with a switch for each. */
export type ToolServersService = {
  list(tenantId: string): Promise<ToolServer[]>
  put(act: Whose & { readonly name: string; readonly draft: ToolServerDraft }): Promise<ToolServer>
  /** False when there is no such server. */
  remove(act: Whose & { readonly name: string }): Promise<boolean>
  /** Connects and lists its tools, switched off or not; undefined when there is no such server. */
  test(act: Whose & { readonly name: string }): Promise<ToolServerTest | undefined>
  /** The servers that are on, for a run of an agent. */
  opened(tenantId: string): Promise<OpenedToolServer[]>
}

type Wiring = {
  readonly database: Database
  readonly secretKey: SecretKey
  /** Why an address may not be called; undefined when it may. */
  readonly objectionTo: (url: string) => string | undefined
  /** Connects to a server and lists its tools. */
  readonly probe: (server: OpenedToolServer) => Promise<ToolServerTest>
}

const ownerOf = (tenantId: string, name: string) => ({
  tenantId,
  // No connection has an id like this.
  connectionId: `tool-server:${name}`,
})

const shown = ({ sealedSecret, ...row }: ToolServerRow): ToolServer => ({
  ...row,
  hasSecret: sealedSecret !== null,
})

/** The sealed secret that a draft leaves; one that was given for another server is never sent to this one. */
function sealedSecretOf(
  secretKey: SecretKey,
  { tenantId, name }: { readonly tenantId: string; readonly name: string },
  draft: ToolServerDraft,
  before: ToolServerRow | undefined,
): string | null {
  if (draft.secret === null) return null
  if (draft.secret !== undefined)
    return sealSecret(secretKey, ownerOf(tenantId, name), draft.secret)
  const kept = before?.sealedSecret ?? null
  if (kept !== null && new URL(before?.url ?? '').origin !== new URL(draft.url).origin)
    throw new CallerMistake(
      422,
      'secret-needed',
      'The address is that of another server: give its secret, or null where it needs none.',
      { name },
    )
  return kept
}

async function written(
  { secretKey, objectionTo }: Wiring,
  tx: TenantTx,
  { tenantId, actor, name, draft }: Parameters<ToolServersService['put']>[0],
): Promise<ToolServer> {
  const objection = objectionTo(draft.url)
  if (objection !== undefined)
    throw new CallerMistake(422, 'address-refused', objection, { name }, [
      { path: 'url', message: objection },
    ])
  const before = await lockToolServer(tx, name)
  const sealedSecret = sealedSecretOf(secretKey, { tenantId, name }, draft, before)
  const { url, tools, mayWrite, isEnabled } = draft
  const after = { name, url, tools, mayWrite, isEnabled, changedBy: actor, sealedSecret }
  await putToolServer(tx, after)
  const now = await databaseNow(tx)
  const body = { name, url, tools, mayWrite, isEnabled, hasSecret: sealedSecret !== null }
  const summary = `Tool server ${name} is ${isEnabled ? 'on' : 'switched off'}${mayWrite ? ' and may write' : ''}.`
  await appendTenantEvents(tx, [{ kind: 'tool-server.changed', actor, summary, body }], now)
  return shown({ ...after, changedAt: now })
}

function openedOf(
  secretKey: SecretKey,
  tenantId: string,
  { name, url, tools, mayWrite, sealedSecret }: ToolServerRow,
): OpenedToolServer {
  const secret =
    sealedSecret === null ? undefined : openSecret(secretKey, ownerOf(tenantId, name), sealedSecret)
  return { name, url, tools, mayWrite, secret }
}

/** Opens the list of servers of others over a database. */
export function toolServersService(wiring: Wiring): ToolServersService {
  const { database, secretKey, probe } = wiring
  return {
    list: (tenantId) =>
      database.inTenant(tenantId, async (tx) => (await toolServerRows(tx)).map(shown)),
    put: (act) => database.inTenant(act.tenantId, (tx) => written(wiring, tx, act)),
    remove: ({ tenantId, actor, name }) =>
      database.inTenant(tenantId, async (tx) => {
        if (!(await deleteToolServer(tx, name))) return false
        const summary = `Tool server ${name} was taken off the list.`
        const event = { kind: 'tool-server.removed', actor, summary, body: { name } }
        await appendTenantEvents(tx, [event], await databaseNow(tx))
        return true
      }),
    async test({ tenantId, name }) {
      const rows = await database.inTenant(tenantId, toolServerRows)
      const row = rows.find((known) => known.name === name)
      // The call goes outside, so no transaction is open while it runs.
      return row === undefined ? undefined : probe(openedOf(secretKey, tenantId, row))
    },
    async opened(tenantId) {
      const rows = await database.inTenant(tenantId, toolServerRows)
      return rows
        .filter(({ isEnabled }) => isEnabled)
        .map((row) => openedOf(secretKey, tenantId, row))
    },
  }
}
