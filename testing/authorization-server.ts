import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { freePort } from './free-port.ts'

type Step = readonly [url: URL, init: RequestInit]

/** What a person does on a page: types their name, or agrees. */
function filledIn(url: URL, page: string, login: string): Step {
  const [, action] = /action="([^"]+)"/.exec(page) ?? []
  if (action === undefined) throw new Error(`${url.pathname} ended the way: ${page.slice(0, 300)}`)
  const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? []
  const typed = prompt === 'login' ? { login, password: 'x' } : {}
  return [new URL(action, url), { method: 'POST', body: new URLSearchParams({ prompt, ...typed }) }]
}

/** A browser of nothing but redirects, forms and cookies, at one server. */
async function walk(start: URL, login: string, endsAt: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let [url, init]: Step = [start, {}]
  for (let hop = 0; hop < 15; hop += 1) {
    if (url.href.startsWith(endsAt)) return url
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' })
    for (const raw of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (raw.split(';')[0] ?? '').split('=')
      cookies.set(name, value)
    }
    const to = answer.headers.get('location')
    const page = await answer.text()
    ;[url, init] = to === null ? filledIn(url, page, login) : [new URL(to, url), {}]
  }
  throw new Error('The way never ended.')
}

/**
 * A real authorization server on this machine, with discovery, registration and PKCE, that makes tokens out to the
 * resource a client names; whoever's name is typed in is let in.
 */
export async function startAuthorizationServer(facts: {
  readonly scopes: readonly string[]
  /** What its tokens say beside the standard claims. */
  readonly claims: Readonly<Record<string, string>>
}) {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clientDefaults: { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] },
    clientAuthMethods: ['none'],
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: facts.scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    scopes: ['openid', ...facts.scopes],
    extraTokenClaims: () => facts.claims,
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ sub }) }),
    cookies: { keys: ['of this test'] },
  })
  const server = createServer(provider.callback())
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    issuer,
    /** Signs in and consents as a person does in a browser; gives the code that the host gets. */
    async authorize(from: URL, login: string, redirectUrl: string): Promise<string> {
      const back = await walk(from, login, redirectUrl)
      const code = back.searchParams.get('code')
      if (code === null) throw new Error(`No code came back: ${back.search}`)
      return code
    },
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}
