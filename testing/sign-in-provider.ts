import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { freePort } from './free-port.ts'

/** What the provider tells of one of its people. */
export type ProviderAccount = {
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
  readonly roles?: readonly string[]
}

/** A real OpenID Connect provider on this machine; whoever's name is typed in at its login is let in. */
export async function startSignInProvider({ redirectUrl }: { readonly redirectUrl: string }) {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const accounts = new Map<string, ProviderAccount>()
  const client = { clientId: 'quittance', clientSecret: 'a secret of the provider' }
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        grant_types: ['authorization_code'],
        redirect_uris: [redirectUrl],
      },
    ],
    features: { devInteractions: { enabled: true } },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'roles'] },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, ...accounts.get(sub) }),
    }),
    cookies: { keys: ['of this test'] },
  })
  const server = createServer(provider.callback())
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    issuer,
    ...client,
    accounts,
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}
