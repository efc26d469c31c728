import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerCapabilities,
  type ServerContext,
  UriTemplate,
} from '@modelcontextprotocol/server'
import type { Asked, HostCaller, HostedTemplate, HostedTool, Surface } from './surface.ts'

/** What a server says of itself. */
export type ServerFace = {
  readonly name: string
  readonly title: string
  readonly version: string
  readonly instructions?: string
  /** Beside tools, resources, prompts and completions. */
  readonly capabilities?: ServerCapabilities
  /** Answers what those capabilities promise. */
  readonly answerMore?: (server: Server) => void
}

const wrong = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message)

type Known = {
  readonly surface: Surface
  readonly tools: ReadonlyMap<string, HostedTool>
  readonly templates: readonly { readonly uri: UriTemplate; readonly hosted: HostedTemplate }[]
  /** Answers with what went wrong in our own words; those of an error we did not foresee stay here. */
  ours<T>(work: () => Promise<T>): Promise<T>
}

/** What may be looked up, once for all requests. */
function known(surface: Surface, onTrouble: (error: unknown) => void): Known {
  return {
    surface,
    async ours(work) {
      try {
        return await work()
      } catch (error) {
        if (error instanceof ProtocolError) throw error
        onTrouble(error)
        throw new ProtocolError(
          ProtocolErrorCode.InternalError,
          'This cannot be answered now. Try again in a moment; if it stays so, tell your administrator.',
        )
      }
    },
    tools: new Map(surface.tools.map((tool) => [tool.listed.name, tool])),
    templates: surface.templates.map((hosted) => ({
      uri: new UriTemplate(hosted.listed.uriTemplate),
      hosted,
    })),
  }
}

/** The tools a caller may call, and those it could be allowed to. */
function toolsFor({ surface }: Known, { caller, canStepUp }: HostCaller) {
  const scopes: readonly string[] = caller.scopes
  return surface.tools
    .filter(({ scope }) => canStepUp || scope === '' || scopes.includes(scope))
    .map(({ listed }) => listed)
}

function decoded(value: string | readonly string[] | undefined): string {
  const text = typeof value === 'string' ? value : (value?.[0] ?? '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function read({ templates }: Known, uri: string, asked: Asked) {
  for (const { uri: template, hosted } of templates) {
    const matched = uri.length > 2_000 ? null : template.match(uri)
    if (matched === null) continue
    const variables = Object.fromEntries(
      Object.entries(matched).map(([name, value]) => [name, decoded(value)]),
    )
    return hosted.read(uri, variables, asked)
  }
  const addresses = templates.map(({ hosted }) => hosted.listed.uriTemplate).join(', ')
  throw new ResourceNotFoundError(
    uri.slice(0, 200),
    `There is no such resource. Addresses look like ${addresses}.`,
  )
}

async function complete(
  { surface, templates }: Known,
  { ref, argument }: CompleteRequest['params'],
  asked: Asked,
): Promise<CompleteResult> {
  const found =
    ref.type === 'ref/prompt'
      ? surface.prompts.find(({ listed }) => listed.name === ref.name)
      : templates.find(({ hosted }) => hosted.listed.uriTemplate === ref.uri)?.hosted
  if (found === undefined)
    throw wrong('There is nothing to complete there: name a prompt or a template of the lists.')
  const begun = argument.value.slice(0, 200)
  return {
    completion: (await found.complete?.(argument.name, begun, asked)) ?? { values: [] },
  }
}

function answerTools(server: Server, of: Known, askedIn: (context: ServerContext) => Asked): void {
  server.setRequestHandler('tools/list', (_, context) => ({
    tools: toolsFor(of, askedIn(context)),
  }))
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = of.tools.get(params.name)
    const asked = askedIn(context)
    if (tool !== undefined) return of.ours(() => tool.call(params.arguments ?? {}, asked))
    await of.surface.noteUnknownTool?.(params.arguments ?? {}, asked)
    throw wrong('There is no such tool. tools/list names those there are.')
  })
}

function answerRecords(
  server: Server,
  of: Known,
  askedIn: (context: ServerContext) => Asked,
): void {
  const { resources, templates, prompts } = of.surface
  server.setRequestHandler('resources/list', () => ({ resources: [...resources] }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: templates.map(({ listed }) => listed),
  }))
  server.setRequestHandler('resources/read', ({ params }, context) =>
    of.ours(() => read(of, params.uri, askedIn(context))),
  )
  server.setRequestHandler('prompts/list', () => ({ prompts: prompts.map(({ listed }) => listed) }))
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    const prompt = prompts.find(({ listed }) => listed.name === params.name)
    if (prompt === undefined)
      throw wrong(
        `There is no such prompt. There are: ${prompts.map(({ listed }) => listed.name).join(', ')}.`,
      )
    return of.ours(() => prompt.get(params.arguments ?? {}, askedIn(context)))
  })
  server.setRequestHandler('completion/complete', ({ params }, context) =>
    of.ours(() => complete(of, params, askedIn(context))),
  )
}

const forMinutes = { ttlMs: 300_000, cacheScope: 'private' } as const

/**
 * Makes servers that serve one request each: the low-level one over lists that were made once, since a new server is
 * needed for every request and registering each tool anew costs more than calling it.
 */
export function serverMaker(
  face: ServerFace,
  surface: Surface,
  onTrouble: (error: unknown) => void,
): (host: HostCaller) => Server {
  const of = known(surface, onTrouble)
  const { name, title, version, instructions, capabilities, answerMore } = face
  const options = {
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, ...capabilities },
    ...(instructions === undefined ? {} : { instructions }),
    cacheHints: {
      'tools/list': forMinutes,
      'prompts/list': forMinutes,
      'resources/list': forMinutes,
      'resources/templates/list': forMinutes,
      'server/discover': forMinutes,
    },
  }
  return (host) => {
    const server = new Server({ name, title, version }, options)
    const askedIn = (context: ServerContext): Asked => ({ ...host, context })
    answerTools(server, of, askedIn)
    answerRecords(server, of, askedIn)
    answerMore?.(server)
    return server
  }
}
