import { createSecretKey, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { newId } from '../backbone/canonical/ids.ts'
import { outreachKind } from '../backbone/canonical/outreach-settings.ts'
import type { Proposal } from '../backbone/canonical/proposal.ts'
import type { Connector } from '../backbone/connectors/connector.ts'
import { onFinishedCalls } from '../backbone/flows/on-finished.ts'
import { deliveryProcess } from '../backbone/flows/outbox/delivery.ts'
import { openJobQueue } from '../backbone/queue/job-queue.ts'
import { inBatches } from '../backbone/queue/worker.ts'
import { sendCollectionsMessage } from '../backbone/services/acts/send-collections-message.ts'
import { sendInvoiceCopies } from '../backbone/services/acts/send-invoice-copies.ts'
import { customerCandidates } from '../backbone/services/candidates/customer-candidates.ts'
import { collectionsRecords } from '../backbone/services/collections-records.ts'
import { messageObjections } from '../backbone/services/outreach/message-objections.ts'
import { messagesService } from '../backbone/services/outreach/messages.ts'
import { mailIntake } from '../backbone/services/outreach/take-mail.ts'
import { executeProposalWork } from '../backbone/services/proposals/execute-proposals.ts'
import { openProposals } from '../backbone/services/proposals/open-proposals.ts'
import { connectionOpener } from '../backbone/store/connections/connection-record.ts'
import { insertConnection, updateSecrets } from '../backbone/store/connections/connection-rows.ts'
import { asJson, type TenantTx } from '../backbone/store/database.ts'
import { sealSecret } from '../backbone/store/secrets/sealed-secret.ts'
import { openTestDatabase } from './test-database.ts'

const day = (offset: number): string =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

type Tools = Parameters<typeof openProposals>[0]

function openDelivery(
  { database, queue }: Pick<Tools, 'database' | 'queue'>,
  connector: Connector,
  secretKey: ReturnType<typeof createSecretKey>,
) {
  const failures: unknown[] = []
  const report = {
    worked: () => undefined,
    failed: (_: string, error: unknown) => void failures.push(error),
  }
  let isOpen = false
  const delivery = deliveryProcess({
    ...{ database, queue, connectors: [connector], report },
    openConnection: connectionOpener(secretKey),
    onFinished: onFinishedCalls(queue),
    objections: messageObjections,
    // A world that has been open for an hour: nothing of a process before it is waited for.
    monotonicMs: () => performance.now() + (isOpen ? 3_600_000 : 0),
  })
  isOpen = true
  return { delivery, report, failures }
}

async function openDesk(connector: Connector) {
  const store = await openTestDatabase()
  const { database } = store
  const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
  const secretKey = createSecretKey(randomBytes(32))
  const tools: Tools = {
    ...{ database, queue, acts: [sendCollectionsMessage, sendInvoiceCopies] },
    candidates: { customer: customerCandidates },
  }
  const { delivery, report, failures } = openDelivery(tools, connector, secretKey)
  const execute = inBatches(database, queue, executeProposalWork(tools), report)
  return {
    ...{ store, database, queue, delivery, failures, secretKey },
    proposals: openProposals(tools),
    messages: messagesService({ database }),
    records: collectionsRecords({ database }),
    mails: mailIntake(tools),
    openConnection: connectionOpener(secretKey),
    /** Does what was approved. */
    async execute(): Promise<void> {
      for (;;) {
        const jobs = await queue.fetch('execute-proposal', { batchSize: 1 })
        if (jobs.length === 0) return
        await execute(jobs)
      }
    },
    /** Lets everything leave that may. */
    async deliver(): Promise<void> {
      for (;;) {
        const jobs = await queue.fetch('deliver-transaction', { batchSize: 50 })
        if (jobs.length === 0) return
        await delivery.process(jobs)
        await delivery.idle()
      }
    },
    async close() {
      await delivery.stop()
      await queue.stop()
      await store.close()
    },
  }
}

type Desk = Awaited<ReturnType<typeof openDesk>>

/** Approval, outbox and mail around the act of writing to customers, over a real database. */
export async function openOutreachWorld(connector: Connector) {
  const desk = await openDesk(connector)
  return { ...desk, tenant: () => openTenant(desk) }
}

/** What `openOutreachWorld` gives. */
export type OutreachWorld = Awaited<ReturnType<typeof openOutreachWorld>>

/** One tenant of this world. */
export type OutreachTenant = Awaited<ReturnType<typeof openTenant>>

async function openTenant(desk: Desk) {
  const { database, store, secretKey } = desk
  const tenantId = await store.newTenant()
  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>) => database.inTenant(tenantId, work)
  return {
    ...openTenantOf(inTenant, tenantId),
    ...(await openPeople(inTenant, tenantId, desk)),
    addConnection: (settings: object, secret?: string) =>
      inTenant(async (tx) => {
        const connectionId = `mail-${tenantId}`
        const content = { name: 'Mail to customers', partnerId: null, isEnabled: true }
        await insertConnection(tx, connectionId, {
          ...{ ...content, kind: outreachKind },
          settings: { ...settings },
        })
        if (secret === undefined) return connectionId
        const sealed = sealSecret(secretKey, { tenantId, connectionId }, secret)
        await updateSecrets(tx, connectionId, [{ sealed, createdAt: '2026-01-01T00:00:00.000Z' }])
        return connectionId
      }),
  }
}

type InTenant = <T>(work: (tx: TenantTx) => Promise<T>) => Promise<T>

