import { z } from 'zod'
import { IsoMoment } from './document.ts'

/** The name of a server of others; its tools are called `<server>__<tool>`. */
export const ToolServerName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,19}$/, 'at most 20 small letters and digits')
  .meta({ example: 'freight' })

/** What a tool of a server is called there; longer names do not fit a language model's. */
const OutsideToolName = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/)

/** What an administrator says of an MCP server of somebody else. */
export const ToolServerDraft = z
  .object({
    url: z.string().min(1).max(500).meta({
      description:
        'https; http only on a host that QUITTANCE_TOOL_SERVER_HOSTS names. Redirects are not followed.',
      example: 'https://tools.example/mcp',
    }),
    secret: z.string().min(8).max(8_192).nullable().optional().meta({
      description:
        'Sent as a bearer token and never shown again. Left out, the one before stays, where the server stays; null takes it away.',
    }),
    tools: z.array(OutsideToolName).max(40).default([]).meta({
      description: 'Which of its tools agents may use; none unless named.',
    }),
    mayWrite: z.boolean().default(false).meta({
      description: 'Also tools that do not say of themselves that they only read.',
    }),
    isEnabled: z.boolean().default(true).meta({ description: 'Its kill switch.' }),
  })
  .meta({ id: 'ToolServerDraft' })
export type ToolServerDraft = z.infer<typeof ToolServerDraft>

/** An MCP server of somebody else as people see it: never its secret. */
export const ToolServer = z
  .object({
    name: ToolServerName,
    url: z.string(),
    hasSecret: z.boolean(),
    tools: z.array(z.string()),
    mayWrite: z.boolean(),
    isEnabled: z.boolean(),
    changedBy: z.string(),
    changedAt: IsoMoment,
  })
  .meta({ id: 'ToolServer' })
export type ToolServer = z.infer<typeof ToolServer>

/** What a test of a server found: its tools, what they say of themselves, and which an agent would be given. */
export const ToolServerTest = z
  .object({
    isReachable: z.boolean(),
    detail: z.string(),
    tools: z.array(
      z.object({
        name: z.string(),
        untrustedDescription: z.string().meta({ description: 'In the words of the server.' }),
        readOnly: z.boolean().meta({ description: 'Whether it says that it only reads.' }),
        isOffered: z.boolean().meta({ description: 'Whether agents would be given it.' }),
      }),
    ),
  })
  .meta({ id: 'ToolServerTest' })
export type ToolServerTest = z.infer<typeof ToolServerTest>

/** A server with its secret opened, for whoever calls it. Never logged. */
export type OpenedToolServer = Pick<ToolServer, 'name' | 'url' | 'tools' | 'mayWrite'> & {
  readonly secret: string | undefined
}

/** Whether a tool's name is that of a tool of others. */
export const isOutsideTool = (name: string): boolean => name.includes('__')
