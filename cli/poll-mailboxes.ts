import { setTimeout as wait } from 'node:timers/promises'
import { OutreachSettings } from '../backbone/canonical/outreach-settings.ts'
import type { OpenConnection } from '../backbone/connectors/connector.ts'
import { type ArrivedMail, readInbox } from '../backbone/connectors/mail/read-inbox.ts'
import { readMail } from '../backbone/documents/mail/read-mail.ts'
import type { JobQueue } from '../backbone/queue/job-queue.ts'
import type { MailIntake } from '../backbone/services/outreach/take-mail.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { outreachConnections } from '../backbone/store/outreach/outreach-connections.ts'
import { listTenantIds } from '../backbone/store/unscoped/tenants.ts'
import type { Log } from '../backbone/telemetry/log.ts'

/** Reads what came into the mailbox of a connection since the last time; gives how many mails were new. */
export async function pollMailbox(
  connection: OpenConnection,
  intake: MailIntake,
  signal: AbortSignal,
): Promise<number> {
  const { connectionId, tenantId, secrets } = connection
  const settings = OutreachSettings.safeParse(connection.settings)
  if (!settings.success || settings.data.inbox === undefined) return 0
  const place = await intake.place(tenantId, connectionId)
  const door = { ...settings.data.inbox, secrets }
  const reading = await readInbox(door, place, { now: new Date(), signal })
  const { uidValidity, lastUid, mails } = reading
  const take = async ({ source, ...arrived }: ArrivedMail) =>
    intake.take(
      tenantId,
      { connectionId, uidValidity },
      { ...arrived, source, mail: await readMail(source) },
    )
  let taken = 0
  // In turn, each with its place: what was taken stays taken, whatever the next one does.
  for (const mail of mails) if ((await take(mail)) === 'taken') taken += 1
  const isBehind = place?.uidValidity !== uidValidity || place.lastUid < lastUid
  if (isBehind) await intake.readTo(tenantId, { connectionId, uidValidity, lastUid })
  return taken
}

type Tools = {
  readonly database: Database
  readonly queue: Pick<JobQueue, 'isInChargeOf'>
  readonly log: Log
  readonly intake: MailIntake
  readonly openConnection: (
    tx: TenantTx,
    connectionId: string,
  ) => Promise<OpenConnection | undefined>
}

// A mailbox that does not answer holds up its own round only so long.
const patienceMs = 60_000

async function pollTenant(tools: Tools, tenantId: string, stopping: AbortSignal): Promise<void> {
  const { database, openConnection, intake, log } = tools
  const connections = await database.inTenant(tenantId, async (tx) => {
    const opened: OpenConnection[] = []
    for (const { connectionId } of await outreachConnections(tx)) {
      const connection = await openConnection(tx, connectionId)
      if (connection !== undefined) opened.push(connection)
    }
    return opened
  })
  for (const connection of connections) {
    const { connectionId } = connection
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)])
    await pollMailbox(connection, intake, signal).catch((error: unknown) => {
      if (!stopping.aborted)
        log.warn({ err: error, tenantId, connectionId }, 'A mailbox could not be read.')
    })
  }
}

/** Looks into the mailboxes of all tenants again and again, each by the one process that is in charge of its tenant. */
export function startMailboxPolling(
  tools: Tools,
  { everyMs = 20_000 } = {},
): {
  stop(): Promise<void>
} {
  const { database, queue, log } = tools
  const stopping = new AbortController()
  const { signal } = stopping
  async function round(): Promise<void> {
    const tenantIds = await listTenantIds(database)
    for (const tenantId of tenantIds.filter((tenantId) => queue.isInChargeOf(tenantId)))
      if (!signal.aborted) await pollTenant(tools, tenantId, signal)
  }
  async function rounds(): Promise<void> {
    while (!signal.aborted) {
      await round().catch((error: unknown) =>
        log.warn({ err: error }, 'Mailboxes could not be looked into; the next round tries again.'),
      )
      await wait(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const running = rounds()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
