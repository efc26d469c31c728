import {
  type AgentProfile,
  type DraftedProfile,
  type ProfileCases,
  ProfileDraft,
  type ProfileTest,
} from '../../canonical/agent-profile.ts'
import { newId } from '../../canonical/ids.ts'
import type { ActKind, MoneyAtStake } from '../../canonical/proposal.ts'
import { CallerMistake } from '../../errors.ts'
import { draftProfile } from '../../policies/agent-profiles/draft-profile.ts'
import { testGuardrails } from '../../policies/agent-profiles/guardrail-cases.ts'
import {
  type ProfileTemplate,
  profileTemplates,
} from '../../policies/agent-profiles/profile-templates.ts'
import { guardrailObjection } from '../../policies/agent-profiles/within-guardrails.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  addProfileVersion,
  isNameTaken,
  latestProfiles,
  lockProfile,
  type ProfileRow,
  profileVersions,
  recordTest,
  setActive,
} from '../../store/governance/profile-rows.ts'
import { toolServerRows } from '../../store/governance/tool-server-rows.ts'

type Whose = { readonly tenantId: string; readonly actor: string }

/** What a run under a profile would propose, had it been let. */
export type WouldPropose = {
  readonly kind: ActKind
  readonly title: string
  readonly money?: MoneyAtStake
  readonly customerNumber?: string
  readonly isTainted: boolean
}

/** Runs a profile on the tenant's records without making anything; cli hands it in. */
export type DryRun = (ask: {
  readonly tenantId: string
  readonly profile: ProfileDraft
}) => Promise<readonly WouldPropose[]>

/** Tries a profile on the shipped cases of its agent, in a house of practice; cli hands it in. */
export type ExamineProfile = (profile: ProfileDraft) => Promise<ProfileCases>

/** Profiles of agents: drafted from a goal, edited, tested, then activated by an approved act. */
export type AgentProfilesService = {
  templates(): readonly ProfileTemplate[]
  /** A draft from a goal in plain words; nothing is kept of it. */
  drafted(goal: string, owner: string): DraftedProfile
  list(tenantId: string): Promise<AgentProfile[]>
  /** One profile, with every version of it, the newest first; empty when there is none. */
  versions(tenantId: string, profileId: string): Promise<AgentProfile[]>
  create(
    act: Whose & { readonly draft: ProfileDraft; readonly template?: string },
  ): Promise<AgentProfile>
  /** A new version, a draft; `version` is the one the change was made on. */
  edit(
    act: Whose & {
      readonly profileId: string
      readonly version: number
      readonly draft: ProfileDraft
    },
  ): Promise<AgentProfile | undefined>
  test(act: Whose & { readonly profileId: string }): Promise<ProfileTest | undefined>
  /** None of its versions runs any more. */
  retire(
    act: Whose & { readonly profileId: string; readonly reason: string },
  ): Promise<AgentProfile | undefined>
}

/** A kept version as people read it. */
export function profileView({ settings, ...row }: ProfileRow): AgentProfile {
  return { ...ProfileDraft.parse(settings), ...row }
}

function assertDraft(
  draft: ProfileDraft,
  toolNames: readonly string[],
  ownNames: readonly string[],
) {
  const unknown = draft.tools.filter((tool) => !toolNames.includes(tool))
  const details = [
    ...unknown.map((tool) => ({
      path: 'tools',
      message: `There is no tool ${tool}; there are ${toolNames.join(', ')}.`,
    })),
    ...(ownNames.includes(draft.name)
      ? [
          {
            path: 'name',
            message: `${draft.name} is an agent of the house; a profile needs a name of its own.`,
          },
        ]
      : []),
  ]
  if (details.length > 0)
    throw new CallerMistake(
      422,
      'invalid-profile',
      'The profile cannot be kept so; see details.',
      {},
      details,
    )
}

/** The tools there are for a tenant: those of the house, and those it allows of others. */
async function withOutside(tx: TenantTx, toolNames: readonly string[]): Promise<string[]> {
  const servers = await toolServerRows(tx)
  const outside = servers.flatMap(({ name, tools }) => tools.map((tool) => `${name}__${tool}`))
  return [...toolNames, ...outside]
}

async function assertNameFree(tx: TenantTx, name: string, profileId: string): Promise<void> {
  if (await isNameTaken(tx, name, profileId))
    throw new CallerMistake(409, 'name-taken', `Another profile is called ${name}.`, { name })
}

type Told = {
  readonly kind: string
  readonly actor: string
  readonly summary: string
  readonly profileId: string
  readonly version: number
}

async function tell(
  tx: TenantTx,
  { kind, actor, summary, profileId, version }: Told,
): Promise<void> {
  await appendTenantEvents(
    tx,
    [{ kind, actor, summary, body: { profileId, version } }],
    await databaseNow(tx),
  )
}

