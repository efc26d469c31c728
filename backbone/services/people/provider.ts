import type { Configuration } from 'openid-client'
import { z } from 'zod'
import { CallerMistake, RetryLater } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { openSecret, type SecretKey, sealSecret } from '../../store/secrets/sealed-secret.ts'
import { Claims, type ProviderRules, providersPerson } from './provider-person.ts'
import type { NewSession, SessionsService } from './sessions.ts'

/** The provider through which people sign in, and what it knows this house by. */
export type ProviderSettings = ProviderRules & {
  readonly clientId: string
  readonly clientSecret?: string
  /** Where the provider sends people back to. */
  readonly redirectUrl: string
}

/** Signing in through the tenant's own provider (OpenID Connect, code flow with PKCE). */
export type ProviderService = {
  /** Where to send the browser, and what it keeps meanwhile: sealed, for ten minutes. */
  begin(wish: { readonly tenantId?: string | undefined }): Promise<{
    readonly url: string
    readonly transaction: string
  }>
  /** Back from the provider: a session for whom it vouches. `query` is what it sent back. */
  finish(back: {
    readonly query: string
    readonly transaction: string | undefined
  }): Promise<NewSession>
}

/** How long somebody may take at the provider. */
export const providerMinutes = 10

const Transaction = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  untilMs: z.number(),
  tenantId: z.string().optional(),
})
type Transaction = z.infer<typeof Transaction>

const sealOwner = { tenantId: 'house', connectionId: 'sign-in through the provider' }

const awayError = (cause: unknown) =>
  new RetryLater(
    'The sign-in provider does not answer; try again in a moment.',
    { retryAfterSeconds: 10 },
    { cause },
  )

const refusedError = () =>
  new CallerMistake(
    401,
    'provider-refused',
    'Signing in through the provider did not work or took too long; begin again.',
  )

// Loaded when somebody signs in that way: most houses never do.
const client = () => import('openid-client')

async function discovered({
  issuer,
  clientId,
  clientSecret,
}: ProviderSettings): Promise<Configuration> {
  const { allowInsecureRequests, ClientSecretBasic, discovery, None } = await client()
  const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret)
  return discovery(new URL(issuer), clientId, clientSecret, authentication, {
    timeout: 10,
    // The settings let plain HTTP pass on this machine only.
    ...(issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {}),
  })
}

/** Describes the provider once; a provider that was away is asked again. */
function describedOnce(settings: ProviderSettings): () => Promise<Configuration> {
  let known: Promise<Configuration> | undefined
  return async () => {
    known ??= discovered(settings)
    try {
      return await known
    } catch (error) {
      known = undefined
      throw awayError(error)
    }
  }
}

function openTransaction(
  secretKey: SecretKey,
  sealed: string | undefined,
  nowMs: number,
): Transaction {
  try {
    const kept = Transaction.parse(JSON.parse(openSecret(secretKey, sealOwner, sealed ?? '')))
    if (kept.untilMs > nowMs) return kept
  } catch {
    // Not ours, of another house or changed: as good as none.
  }
  throw refusedError()
}

/** What the provider says, once it has proved itself; our own words when it does not. */
async function claimsOf(
  configuration: Configuration,
  callback: URL,
  { state, nonce, verifier }: Transaction,
): Promise<Claims> {
  const { authorizationCodeGrant, fetchUserInfo } = await client()
  const tokens = await authorizationCodeGrant(configuration, callback, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
  }).catch(() => {
    throw refusedError()
  })
  const vouched = tokens.claims()
  if (vouched === undefined) throw refusedError()
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return Claims.parse(vouched)
  const told = await fetchUserInfo(configuration, tokens.access_token, vouched.sub).catch(
    (error: unknown) => {
      throw awayError(error)
    },
  )
  return Claims.parse({ ...vouched, ...told })
}

/** Opens signing in through a provider. */
export function providerService({
  settings,
  database,
  secretKey,
  sessions,
  nowMs = Date.now,
}: {
  readonly settings: ProviderSettings
  readonly database: Database
  readonly secretKey: SecretKey
  readonly sessions: Pick<SessionsService, 'open'>
  readonly nowMs?: () => number
}): ProviderService {
  const configuration = describedOnce(settings)
  return {
    async begin({ tenantId }) {
      const described = await configuration()
      const {
        buildAuthorizationUrl,
        calculatePKCECodeChallenge,
        randomNonce,
        randomPKCECodeVerifier,
        randomState,
      } = await client()
      const kept = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
      }
      const url = buildAuthorizationUrl(described, {
        redirect_uri: settings.redirectUrl,
        scope: 'openid email profile',
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
      })
      const untilMs = nowMs() + providerMinutes * 60_000
      const transaction = sealSecret(
        secretKey,
        sealOwner,
        JSON.stringify({ ...kept, untilMs, tenantId }),
      )
      return { url: url.href, transaction }
    },
    async finish({ query, transaction }) {
      const kept = openTransaction(secretKey, transaction, nowMs())
      const callback = new URL(`${settings.redirectUrl}${query}`)
      const claims = await claimsOf(await configuration(), callback, kept)
      const person = await providersPerson(database, settings, { claims, tenantId: kept.tenantId })
      return sessions.open({ ...person, signedInBy: 'oidc' })
    },
  }
}
