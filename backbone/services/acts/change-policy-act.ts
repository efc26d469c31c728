import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Change } from '../../canonical/proposal.ts'
import { PolicyChange } from '../../canonical/views/policy-view.ts'
import { CallerMistake } from '../../errors.ts'
import type { PolicyLayer } from '../../policies/policy-in-force.ts'
import type { TenantTx } from '../../store/database.ts'
import { isScopeKnown, policyVersions } from '../../store/policies/policy-settings.ts'
import { tenantDay } from '../../store/reading/kpi.ts'
import { type AnyPolicy, allPolicies } from '../all-policies.ts'
import { assertSettings, changePolicyIn, layerOf, subjectOfScope } from '../policies.ts'
import type { Act } from './act.ts'

const Payload = z.strictObject({ policy: z.string().min(1).max(60), change: PolicyChange })
type Payload = z.infer<typeof Payload>

const record = z.record(z.string(), z.unknown())

const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

/** Each setting that would read otherwise, as it reads now and would then. */
function changesOf(
  policy: AnyPolicy,
  layers: readonly PolicyLayer[],
  { scope, settings, validTo }: PolicyChange,
  from: string,
): Change[] {
  const now = record.parse(policy.inForce(layers, subjectOfScope(scope), from).settings)
  const next = record.parse(policy.schema.parse({ ...now, ...settings }))
  const differing = Object.keys(settings).flatMap((label): Change[] =>
    isDeepStrictEqual(now[label], next[label])
      ? []
      : [{ label, before: text(now[label]), after: text(next[label]) }],
  )
  const until = validTo === undefined ? from : `${from}, until ${validTo}`
  return [{ label: 'In force from', before: null, after: until }, ...differing]
}

async function objection(tx: TenantTx, policy: AnyPolicy, change: PolicyChange) {
  try {
    assertSettings(policy, change.settings)
  } catch (error) {
    if (error instanceof CallerMistake) return error.message
    throw error
  }
  return (await isScopeKnown(tx, change.scope))
    ? undefined
    : `There is no ${change.scope.replace(':', ' ')}.`
}

const byName = (name: string) => allPolicies.find((candidate) => candidate.name === name)

/** Sets settings of a policy from a day on; whoever wants it needs somebody else to approve (policy `approval`). */
export const changePolicyAct: Act<Payload> = {
  kind: 'change-policy',
  payload: Payload,
  async picture(tx, { policy: name, change }) {
    const policy = byName(name)
    if (policy === undefined) return { gone: `There is no policy ${name}.` }
    const gone = await objection(tx, policy, change)
    if (gone !== undefined) return { gone }
    const { today } = await tenantDay(tx)
    const versions = await policyVersions(tx, name)
    const layers = versions.map(layerOf)
    const { version } = policy.inForce(
      layers,
      subjectOfScope(change.scope),
      change.validFrom ?? today,
    )
    return {
      subject: { kind: 'policy', id: name, label: `${name} for ${change.scope}` },
      title: `Set policy ${name} for ${change.scope.replace(':', ' ')}`,
      changes: changesOf(policy, layers, change, change.validFrom ?? today),
      evidence: [
        { weighs: 'for', text: change.reason },
        {
          weighs: 'note',
          text: `What it would have changed on past orders is told by POST /v1/policies/${name}/trial.`,
        },
      ],
      records: [{ record: `policy:${name}:${change.scope}`, version }],
    }
  },
  async execute(tx, { policy: name, change }, { actor }) {
    const policy = byName(name)
    if (policy === undefined) return { status: 'refused', message: `There is no policy ${name}.` }
    const { version } = await changePolicyIn(tx, policy, { actor, change })
    return {
      status: 'done',
      message: `Policy ${name} is set for ${change.scope}: version ${version}.`,
    }
  },
}
