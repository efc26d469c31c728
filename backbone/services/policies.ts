import { z } from 'zod'
import type { PolicyChange, PolicyVersion, PolicyView } from '../canonical/views/policy-view.ts'
import { CallerMistake, OurBug } from '../errors.ts'
import { approvalPolicy } from '../policies/approval/approval-policy.ts'
import { loosened } from '../policies/approval/loosened.ts'
import { creditPolicy } from '../policies/credit/credit-policy.ts'
import type { PolicyLayer, PolicySubject } from '../policies/policy-in-force.ts'
import { askReviewsOfHeld } from '../store/checks/credit-reviews.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { countActiveAdmins, countActivePeople } from '../store/people/user-rows.ts'
import {
  addPolicyVersion,
  isScopeKnown,
  policyVersions,
} from '../store/policies/policy-settings.ts'
import { tenantDay } from '../store/reading/kpi.ts'
import { type AnyPolicy, allPolicies } from './all-policies.ts'

type Question = {
  readonly tenantId: string
  readonly subject: PolicySubject
  /** Today in the tenant's time zone unless said. */
  readonly on?: string | undefined
}

/** The rules of the house: what is set, for whom, since when and by whom. */
export type PoliciesService = {
  list(question: Question): Promise<PolicyView[]>
  get(question: Question & { readonly policy: string }): Promise<PolicyView | undefined>
  /**
   * Sets settings for a scope from a day on, on one's own: while the house has no two administrators. Undefined when
   * there is no such policy.
   */
  change(act: {
    readonly tenantId: string
    readonly actor: string
    readonly policy: string
    readonly change: PolicyChange
  }): Promise<PolicyVersion | undefined>
}

const record = z.record(z.string(), z.unknown())

/** The settings of a policy as JSON Schema, with what each one means. */
function schemaOf(policy: AnyPolicy): Record<string, unknown> {
  return record.parse(z.toJSONSchema(policy.schema, { io: 'input', unrepresentable: 'any' }))
}

/** Whose rules a scope is about. */
export function subjectOfScope(scope: string): PolicySubject {
  const [kind = '', id] = [scope.split(':', 1)[0], scope.slice(scope.indexOf(':') + 1)]
  if (kind === 'customer') return { customerNumber: id }
  return kind === 'partner' ? { partnerId: id } : {}
}

/** A version as policies read it. */
export const layerOf = ({ validTo, ...version }: PolicyVersion): PolicyLayer => ({
  ...version,
  ...(validTo === null ? {} : { validTo }),
})

function viewOf(
  policy: AnyPolicy,
  versions: readonly PolicyVersion[],
  subject: PolicySubject,
  on: string,
): PolicyView {
  const own = versions.filter((version) => version.policy === policy.name)
  const { settings, version } = policy.inForce(own.map(layerOf), subject, on)
  return {
    policy: policy.name,
    about: policy.about,
    inForce: { version, settings: record.parse(settings) },
    defaults: record.parse(policy.schema.parse({})),
    schema: schemaOf(policy),
    versions: own,
  }
}

/** Refuses settings the policy does not have or cannot take, naming each. */
export function assertSettings(
  policy: AnyPolicy,
  settings: Readonly<Record<string, unknown>>,
): void {
  const known = record.safeParse(schemaOf(policy)['properties'])
  const names = known.success ? Object.keys(known.data) : []
  const unknown = Object.keys(settings).filter((name) => !names.includes(name))
  const parsed = policy.schema.safeParse(settings)
  const details = [
    ...unknown.map((name) => ({
      path: `settings.${name}`,
      message: `Policy ${policy.name} has no such setting; it has ${names.join(', ')}.`,
    })),
    ...(parsed.error?.issues ?? []).map((issue) => ({
      path: ['settings', ...issue.path.map(String)].join('.'),
      message: issue.message,
    })),
  ]
  if (details.length > 0)
    throw new CallerMistake(
      422,
      'invalid-settings',
      `Policy ${policy.name} cannot be set so; see details.`,
      { policy: policy.name },
      details,
    )
}

