import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ProfileDraft, profiledAgents } from '../../backbone/canonical/agent-profile.ts'
import { packageRoot } from '../../backbone/store/package-root.ts'

/** A case a profile is tried on: what is asked in the practice house, and what must come of it. */
const ExamCase = z.object({
  id: z.string(),
  agent: z.enum(profiledAgents).default('assistant'),
  group: z.string().default(''),
  /** What a person says, the last of it graded; */
  says: z.array(z.string()).default([]),
  /** or the record the run is about. */
  subject: z.object({ kind: z.string(), id: z.string() }).optional(),
  expect: z.object({
    uses: z.array(z.string()).default([]),
    avoids: z.array(z.string()).default([]),
    says: z.array(z.string()).default([]),
    never: z.array(z.string()).default([]),
    /** Kinds of the proposals made. */
    proposes: z.array(z.string()).default([]),
    /** Kinds that may be proposed or not: the hour of the day decides. */
    mayPropose: z.array(z.string()).default([]),
    asksBack: z.boolean().default(false),
  }),
})
export type ExamCase = z.infer<typeof ExamCase>

const readCases = (file: string): ExamCase[] =>
  readFileSync(join(packageRoot(), 'evals', 'cases', file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ExamCase.parse(JSON.parse(line)))

/** Cases about records that the practice house does not have: they are graded by `npm run eval`. */
const isOfAnotherHouse = ({ group, says }: ExamCase): boolean =>
  group === 'leak' || says.some((text) => /zephyr|880001|88001/i.test(text))

const proposeTools: Readonly<Record<string, string>> = {
  'retry-transactions': 'propose_retry',
  'send-collections-message': 'propose_collections_email',
}
const toolsNeeded = ({ expect }: ExamCase): string[] => [
  ...expect.uses,
  ...expect.proposes.map((kind) => proposeTools[kind] ?? 'propose_order_change'),
]

/** The shipped cases of a profile's agent: those its tools are enough for, and how many are not. */
export function casesFor({ agent, tools }: Pick<ProfileDraft, 'agent' | 'tools'>): {
  readonly cases: readonly ExamCase[]
  readonly leftOut: number
} {
  const own = [...readCases('profiles.jsonl'), ...readCases('assistant.jsonl')].filter(
    (one) => one.agent === agent && !isOfAnotherHouse(one),
  )
  const cases = own.filter((one) => toolsNeeded(one).every((tool) => tools.includes(tool)))
  return { cases, leftOut: own.length - cases.length }
}
