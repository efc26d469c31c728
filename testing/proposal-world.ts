import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../backbone/canonical/ids.ts'
import type { ActKind, Requester } from '../backbone/canonical/proposal.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import { inBatches } from '../backbone/queue/worker.ts'
import type { Act, CandidateSource } from '../backbone/services/acts/act.ts'
import { deputiesService } from '../backbone/services/proposals/deputies.ts'
import { candidateIdOf } from '../backbone/services/proposals/effect.ts'
import { executeProposalWork } from '../backbone/services/proposals/execute-proposals.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import type { Decider } from '../backbone/services/proposals/ports.ts'
import { sweepProposals } from '../backbone/services/proposals/sweep-proposals.ts'
import { asJson, type Database, type TenantTx } from '../backbone/store/database.ts'
import { databaseNow } from '../backbone/store/events.ts'
import { openTestDatabase } from './test-database.ts'

/** What the acts of this world do: they add to a box, and write down who had it done. */
const Adding = z.object({ box: z.string(), amountMinor: z.int(), words: z.string() })
type Adding = z.infer<typeof Adding>

type BoxRow = { version: number; orderId: string | null; isExact: boolean }

/** How the act of this world behaves when it is done. */
type Behaviour = {
  /** Thrown, after its effect is written, as long as it gives an error. */
  fail: () => Error | undefined
  refuse: string | undefined
  /** Calls that are on their way after it. */
  calls: readonly string[]
}

async function readBox(tx: TenantTx, box: string): Promise<BoxRow | undefined> {
  const [row] = await tx.rows<BoxRow>(
    sql`select version, order_id as "orderId", is_exact as "isExact" from test_box where box = ${box}`,
  )
  return row
}

function addingAct(kind: ActKind, behaviour: Behaviour, isEditable: boolean): Act<Adding> {
  const edit: Act<Adding>['edit'] = {
    fields: z.object({ words: z.string().min(1) }),
    draftOf: ({ words }) => ({ words }),
    apply: async (_, payload, draft) => ({
      ...payload,
      words: z.string().parse(draft['words']),
    }),
  }
  return {
    kind,
    payload: Adding,
    ...(isEditable ? { edit } : {}),
    async picture(tx, { box, amountMinor, words }) {
      const row = await readBox(tx, box)
      if (row === undefined) return { gone: `There is no box ${box} any more.` }
      return {
        subject: { kind: 'customer', id: box, label: `Box ${box}` },
        title: `Add ${amountMinor} to ${box}`,
        changes: [{ label: 'words', before: null, after: words }],
        evidence: [{ weighs: 'for', text: 'The box is there.' }],
        records: [{ record: `box:${box}`, version: String(row.version) }],
        money: { amountMinor, currency: 'USD' },
        ...(row.orderId === null ? {} : { orderId: row.orderId }),
        isExact: row.isExact,
      }
    },
    async execute(tx, { box, amountMinor, words }, { proposalId, effectKey, actor, behind }) {
      if (behaviour.refuse !== undefined) return { status: 'refused', message: behaviour.refuse }
      await tx.run(sql`
        insert into test_effect (tenant_id, proposal_id, effect_key, box, amount_minor, words, actor, behind)
        values (${tx.tenantId}, ${proposalId}, ${effectKey}, ${box}, ${amountMinor}::int, ${words}, ${actor},
          ${asJson(behind)})`)
      const error = behaviour.fail()
      if (error !== undefined) throw error
      if (behaviour.calls.length > 0)
        return { status: 'requested', message: 'Asked.', transactionIds: behaviour.calls }
      return { status: 'done', message: 'Added.' }
    },
  }
}

const tables = `
  create table test_box (tenant_id text, box text, version int, order_id text, is_exact boolean);
  create table test_effect (no serial, tenant_id text, proposal_id text, effect_key text, box text, amount_minor int,
    words text, actor text, behind jsonb);
  create table test_candidate (tenant_id text, box text, kind text, amount_minor int);
  grant all on test_box, test_effect, test_candidate to quittance_tenant;
  grant all on all sequences in schema public to quittance_tenant;
  alter table test_box enable row level security;
  alter table test_effect enable row level security;
  alter table test_candidate enable row level security;
  create policy own_rows on test_box using (tenant_id = current_setting('app.tenant', true));
  create policy own_rows on test_effect using (tenant_id = current_setting('app.tenant', true));
  create policy own_rows on test_candidate using (tenant_id = current_setting('app.tenant', true))`

/** What was done by an act of this world. */
type Effect = {
  readonly proposalId: string
  readonly effectKey: string
  readonly amountMinor: number
  readonly words: string
  readonly actor: string
  readonly behind: readonly string[]
}

const houseWords = 'as the house writes'

const candidateSource: CandidateSource = async (tx, { id: box }) => {
  const rows = await tx.rows<{ kind: ActKind; amountMinor: number }>(sql`
    select kind, amount_minor as "amountMinor" from test_candidate where box = ${box} order by amount_minor`)
  const picture = {
    subject: { kind: 'customer', id: box, label: `Box ${box}` },
    ...{ title: `Add to ${box}`, changes: [], evidence: [], records: [] },
  } as const
  return rows.map(({ kind, amountMinor }) => ({
    kind,
    payload: { box, amountMinor, words: houseWords },
    picture,
  }))
}

