import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { outreachKind } from '../backbone/canonical/outreach-settings.ts'
import { sandboxClient } from '../backbone/connectors/sandbox/client.ts'
import { type ConnectionDraft, connectionsService } from '../backbone/services/connections.ts'
import { credentialsService } from '../backbone/services/credentials.ts'
import { seedCollections } from '../backbone/services/seed/collections.ts'
import { seedStaff } from '../backbone/services/seed/people.ts'
import { seedDistributor } from '../backbone/services/seed/seed-distributor.ts'
import type { House } from './house.ts'
import type { SandboxProcess } from './sandbox-process.ts'

/** The tenant of the demo. */
export const demoTenantId = 'meridian'

/** Times of the demo, short enough to watch. */
export type DemoPace = {
  readonly cancelWindowSeconds: number
  readonly sandboxSpeed: number
  /** How patiently the sandbox systems are called, where it differs from the default. */
  readonly delivery?: Readonly<Record<string, number>>
}

/** The shop of the demo, as its webhooks name it. */
export const demoShopDomain = 'meridian-industrial.myshopify.example'

/** A connection of the demo, and whether it needs a secret of its own making. */
type DemoConnection = {
  readonly connectionId: string
  readonly draft: Omit<ConnectionDraft, 'isEnabled'> & { isEnabled?: boolean }
}

const us = { ourQualifier: 'ZZ', ourId: 'QUITTANCE' }

function partners(outbox: string, cancelWindowSeconds: number): DemoConnection[] {
  const partner = (
    connectionId: string,
    name: string,
    settings: Record<string, unknown>,
  ): DemoConnection => ({
    connectionId,
    draft: {
      kind: 'x12',
      name,
      partnerId: connectionId,
      settings: {
        ...us,
        cancelWindowSeconds,
        deliver: { method: 'folder', path: join(outbox, connectionId) },
        ...settings,
      },
    },
  })
  return [
    partner('northwind-tools', 'Northwind Tools (EDI)', {
      theirQualifier: 'ZZ',
      theirId: 'NORTHWIND',
    }),
    partner('harbor-supply', 'Harbor Supply (EDI)', { theirQualifier: '01', theirId: '123456789' }),
    partner('atlas-mro', 'Atlas MRO (EDI)', { theirQualifier: '12', theirId: '5125550100' }),
  ]
}

function ownSystems(sandboxUrl: string): DemoConnection[] {
  const report = (connectionId: string, name: string): DemoConnection => ({
    connectionId,
    draft: { kind: 'json', name, settings: { cancelWindowSeconds: 0 } },
  })
  return [
    {
      connectionId: 'erp',
      draft: { kind: 'erp', name: 'Sandbox ERP', settings: { url: `${sandboxUrl}/erp` } },
    },
    {
      connectionId: 'wms',
      draft: { kind: 'wms', name: 'Sandbox warehouse', settings: { url: `${sandboxUrl}/wms` } },
    },
    report('wms-reports', 'Reports of the warehouse'),
    report('carrier-reports', 'Reports of the carrier'),
    report('bank-reports', 'Payments from the bank'),
  ]
}

function shopAndProgram(sandboxUrl: string, cancelWindowSeconds: number): DemoConnection[] {
  const shopDomain = demoShopDomain
  return [
    {
      connectionId: 'meridian-shop',
      draft: {
        kind: 'shopify',
        name: 'Meridian web shop (webhooks)',
        partnerId: 'meridian-shop',
        settings: {
          shopDomain,
          cancelWindowSeconds,
          receivesOnly: true,
          repliesTo: 'meridian-shop-admin',
          defaultCustomerNumber: 'C-10020',
        },
      },
    },
    {
      connectionId: 'meridian-shop-admin',
      draft: {
        kind: 'shopify',
        name: 'Meridian web shop (fulfilments)',
        settings: { shopDomain, url: sandboxUrl },
      },
    },
    {
      connectionId: 'partner-json',
      draft: {
        kind: 'json',
        name: 'Peachtree Conveyor (JSON)',
        settings: {
          cancelWindowSeconds,
          repliesTo: 'partner-webhook',
          conditionalHolds: [
            { conditions: ['installer-booked'], skus: ['PMP-1003'], productClasses: [] },
          ],
        },
      },
    },
    {
      connectionId: 'partner-webhook',
      draft: {
        kind: 'webhook',
        name: 'Peachtree Conveyor (webhooks)',
        settings: { url: `${sandboxUrl}/webhooks/peachtree` },
      },
    },
  ]
}

