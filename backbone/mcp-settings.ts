import { z } from 'zod'
import { NeedsPerson } from './errors.ts'
import { roomsOfToolScopes } from './services/tool-scopes.ts'

const names = z
  .string()
  .regex(/^[^\s,/]+(,[^\s,/]+)*$/, 'names without a scheme or port, such as quittance.example')
  .transform((text) => text.toLowerCase().split(','))

const toolScopes = Object.keys(roomsOfToolScopes)
const toolScope = z
  .string()
  .refine((scope) => toolScopes.includes(scope), `scopes of tools are ${toolScopes.join(', ')}`)

/** The settings of the door for agent hosts (MCP), by the names of their environment variables. */
export const mcpSettings = {
  QUITTANCE_MCP_HOSTS: names
    .optional()
    .describe(
      'more names by which agent hosts call this server, beside this machine, QUITTANCE_HOST and that of QUITTANCE_PUBLIC_URL; a request under another name is refused',
    ),
  QUITTANCE_MCP_ORIGINS: names
    .optional()
    .describe('more names of web pages that may call /mcp, beside those of this server'),
  QUITTANCE_TOOL_SERVER_HOSTS: names
    .optional()
    .describe(
      'names or addresses inside an own network, this machine included, that MCP servers of others may stand on, also by http; without it only servers outside, by https',
    ),
  QUITTANCE_MCP_CALLS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(32)
    .describe('calls of tools that one agent host may have in hand at once'),
  QUITTANCE_MCP_ISSUER: z
    .string()
    .regex(/^https?:\/\/[^?#@\s]+$/, 'the address of an authorization server')
    .optional()
    .describe(
      'authorization server (OAuth 2.1, OpenID Connect) whose access tokens agent hosts may show at /mcp, beside keys of this house',
    ),
  QUITTANCE_MCP_AUDIENCE: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe(
      'what these tokens must be made out to; QUITTANCE_PUBLIC_URL/mcp unless the authorization server writes something else',
    ),
  QUITTANCE_MCP_TENANT: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe('tenant of all these tokens'),
  QUITTANCE_MCP_TENANT_CLAIM: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe('or the claim in which a token names its tenant'),
  QUITTANCE_MCP_SCOPES: z
    .string()
    .regex(/^[^=,]+=[a-z0-9]+:[a-z]+(,[^=,]+=[a-z0-9]+:[a-z]+)*$/, 'pairs such as ops=ops:read')
    .transform((text) => text.split(',').map((pair) => pair.split('=').map((word) => word.trim())))
    .pipe(z.array(z.tuple([z.string().min(1), toolScope])))
    .optional()
    .describe(
      'which scope or role of that server is which scope of tools here, such as ops=ops:read,ops=proposal:read; ours count under their own names too',
    ),
  QUITTANCE_MCP_URL: z
    .string()
    .regex(/^https?:\/\/[^?#@\s]+$/, 'the address of a server, such as https://quittance.example')
    .optional()
    .describe('server that quittance mcp carries messages to, where it is not this one'),
  QUITTANCE_MCP_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,8000}$/, 'a key without blanks')
    .optional()
    .describe(
      'key or access token that quittance mcp shows there; without it one is made for this server',
    ),
}

/** The door for agent hosts. */
export type McpConfig = {
  readonly mcp: {
    /** What `quittance mcp` was told of a server elsewhere. */
    readonly bridge: { readonly url?: string; readonly token?: string }
    /** The authorization server whose tokens count, where there is one. */
    readonly access?: {
      readonly issuer: string
      readonly audience: string
      readonly resource: string
      readonly tenant: { readonly is: string } | { readonly claim: string }
      readonly scopes: readonly (readonly [told: string, scope: string])[]
    }
    readonly hosts: readonly string[]
    readonly origins: readonly string[]
    readonly mostInHand: number
    /** Hosts inside an own network that servers of others may stand on. */
    readonly toolServerHosts: readonly string[]
  }
}

const thisMachine = ['localhost', '127.0.0.1', '[::1]']

type Values = z.infer<z.ZodObject<typeof mcpSettings>> & {
  readonly QUITTANCE_HOST: string
  readonly QUITTANCE_PUBLIC_URL?: string | undefined
}

const loopback = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:|\/|$)/

function tenantOf(values: Values): { readonly is: string } | { readonly claim: string } {
  const { QUITTANCE_MCP_TENANT: tenant, QUITTANCE_MCP_TENANT_CLAIM: claim } = values
  if (tenant !== undefined && claim === undefined) return { is: tenant }
  if (claim !== undefined && tenant === undefined) return { claim }
  throw new NeedsPerson(
    'QUITTANCE_MCP_ISSUER is set: say whose its tokens are, with QUITTANCE_MCP_TENANT for all of them or QUITTANCE_MCP_TENANT_CLAIM for the claim that names the tenant, and not with both.',
  )
}

function accessOf(values: Values): McpConfig['mcp']['access'] {
  const { QUITTANCE_MCP_ISSUER: issuer, QUITTANCE_PUBLIC_URL: publicUrl } = values
  if (issuer === undefined) return undefined
  if (publicUrl === undefined)
    throw new NeedsPerson(
      'QUITTANCE_MCP_ISSUER is set, and hosts must be told what they get a token for: set QUITTANCE_PUBLIC_URL too.',
    )
  if (issuer.startsWith('http:') && !loopback.test(issuer))
    throw new NeedsPerson(
      `QUITTANCE_MCP_ISSUER is ${issuer}: an authorization server outside this machine is reached by https only.`,
    )
  const resource = `${publicUrl}/mcp`
  return {
    ...{ issuer, resource, tenant: tenantOf(values) },
    audience: values.QUITTANCE_MCP_AUDIENCE ?? resource,
    scopes: values.QUITTANCE_MCP_SCOPES ?? [],
  }
}

/** Reads the settings of the door for agent hosts. */
export function mcpConfig(values: Values): McpConfig {
  const { QUITTANCE_HOST: host, QUITTANCE_PUBLIC_URL: publicUrl } = values
  const own = [
    ...thisMachine,
    host.includes(':') ? `[${host}]` : host.toLowerCase(),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ]
  const access = accessOf(values)
  const { QUITTANCE_MCP_URL: url, QUITTANCE_MCP_TOKEN: token } = values
  return {
    mcp: {
      bridge: { ...(url === undefined ? {} : { url }), ...(token === undefined ? {} : { token }) },
      ...(access === undefined ? {} : { access }),
      hosts: [...new Set([...own, ...(values.QUITTANCE_MCP_HOSTS ?? [])])],
      origins: [...new Set([...own, ...(values.QUITTANCE_MCP_ORIGINS ?? [])])],
      mostInHand: values.QUITTANCE_MCP_CALLS_AT_ONCE,
      toolServerHosts: values.QUITTANCE_TOOL_SERVER_HOSTS ?? [],
    },
  }
}
