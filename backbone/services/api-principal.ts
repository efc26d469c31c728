import { z } from 'zod'
import type { PersonRole } from '../canonical/person.ts'
import type { Database } from '../store/database.ts'
import { noteCredentialUse } from '../store/reading/note-credential-use.ts'
import { type FoundCredential, findCredential } from '../store/unscoped/find-credential.ts'
import { roomsOf, roomsOfToolScopes, toolScopesAmong } from './tool-scopes.ts'

/** What a caller of the API may do, one word per room of the house. */
const Scope = z.enum([
  'orders:read',
  'orders:write',
  'documents:read',
  'transactions:read',
  'transactions:write',
  'invoices:read',
  'connections:read',
  'connections:write',
  'metrics:read',
  'quarantine:write',
  'master:read',
  'master:write',
  'policies:read',
  'policies:write',
  'collections:read',
  'collections:write',
  'cash:write',
  'returns:read',
  'returns:write',
  'proposals:read',
  'proposals:decide',
  'chat:use',
  'agents:read',
  'agents:write',
  'users:read',
  'users:write',
  'messages:read',
])
export type Scope = z.infer<typeof Scope>

/** Every scope a key can be made for: the rooms of the house, and those of tools. */
export const scopeNames: readonly string[] = [...Scope.options, ...Object.keys(roomsOfToolScopes)]

/**
 * Who calls, proved by what, and what they may do: a person by their session, or a key. The role of a key tells its
 * class: that of a system the tenant trusts (viewer to admin), or an agent's, an agent host's or a partner's.
 */
export type Principal = {
  readonly tenantId: string
  /** Of a person the user's id, whatever session they ask in. */
  readonly credentialId: string
  readonly name: string
  readonly role: string
  readonly scopes: readonly string[]
  /** The only scopes of tools it has, where it was made for some. */
  readonly toolScopes?: readonly string[]
  /** Of an access token: the person who let the host in, where they are known here. */
  readonly onBehalfOf?: { readonly userId: string; readonly name: string }
  /** Proved by an access token of an authorization server outside, which could grant more. */
  readonly isFromProvider?: boolean
} & ({ readonly kind: 'person'; readonly userId: string } | { readonly kind: 'key' })

const reading: readonly Scope[] = [
  'orders:read',
  'documents:read',
  'transactions:read',
  'invoices:read',
  'connections:read',
  'metrics:read',
  'master:read',
  'policies:read',
  'collections:read',
  'returns:read',
  'proposals:read',
  'agents:read',
  'messages:read',
]
const collecting: readonly Scope[] = [...reading, 'chat:use', 'collections:write', 'cash:write']
const operating: readonly Scope[] = [
  ...reading,
  'chat:use',
  'orders:write',
  'transactions:write',
  'quarantine:write',
  'collections:write',
  'cash:write',
  'returns:write',
]

/** What only people do, whatever a key's role: deciding, and saying who may come in. */
const ofPeople: readonly Scope[] = ['proposals:decide', 'agents:write', 'users:read', 'users:write']

// A partner's key opens its own inbound door and nothing here. An agent's and an agent host's key read and propose;
// what has an effect is not among their scopes.
const scopesByRole: ReadonlyMap<string, readonly Scope[]> = new Map([
  ['viewer', reading],
  ['agent', reading],
  ['mcp', reading],
  ['collector', collecting],
  ['approver', operating],
  ['operator', operating],
  ['admin', Scope.options.filter((scope) => !ofPeople.includes(scope))],
])

const ofPeopleByRole: Readonly<Record<PersonRole, readonly Scope[]>> = {
  viewer: ['chat:use'],
  collector: ['proposals:decide'],
  operator: ['proposals:decide'],
  approver: ['proposals:decide'],
  admin: ofPeople,
}

/** What a person may do: what a system of their role may, and what only people do. */
export function scopesOfPerson(role: PersonRole): readonly Scope[] {
  return [...(scopesByRole.get(role) ?? []), ...ofPeopleByRole[role]]
}

/** What a role may do. A key made with scopes of its own may do those of them that its role allows. */
export function scopesOf(
  role: string,
  ownScopes: unknown,
): Pick<Principal, 'scopes' | 'toolScopes'> {
  const allowed = scopesByRole.get(role) ?? []
  const own = z.array(z.string()).safeParse(ownScopes)
  if (!own.success) return { scopes: [] }
  if (own.data.length === 0) return { scopes: allowed }
  const toolScopes = toolScopesAmong(own.data)
  const opened = roomsOf(own.data)
  const scopes = allowed.filter((scope) => opened.includes(scope))
  return toolScopes.length === 0 ? { scopes } : { scopes, toolScopes }
}

type Known = { readonly credential: FoundCredential | undefined; readonly readAtMs: number }

/** Tells who a key belongs to; a revoked key is refused within `ttlMs`, an expired one at once. */
export function apiPrincipals({
  database,
  nowMs = Date.now,
  ttlMs = 5_000,
  keep = 5_000,
}: {
  readonly database: Database
  readonly nowMs?: () => number
  readonly ttlMs?: number
  readonly keep?: number
}): { authenticate(tokenHash: string): Promise<Principal | undefined> } {
  const known = new Map<string, Known>()

  const read = async (tokenHash: string): Promise<FoundCredential | undefined> => {
    const credential = await findCredential(database, tokenHash)
    // The oldest goes first; wrong keys are kept too, so that guessing does not become database load.
    const [oldest] = known.size >= keep ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    known.delete(tokenHash)
    known.set(tokenHash, { credential, readAtMs: nowMs() })
    if (credential !== undefined && isGood(credential))
      await database.inTenant(credential.tenantId, (tx) =>
        noteCredentialUse(tx, credential.credentialId),
      )
    return credential
  }

  const isGood = ({ isRevoked, expiresAt }: FoundCredential): boolean =>
    !isRevoked && (expiresAt === null || Date.parse(expiresAt) > nowMs())

  return {
    async authenticate(tokenHash) {
      const seen = known.get(tokenHash)
      const isFresh = seen !== undefined && nowMs() - seen.readAtMs < ttlMs
      const credential = isFresh ? seen.credential : await read(tokenHash)
      if (credential === undefined || !isGood(credential)) return undefined
      const { tenantId, credentialId, name, role } = credential
      return {
        ...{ kind: 'key', tenantId, credentialId, name, role },
        ...scopesOf(role, credential.scopes),
      }
    },
  }
}
