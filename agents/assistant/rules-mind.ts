import type { BaseMessage } from '@langchain/core/messages'
import { z } from 'zod'
import type { RulesMind } from '../model/run-model.ts'
import { saidWhole } from '../shared/finding.ts'
import { keyOfCall, retrace, type ToolAnswer } from '../shared/investigation.ts'
import type { Clock } from './skills/records.ts'
import { answerByRules } from './skills/skills.ts'
import type { Asked } from './understanding/in-context.ts'

const Call = z.object({ id: z.string(), name: z.string(), args: z.record(z.string(), z.unknown()) })
const Calls = z.object({ tool_calls: z.array(Call) })
const Result = z.object({
  tool_call_id: z.string(),
  artifact: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('answered'), answer: z.record(z.string(), z.unknown()) }),
    z.object({ outcome: z.literal('refused'), why: z.string() }),
  ]),
})

/** What a conversation holds of answers, under the calls they were given to. */
function answersIn(messages: readonly BaseMessage[]): Map<string, ToolAnswer> {
  const calls = new Map<string, z.output<typeof Call>>()
  const answers = new Map<string, ToolAnswer>()
  for (const message of messages) {
    const called = Calls.safeParse(message)
    if (called.success) for (const call of called.data.tool_calls) calls.set(call.id, call)
    const said = Result.safeParse(message)
    const call = said.success ? calls.get(said.data.tool_call_id) : undefined
    if (said.success && call !== undefined) answers.set(keyOfCall(call), said.data.artifact)
  }
  return answers
}

/**
 * The mind of the assistant without a language model: it reads the question by rules, asks for the tools the answer
 * takes, and fills the template. The same for the same conversation, wherever a model may have left it.
 */
export function assistantMind(asked: Asked, clock: Clock): RulesMind {
  return (messages) => {
    const way = retrace(answerByRules(asked, clock), answersIn(messages))
    return 'wants' in way
      ? { toolCalls: [{ name: way.wants.name, args: { ...way.wants.args } }] }
      : { text: saidWhole(way.result) }
  }
}
