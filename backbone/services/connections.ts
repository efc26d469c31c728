import { z } from 'zod'
import { newId } from '../canonical/ids.ts'
import { CallerMistake } from '../errors.ts'
import {
  type ConnectionRecord,
  connectionOpener,
  validSecrets,
} from '../store/connections/connection-record.ts'
import {
  type ConnectionContent,
  type ConnectionWithHealth,
  insertConnection,
  listConnections,
  lockConnection,
  readConnection,
  recordConnectionTest,
  updateConnection,
  updateSecrets,
} from '../store/connections/connection-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { type SecretKey, sealSecret } from '../store/secrets/sealed-secret.ts'
import { type ConnectionKind, refuseMistakes } from './connection-settings.ts'

/** What a person writes of a connection; secrets go in by themselves and never come out. */
export const ConnectionDraft = z.object({
  kind: z.string().min(1).max(40),
  name: z.string().min(1).max(120),
  partnerId: z.string().min(1).max(120).optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
  isEnabled: z.boolean().default(true),
})
export type ConnectionDraft = z.infer<typeof ConnectionDraft>

/** A new secret of a connection, and how long the one before it still counts. */
export const SecretRotation = z.object({
  secret: z.string().min(8).max(8_192),
  /** At most 30 days; 0 ends the earlier secret at once, for example after a leak. */
  previousValidForSeconds: z.int().min(0).max(2_592_000).default(86_400),
})
export type SecretRotation = z.infer<typeof SecretRotation>

