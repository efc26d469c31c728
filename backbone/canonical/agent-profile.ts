import { z } from 'zod'
import { IsoMoment } from './document.ts'
import { Currency, MinorUnits } from './money.ts'
import { ActKind } from './proposal.ts'

/** The agents whose work a profile narrows: each is code, a profile only says what of it is wanted. */
export const profiledAgents = [
  'order-validation',
  'substitution',
  'triage',
  'collections',
  'assistant',
] as const

const ToolName = z.string().regex(/^[a-z][a-z0-9_]{0,40}$/)
const ProfileToolName = z
  .string()
  .regex(/^([a-z][a-z0-9_]{0,40}|[a-z][a-z0-9]{0,19}__[A-Za-z0-9_-]{1,40})$/)

/** What a profile's runs may never do, whatever they find. */
export const Guardrails = z
  .object({
    actKinds: z.array(ActKind).meta({
      description: 'Kinds of proposal its runs may make; none: it only reads and tells.',
    }),
    mostProposals: z.int().min(0).max(200).default(20).meta({
      description: 'Proposals of one run at most.',
    }),
    mostMoney: z
      .array(z.object({ amountMinor: MinorUnits.min(0), currency: Currency }))
      .default([])
      .meta({
        description:
          'Money at stake of one proposal at most, by currency; a currency that is not named has no bound, once none is named.',
      }),
    customerNumbers: z.array(z.string().min(1).max(40)).max(500).default([]).meta({
      description: 'Only orders and accounts of these customers; all of them when empty.',
    }),
    isTaintRefused: z.boolean().default(false).meta({
      description: 'Makes no proposal that stems from text of somebody outside.',
    }),
  })
  .meta({ id: 'Guardrails' })
export type Guardrails = z.infer<typeof Guardrails>

/** What one run may use of a model; rules take over when it is spent. */
const RunBudget = z
  .object({
    modelCalls: z.int().min(0).max(100).default(8),
    tokens: z.int().min(0).max(1_000_000).default(40_000),
    costMicros: z.int().min(0).max(100_000_000).default(200_000).meta({
      description: 'In millionths of a dollar.',
    }),
    seconds: z.int().min(1).max(600).default(60),
  })
  .meta({ id: 'RunBudget' })

/** What a person writes of a profile, or a template gives. */
export const ProfileDraft = z
  .object({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,39}$/, 'small letters, digits and dashes')
      .meta({
        example: 'morning-collections',
      }),
    title: z.string().trim().min(1).max(80),
    goal: z.string().trim().min(1).max(2_000).meta({
      description: 'What it is for, in the words of whoever wants it.',
    }),
    agent: z.enum(profiledAgents),
    tools: z.array(ProfileToolName).min(1).max(60).meta({
      description:
        'Tools of the house, and of the assistant also tools of others as `<server>__<tool>`.',
    }),
    guardrails: Guardrails,
    approval: z.enum(['person', 'policy']).default('person').meta({
      description:
        "`person`: somebody decides every proposal; `policy`: the tenant's approval policy may let exact ones pass.",
    }),
    budget: RunBudget.prefault({}),
    runsOnEvents: z.boolean().default(false),
    dailyAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .nullable()
      .default(null)
      .meta({ description: "Time of day of its run, in the tenant's zone.", example: '07:00' }),
    owner: z.string().trim().min(1).max(120).meta({ description: 'Who answers for it.' }),
  })
  .meta({ id: 'ProfileDraft' })
export type ProfileDraft = z.infer<typeof ProfileDraft>

/** One attempt that a test made under a profile, and whether it ended as it must. */
export const ProfileTestCase = z
  .object({
    name: z.string(),
    expected: z.enum(['allowed', 'refused']),
    got: z.enum(['allowed', 'refused']),
    reason: z.string(),
  })
  .meta({ id: 'ProfileTestCase' })
export type ProfileTestCase = z.infer<typeof ProfileTestCase>

/** How a profile did on the shipped cases of its agent, in a house of practice. */
export const ProfileCases = z
  .object({
    passed: z.int().min(0),
    of: z.int().min(0).meta({ description: 'Cases that its tools are enough for.' }),
    leftOut: z.int().min(0).meta({ description: 'Cases that need tools it does not have.' }),
    minimumShare: z.number().meta({
      description: 'The share that must pass before a version may be activated.',
      example: 0.9,
    }),
    isEnough: z.boolean(),
    failed: z
      .array(z.object({ case: z.string(), asked: z.string(), faults: z.array(z.string()) }))
      .meta({ description: 'Each case that did not pass, and what was wrong.' }),
  })
  .meta({ id: 'ProfileCases' })
export type ProfileCases = z.infer<typeof ProfileCases>

/** What a test of a profile found, for the version it was made on. */
export const ProfileTest = z
  .object({
    version: z.int(),
    isPassed: z.boolean(),
    cases: z.array(ProfileTestCase),
    evals: ProfileCases.optional().meta({
      description:
        'Absent in tests of before cases were part of them: such a version is tested again.',
    }),
    /** What its run would have proposed on the tenant's records as they were. */
    wouldPropose: z.array(
      z.object({ kind: ActKind, title: z.string(), isAllowed: z.boolean(), reason: z.string() }),
    ),
    testedAt: IsoMoment,
    testedBy: z.string(),
  })
  .meta({ id: 'ProfileTest' })
export type ProfileTest = z.infer<typeof ProfileTest>

/** A profile as it is kept: a draft is edited and tested, an active one runs, a retired one is history. */
export const AgentProfile = ProfileDraft.extend({
  profileId: z.string(),
  status: z.enum(['draft', 'active', 'retired']),
  version: z.int(),
  template: z.string().nullable(),
  lastTest: ProfileTest.nullable(),
  changedBy: z.string(),
  changedAt: IsoMoment,
}).meta({ id: 'AgentProfile' })
export type AgentProfile = z.infer<typeof AgentProfile>

/** A draft made from a goal, with the words that led to each setting and what was not understood. */
export const DraftedProfile = z
  .object({
    draft: ProfileDraft,
    template: z.string(),
    because: z.array(z.object({ setting: z.string(), words: z.string(), text: z.string() })),
    notUnderstood: z.array(z.string()).meta({
      description: 'Parts of the goal that no setting stands for: a person must see to them.',
    }),
  })
  .meta({ id: 'DraftedProfile' })
export type DraftedProfile = z.infer<typeof DraftedProfile>

/** An agent of somebody else that works here with a key of its own. */
export const ThirdPartyAgent = z
  .object({
    agentId: z.string(),
    name: z.string().trim().min(1).max(80),
    owner: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .meta({ description: 'Who in the house answers for it.' }),
    provider: z.string().trim().min(1).max(120),
    version: z.string().trim().min(1).max(60),
    purpose: z.string().trim().min(1).max(1_000),
    tools: z.array(ToolName).max(60),
    credentialId: z.string().nullable().meta({ description: 'The key it comes with.' }),
    isEnabled: z.boolean().meta({ description: 'Its kill switch: off, its key opens nothing.' }),
    changedBy: z.string(),
    changedAt: IsoMoment,
  })
  .meta({ id: 'ThirdPartyAgent' })
export type ThirdPartyAgent = z.infer<typeof ThirdPartyAgent>