async function latest(tx: TenantTx, profileId: string): Promise<AgentProfile | undefined> {
  const [row] = await profileVersions(tx, profileId)
  return row === undefined ? undefined : profileView(row)
}

async function assertThere(tx: TenantTx, profileId: string): Promise<AgentProfile> {
  const found = await latest(tx, profileId)
  if (found === undefined) throw new CallerMistake(404, 'not-found', 'There is no such profile.')
  return found
}

/** What a dry run would have proposed, measured by the profile's guardrails in its order. */
function judgedRun(
  found: readonly WouldPropose[],
  { guardrails }: ProfileDraft,
): ProfileTest['wouldPropose'] {
  let madeBefore = 0
  return found.map(({ kind, title, ...rest }) => {
    const objection = guardrailObjection({ kind, ...rest, madeBefore }, guardrails)
    if (objection === undefined) madeBefore += 1
    return {
      kind,
      title,
      isAllowed: objection === undefined,
      reason: objection ?? 'Within its guardrails.',
    }
  })
}

type Tools = {
  readonly database: Database
  /** Names of all tools there are. */
  readonly toolNames: readonly string[]
  /** Names of the agents of the house. */
  readonly agentNames: readonly string[]
  readonly dryRun: DryRun
  readonly examine: ExamineProfile
}

function writing({
  database,
  toolNames,
  agentNames,
}: Tools): Pick<AgentProfilesService, 'create' | 'edit' | 'retire'> {
  return {
    async create({ tenantId, actor, draft, template = null }) {
      const profileId = newId('agp')
      return database.inTenant(tenantId, async (tx) => {
        assertDraft(draft, await withOutside(tx, toolNames), agentNames)
        await lockProfile(tx, draft.name)
        await assertNameFree(tx, draft.name, profileId)
        await addProfileVersion(tx, {
          profileId,
          version: 1,
          settings: draft,
          template,
          changedBy: actor,
        })
        await tell(tx, {
          kind: 'agent-profile.created',
          actor,
          summary: `Profile ${draft.name} drafted.`,
          profileId,
          version: 1,
        })
        return assertThere(tx, profileId)
      })
    },
    async edit({ tenantId, actor, profileId, version, draft }) {
      return database.inTenant(tenantId, async (tx) => {
        assertDraft(draft, await withOutside(tx, toolNames), agentNames)
        await lockProfile(tx, profileId)
        const found = await latest(tx, profileId)
        if (found === undefined) return undefined
        if (found.version !== version)
          throw new CallerMistake(
            409,
            'changed-meanwhile',
            `Somebody has changed the profile meanwhile: it is at version ${found.version}.`,
            { version: found.version },
          )
        await assertNameFree(tx, draft.name, profileId)
        const next = version + 1
        await addProfileVersion(tx, {
          profileId,
          version: next,
          settings: draft,
          template: found.template,
          changedBy: actor,
        })
        await tell(tx, {
          kind: 'agent-profile.changed',
          actor,
          summary: `Profile ${draft.name} changed.`,
          profileId,
          version: next,
        })
        return assertThere(tx, profileId)
      })
    },
    async retire({ tenantId, actor, profileId, reason }) {
      return database.inTenant(tenantId, async (tx) => {
        await lockProfile(tx, profileId)
        const found = await latest(tx, profileId)
        if (found === undefined) return undefined
        await setActive(tx, profileId, { version: null, changedBy: actor })
        await tell(tx, {
          kind: 'agent-profile.retired',
          actor,
          summary: `Profile ${found.name} runs no more: ${reason}`,
          profileId,
          version: found.version,
        })
        return assertThere(tx, profileId)
      })
    },
  }
}

/** Opens the profiles over a database. */
export function agentProfiles(tools: Tools): AgentProfilesService {
  const { database, dryRun, examine } = tools
  return {
    ...writing(tools),
    templates: () => profileTemplates,
    drafted: draftProfile,
    list: (tenantId) =>
      database.inTenant(tenantId, async (tx) => (await latestProfiles(tx)).map(profileView)),
    versions: (tenantId, profileId) =>
      database.inTenant(tenantId, async (tx) =>
        (await profileVersions(tx, profileId)).map(profileView),
      ),
    async test({ tenantId, actor, profileId }) {
      const profile = await database.inTenant(tenantId, (tx) => latest(tx, profileId))
      if (profile === undefined) return undefined
      const cases = testGuardrails(profile)
      const wouldPropose = judgedRun(await dryRun({ tenantId, profile }), profile)
      const evals = await examine(profile)
      return database.inTenant(tenantId, async (tx) => {
        const test: ProfileTest = {
          version: profile.version,
          isPassed: evals.isEnough && cases.every(({ expected, got }) => expected === got),
          ...{ cases, evals, wouldPropose },
          testedAt: await databaseNow(tx),
          testedBy: actor,
        }
        await recordTest(tx, profileId, test)
        return test
      })
    },
  }
}
