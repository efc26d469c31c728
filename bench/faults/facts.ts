import { z } from 'zod'
import type { SandboxClient } from '../../backbone/connectors/sandbox/client.ts'
import type { Database } from '../../backbone/store/database.ts'
import type { Facts, SeenEffect } from './proof.ts'

const Order = z.object({
  orderNumber: z.string(),
  purchaseOrderNumber: z.string(),
  stage: z.string(),
  erpRevision: z.number(),
})
const Named = z.object({ name: z.string() })
const Call = z.object({ operation: z.string(), naturalKey: z.string() })
const Tries = z.object({ inDoubt: z.number(), lookedUp: z.number(), killed: z.number() })

/** How calls whose outcome was unknown came about and ended. */
export type DoubtfulCalls = z.infer<typeof Tries>

/** What stands in the database and at the sandbox when nothing runs. */
export type Reading = {
  readonly facts: Facts
  readonly doubtful: DoubtfulCalls
  /** Webhooks told more than once, each time with the same event id. */
  readonly repeatedWebhooks: number
  /** Documents that wait for another one, such as a change whose predecessor was refused. */
  readonly parked: number
}

async function select<T>(database: Database, text: string, row: z.ZodType<T>): Promise<T[]> {
  const { rows } = await database.driver.run(text, [])
  return z.array(row).parse(rows)
}

// Everything that has to be gone at rest, in words.
const leftovers = `
  select 'job ' || name || ' ' || state::text || ' ' || (data->>'id') as name
    from pgboss.job where state::text in ('active', 'failed')
      -- A job that came due while the product was being stopped, or by its stepped clock comes due later, only looks at
      -- its row once more: work that really waits shows as that row.
      or state::text in ('created', 'retry') and start_after <= now() - interval '1 minute'
  union all
  select 'receipt ' || receipt_id || ' unread' from receipt where status = 'accepted'
  union all
  select 'receipt ' || receipt_id || ' in quarantine' from receipt where status not in ('accepted', 'read')
  union all
  select 'document ' || document_id || ' pending' from document where status = 'pending'
  union all
  select 'document ' || document_id || ' ' || doc_type || ' in quarantine' from document where status = 'quarantined'
  union all
  select 'call ' || operation || ' ' || natural_key || ' ' || status || ' after ' || attempts || ' tries ' || coalesce(error_code, '')
    from transaction where status in ('waiting', 'sending', 'in-doubt')
      -- A warehouse that keeps its pick has answered; the flow went on with that.
      or status = 'failed' and not (operation = 'wms.cancel-pick' and error_class = 'BUSINESS_RULE')`

const tries = `
  select count(*) filter (where doubted or attempts > recorded)::int as "inDoubt",
         count(*) filter (where looked_up)::int as "lookedUp",
         coalesce(sum(attempts - recorded), 0)::int as killed
  from (select call.attempts, count(try.attempt) as recorded,
               coalesce(bool_or(try.outcome in ('unknown', 'look-up-failed')), false) as doubted,
               coalesce(bool_or(try.outcome = 'looked-up'), false) as looked_up
        from transaction call left join transaction_attempt try using (tenant_id, transaction_id)
        group by call.transaction_id, call.attempts) as tried`

async function effectsOf(sandbox: SandboxClient): Promise<SeenEffect[]> {
  const seen: SeenEffect[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const page: Awaited<ReturnType<SandboxClient['effects']>> = await sandbox.effects(after, 250)
    seen.push(...page.effects)
    after = page.next
  }
  return seen
}

/** Reads everything the proof counts. Nothing else may be at work on the database. */
export async function readFacts(database: Database, sandbox: SandboxClient): Promise<Reading> {
  const orders = await select(
    database,
    `select order_number as "orderNumber", purchase_order_number as "purchaseOrderNumber", stage,
       erp_revision as "erpRevision" from orders`,
    Order,
  )
  const receipts = await select(
    database,
    `select connection_id || ' ' || transport_id as name from receipt where conflicts_with is null`,
    Named,
  )
  const doneCalls = await select(
    database,
    `select operation, natural_key as "naturalKey" from transaction where status = 'succeeded'`,
    Call,
  )
  const left = await select(database, leftovers, Named)
  const [doubtful] = await select(database, tries, Tries)
  const parked = await select(
    database,
    `select document_id as name from document where status = 'parked'`,
    Named,
  )
  const effects = await effectsOf(sandbox)
  const webhooks = effects.filter(({ system }) => system === 'webhooks').map(({ key }) => key)
  return {
    facts: {
      orders,
      receipts: receipts.map(({ name }) => name),
      doneCalls,
      leftovers: left.map(({ name }) => name),
      effects,
    },
    doubtful: doubtful ?? { inDoubt: 0, lookedUp: 0, killed: 0 },
    repeatedWebhooks: webhooks.length - new Set(webhooks).size,
    parked: parked.length,
  }
}