function openTenantOf(inTenant: InTenant, tenantId: string) {
  return {
    ...{ tenantId, inTenant },
    /** Sets rules of collecting; letters at any hour, so that tests run on Sundays too. */
    settings: (settings: object = {}) =>
      inTenant((tx) =>
        tx.run(sql`
          insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
          select ${tenantId}, 'collections', 'tenant', coalesce(max(version), 0) + 1, '2020-01-01'::date,
            ${asJson({ lettersAtAnyHour: true, ...settings })}, 'person:test', 'a test'
          from policy_setting where policy = 'collections'`),
      ),
    customer: (customerNumber: string, more: object = {}) =>
      inTenant(async (tx) => {
        await tx.run(sql`update tenant set name = 'Meridian Industrial Supply' where true`)
        const customer = {
          ...{ name: 'Atlas MRO LLC', currency: 'USD', segment: 'standard', language: 'en' },
          ...{ email: 'ap@atlasmro.example', timeZone: 'America/Chicago', ...more },
        }
        const contacts = [{ name: 'Ann Field', role: 'accounts payable', email: customer.email }]
        await tx.run(sql`
          insert into customer (tenant_id, customer_number, name, currency, segment, legal_kind, time_zone, language, contacts)
          values (${tenantId}, ${customerNumber}, ${customer.name}, ${customer.currency}, ${customer.segment}, 'business',
            ${customer.timeZone}, ${customer.language}, ${asJson(contacts)})
          on conflict (tenant_id, customer_number) do update set contacts = excluded.contacts`)
      }),
    /** An open invoice with its order of one line. */
    invoice: (invoiceNumber: string, { customer = 'C-1', minor = 941_000, daysLate = 8 } = {}) =>
      inTenant(async (tx) => {
        const orderId = newId('ord')
        const item = { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] }
        const parties = [{ role: 'buyer', name: 'Atlas MRO LLC', identifiers: [], contacts: [] }]
        await tx.run(sql`
          insert into orders (tenant_id, order_id, order_number, stage, connection_id, stream_key, document_id,
            customer_number, purchase_order_number, po_normalised, currency, parties, terms, line_hash, total_minor, received_at)
          values (${tenantId}, ${orderId}, ${`SO-${invoiceNumber}`}, 'invoiced', 'con', ${orderId}, ${orderId}, ${customer},
            ${`PO-${invoiceNumber}`}, ${orderId}, 'USD', ${asJson(parties)}, '{}', '', ${minor}, now())`)
        await tx.run(sql`
          insert into order_line (tenant_id, order_id, line, position, sku, item, description, quantity, uom, uom_scheme,
            unit_price, line_amount_minor, ordered_each, shipped_each, invoiced_each)
          values (${tenantId}, ${orderId}, '1', 1, 'FAS-1001', ${asJson(item)}, 'Hex cap screw', 10, 'EA', 'rec20',
            ${String(minor / 1_000)}::numeric, ${minor}, 10, 10, 10)`)
        await tx.run(sql`
          insert into invoice (tenant_id, invoice_id, invoice_number, order_id, customer_number, currency, total_minor,
            open_minor, invoiced_on, due_on, status, document_id)
          values (${tenantId}, ${newId('inv')}, ${invoiceNumber}, ${orderId}, ${customer}, 'USD', ${minor}, ${minor},
            ${day(-daysLate - 30)}::date, ${day(-daysLate)}::date, 'open', 'none')`)
      }),
    paid: (invoiceNumber: string) =>
      inTenant((tx) =>
        tx.run(sql`
          update invoice set open_minor = 0, status = 'paid' where invoice_number = ${invoiceNumber}`),
      ),
    events: () =>
      inTenant((tx) =>
        tx.rows<{ kind: string; summary: string }>(sql`
          select kind, summary from event where kind like 'message.%' or kind like 'stop.%' order by at, event_id`),
      ),
    transactions: () =>
      inTenant((tx) =>
        tx.rows<{ status: string; code: string | null; attempts: number }>(sql`
          select status, error_code as code, attempts from transaction order by key_seq`),
      ),
  }
}

async function openPeople(
  inTenant: InTenant,
  tenantId: string,
  { proposals, execute }: Pick<Desk, 'proposals' | 'execute'>,
) {
  const userId = newId('usr')
  const by = { userId, name: 'Ines Vale', role: 'approver' } as const
  await inTenant((tx) =>
    tx.run(sql`
      insert into app_user (tenant_id, user_id, name, email, role)
      values (${tenantId}, ${userId}, ${by.name}, ${`${userId}@example.test`}, ${by.role})`),
  )
  const subjectOf = (id: string) => ({ kind: 'customer', id }) as const
  const candidates = (customer = 'C-1') =>
    proposals.candidates({ tenantId, subject: subjectOf(customer) })
  const decided = ({ proposalId, version, effectHash }: Proposal) => ({
    ...{ tenantId, proposalId, version, effectHash, by },
  })
  return {
    ...{ by, candidates, decided },
    /** The collections agent proposes the first candidate about a customer. */
    async propose(customer = 'C-1'): Promise<Proposal> {
      const [candidate] = await candidates(customer)
      if (candidate === undefined) throw new Error(`Nothing is to be written to ${customer}.`)
      return proposals.propose({
        ...{ tenantId, subject: subjectOf(customer), candidateId: candidate.candidateId },
        requestedBy: { kind: 'agent', id: 'agent:collections', name: 'collections' },
      })
    },
    approve: (proposal: Proposal) => proposals.approve(decided(proposal)),
    /** Approves a proposal and has it done, up to the outbox. */
    async approved(proposal: Proposal): Promise<Proposal | undefined> {
      await proposals.approve(decided(proposal))
      await execute()
      return proposals.get({ tenantId, proposalId: proposal.proposalId })
    },
  }
}