/** Everything about approval over a real database, with acts whose effects can be counted. */
export async function openProposalWorld() {
  const store = await openTestDatabase()
  const { database } = store
  await database.driver.script(tables)
  const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
  const behaviour: Behaviour = { fail: () => undefined, refuse: undefined, calls: [] }
  const acts = [
    addingAct('release-hold', behaviour, false),
    addingAct('send-collections-message', behaviour, true),
    addingAct('change-policy', behaviour, false),
  ]
  const tools = { database, queue, acts, candidates: { customer: candidateSource } }
  const proposals = openProposals(tools)
  const work = executeProposalWork(tools)
  const report = { worked: () => undefined, failed: () => undefined }
  const batches = inBatches(database, queue, work, report)

  return {
    ...{ store, database, queue, behaviour, tools, proposals, work },
    deputies: deputiesService({ database }),
    tenant: () => openTenant(store.newTenant, { database, queue }),
    /** Does the jobs that are due, until there are none. */
    async runJobs(): Promise<void> {
      for (;;) {
        const jobs = await queue.fetch('execute-proposal', { batchSize: 100 })
        if (jobs.length === 0) return
        for (const job of jobs) await batches([job])
      }
    },
    async close() {
      await queue.stop()
      await store.close()
    },
  }
}

/** What `openProposalWorld` gives. */
export type ProposalWorld = Awaited<ReturnType<typeof openProposalWorld>>

type Inner = {
  readonly database: Database
  readonly queue: JobQueue
}

/** One tenant of this world: its people, its boxes and what was done to them. */
async function openTenant(newTenant: () => Promise<string>, { database, queue }: Inner) {
  const tenantId = await newTenant()
  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>) => database.inTenant(tenantId, work)
  const agent: Requester = { kind: 'agent', id: 'agent:triage', name: 'triage' }
  return {
    ...{ tenantId, inTenant, agent },
    async person(role: string, name = `${role} ${newId('usr').slice(-6)}`): Promise<Decider> {
      const userId = newId('usr')
      await inTenant((tx) =>
        tx.run(sql`
          insert into app_user (tenant_id, user_id, name, email, role)
          values (${tenantId}, ${userId}, ${name}, ${`${userId}@example.test`}, ${role})`),
      )
      return { userId, name, role }
    },
    async box({ orderId, isExact = false }: { orderId?: string; isExact?: boolean } = {}) {
      const box = newId('con')
      await inTenant((tx) =>
        tx.run(
          sql`insert into test_box values (${tenantId}, ${box}, 1, ${orderId ?? null}, ${isExact})`,
        ),
      )
      return box
    },
    /** Makes it a candidate to add to a box, and gives the candidate's id. */
    async candidate(box: string, amountMinor: number, kind: ActKind = 'release-hold') {
      await inTenant((tx) =>
        tx.run(
          sql`insert into test_candidate values (${tenantId}, ${box}, ${kind}, ${amountMinor}::int)`,
        ),
      )
      return candidateIdOf(tenantId, kind, { box, amountMinor, words: houseWords })
    },
    /** The records a proposal on a box rests on change. */
    touch: (box: string) =>
      inTenant((tx) => tx.run(sql`update test_box set version = version + 1 where box = ${box}`)),
    remove: (box: string) => inTenant((tx) => tx.run(sql`delete from test_box where box = ${box}`)),
    effects: () =>
      inTenant((tx) =>
        tx.rows<Effect>(sql`
          select proposal_id as "proposalId", effect_key as "effectKey", amount_minor as "amountMinor", words, actor,
            behind from test_effect order by no`),
      ),
    sweep: () => inTenant(async (tx) => sweepProposals(tx, queue, await databaseNow(tx))),
    /** Sets a rule of approval for this tenant. */
    setRule: (settings: Record<string, unknown>) =>
      inTenant((tx) =>
        tx.run(sql`
          insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
          select ${tenantId}, 'approval', 'tenant', coalesce(max(version), 0) + 1, '2020-01-01'::date, ${asJson(settings)},
            'person:test', 'a test' from policy_setting where policy = 'approval'`),
      ),
    /** Lets time pass for a proposal, behind the back of what guards it. */
    async age(proposalId: string, hours: number): Promise<void> {
      await database.driver.transaction(async (run) => {
        await run('set local session_replication_role = replica', [])
        await run(
          `update proposal set expires_at = expires_at - make_interval(hours => $2::int),
             escalate_at = escalate_at - make_interval(hours => $2::int),
             decided_at = decided_at - make_interval(hours => $2::int)
           where proposal_id = $1`,
          [proposalId, hours],
        )
      })
    },
  }
}

/** One tenant of the world. */
export type ProposalTenant = Awaited<ReturnType<typeof openTenant>>
