import type { AppPorts } from '../backbone/http/app.ts'
import { providerCallbackPath } from '../backbone/http/routes/session-provider.ts'
import { apiPrincipals } from '../backbone/services/api-principal.ts'
import { credentialsService } from '../backbone/services/credentials.ts'
import { accessTokens } from '../backbone/services/mcp-access.ts'
import { houseKeys } from '../backbone/services/people/house-keys.ts'
import { houseLinks } from '../backbone/services/people/house-links.ts'
import { openPasswords } from '../backbone/services/people/passwords.ts'
import { peopleService } from '../backbone/services/people/people.ts'
import { providerService } from '../backbone/services/people/provider.ts'
import { sessionsService } from '../backbone/services/people/sessions.ts'
import type { Database } from '../backbone/store/database.ts'
import type { House } from './house.ts'

type WhoKnocks = Pick<
  AppPorts,
  | 'accessTokens'
  | 'authenticate'
  | 'credentials'
  | 'houseKeys'
  | 'houseLinks'
  | 'people'
  | 'provider'
  | 'publicUrl'
  | 'sessions'
>

/** What tells the HTTP door who asks: keys, sessions, links, and the provider of the settings. */
export function whoKnocks(
  { config: { mcp, oidc, publicUrl, sessionLife }, secretKey }: House,
  database: Database,
): WhoKnocks {
  const sessions = sessionsService({ database, passwords: openPasswords(), life: sessionLife })
  const provider =
    oidc === undefined || publicUrl === undefined
      ? undefined
      : providerService({
          settings: { ...oidc, redirectUrl: `${publicUrl}${providerCallbackPath}` },
          ...{ database, secretKey, sessions },
        })
  return {
    ...(mcp.access === undefined
      ? {}
      : { accessTokens: accessTokens({ settings: mcp.access, database }) }),
    authenticate: apiPrincipals({ database }).authenticate,
    sessions,
    people: peopleService({ database }),
    credentials: credentialsService({ database }),
    houseKeys: houseKeys({ database }),
    houseLinks: houseLinks({ database }),
    provider,
    publicUrl,
  }
}
