import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import { connectionsService } from '../backbone/services/connections.ts'
import { sendDocument } from '../cli/demo/send-document.ts'
import type { ConsoleWorld } from './console-world.ts'

/** What became of a delivery: its receipt and the first order that came of it. */
type Delivered = { readonly receiptId: string; readonly orderId: string | undefined }

/** Lets a customer of the seed send X12 by the real door; gives the way to send a fixture and wait until it is read. */
export async function openNorthwind({ house, url, tenantId, database }: ConsoleWorld) {
  const connectionId = 'northwind-tools'
  const secret = randomBytes(16).toString('hex')
  const who = { tenantId, actor: 'test' }
  const service = connectionsService({ ...house, onChanged: house.connections.forget })
  await service.put(who, connectionId, {
    ...{ kind: 'x12', name: 'Northwind Tools (EDI)', partnerId: connectionId, isEnabled: true },
    settings: {
      ...{ ourQualifier: 'ZZ', ourId: 'QUITTANCE', theirQualifier: 'ZZ', theirId: 'NORTHWIND' },
      cancelWindowSeconds: 3_600,
    },
  })
  await service.rotateSecret(who, connectionId, { secret, previousValidForSeconds: 0 })
  const becomeOf = (receiptId: string) =>
    database.inTenant(tenantId, (tx) =>
      tx.rows<{ status: string; orderId: string | null }>(sql`
        select receipt.status, order_id as "orderId" from receipt
        left join document using (tenant_id, receipt_id)
        where receipt_id = ${receiptId} order by document.created_at, document.number limit 1`),
    )
  return {
    async send(file: string): Promise<Delivered> {
      const body = await readFile(new URL(`../fixtures/x12/${file}`, import.meta.url))
      const { receiptId = '' } = await sendDocument(url, {
        ...{ channel: 'x12', connectionId, body, secret },
      })
      for (;;) {
        const [known] = await becomeOf(receiptId)
        if (known !== undefined && known.status !== 'accepted')
          return { receiptId, orderId: known.orderId ?? undefined }
        await new Promise((again) => setTimeout(again, 50))
      }
    },
  }
}