/** A connection as people see it: of its secrets only how many count and since when. */
export const ConnectionView = z
  .object({
    connectionId: z.string(),
    kind: z.string(),
    name: z.string(),
    partnerId: z.string().nullable(),
    settings: z.record(z.string(), z.unknown()),
    secrets: z.array(z.object({ createdAt: z.string(), expiresAt: z.string().nullable() })),
    isEnabled: z.boolean(),
    version: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
    health: z
      .object({
        circuit: z.string(),
        consecutiveFailures: z.int(),
        openedAt: z.string().nullable(),
        lastSucceededAt: z.string().nullable(),
        lastFailedAt: z.string().nullable(),
        lastError: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Connection' })
export type ConnectionView = z.infer<typeof ConnectionView>

/** What the test button says. */
export const ConnectionTest = z
  .object({ isReachable: z.boolean(), detail: z.string() })
  .meta({ id: 'ConnectionTest' })
export type ConnectionTest = z.infer<typeof ConnectionTest>

/** Who acts for which tenant; the actor goes on the record. */
export type Actor = { readonly tenantId: string; readonly actor: string }

/** What people do with connections. */
export type ConnectionsService = {
  list(who: Pick<Actor, 'tenantId'>): Promise<ConnectionView[]>
  get(who: Pick<Actor, 'tenantId'>, connectionId: string): Promise<ConnectionView>
  create(who: Actor, draft: ConnectionDraft): Promise<ConnectionView>
  /** Changes a connection, or makes it under this id; `ifMatch` is the version the change is meant for. */
  put(
    who: Actor,
    connectionId: string,
    draft: ConnectionDraft,
    options?: { ifMatch?: number | undefined },
  ): Promise<{ readonly connection: ConnectionView; readonly isNew: boolean }>
  rotateSecret(who: Actor, connectionId: string, rotation: SecretRotation): Promise<ConnectionView>
  /** Ends all but the current secret at once. */
  endEarlierSecrets(who: Actor, connectionId: string): Promise<ConnectionView>
  setEnabled(who: Actor, connectionId: string, isEnabled: boolean): Promise<ConnectionView>
  test(who: Actor, connectionId: string): Promise<ConnectionTest>
}

type Wiring = {
  readonly database: Database
  readonly secretKey: SecretKey
  readonly connectors: readonly ConnectionKind[]
  /** Called when a change has committed, so that the inbound door looks afresh. */
  readonly onChanged?: (connectionId: string) => void
  readonly testTimeoutMs?: number
}

const unknownConnection = (connectionId: string) =>
  new CallerMistake(404, 'unknown-connection', 'There is no such connection.', { connectionId })

// The database writes moments inside JSON in a form of its own; callers get the one of all other moments.
const isoOrNull = (moment: string | null) =>
  moment === null ? null : new Date(moment).toISOString()

function viewOf(found: ConnectionWithHealth, now: string): ConnectionView {
  const { tenantId: _, secrets, health, ...shown } = found
  return {
    ...shown,
    health: health && {
      ...health,
      openedAt: isoOrNull(health.openedAt),
      lastSucceededAt: isoOrNull(health.lastSucceededAt),
      lastFailedAt: isoOrNull(health.lastFailedAt),
    },
    secrets: validSecrets(secrets, Date.parse(now)).map(({ createdAt, expiresAt }) => ({
      createdAt,
      expiresAt: expiresAt ?? null,
    })),
  }
}

async function view(tx: TenantTx, connectionId: string): Promise<ConnectionView> {
  const found = await readConnection(tx, connectionId)
  if (found === undefined) throw unknownConnection(connectionId)
  return viewOf(found, await databaseNow(tx))
}

const contentOf = (draft: ConnectionDraft): ConnectionContent => ({
  kind: draft.kind,
  name: draft.name,
  partnerId: draft.partnerId ?? null,
  settings: draft.settings,
  isEnabled: draft.isEnabled,
})

async function record(
  tx: TenantTx,
  { actor }: Actor,
  event: { kind: string; summary: string; body: Readonly<Record<string, unknown>> },
): Promise<void> {
  await appendTenantEvents(tx, [{ ...event, actor }], await databaseNow(tx))
}

// The id is part of a URL that partners call, so it is a plain word.
const readableId = /^[a-z0-9][a-z0-9_-]{1,59}$/

async function create(
  tx: TenantTx,
  who: Actor,
  connectionId: string,
  draft: ConnectionDraft,
): Promise<void> {
  if (!readableId.test(connectionId))
    throw new CallerMistake(
      422,
      'connection-id',
      'A connection id has 2 to 60 lower-case letters, digits, dashes and underscores.',
    )
  const after = contentOf(draft)
  // Taken by another tenant: to this one it is as unknown as any other.
  if (!(await insertConnection(tx, connectionId, after))) throw unknownConnection(connectionId)
  await record(tx, who, {
    kind: 'connection.created',
    summary: `The ${draft.kind} connection ${draft.name} was set up.`,
    body: { connectionId, after },
  })
}

async function change(
  tx: TenantTx,
  who: Actor,
  before: ConnectionRecord,
  draft: ConnectionDraft,
): Promise<void> {
  const after = contentOf(draft)
  if (after.kind !== before.kind)
    throw new CallerMistake(409, 'connection-kind', 'The kind of a connection never changes.', {
      connectionId: before.connectionId,
      kind: before.kind,
    })
  await updateConnection(tx, before.connectionId, after)
  const { name, partnerId, settings, isEnabled } = before
  await record(tx, who, {
    kind: 'connection.changed',
    summary: `The ${draft.kind} connection ${draft.name} was changed.`,
    body: {
      connectionId: before.connectionId,
      before: { name, partnerId, settings, isEnabled },
      after,
    },
  })
}

async function rotate(
  tx: TenantTx,
  who: Actor,
  secretKey: SecretKey,
  before: ConnectionRecord,
  rotation: SecretRotation,
): Promise<void> {
  const now = await databaseNow(tx)
  const end = new Date(Date.parse(now) + rotation.previousValidForSeconds * 1_000).toISOString()
  const [previous] = validSecrets(before.secrets, Date.parse(now))
  const earlier =
    previous === undefined || rotation.previousValidForSeconds === 0
      ? []
      : [{ ...previous, expiresAt: end }]
  const sealed = sealSecret(secretKey, before, rotation.secret)
  await updateSecrets(tx, before.connectionId, [{ sealed, createdAt: now }, ...earlier])
  await record(tx, who, {
    kind: 'connection.secret-rotated',
    summary:
      earlier.length === 0
        ? `The connection ${before.name} has a new secret.`
        : `The connection ${before.name} has a new secret; the one before counts until ${end}.`,
    body: { connectionId: before.connectionId, previousCountsUntil: earlier[0]?.expiresAt ?? null },
  })
}

async function pressTest(
  wiring: Wiring,
  who: Actor,
  connectionId: string,
): Promise<ConnectionTest> {
  const open = connectionOpener(wiring.secretKey)
  const connection = await wiring.database.inTenant(who.tenantId, (tx) => open(tx, connectionId))
  if (connection === undefined) throw unknownConnection(connectionId)
  const connector = wiring.connectors.find(({ kind }) => kind === connection.kind)
  const inbound = {
    isReachable: connection.secrets.length > 0,
    detail:
      connection.secrets.length > 0
        ? 'This connection receives only; it has a secret that counts.'
        : 'This connection receives only and has no secret yet: nothing can come in.',
  }
  const isInboundOnly = connector === undefined || connection.settings['receivesOnly'] === true
  // The call goes outside, so no transaction is open while it runs.
  const result = isInboundOnly
    ? inbound
    : await connector.test(connection, AbortSignal.timeout(wiring.testTimeoutMs ?? 10_000))
  await wiring.database.inTenant(who.tenantId, async (tx) => {
    await recordConnectionTest(tx, connectionId, result)
    await record(tx, who, {
      kind: 'connection.tested',
      summary: result.isReachable
        ? 'The test of the connection succeeded.'
        : `The test of the connection failed: ${result.detail.slice(0, 200)}`,
      body: { connectionId, isReachable: result.isReachable },
    })
  })
  return result
}

/** Opens the connections service: where documents come from and go to, with write-only secrets. */
export function connectionsService(wiring: Wiring): ConnectionsService {
  const { database, secretKey, connectors } = wiring
  const changing = (
    who: Actor,
    connectionId: string,
    act: (tx: TenantTx, before: ConnectionRecord) => Promise<void>,
  ) =>
    database.inTenant(who.tenantId, async (tx) => {
      const before = await lockConnection(tx, connectionId)
      if (before === undefined) throw unknownConnection(connectionId)
      await act(tx, before)
      tx.afterCommit(() => wiring.onChanged?.(connectionId))
      return view(tx, connectionId)
    })
  return {
    list: (who) =>
      database.inTenant(who.tenantId, async (tx) => {
        const now = await databaseNow(tx)
        return (await listConnections(tx)).map((found) => viewOf(found, now))
      }),
    get: (who, connectionId) => database.inTenant(who.tenantId, (tx) => view(tx, connectionId)),
    create: async (who, draft) => {
      refuseMistakes(connectors, draft)
      const connectionId = newId('con')
      return database.inTenant(who.tenantId, async (tx) => {
        await create(tx, who, connectionId, draft)
        return view(tx, connectionId)
      })
    },
    put: async (who, connectionId, draft, { ifMatch } = {}) => {
      refuseMistakes(connectors, draft)
      return database.inTenant(who.tenantId, async (tx) => {
        const before = await lockConnection(tx, connectionId)
        refuseOtherVersion(before, ifMatch)
        if (before === undefined) await create(tx, who, connectionId, draft)
        else await change(tx, who, before, draft)
        tx.afterCommit(() => wiring.onChanged?.(connectionId))
        return { connection: await view(tx, connectionId), isNew: before === undefined }
      })
    },
    rotateSecret: (who, connectionId, rotation) =>
      changing(who, connectionId, (tx, before) => rotate(tx, who, secretKey, before, rotation)),
    endEarlierSecrets: (who, connectionId) =>
      changing(who, connectionId, async (tx, before) => {
        await updateSecrets(tx, connectionId, before.secrets.slice(0, 1))
        await record(tx, who, {
          kind: 'connection.secrets-ended',
          summary: `Only the newest secret of the connection ${before.name} counts from now on.`,
          body: { connectionId },
        })
      }),
    setEnabled: (who, connectionId, isEnabled) =>
      changing(who, connectionId, async (tx, before) => {
        if (before.isEnabled === isEnabled) return
        await updateConnection(tx, connectionId, { ...before, isEnabled })
        await record(tx, who, {
          kind: isEnabled ? 'connection.enabled' : 'connection.disabled',
          summary: `The connection ${before.name} was ${isEnabled ? 'enabled' : 'disabled'}.`,
          body: { connectionId },
        })
      }),
    test: (who, connectionId) => pressTest(wiring, who, connectionId),
  }
}

function refuseOtherVersion(
  before: ConnectionRecord | undefined,
  ifMatch: number | undefined,
): void {
  if (ifMatch === undefined || before?.version === ifMatch) return
  throw new CallerMistake(
    412,
    'version-mismatch',
    'The connection has changed since you read it. Read it again and repeat the change.',
    { version: before?.version },
  )
}
