import { CallerMistake, OurBug } from '../../errors.ts'
import { onlyReads, type TenantTx } from '../../store/database.ts'
import { databaseNow } from '../../store/events.ts'
import { countProposals, listProposals } from '../../store/proposals/proposal-lists.ts'
import { getProposal, kindsOf } from '../../store/proposals/proposal-rows.ts'
import type { ApprovalTools } from './approval-desk.ts'
import { approve, checkEdit, type Decided, edit, reject, withdraw } from './decide.ts'
import { actOnOwn } from './own-act.ts'
import type { ProposalsService } from './ports.ts'
import { proposalBasis } from './proposal-basis.ts'
import { proposalView } from './proposal-view.ts'
import { listCandidates, listCandidatesOfMany, propose } from './propose.ts'

type Deciding = Parameters<ProposalsService['decideMany']>[0]
type DecidedOne = Awaited<ReturnType<ProposalsService['decideMany']>>[number]

/** Decides proposals of one kind, each by itself: one that cannot be decided holds up no other. */
async function decideEach(
  service: Pick<ProposalsService, 'approve' | 'reject'>,
  { items, decision, reason, ...whose }: Deciding,
): Promise<DecidedOne[]> {
  const results: DecidedOne[] = []
  for (const item of items)
    try {
      const act = { ...whose, ...item, ...(reason === undefined ? {} : { reason }) }
      const proposal =
        decision === 'approve'
          ? await service.approve(act)
          : await service.reject({ ...act, reason: reason ?? '' })
      results.push({ proposalId: item.proposalId, proposal })
    } catch (error) {
      if (!(error instanceof CallerMistake)) throw error
      const { problem, message } = error
      results.push({ proposalId: item.proposalId, problem, message })
    }
  return results
}

/** Opens approval: what is proposed, who decided it, and people's own acts. */
export function openProposals(tools: ApprovalTools): ProposalsService {
  const { database } = tools

  async function read(tx: TenantTx, proposalId: string) {
    const row = await getProposal(tx, proposalId)
    return row === undefined ? undefined : proposalView(row, tools)
  }
  async function readMade(tx: TenantTx, proposalId: string) {
    const made = await read(tx, proposalId)
    if (made === undefined) throw new OurBug('A proposal is not where it was.', { proposalId })
    return made
  }
  /** What a decision found out is kept before it is refused. */
  async function decided(
    { tenantId, proposalId }: { readonly tenantId: string; readonly proposalId: string },
    decide: (tx: TenantTx) => Promise<Decided>,
  ) {
    const { proposal, refusal } = await database.inTenant(tenantId, async (tx) => ({
      refusal: (await decide(tx)).refusal,
      proposal: await readMade(tx, proposalId),
    }))
    if (refusal !== undefined) throw refusal
    return proposal
  }

  const service: ProposalsService = {
    candidates: ({ tenantId, subject }) =>
      database.inTenant(tenantId, (tx) => listCandidates(tx, tools, subject)),
    candidatesOfMany: ({ tenantId, ...asked }) =>
      database.inTenant(tenantId, (tx) => listCandidatesOfMany(tx, tools, asked)),
    propose: (ask) =>
      database.inTenant(ask.tenantId, async (tx) => readMade(tx, await propose(tx, tools, ask))),
    get: ({ tenantId, proposalId }) => database.inTenant(tenantId, (tx) => read(tx, proposalId)),
    search: ({ tenantId, ...filter }) =>
      database.inTenant(tenantId, async (tx) => {
        const { items, next } = await listProposals(tx, filter)
        return { items: items.map((row) => proposalView(row, tools)), nextCursor: next }
      }),
    count: ({ tenantId, ...filter }) =>
      database.inTenant(tenantId, (tx) => countProposals(tx, filter)),
    basis: ({ tenantId, proposalId }) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await getProposal(tx, proposalId)
        return row === undefined ? undefined : proposalBasis(tx, tools, row)
      }),
    approve: (act) => decided(act, (tx) => approve(tx, tools, act)),
    reject: (act) => decided(act, (tx) => reject(tx, tools, act)),
    edit: (act) => decided(act, (tx) => edit(tx, tools, act)),
    checkEdit: (act) =>
      database.inTenant(act.tenantId, async (tx) => {
        await onlyReads(tx)
        return checkEdit(tx, tools, act)
      }),
    withdraw: (act) => decided(act, async (tx) => withdraw(tx, act, await databaseNow(tx))),
    act: (ask) =>
      database.inTenant(ask.tenantId, async (tx) => readMade(tx, await actOnOwn(tx, tools, ask))),
    async decideMany(act) {
      const ids = act.items.map(({ proposalId }) => proposalId)
      const kinds = await database.inTenant(act.tenantId, (tx) => kindsOf(tx, ids))
      if (new Set(kinds.values()).size > 1)
        throw new CallerMistake(
          422,
          'mixed-kinds',
          `Proposals are decided together when they are of one kind; these are ${[...new Set(kinds.values())].sort().join(', ')}.`,
        )
      return decideEach(service, act)
    },
  }
  return service
}
