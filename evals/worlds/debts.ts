import { sql } from 'drizzle-orm'
import { addDays } from '../../backbone/canonical/calendar.ts'
import { DunningLevel, StopKind } from '../../backbone/canonical/collections.ts'
import { newId } from '../../backbone/canonical/ids.ts'
import { outreachKind } from '../../backbone/canonical/outreach-settings.ts'
import { collectionsPolicy } from '../../backbone/policies/collections/settings.ts'
import { seedDistributor } from '../../backbone/services/seed/seed-distributor.ts'
import {
  type PaidInvoice,
  paidInvoices,
  reopenInvoices,
  type SeedRecords,
  writeSeedRecords,
} from '../../backbone/store/collections/seed-debts.ts'
import { asTextList, type Database, type TenantTx } from '../../backbone/store/database.ts'
import { addPolicyVersion } from '../../backbone/store/policies/policy-settings.ts'
import type { Debt } from '../truth/collections.ts'

/** A customer with what it owes. */
export type Debtor = { readonly customer: string; readonly debt: Debt }

type Owing = Debtor & { readonly invoices: readonly PaidInvoice[]; readonly today: string }

const noon = (day: string): string => `${day}T18:00:00.000Z`

function recordsOf({ customer, debt, invoices, today }: Owing): SeedRecords {
  const customerNumber = customer
  const currency = 'USD'
  const all = invoices.reduce((sum, { totalMinor }) => sum + totalMinor, 0)
  const invoiceNumbers = invoices.map(({ invoiceNumber }) => invoiceNumber)
  const promise = (promisedOn: string, status: 'pending' | 'broken') => ({
    ...{ promiseId: newId('prm'), customerNumber, currency, amountMinor: all, promisedOn, status },
    ...{ settleBy: addDays(promisedOn, 4), recordedOn: addDays(promisedOn, -7) },
    decidedOn: status === 'broken' ? addDays(promisedOn, 5) : null,
  })
  const [first] = invoices
  return {
    contacts: debt.contacts.map(({ daysAgo, level }) => ({
      ...{ contactId: newId('dct', Date.parse(noon(addDays(today, -daysAgo)))), customerNumber },
      ...{ currency, channel: 'email', level: DunningLevel.parse(level), isReply: false },
      ...{ outcome: 'sent', addressee: { name: 'Accounts Payable', role: 'accounts payable' } },
      ...{ invoiceNumbers, amountMinor: all, oldestDays: 1, segment: 'standard', note: '' },
      ...{ madeAt: noon(addDays(today, -daysAgo)), madeOn: addDays(today, -daysAgo) },
      recordedBy: 'person:Dana Reyes',
    })),
    promises: [
      ...debt.brokenAgo.map((daysAgo) => promise(addDays(today, -daysAgo), 'broken')),
      ...(debt.promisedIn === undefined
        ? []
        : [promise(addDays(today, debt.promisedIn), 'pending')]),
    ],
    disputes:
      debt.disputedPercent === 0 || first === undefined
        ? []
        : [
            {
              ...{
                disputeId: newId('dsp'),
                customerNumber,
                currency,
                code: '01',
                route: 'pricing',
              },
              invoiceNumber: first.invoiceNumber,
              amountMinor: Math.round((first.totalMinor * debt.disputedPercent) / 100),
              ...{ note: 'They say the price was another.', openedAt: noon(addDays(today, -2)) },
            },
          ],
    stops:
      debt.stop === undefined
        ? []
        : [
            {
              ...{ stopId: newId('stp'), customerNumber, kind: StopKind.parse(debt.stop) },
              ...{ reason: 'It came by mail.', placedAt: noon(addDays(today, -10)) },
            },
          ],
  }
}

