import { setTimeout as wait } from 'node:timers/promises'
import type { SandboxClient } from '../../backbone/connectors/sandbox/client.ts'
import { eventFeed } from '../../backbone/services/event-feed.ts'
import { ordersReadService } from '../../backbone/services/orders-read.ts'
import { receiptsService } from '../../backbone/services/receipts.ts'
import { transactionsService } from '../../backbone/services/transactions.ts'
import { demoTenantId } from '../demo-world.ts'
import type { House } from '../house.ts'

/** What is still moving, in words; empty when everything has come to rest. */
export type Moving = readonly string[]

const tenantId = demoTenantId
const page = { limit: 100, after: undefined }
const openCalls = ['waiting', 'sending', 'in-doubt'] as const

async function jobsMoving({ queue }: House): Promise<Moving> {
  const depths = await queue.depths()
  const jobs = depths.reduce((sum, depth) => sum + depth.waiting + depth.active, 0)
  return jobs === 0 ? [] : [`${jobs} jobs`]
}

async function callsMoving({ database, queue }: House): Promise<Moving> {
  const transactions = transactionsService({ database, queue })
  const found: string[] = []
  for (const status of openCalls) {
    const { items } = await transactions.list({ tenantId, direction: 'out', status, page })
    if (items.length > 0) found.push(`${items.length} calls ${status}`)
  }
  return found
}

async function windowsOpen({ database }: House): Promise<Moving> {
  const { items } = await ordersReadService({ database }).list({ tenantId, isHeld: true, page })
  const waiting = items.filter(
    ({ stage, activeHolds }) => stage !== 'cancelled' && activeHolds.includes('CANCEL_WINDOW'),
  )
  return waiting.length === 0 ? [] : [`${waiting.length} orders in their cancel window`]
}

async function reportsMoving(sandbox: SandboxClient): Promise<Moving> {
  const pending = await sandbox.pendingDocuments()
  return pending === 0 ? [] : [`${pending} reports of warehouse, carrier and bank`]
}

async function receiptsMoving(
  { database }: House,
  receiptIds: ReadonlySet<string>,
): Promise<Moving> {
  const receipts = receiptsService({ database })
  const found: string[] = []
  for (const receiptId of receiptIds) {
    const receipt = await receipts.get(tenantId, receiptId)
    const isPending = receipt?.documents.some(({ status }) => status === 'pending') === true
    if (receipt?.status === 'accepted' || isPending) found.push(`receipt ${receiptId}`)
  }
  return found
}

const looks = [windowsOpen, jobsMoving, callsMoving]

async function moving(
  house: House,
  sandbox: SandboxClient,
  receiptIds: ReadonlySet<string>,
): Promise<Moving> {
  for (const look of looks) {
    const found = await look(house)
    if (found.length > 0) return found
  }
  const reports = await reportsMoving(sandbox)
  return reports.length > 0 ? reports : receiptsMoving(house, receiptIds)
}

/**
 * Waits until nothing moves any more: no jobs, no calls under way, no cancel window, nothing the sandbox
 * systems have yet to report. Seen twice, because work may pass from one to the other between two looks.
 */
export async function untilAtRest(
  house: House,
  sandbox: SandboxClient,
  options: { receiptIds: ReadonlySet<string>; withinMs: number; stopped: AbortSignal },
): Promise<Moving> {
  const { receiptIds, withinMs, stopped } = options
  const endMs = Date.now() + withinMs
  let calmLooks = 0
  for (;;) {
    const found = await moving(house, sandbox, receiptIds)
    calmLooks = found.length === 0 ? calmLooks + 1 : 0
    if (calmLooks === 2) return []
    if (Date.now() > endMs) return found
    await wait(300, undefined, { signal: stopped })
  }
}

const told: Readonly<Record<string, string>> = {
  'order.received': 'orders in',
  'order.released': 'released',
  'order.shipped': 'shipments',
  'invoice.issued': 'invoices',
  'order.closed': 'closed',
}

/** Follows the timeline and says how far the orders are, in one line. */
export async function openTally(house: House) {
  const feed = eventFeed({ database: house.database })
  const counts = new Map<string, number>()
  let seen = await feed.newest(tenantId)
  return {
    async look(): Promise<string> {
      for (const event of await feed.after(tenantId, seen)) {
        counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1)
        seen = event.eventId
      }
      return Object.entries(told)
        .map(([kind, words]) => `${counts.get(kind) ?? 0} ${words}`)
        .join(', ')
    },
  }
}