function mailToCustomers(outbox: string): DemoConnection {
  return {
    connectionId: 'customer-mail',
    draft: {
      kind: outreachKind,
      name: 'Mail to customers (a folder)',
      settings: {
        from: 'receivables@meridian-industrial.example',
        fromName: 'Meridian Industrial Supply, Receivables',
        deliver: { method: 'folder', path: join(outbox, 'customer-mail') },
      },
    },
  }
}

/** The secrets of the demo's connections by connection, as far as senders on this machine need them. */
export type DemoSecrets = ReadonlyMap<string, string>

async function openSecrets(house: House, connectionIds: readonly string[]): Promise<DemoSecrets> {
  const secrets = new Map<string, string>()
  for (const connectionId of connectionIds) {
    const [secret] = (await house.connections.find(connectionId))?.secrets() ?? []
    if (secret !== undefined) secrets.set(connectionId, secret)
  }
  return secrets
}

async function furnishConnections(
  house: House,
  sandboxUrl: string,
  pace: DemoPace,
): Promise<DemoSecrets> {
  const service = connectionsService({
    database: house.database,
    secretKey: house.secretKey,
    connectors: house.connectors,
    onChanged: (connectionId) => house.connections.forget(connectionId),
  })
  const who = { tenantId: demoTenantId, actor: 'demo' }
  const outbox = join(resolve(house.config.dataFolder), 'outbox')
  const edi = partners(outbox, pace.cancelWindowSeconds)
  const all = [
    ...edi,
    ...ownSystems(sandboxUrl),
    ...shopAndProgram(sandboxUrl, pace.cancelWindowSeconds),
    mailToCustomers(outbox),
  ]
  await mkdir(join(outbox, 'customer-mail'), { recursive: true })
  for (const { connectionId } of edi) await mkdir(join(outbox, connectionId), { recursive: true })
  for (const { connectionId, draft } of all) {
    // The sandbox may listen on another port this time; everything else stays as it is.
    const { connection } = await service.put(who, connectionId, {
      isEnabled: true,
      ...draft,
      settings: { ...draft.settings, ...(pace.delivery && { delivery: pace.delivery }) },
    })
    // Not by being new: a kill may have come between the connection and its secret.
    if (connection.secrets.length === 0)
      await service.rotateSecret(who, connectionId, {
        secret: randomBytes(24).toString('base64url'),
        previousValidForSeconds: 0,
      })
  }
  return openSecrets(
    house,
    all.map(({ connectionId }) => connectionId),
  )
}

async function demoKey(house: House): Promise<string> {
  const file = join(resolve(house.config.dataFolder), 'demo-api-key')
  if (existsSync(file)) return file
  const { token } = await credentialsService({ database: house.database }).create(
    { tenantId: demoTenantId, actor: 'demo' },
    { name: 'demo key of this machine', role: 'admin', scopes: [] },
  )
  // Under its name only when whole: a start killed in between makes a new key.
  await writeFile(`${file}.part`, `${token}\n`, { mode: 0o600 })
  await rename(`${file}.part`, file)
  return file
}

/** A furnished demo: its senders' secrets and where the API key of this machine lies. */
export type DemoWorld = {
  readonly secrets: DemoSecrets
  readonly keyFile: string
  readonly isNew: boolean
}

/** Fills the database with the demo distributor, once, and connects it to the sandbox systems. */
export async function furnishDemo(
  house: House,
  sandbox: SandboxProcess,
  options: { pace: DemoPace; today: string },
): Promise<DemoWorld> {
  const { database } = house
  const seed = await seedDistributor(database, { tenantId: demoTenantId, today: options.today })
  await seedStaff(database, { tenantId: demoTenantId })
  await seedCollections(database, { tenantId: demoTenantId, today: options.today })
  const secrets = await furnishConnections(house, sandbox.url, options.pace)
  await sandboxClient(sandbox.url).change({
    speed: options.pace.sandboxSpeed,
    webhookSecrets: [secrets.get('partner-webhook') ?? ''],
    apiKeys: ['erp', 'wms', 'meridian-shop-admin'].flatMap((id) => secrets.get(id) ?? []),
  })
  return { secrets, keyFile: await demoKey(house), isNew: seed.outcome === 'seeded' }
}

/** Tells the sandbox where its systems report to, once the door listens. */
export async function openSandboxDoors(
  sandbox: SandboxProcess,
  secrets: DemoSecrets,
  serverUrl: string,
): Promise<void> {
  const door = (connectionId: string) => ({
    url: `${serverUrl}/v1/inbound/json/${connectionId}`,
    apiKey: secrets.get(connectionId) ?? '',
  })
  await sandboxClient(sandbox.url).change({
    doors: {
      wms: door('wms-reports'),
      carrier: door('carrier-reports'),
      bank: door('bank-reports'),
    },
  })
}
