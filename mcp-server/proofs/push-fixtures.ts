import type {
  CallToolResult,
  ContentBlock,
  ElicitRequestFormParams,
} from '@modelcontextprotocol/server'
import type { Asked, HostedTool } from '../surface.ts'

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

/** A tool that the suite calls, without arguments unless a schema is given. */
export function fixtureTool(
  name: string,
  call: HostedTool['call'],
  inputSchema: HostedTool['listed']['inputSchema'] = { type: 'object' },
): HostedTool {
  const description = `The tool ${name} of the conformance suite.`
  return { listed: { name, title: name, description, annotations, inputSchema }, scope: '', call }
}

/** An answer of one text. */
export function text(words: string): CallToolResult & { content: ContentBlock[] } {
  return { content: [{ type: 'text', text: words }] }
}

async function progress({ context }: Asked): Promise<CallToolResult> {
  const token = context.mcpReq._meta?.progressToken
  if (token !== undefined)
    for (const done of [0, 50, 100])
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken: token, progress: done, total: 100 },
      })
  return text('Done.')
}

async function log({ context }: Asked): Promise<CallToolResult> {
  for (const word of ['started', 'processing data', 'completed'])
    await context.mcpReq.log('info', `Tool ${word}`)
  return text('Logged.')
}

// Without a session no answer can come, and the suite need not wait for that.
const briefly = { timeout: 1_000 }

const elicit =
  (message: string, properties: ElicitRequestFormParams['requestedSchema']['properties']) =>
  async (_: unknown, { context }: Asked): Promise<CallToolResult> => {
    const { action } = await context.mcpReq.elicitInput(
      { message, requestedSchema: { type: 'object', properties } },
      briefly,
    )
    return text(`The person said ${action}.`)
  }

const options = ['option1', 'option2', 'option3']
const titled = options.map((value) => ({ const: value, title: `Title of ${value}` }))

/** What tools of the 2025 protocol send while they run: progress, logs, and questions pushed to the host. */
export const pushTools: readonly HostedTool[] = [
  fixtureTool('test_tool_with_progress', (_, asked) => progress(asked)),
  fixtureTool('test_tool_with_logging', (_, asked) => log(asked)),
  fixtureTool('test_logging_tool', (_, asked) => log(asked)),
  fixtureTool('test_streaming_elicitation', (_, asked) => progress(asked)),
  fixtureTool('test_sampling', async (_, { context }) => {
    const { model } = await context.mcpReq.requestSampling(
      {
        messages: [{ role: 'user', content: { type: 'text', text: 'Say a word.' } }],
        maxTokens: 100,
      },
      briefly,
    )
    return text(`${model} answered.`)
  }),
  fixtureTool(
    'test_elicitation',
    elicit('What is your name?', { username: { type: 'string' }, email: { type: 'string' } }),
  ),
  fixtureTool(
    'test_elicitation_sep1034_defaults',
    elicit('Please check the defaults.', {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  ),
  fixtureTool(
    'test_elicitation_sep1330_enums',
    elicit('Please choose.', {
      untitledSingle: { type: 'string', enum: options },
      titledSingle: { type: 'string', oneOf: titled },
      legacyEnum: { type: 'string', enum: options, enumNames: options },
      untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
      titledMulti: { type: 'array', items: { anyOf: titled } },
    }),
  ),
]
