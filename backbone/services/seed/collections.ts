import type { z } from 'zod'
import { addDays } from '../../canonical/calendar.ts'
import type { DunningLevel } from '../../canonical/collections.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { newId } from '../../canonical/ids.ts'
import { percentOfMinor } from '../../canonical/money.ts'
import { disputeCode } from '../../policies/collections/dispute-codes.ts'
import { daysBetween } from '../../policies/collections/ledger.ts'
import { type CollectionsSettings, collectionsPolicy } from '../../policies/collections/settings.ts'
import {
  isCollectionsSeeded,
  type PaidInvoice,
  paidInvoices,
  reopenInvoices,
  type SeedRecords,
  writeSeedRecords,
} from '../../store/collections/seed-debts.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { addPolicyVersion } from '../../store/policies/policy-settings.ts'

/** A customer of the seed that does not pay, and what has passed between us. */
type Debtor = {
  readonly customerNumber: string
  /** About how many days late each of its invoices is. */
  readonly daysLate: readonly number[]
  /** Contacts made: so many days ago at which level. */
  readonly contacts?: readonly (readonly [daysAgo: number, level: DunningLevel])[]
  readonly promisesBroken?: readonly number[]
  readonly promisesIn?: number
  readonly disputes?: string
  readonly stop?: 'insolvency'
  readonly moneyStays?: true
}

// None of them orders in the demo, so that its orders stay as free of holds as they were.
const debtors: readonly Debtor[] = [
  { customerNumber: 'C-10004', daysLate: [6] },
  {
    customerNumber: 'C-10006',
    daysLate: [25, 12],
    contacts: [
      [20, 1],
      [9, 2],
    ],
  },
  {
    customerNumber: 'C-10007',
    daysLate: [38],
    contacts: [
      [33, 1],
      [22, 2],
      [12, 3],
    ],
  },
  { customerNumber: 'C-10008', daysLate: [14], disputes: '01' },
  { customerNumber: 'C-10009', daysLate: [18, 8], contacts: [[10, 1]], promisesIn: 2 },
  { customerNumber: 'C-10012', daysLate: [70], contacts: [[60, 1]], stop: 'insolvency' },
  { customerNumber: 'C-10013', daysLate: [16], moneyStays: true },
  {
    customerNumber: 'C-10014',
    daysLate: [45, 20],
    contacts: [
      [35, 1],
      [15, 2],
    ],
    promisesBroken: [28, 8],
  },
  { customerNumber: 'C-10017', daysLate: [9] },
  { customerNumber: 'C-10018', daysLate: [-3] },
]

type Debt = { readonly debtor: Debtor; readonly invoices: readonly PaidInvoice[] }

/** The customer's invoices whose lateness is nearest to what is wanted, each once. */
function debtOf(debtor: Debtor, paid: readonly PaidInvoice[], today: IsoDate): Debt {
  const own = paid.filter(({ customerNumber }) => customerNumber === debtor.customerNumber)
  const chosen = new Set<PaidInvoice>()
  for (const daysLate of debtor.daysLate) {
    const [nearest] = own
      .filter((invoice) => !chosen.has(invoice))
      .map((invoice) => ({
        invoice,
        miss: Math.abs(daysBetween(invoice.dueOn, today) - daysLate),
      }))
      .sort((a, b) => a.miss - b.miss)
    if (nearest !== undefined) chosen.add(nearest.invoice)
  }
  return { debtor, invoices: [...chosen] }
}

const noon = (day: IsoDate): string => `${day}T18:00:00.000Z`

function contactsOf({ debtor, invoices }: Debt, today: IsoDate): SeedRecords['contacts'] {
  return (debtor.contacts ?? []).flatMap(([daysAgo, level]) => {
    const madeOn = addDays(today, -daysAgo)
    const late = invoices.filter(({ dueOn }) => dueOn < madeOn)
    if (late.length === 0) return []
    return [
      {
        contactId: newId('dct', Date.parse(noon(madeOn))),
        customerNumber: debtor.customerNumber,
        currency: late[0]?.currency ?? 'USD',
        channel: level === 3 ? ('phone' as const) : ('email' as const),
        level,
        isReply: false,
        outcome: level === 3 ? ('reached' as const) : ('sent' as const),
        addressee: { name: 'Accounts Payable', role: 'accounts payable' },
        invoiceNumbers: late.map(({ invoiceNumber }) => invoiceNumber),
        amountMinor: late.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
        oldestDays: Math.max(...late.map(({ dueOn }) => daysBetween(dueOn, madeOn))),
        segment: 'standard',
        note: '',
        madeAt: noon(madeOn),
        madeOn,
        recordedBy: 'person:Dana Reyes',
      },
    ]
  })
}