/** Sets settings of a policy in a transaction: a new version, told on the tenant's record. */
export async function changePolicyIn(
  tx: TenantTx,
  policy: AnyPolicy,
  { actor, change }: { readonly actor: string; readonly change: PolicyChange },
): Promise<PolicyVersion> {
  const { today } = await tenantDay(tx)
  const { scope, settings, reason, validFrom = today, validTo } = change
  if (validTo !== undefined && validTo <= validFrom)
    throw new CallerMistake(422, 'bad-period', 'The settings would end before they begin.', {
      validFrom,
      validTo,
    })
  if (!(await isScopeKnown(tx, scope)))
    throw new CallerMistake(422, 'unknown-scope', `There is no ${scope.replace(':', ' ')}.`, {
      scope,
    })
  const added = await addPolicyVersion(tx, {
    policy: policy.name,
    scope,
    validFrom,
    validTo: validTo ?? null,
    settings,
    changedBy: actor,
    reason,
  })
  if (added === undefined) throw new OurBug('A change of a policy was not written.')
  const event = {
    kind: 'policy.changed',
    actor,
    summary: `Policy ${policy.name} set for ${scope} from ${validFrom}${validTo === undefined ? '' : ` until ${validTo}`}: ${reason}`,
    body: { policy: policy.name, scope, version: added.version, validFrom, validTo, settings },
  }
  await appendTenantEvents(tx, [event], await databaseNow(tx))
  // What the rules of before held may pass by the new ones.
  const isInForce = validFrom <= today && (validTo === undefined || today < validTo)
  if (policy.name === creditPolicy.name && isInForce)
    await askReviewsOfHeld(tx, `policy:${added.version}`)
  return added
}

function twoNeeded(): CallerMistake {
  return new CallerMistake(
    403,
    'two-people-needed',
    'Rules of the house are changed by two administrators: one signs in and asks for the change, another one approves it.',
  )
}

/**
 * Whoever holds a key of the only administrator could else let acts pass that a second person had to see. While nobody
 * else is there, there is nobody to be passed over.
 */
async function assertNotLooser(tx: TenantTx, change: PolicyChange): Promise<void> {
  if ((await countActivePeople(tx)) <= 1) return
  const { today } = await tenantDay(tx)
  const layers = (await policyVersions(tx, approvalPolicy.name)).map(layerOf)
  const { scope, settings, validFrom = today } = change
  const { settings: before } = approvalPolicy.inForce(layers, subjectOfScope(scope), validFrom)
  const kinds = loosened(before, approvalPolicy.schema.parse({ ...before, ...settings }))
  if (kinds.length > 0)
    throw new CallerMistake(
      403,
      'two-people-needed',
      `This would loosen who decides about ${kinds.join(', ')}, and a key decides that for nobody but its one person: invite a second administrator, ask for the change and have it approved.`,
      { kinds: kinds.join(', ') },
    )
}

/** Reads and changes what a tenant set its policies to; every version stays on the record. */
export function policiesService({ database }: { readonly database: Database }): PoliciesService {
  const read = ({ tenantId, subject, on }: Question, wanted: readonly AnyPolicy[]) =>
    database.inTenant(tenantId, async (tx) => {
      const { today } = await tenantDay(tx)
      const versions = await policyVersions(tx)
      return wanted.map((policy) => viewOf(policy, versions, subject, on ?? today))
    })
  const byName = (name: string) => allPolicies.filter((policy) => policy.name === name)
  return {
    list: (question) => read(question, allPolicies),
    get: async (question) => (await read(question, byName(question.policy))).at(0),
    async change({ tenantId, actor, policy: name, change }) {
      const [policy] = byName(name)
      if (policy === undefined) return undefined
      assertSettings(policy, change.settings)
      return database.inTenant(tenantId, async (tx) => {
        if ((await countActiveAdmins(tx)) > 1) throw twoNeeded()
        if (policy.name === approvalPolicy.name) await assertNotLooser(tx, change)
        return changePolicyIn(tx, policy, { actor, change })
      })
    },
  }
}