async function makeOwe(tx: TenantTx, owing: Owing): Promise<void> {
  const { customer, debt, invoices, today } = owing
  await reopenInvoices(
    tx,
    invoices.map(({ invoiceNumber }) => ({ invoiceNumber, moneyStays: debt.moneyIsHere })),
  )
  for (const [place, { invoiceNumber }] of invoices.entries()) {
    const dueOn = addDays(today, -(debt.daysLate[place] ?? 0))
    await tx.run(sql`
      update invoice set due_on = ${dueOn}::text::date, invoiced_on = ${addDays(dueOn, -30)}::text::date
      where invoice_number = ${invoiceNumber}`)
  }
  if (debt.hasUnreadReply)
    await tx.run(sql`
      insert into dunning_reply (tenant_id, reply_id, customer_number, channel, sender, content, reply_class,
        received_at, recorded_by)
      values (${tx.tenantId}, ${newId('rpl')}, ${customer}, 'email', 'ap', 'We are looking into it.', 'other',
        now() - interval '1 day', 'intake')`)
  await writeSeedRecords(tx, recordsOf(owing))
}

/** Furnishes a house whose customers owe money, and which writes to them by mail; what each of them owes on which invoices. */
export async function furnishDebts(
  database: Database,
  tenantId: string,
  debtors: readonly Debtor[],
): Promise<ReadonlyMap<string, readonly PaidInvoice[]>> {
  const today = new Date().toISOString().slice(0, 10)
  await seedDistributor(database, { tenantId, today })
  return database.inTenant(tenantId, async (tx) => {
    const customers = debtors.map(({ customer }) => customer)
    const span = { since: addDays(today, -330), until: addDays(today, 60) }
    const paid = await paidInvoices(tx, customers, span)
    const owed = new Map<string, readonly PaidInvoice[]>()
    for (const { customer, debt } of debtors) {
      const invoices = paid
        .filter(
          ({ customerNumber, totalMinor }) => customerNumber === customer && totalMinor > 5_000,
        )
        .slice(0, debt.daysLate.length)
      if (invoices.length < debt.daysLate.length)
        throw new Error(`${customer} has too few invoices to owe so much.`)
      await makeOwe(tx, { customer, debt, invoices, today })
      owed.set(customer, invoices)
    }
    await addPolicyVersion(tx, {
      ...{ policy: collectionsPolicy.name, scope: 'tenant', validFrom: addDays(today, -400) },
      ...{ validTo: null, changedBy: 'evals', reason: 'Letters leave at any hour.' },
      settings: {
        lettersAtAnyHour: true,
        sender: { name: 'Dana Reyes', email: 'receivables@ours.example', phone: '+1-555-0142' },
      },
    })
    const settings = {
      from: 'receivables@ours.example',
      deliver: { method: 'folder', path: '/nowhere' },
    }
    await tx.run(sql`
      insert into connection (connection_id, tenant_id, kind, name, settings)
      values (${newId('con')}, ${tenantId}, ${outreachKind}, 'Mail', ${JSON.stringify(settings)}::text::jsonb)`)
    return owed
  })
}

/** Everything a letter to a customer may be made of, read past the product. */
export async function factsAbout(
  database: Database,
  tenantId: string,
  customer: string,
): Promise<{
  readonly texts: readonly string[]
  readonly amounts: readonly number[]
  readonly days: readonly string[]
}> {
  return database.inTenant(tenantId, async (tx) => {
    const invoices = await tx.rows<{ number: string; open: number; due: string; on: string }>(sql`
      select invoice_number as number, open_minor as open, due_on as due, invoiced_on as "on"
      from invoice where customer_number = ${customer} and open_minor > 0`)
    const disputed = await tx.rows<{ minor: number }>(sql`
      select amount_minor as minor from invoice_dispute where customer_number = ${customer}`)
    const [file] = await tx.rows<{ file: string }>(sql`
      select to_jsonb(customer)::text as file from customer where customer_number = any(${asTextList([customer])})`)
    const money = await tx.rows<{ minor: number }>(sql`
      select coalesce(sum(unapplied_minor), 0)::bigint as minor from payment where customer_number = ${customer}`)
    const open = invoices.map((one) => one.open)
    const parts = disputed.map(({ minor }) => minor)
    const total = open.reduce((sum, one) => sum + one, 0)
    const less = parts.reduce((sum, one) => sum + one, 0)
    return {
      texts: [
        ...invoices.map(({ number }) => number),
        file?.file ?? '',
        'receivables@ours.example',
        '+1-555-0142',
      ],
      amounts: [...open, ...parts, total, total - less, Number(money[0]?.minor ?? 0)],
      days: invoices.flatMap((one) => [one.due, one.on]),
    }
  })
}