function promisesOf({ debtor, invoices }: Debt, today: IsoDate): SeedRecords['promises'] {
  const [oldest] = invoices
  if (oldest === undefined) return []
  const { customerNumber, promisesBroken = [], promisesIn } = debtor
  const promise = (promisedOn: IsoDate, status: 'pending' | 'broken') => ({
    promiseId: newId('prm'),
    customerNumber,
    currency: oldest.currency,
    amountMinor: oldest.totalMinor,
    promisedOn,
    settleBy: addDays(promisedOn, 4),
    status,
    recordedOn: addDays(promisedOn, -7),
    decidedOn: status === 'broken' ? addDays(promisedOn, 5) : null,
  })
  return [
    ...promisesBroken.map((daysAgo) => promise(addDays(today, -daysAgo), 'broken')),
    ...(promisesIn === undefined ? [] : [promise(addDays(today, promisesIn), 'pending')]),
  ]
}

function disputesOf({ debtor, invoices }: Debt, today: IsoDate): SeedRecords['disputes'] {
  const [contested] = invoices
  const known = debtor.disputes === undefined ? undefined : disputeCode(debtor.disputes)
  if (contested === undefined || known === undefined) return []
  const { customerNumber, currency, invoiceNumber, totalMinor } = contested
  return [
    {
      disputeId: newId('dsp'),
      customerNumber,
      currency,
      invoiceNumber,
      amountMinor: percentOfMinor(totalMinor, '40'),
      code: known.code,
      route: known.route,
      note: 'The price on the order was the one of the contract, they say.',
      openedAt: noon(addDays(today, -5)),
    },
  ]
}

function stopsOf({ debtor }: Debt, today: IsoDate): SeedRecords['stops'] {
  const { customerNumber, stop } = debtor
  if (stop === undefined) return []
  return [
    {
      stopId: newId('stp'),
      customerNumber,
      kind: stop,
      reason: 'The court’s notice of the proceedings came by mail.',
      placedAt: noon(addDays(today, -30)),
    },
  ]
}

/** How the demo's house writes: reminders leave at any hour, so that whoever tries it on a Sunday sees one leave. */
const housePolicy = {
  lettersAtAnyHour: true,
  sender: {
    name: 'Dana Reyes',
    email: 'receivables@meridian-industrial.example',
    phone: '+1-555-0142',
    disputeLink: 'https://meridian-industrial.example/invoices/dispute',
  },
} satisfies z.input<typeof CollectionsSettings>

async function writePolicy(tx: TenantTx, today: IsoDate): Promise<void> {
  await addPolicyVersion(tx, {
    ...{ policy: collectionsPolicy.name, scope: 'tenant', settings: housePolicy },
    ...{ validFrom: addDays(today, -400), validTo: null },
    ...{ changedBy: 'quittance', reason: 'How the demo house writes to its customers.' },
  })
}

async function writeDebts(tx: TenantTx, today: IsoDate): Promise<number> {
  const span = { since: addDays(today, -120), until: addDays(today, 20) }
  const customers = debtors.map(({ customerNumber }) => customerNumber)
  const paid = await paidInvoices(tx, customers, span)
  const debts = debtors.map((debtor) => debtOf(debtor, paid, today))
  const invoices = debts.flatMap(({ debtor, invoices: own }) =>
    own.map(({ invoiceNumber }) => ({ invoiceNumber, moneyStays: debtor.moneyStays === true })),
  )
  await reopenInvoices(tx, invoices)
  await writeSeedRecords(tx, {
    contacts: debts.flatMap((debt) => contactsOf(debt, today)),
    promises: debts.flatMap((debt) => promisesOf(debt, today)),
    disputes: debts.flatMap((debt) => disputesOf(debt, today)),
    stops: debts.flatMap((debt) => stopsOf(debt, today)),
  })
  return invoices.length
}

/**
 * Lets some customers of a seeded tenant owe us money: late, contacted, contested, promised, insolvent, or paid
 * but not put to the invoice. A second run changes nothing.
 */
export function seedCollections(
  database: Database,
  { tenantId, today }: { readonly tenantId: string; readonly today: IsoDate },
): Promise<{ readonly openInvoices: number }> {
  return database.inTenant(tenantId, async (tx) => {
    if (await isCollectionsSeeded(tx)) return { openInvoices: 0 }
    const openInvoices = await writeDebts(tx, today)
    await writePolicy(tx, today)
    const draft = {
      kind: 'collections.seeded',
      actor: 'quittance',
      summary: `${openInvoices} invoices of the past are open, with what was said about them.`,
      body: { openInvoices, today },
    }
    await appendTenantEvents(tx, [draft], await databaseNow(tx))
    return { openInvoices }
  })
}
