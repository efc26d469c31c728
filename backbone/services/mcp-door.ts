import type { Principal } from './api-principal.ts'

/** The MCP server as the HTTP door mounts it. */
export type McpDoor = {
  /** Answers one message of an agent host, in the name of whoever proved to be asking. */
  answer(
    request: Request,
    asked: { readonly body: string; readonly who: Principal; readonly canStepUp: boolean },
  ): Promise<Response>
  /** Ends what hosts still listen to. */
  close(): Promise<void>
}

/** Access tokens of an authorization server outside, for hosts that sign in through it (OAuth 2.1). */
export type AccessTokens = {
  /** Who the token is for and what it may; throws a `CallerMistake` when it is not good here. */
  verify(token: string): Promise<Principal>
  /** What this server is, for hosts that look for the authorization server (RFC 9728). */
  readonly resource: {
    readonly resource: string
    readonly authorization_servers: readonly string[]
    readonly scopes_supported: readonly string[]
    readonly bearer_methods_supported: readonly string[]
    readonly resource_name: string
  }
}
