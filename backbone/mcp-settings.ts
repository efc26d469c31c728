import { z } from 'zod'

const names = z
  .string()
  .regex(/^[^\s,/]+(,[^\s,/]+)*$/, 'names without a scheme or port, such as quittance.example')
  .transform((text) => text.toLowerCase().split(','))

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
  QUITTANCE_MCP_CALLS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(32)
    .describe('calls of tools that one agent host may have in hand at once'),
}

/** The door for agent hosts. */
export type McpConfig = {
  readonly mcp: {
    readonly hosts: readonly string[]
    readonly origins: readonly string[]
    readonly mostInHand: number
  }
}

const thisMachine = ['localhost', '127.0.0.1', '[::1]']

type Values = z.infer<z.ZodObject<typeof mcpSettings>> & {
  readonly QUITTANCE_HOST: string
  readonly QUITTANCE_PUBLIC_URL?: string | undefined
}

/** Reads the settings of the door for agent hosts. */
export function mcpConfig(values: Values): McpConfig {
  const { QUITTANCE_HOST: host, QUITTANCE_PUBLIC_URL: publicUrl } = values
  const own = [
    ...thisMachine,
    host.includes(':') ? `[${host}]` : host.toLowerCase(),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ]
  return {
    mcp: {
      hosts: [...new Set([...own, ...(values.QUITTANCE_MCP_HOSTS ?? [])])],
      origins: [...new Set([...own, ...(values.QUITTANCE_MCP_ORIGINS ?? [])])],
      mostInHand: values.QUITTANCE_MCP_CALLS_AT_ONCE,
    },
  }
}
