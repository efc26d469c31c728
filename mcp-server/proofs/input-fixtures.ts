import { randomBytes } from 'node:crypto'
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Asked, HostedPrompt, HostedTool } from '../surface.ts'
import { fixtureTool, text } from './push-fixtures.ts'

const ask = (message: string, answer: z.ZodObject) =>
  inputRequired.elicit({ message, requestedSchema: answer })
const words = (content: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: content } }],
    maxTokens,
  })

const Name = z.object({ name: z.string() })
const Colour = z.object({ color: z.string() })
const Confirmed = z.object({ ok: z.boolean() })
const Context = z.object({ context: z.string() })
const Round = z.object({ round: z.number() })

const states = createRequestStateCodec<z.infer<typeof Round>>({ key: randomBytes(32) })

/** The round that the state of a retried request is of; 0 for a first request. A forged state is refused. */
async function roundOf({ context }: Asked): Promise<number> {
  const state = context.mcpReq.requestState()
  if (typeof state !== 'string') return 0
  try {
    return Round.parse(await states.verify(state, context)).round
  } catch {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'This state is not one we gave out.')
  }
}

const answers = ({ context }: Asked) => context.mcpReq.inputResponses

async function askRound(
  round: number,
  inputRequests: InputRequiredResult['inputRequests'] = {},
): Promise<InputRequiredResult> {
  return inputRequired({ inputRequests, requestState: await states.mint({ round }) })
}

/** A tool that wants a confirmation and hands out a state that must come back unchanged. */
async function confirmed(asked: Asked) {
  const round = await roundOf(asked)
  if (round === 1 && acceptedContent(answers(asked), 'confirm', Confirmed) !== undefined)
    return text('state-ok')
  return askRound(1, { confirm: ask('Please confirm', Confirmed) })
}

async function everyKind(asked: Asked) {
  const given = answers(asked)
  const keys = ['user_name', 'greeting', 'client_roots']
  if (
    (await roundOf(asked)) === 1 &&
    keys.every((key) => inputResponse(given, key).kind !== 'missing')
  )
    return text('All three were answered.')
  return askRound(1, {
    user_name: ask('What is your name?', Name),
    greeting: words('Generate a greeting', 50),
    client_roots: inputRequired.listRoots(),
  })
}

async function stepByStep(asked: Asked) {
  const round = await roundOf(asked)
  const given = answers(asked)
  if (round === 2 && acceptedContent(given, 'step2', Colour) !== undefined) return text('Done.')
  if (round === 1 && acceptedContent(given, 'step1', Name) !== undefined)
    return askRound(2, { step2: ask('Step 2: What is your favorite color?', Colour) })
  return askRound(1, { step1: ask('Step 1: What is your name?', Name) })
}

const Envelope = z.object({ [CLIENT_CAPABILITIES_META_KEY]: z.record(z.string(), z.unknown()) })

function declared({ context }: Asked): Record<string, unknown> {
  const told = Envelope.safeParse(context.mcpReq.envelope)
  return told.data?.[CLIENT_CAPABILITIES_META_KEY] ?? {}
}

/** Tools that ask the host for something by an answer of their own (MCP 2026-07-28, multi-round-trip requests). */
export const inputTools: readonly HostedTool[] = [
  fixtureTool('test_input_required_result_elicitation', async (_, asked) => {
    const given = acceptedContent(answers(asked), 'user_name', Name)
    return given === undefined
      ? inputRequired({ inputRequests: { user_name: ask('What is your name?', Name) } })
      : text(`Hello, ${given.name}!`)
  }),
  fixtureTool('test_input_required_result_sampling', async (_, asked) =>
    inputResponse(answers(asked), 'capital_question').kind === 'sampling'
      ? text('Paris, we are told.')
      : inputRequired({
          inputRequests: { capital_question: words('What is the capital of France?', 100) },
        }),
  ),
  fixtureTool('test_input_required_result_list_roots', async (_, asked) => {
    const given = inputResponse(answers(asked), 'client_roots')
    return given.kind === 'roots'
      ? text(`Roots: ${given.roots.map(({ uri }) => uri).join(', ')}`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
  }),
  fixtureTool('test_input_required_result_request_state', (_, asked) => confirmed(asked)),
  fixtureTool('test_input_required_result_tampered_state', (_, asked) => confirmed(asked)),
  fixtureTool('test_input_required_result_multiple_inputs', (_, asked) => everyKind(asked)),
  fixtureTool('test_input_required_result_multi_round', (_, asked) => stepByStep(asked)),
  fixtureTool('test_input_required_result_capabilities', async (_, asked) => {
    const has = declared(asked)
    return inputRequired({
      inputRequests: {
        ...('sampling' in has ? { greeting: words('Generate a greeting', 50) } : {}),
        ...('elicitation' in has ? { user_name: ask('What is your name?', Name) } : {}),
      },
    })
  }),
  fixtureTool('test_missing_capability', async (_, asked) => {
    if (!('sampling' in declared(asked)))
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } })
    return text('Sampling was declared.')
  }),
]

/** A prompt that asks before it answers. */
export const inputPrompt: HostedPrompt = {
  listed: {
    name: 'test_input_required_result_prompt',
    title: 'A prompt that asks',
    description: 'A prompt of the conformance suite.',
  },
  get: async (_, asked) => {
    const given = acceptedContent(answers(asked), 'user_context', Context)
    if (given === undefined)
      return inputRequired({
        inputRequests: { user_context: ask('What context should the prompt use?', Context) },
      })
    return {
      messages: [{ role: 'user', content: { type: 'text', text: `Context: ${given.context}` } }],
    }
  },
}
