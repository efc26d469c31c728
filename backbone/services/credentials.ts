import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { newId } from '../canonical/ids.ts'
import { CallerMistake, OurBug } from '../errors.ts'
import { readConnection } from '../store/connections/connection-rows.ts'
import {
  type CredentialRecord,
  insertCredential,
  listCredentials,
  readCredential,
  revokeCredential,
} from '../store/credentials/credential-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { scopeNames } from './api-principal.ts'

/** What a person asks of a new API key. */
export const CredentialDraft = z.object({
  name: z.string().min(1).max(120),
  role: z.enum(['viewer', 'operator', 'collector', 'approver', 'admin', 'agent', 'mcp', 'partner']),
  /** Narrows what the role may do, by rooms of the house or scopes of tools; empty means all of the role. */
  scopes: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9-]+:[a-z-]+$/, 'A scope looks like orders:read.')
        // One that is misspelt would quietly make a key that opens less.
        .refine((scope) => scopeNames.includes(scope), `It is one of: ${scopeNames.join(', ')}.`),
    )
    .max(40)
    .default([]),
  /** The one connection a partner's key may send to. */
  connectionId: z.string().min(1).optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
})
export type CredentialDraft = z.infer<typeof CredentialDraft>

type Who = { readonly tenantId: string; readonly actor: string }

/** What people do with API keys. */
export type CredentialsService = {
  /** Makes a key; its token is in this answer and nowhere else. */
  create(
    who: Who,
    draft: CredentialDraft,
  ): Promise<{ readonly credential: CredentialRecord; readonly token: string }>
  list(who: Pick<Who, 'tenantId'>): Promise<CredentialRecord[]>
  /** Ends a key; ending it twice is the same. */
  revoke(who: Who, credentialId: string): Promise<CredentialRecord>
}

async function create(tx: TenantTx, who: Who, draft: CredentialDraft) {
  const now = await databaseNow(tx)
  if (draft.expiresAt !== undefined && Date.parse(draft.expiresAt) <= Date.parse(now))
    throw new CallerMistake(422, 'credential-expired', 'The key would have expired already.')
  if (draft.connectionId !== undefined && !(await readConnection(tx, draft.connectionId)))
    throw new CallerMistake(422, 'unknown-connection', 'There is no such connection.', {
      connectionId: draft.connectionId,
    })
  const token = `qk_${randomBytes(32).toString('base64url')}`
  const credential = await insertCredential(tx, {
    credentialId: newId('crd'),
    tokenHash: createHash('sha256').update(token).digest('hex'),
    name: draft.name,
    role: draft.role,
    scopes: draft.scopes,
    connectionId: draft.connectionId ?? null,
    expiresAt: draft.expiresAt ?? null,
  })
  if (credential === undefined) throw new OurBug('A new key was not written.')
  const { credentialId, name, role, scopes, connectionId, expiresAt } = credential
  await appendTenantEvents(
    tx,
    [
      {
        kind: 'credential.created',
        actor: who.actor,
        summary: `The API key ${name} was made for the role ${role}.`,
        body: { credentialId, name, role, scopes, connectionId, expiresAt },
      },
    ],
    now,
  )
  return { credential, token }
}

async function revoke(tx: TenantTx, who: Who, credentialId: string) {
  const revoked = await revokeCredential(tx, credentialId)
  if (revoked !== undefined) {
    await appendTenantEvents(
      tx,
      [
        {
          kind: 'credential.revoked',
          actor: who.actor,
          summary: `The API key ${revoked.name} was revoked.`,
          body: { credentialId },
        },
      ],
      await databaseNow(tx),
    )
    return revoked
  }
  const known = await readCredential(tx, credentialId)
  if (known !== undefined) return known
  throw new CallerMistake(404, 'not-found', 'There is no such key.')
}

/** Opens the service of API keys; only a SHA-256 hash of each token is kept. */
export function credentialsService({ database }: { database: Database }): CredentialsService {
  return {
    create: (who, draft) => database.inTenant(who.tenantId, (tx) => create(tx, who, draft)),
    list: (who) => database.inTenant(who.tenantId, async (tx) => listCredentials(tx)),
    revoke: (who, credentialId) =>
      database.inTenant(who.tenantId, (tx) => revoke(tx, who, credentialId)),
  }
}
