import type {
  CallToolResult,
  CompleteResult,
  GetPromptResult,
  InputRequiredResult,
  Tool as ListedTool,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
  ServerContext,
} from '@modelcontextprotocol/server'
import type { ToolCaller } from '../tools/tool.ts'

/** Who asks over MCP, and whether their token could be given more than it carries. */
export type HostCaller = {
  readonly caller: ToolCaller
  /** An authorization server could grant more: what is not granted yet is shown, and asked for at its first use. */
  readonly canStepUp: boolean
  /** W3C trace context of the HTTP request, where it had one. */
  readonly traceparent?: string | undefined
}

/** One request of a host: who asks, and what the protocol knows of it. */
export type Asked = HostCaller & { readonly context: ServerContext }

/** A tool as hosts see and call it. */
export type HostedTool = {
  readonly listed: ListedTool
  readonly scope: string
  call(
    args: Readonly<Record<string, unknown>>,
    asked: Asked,
  ): Promise<CallToolResult | InputRequiredResult>
}

/** A record that hosts read by its address. */
export type HostedTemplate = {
  readonly listed: ResourceTemplateType
  /** What reading it needs; nothing unless said. */
  readonly scope?: string
  read(
    uri: string,
    variables: Readonly<Record<string, string>>,
    asked: Asked,
  ): Promise<ReadResourceResult>
  /** What an argument could be that begins so. */
  complete?(argument: string, begun: string, asked: Asked): Promise<CompleteResult['completion']>
}

/** A prompt that people at a host choose. */
export type HostedPrompt = {
  readonly listed: Prompt
  get(
    args: Readonly<Record<string, string>>,
    asked: Asked,
  ): Promise<GetPromptResult | InputRequiredResult>
  complete?(argument: string, begun: string, asked: Asked): Promise<CompleteResult['completion']>
}

/** Everything a server shows to hosts. */
export type Surface = {
  readonly tools: readonly HostedTool[]
  /** Addresses worth listing; all are read through a template. */
  readonly resources: readonly Resource[]
  readonly templates: readonly HostedTemplate[]
  readonly prompts: readonly HostedPrompt[]
  /** Keeps on record that a tool was called which is not here. */
  noteUnknownTool?(args: unknown, asked: Asked): Promise<void>
}
