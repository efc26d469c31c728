import { z } from 'zod'
import type { AgentProfile, ProfileTest } from '../../canonical/agent-profile.ts'
import { moneyText } from '../../canonical/money.ts'
import type { Change } from '../../canonical/proposal.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { lockProfile, profileVersions, setActive } from '../../store/governance/profile-rows.ts'
import { profileView } from '../governance/agent-profiles.ts'
import type { Act } from './act.ts'

const Payload = z.strictObject({ profileId: z.string().max(60), version: z.int().min(1) })
type Payload = z.infer<typeof Payload>

const lines = (profile: AgentProfile): readonly (readonly [string, string])[] => [
  ['Agent', profile.agent],
  ['Goal', profile.goal],
  ['Tools', profile.tools.join(', ')],
  ['May propose', profile.guardrails.actKinds.join(', ') || 'nothing'],
  ['Proposals a run', String(profile.guardrails.mostProposals)],
  [
    'Money in one proposal',
    profile.guardrails.mostMoney
      .map(({ amountMinor, currency }) => `up to ${moneyText(amountMinor, currency)}`)
      .join(', ') || 'any amount',
  ],
  ['What stems from text of others', profile.guardrails.isTaintRefused ? 'refused' : 'proposed'],
  ['Customers', profile.guardrails.customerNumbers.join(', ') || 'all'],
  [
    'Approval',
    profile.approval === 'person'
      ? 'a person decides every proposal'
      : "the tenant's approval policy",
  ],
  [
    'A run may take',
    `${profile.budget.modelCalls} calls of a model, ${profile.budget.tokens} tokens, ${profile.budget.costMicros / 1_000_000} USD, ${profile.budget.seconds} s`,
  ],
  [
    'Runs',
    [profile.dailyAt ?? [], profile.runsOnEvents ? 'on events' : []].flat().join(' and ') ||
      'on demand',
  ],
]

function changesOf(now: AgentProfile | undefined, next: AgentProfile): Change[] {
  const before = new Map(now === undefined ? [] : lines(now))
  return lines(next).flatMap(([label, after]) =>
    before.get(label) === after ? [] : [{ label, before: before.get(label) ?? null, after }],
  )
}

const casesText = ({ evals }: ProfileTest): string =>
  evals === undefined ? 'no cases' : `${evals.passed} of ${evals.of} cases of its agent`

/** What speaks against letting a version run, from its test; undefined when nothing does. */
function objectionOf(test: ProfileTest | null): string | undefined {
  if (test === null) return 'has not been tested.'
  if (test.evals === undefined)
    return 'was tested before its agent’s cases were part of a test; test it again.'
  if (test.isPassed) return undefined
  const { of, minimumShare, isEnough } = test.evals
  if (of === 0) return 'has failed its test: with its tools it can do none of the cases.'
  if (!isEnough)
    return `has failed its test: it passed ${casesText(test)}, and ${Math.round(minimumShare * 100)} % must pass with nothing proposed that nobody asked for.`
  return 'has failed its test.'
}

/** Lets a tested version of a profile run. Whoever wrote it needs somebody else to let it (policy `approval`). */
export const activateAgentProfile: Act<Payload> = {
  kind: 'activate-agent-profile',
  payload: Payload,
  async picture(tx, { profileId, version }) {
    const versions = (await profileVersions(tx, profileId)).map(profileView)
    const next = versions.find((candidate) => candidate.version === version)
    if (next === undefined) return { gone: 'There is no such version of the profile.' }
    if (next.version !== versions[0]?.version)
      return { gone: `Version ${version} is not the newest one of profile ${next.name}.` }
    if (next.status === 'active')
      return { gone: `Profile ${next.name} runs in this version already.` }
    const { lastTest } = next
    const untested = objectionOf(lastTest)
    if (lastTest === null || untested !== undefined)
      return { gone: `Version ${version} of profile ${next.name} ${untested}` }
    const running = versions.find(({ status }) => status === 'active')
    return {
      subject: { kind: 'agent', id: profileId, label: next.name },
      title: `Let profile ${next.name} run`,
      changes: changesOf(running, next),
      evidence: [
        {
          weighs: 'for',
          text: `It passed ${lastTest.cases.length} attempts on its guardrails and ${casesText(lastTest)}; on the records of then it would have made ${lastTest.wouldPropose.filter(({ isAllowed }) => isAllowed).length} proposals.`,
        },
      ],
      records: [
        {
          record: `agent-profile:${profileId}`,
          version: `${version}:${next.status}:${lastTest.testedAt}`,
        },
        { record: `agent-profile-active:${profileId}`, version: String(running?.version ?? 0) },
      ],
    }
  },
  async execute(tx, { profileId, version }, { actor }) {
    await lockProfile(tx, profileId)
    await setActive(tx, profileId, { version, changedBy: actor })
    const summary = `Version ${version} of the profile runs from now on.`
    const event = { kind: 'agent-profile.activated', actor, summary, body: { profileId, version } }
    await appendTenantEvents(tx, [event], await databaseNow(tx))
    return { status: 'done', message: summary }
  },
}
