import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import type { ContactMade } from '../../canonical/collections.ts'
import { amountText } from '../../canonical/money.ts'
import { ageingOf, bucketNames, bucketOf } from './ageing.ts'
import { contactCalendar, contactLeave } from './contact-limits.ts'
import { ladderStep } from './ladder.ts'
import { type LateDebt, lateInterest, simpleInterestMinor } from './late-interest.ts'
import { type CustomerLedger, claimRows } from './ledger.ts'
import { latePaymentLaws, type ReferenceRate, referenceRates } from './legal-interest.ts'
import { netCollectable } from './net-collectable.ts'
import { priorityOf } from './priority.ts'
import { type JudgedPromise, judgePromises } from './promises.ts'
import { receivablesKpi } from './receivables-kpi.ts'
import { rightContact } from './right-contact.ts'
import { CollectionsSettings, collectionsPolicy } from './settings.ts'

const settings = CollectionsSettings.parse({})
const asOf = '2026-11-22'

const casesFile = join(import.meta.dirname, '../../../../shared/domain-cases.json')
const Cases = z.record(z.string(), z.record(z.string(), z.unknown()))
const cases = existsSync(casesFile) ? Cases.parse(JSON.parse(readFileSync(casesFile, 'utf8'))) : {}

/** The literal numbers of a worked example, compared with the shared file where that is there. */
function expected<Numbers extends Record<string, unknown>>(key: string, numbers: Numbers): Numbers {
  if (cases[key] !== undefined) expect(cases[key]).toEqual(numbers)
  return numbers
}

const row = (invoiceNumber: string, dueOn: string, openMinor: number, instalment = 1) => ({
  invoiceNumber,
  instalment,
  invoicedOn: '2026-08-01',
  dueOn,
  amountMinor: openMinor,
  openMinor,
})

const empty: CustomerLedger = {
  customerNumber: 'C-1',
  name: 'Acme Tools',
  segment: 'standard',
  legalKind: 'business',
  country: 'US',
  isInsolvent: false,
  contacts: [],
  currency: 'USD',
  rows: [],
  unappliedMinor: 0,
  creditsMinor: 0,
  disputes: [],
  promises: [],
  brokenOn: [],
  stops: [],
  contactsMade: [],
  unreadReplies: [],
  blockedOrders: [],
}

const contact = (madeOn: string, level: number, more: Partial<ContactMade> = {}): ContactMade => ({
  contactId: `dct_${madeOn}_${level}`,
  currency: 'USD',
  channel: 'email',
  level,
  isReply: false,
  outcome: 'sent',
  addressee: {},
  invoiceNumbers: [],
  amountMinor: 1_000,
  note: '',
  madeAt: `${madeOn}T15:00:00Z`,
  madeOn,
  recordedBy: 'key:Dana',
  ...more,
})

test('L4_net: open less disputed, unapplied cash, credits and what is promised and not due yet', () => {
  const rows = claimRows(
    {
      rows: [row('INV-1', '2026-09-01', 1_000_000), row('INV-2', '2026-10-01', 840_000)],
      disputes: [{ disputeId: 'd', invoiceNumber: 'INV-2', code: '01', amountMinor: 210_000 }],
      promises: [
        {
          promiseId: 'p',
          amountMinor: 500_000,
          promisedOn: '2026-11-25',
          settleBy: '2026-11-27',
          invoiceNumbers: [],
        },
      ],
    },
    asOf,
  )
  const money = { unappliedMinor: 125_000, creditsMinor: 64_000, currency: 'USD' }
  const net = netCollectable(rows, money, settings)
  expect(net).toMatchObject({
    openMinor: 1_840_000,
    disputedMinor: 210_000,
    promisedMinor: 500_000,
  })
  expect(amountText(net.netMinor, 'USD')).toBe(expected('L4_net', { net: '9410.00' }).net)
  expect(net.evidence[0]?.text).toContain('18400.00 USD open, less 2100.00 USD disputed')
})

test('what is disputed is not subtracted a second time as promised, and never more than is open', () => {
  const rows = claimRows(
    {
      rows: [row('INV-1', '2026-09-01', 10_000)],
      disputes: [
        { disputeId: 'd1', invoiceNumber: 'INV-1', code: '01', amountMinor: 8_000 },
        { disputeId: 'd2', invoiceNumber: 'INV-1', code: '04', amountMinor: 8_000 },
      ],
      promises: [
        {
          promiseId: 'p',
          amountMinor: 9_000,
          promisedOn: '2026-11-25',
          settleBy: '2026-11-27',
          invoiceNumbers: ['INV-1'],
        },
      ],
    },
    asOf,
  )
  expect(rows[0]).toMatchObject({ disputedMinor: 10_000, promisedMinor: 0, claimMinor: 0 })
})

test('less than 25.00 net is not dunned, and more of the customer’s money than debt says so', () => {
  const rows = claimRows({ ...empty, rows: [row('INV-1', '2026-09-01', 2_499)] }, asOf)
  const money = { unappliedMinor: 0, creditsMinor: 0, currency: 'USD' }
  expect(netCollectable(rows, money, settings).isWorthwhile).toBe(false)
  expect(netCollectable(rows, { ...money, currency: 'JPY' }, settings).isWorthwhile).toBe(true)
  const cash = { ...money, unappliedMinor: 5_000 }
  expect(netCollectable(rows, cash, settings)).toMatchObject({
    netMinor: -2_501,
    isWorthwhile: false,
  })
})

test('the due date itself is current, the first day after it is 1-30, and every column is apart', () => {
  expect(bucketNames([30, 60, 90, 120])).toEqual([
    'current',
    '1-30',
    '31-60',
    '61-90',
    '91-120',
    '>120',
  ])
  const days: [number, string][] = [
    [-3, 'current'],
    [0, 'current'],
    [1, '1-30'],
    [30, '1-30'],
    [31, '31-60'],
    [120, '91-120'],
    [121, '>120'],
  ]
  for (const [late, bucket] of days) expect(bucketOf(late, [30, 60, 90, 120])).toBe(bucket)
  const rows = claimRows(
    {
      ...empty,
      rows: [
        row('INV-1', '2026-11-22', 100),
        row('INV-2', '2026-11-21', 200),
        row('INV-3', '2026-07-01', 400),
      ],
      disputes: [{ disputeId: 'd', invoiceNumber: 'INV-3', code: '04', amountMinor: 150 }],
    },
    asOf,
  )
  const ageing = ageingOf(rows, { unappliedMinor: 7, creditsMinor: 3 }, settings.bucketDays)
  expect(ageing).toEqual({
    buckets: { current: 100, '1-30': 200, '31-60': 0, '61-90': 0, '91-120': 0, '>120': 250 },
    disputedMinor: 150,
    promisedMinor: 0,
    unappliedMinor: 7,
    creditsMinor: 3,
    openMinor: 700,
    overdueMinor: 600,
  })
})

const amount = fc.integer({ min: 1, max: 1_000_000 })
const dueDay = fc
  .integer({ min: 1, max: 28 })
  .map((day) => `2026-10-${String(day).padStart(2, '0')}`)

test('always: buckets and disputed add up to what is open, whatever is disputed and promised', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(dueDay, amount), { maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(12), amount), { maxLength: 6 }),
      fc.array(amount, { maxLength: 4 }),
      (open, contested, promised) => {
        const rows = claimRows(
          {
            rows: open.map(([dueOn, minor], place) => row(`INV-${place}`, dueOn, minor)),
            disputes: contested.map(([place, amountMinor]) => ({
              disputeId: `d${place}`,
              invoiceNumber: `INV-${place}`,
              code: '01',
              amountMinor,
            })),
            promises: promised.map((amountMinor, place) => ({
              promiseId: `p${place}`,
              amountMinor,
              promisedOn: asOf,
              settleBy: asOf,
              invoiceNumbers: [],
            })),
          },
          asOf,
        )
        for (const { openMinor, disputedMinor, promisedMinor, claimMinor } of rows) {
          expect(disputedMinor + promisedMinor + claimMinor).toBe(openMinor)
          expect(Math.min(disputedMinor, promisedMinor, claimMinor)).toBeGreaterThanOrEqual(0)
        }
        const ageing = ageingOf(rows, { unappliedMinor: 0, creditsMinor: 0 }, settings.bucketDays)
        const inBuckets = Object.values(ageing.buckets).reduce((sum, minor) => sum + minor, 0)
        expect(inBuckets + ageing.disputedMinor).toBe(ageing.openMinor)
      },
    ),
  )
})

const step = (
  dueOn: string,
  contactsMade: readonly ContactMade[],
  more: Partial<CustomerLedger> = {},
) => {
  const ledger = { ...empty, rows: [row('INV-1', dueOn, 50_000)], contactsMade, ...more }
  return ladderStep({ ...ledger, rows: claimRows(ledger, asOf), asOf }, settings)
}

test('the first contact is level 1 however late it is: migration never skips', () => {
  expect(step('2026-08-01', [])).toMatchObject({ level: 1, levelByDays: 5, act: 'message' })
  expect(
    step('2026-08-01', [])
      .evidence.map(({ text }) => text)
      .join(' '),
  ).toContain('nobody has written about these rows yet: the first contact is level 1')
})

test('levels follow the segment’s ladder by days', () => {
  const after = (level: number) => [contact('2026-11-01', level)]
  expect(step('2026-11-20', [])).toMatchObject({ level: null, oldestDays: 2 })
  expect(step('2026-11-19', [])).toMatchObject({ level: 1, tone: 'friendly' })
  expect(step('2026-11-05', [contact('2026-11-12', 1)])).toMatchObject({
    level: 2,
    levelByDays: 2,
    tone: 'firm',
  })
  expect(step('2026-11-05', [contact('2026-11-12', 2)])).toMatchObject({ level: 2 })
  expect(step('2026-10-20', after(2))).toMatchObject({ level: 3, act: 'call' })
  expect(step('2026-10-10', after(3))).toMatchObject({
    level: 4,
    act: 'final-notice',
    tone: 'final',
  })
  expect(step('2026-10-01', after(4))).toMatchObject({
    level: 5,
    act: 'escalation',
    isForPerson: true,
  })
  expect(step('2026-10-01', after(4), { segment: 'strategic' })).toMatchObject({ level: 4 })
  expect(step('2026-11-21', [], { segment: 'high-risk' })).toMatchObject({ level: 1 })
})

test('the level never rises twice within 7 days', () => {
  const rose = [contact('2026-11-18', 2), contact('2026-11-08', 1)]
  expect(step('2026-09-01', rose)).toMatchObject({ level: 2, levelByDays: 5 })
  expect(
    step('2026-09-01', rose)
      .evidence.map(({ text }) => text)
      .join(' '),
  ).toContain('rose to 2 on 2026-11-18, 4 days ago')
  expect(step('2026-09-01', [contact('2026-11-15', 2), contact('2026-11-08', 1)]).level).toBe(3)
})

test('the level falls back when the oldest row is paid', () => {
  const sent = [
    contact('2026-11-10', 3, { invoiceNumbers: ['INV-OLD'] }),
    contact('2026-10-20', 2, { invoiceNumbers: ['INV-OLD'] }),
  ]
  expect(step('2026-11-17', sent)).toMatchObject({ level: 1, lastLevel: null })
})

test('two broken promises within 90 days raise the level by one and ask for a person', () => {
  const sent = [contact('2026-11-01', 1)]
  const broken = ['2026-10-01', '2026-11-10']
  expect(step('2026-11-17', sent, { brokenOn: broken })).toMatchObject({
    level: 2,
    levelByDays: 1,
    isForPerson: true,
  })
  expect(step('2026-11-17', sent, { brokenOn: ['2026-08-01', '2026-11-10'] })).toMatchObject({
    level: 1,
    isForPerson: false,
  })
})

test('a new customer that is late for the first time hears the softest tone', () => {
  expect(step('2026-11-15', [], { customerSince: '2026-10-01' })).toMatchObject({
    level: 1,
    tone: 'softest',
  })
})

test('before the due date there is courtesy: to strategic customers for large amounts only', () => {
  expect(step('2026-11-27', [])).toMatchObject({ level: 0, act: 'courtesy' })
  expect(step('2026-11-28', [])).toMatchObject({ level: null })
  expect(step('2026-11-28', [], { segment: 'strategic' })).toMatchObject({ level: null })
  const large = { segment: 'strategic', rows: [row('INV-1', '2026-11-28', 1_000_000)] }
  expect(step('2026-11-28', [], large)).toMatchObject({ level: 0 })
  const told = contact('2026-11-20', 0, { invoiceNumbers: ['INV-1'] })
  expect(step('2026-11-27', [told])).toMatchObject({ level: null })
})

test('always: no level is skipped, none above what the days give, whatever was sent before', () => {
  const day = (ago: number) =>
    new Date(Date.parse(asOf) - ago * 86_400_000).toISOString().slice(0, 10)
  fc.assert(
    fc.property(
      fc.integer({ min: -20, max: 200 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 5 })), {
        maxLength: 8,
      }),
      fc.constantFrom('standard', 'low-risk', 'strategic', 'high-risk', 'nobody-knows'),
      (late, made, segment) => {
        const contacts = made
          .map(([ago, level]) => contact(day(ago), level))
          .sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1))
        const { level, levelByDays, lastLevel, evidence } = step(day(late), contacts, { segment })
        expect(evidence.length).toBeGreaterThan(0)
        if (level === null || levelByDays === null) return
        expect(level).toBeLessThanOrEqual((lastLevel ?? 0) + 1)
        expect(level).toBeLessThanOrEqual(Math.max(levelByDays, 0))
      },
    ),
  )
})

test('a dispute pauses only the disputed amount: the rest is dunned by its own age', () => {
  const ledger = {
    rows: [row('INV-1', '2026-09-01', 10_000), row('INV-2', '2026-11-15', 40_000)],
    disputes: [{ disputeId: 'd', invoiceNumber: 'INV-1', code: '01', amountMinor: 10_000 }],
  }
  expect(step('', [contact('2026-11-01', 2)], ledger)).toMatchObject({ level: 1, oldestDays: 7 })
})

const calendar = contactCalendar(BusinessCalendar.parse({ timeZone: 'America/Chicago' }), settings)
// Monday, 10:00 in Chicago.
const monday = { now: '2026-11-23T16:00:00.000Z', today: '2026-11-23', calendar }
const leave = (more: Partial<CustomerLedger>, time = monday) =>
  contactLeave({ ...empty, ...more }, time, settings)
const why = (more: Partial<CustomerLedger>, time = monday) =>
  leave(more, time)
    .evidence.map(({ text }) => text)
    .join(' ')

test('within contact hours and limits a customer may be contacted', () => {
  expect(leave({})).toEqual({ status: 'free', isOnlyHours: false, evidence: [] })
  const sunday = { ...monday, now: '2026-11-22T16:00:00.000Z', today: '2026-11-22' }
  expect(leave({}, sunday)).toMatchObject({ status: 'wait', notBefore: '2026-11-23T14:00:00.000Z' })
})

test('insolvency, litigation, death and do-not-contact end all automation', () => {
  for (const kind of ['insolvency', 'litigation', 'deceased', 'do-not-contact'] as const)
    expect(leave({ stops: [{ stopId: 's', kind, reason: 'A letter came' }] }).status).toBe('off')
  expect(leave({ isInsolvent: true }).status).toBe('off')
  const over = { stopId: 's', kind: 'litigation', reason: 'Settled', until: '2026-11-01' } as const
  expect(leave({ stops: [over] }).status).toBe('free')
})

test('an unread reply, a bounced address or a changed contact goes to a person first', () => {
  const unread = { unreadReplies: [{ replyId: 'drp_1', receivedAt: monday.now }] }
  expect(leave(unread).status).toBe('person')
  expect(why(unread)).toContain('unread')
  expect(leave({ contactsMade: [contact('2026-11-01', 1, { outcome: 'bounced' })] }).status).toBe(
    'person',
  )
  const change = { stopId: 's', kind: 'contact-change', reason: 'Ms Lee left' } as const
  expect(leave({ stops: [change] }).status).toBe('person')
})

test('money seen at the bank pauses three days', () => {
  expect(leave({ moneySeenOn: '2026-11-21' })).toMatchObject({
    status: 'wait',
    notBefore: '2026-11-24T14:00:00.000Z',
  })
  expect(leave({ moneySeenOn: '2026-11-20' }).status).toBe('free')
})

test('7 days between messages, four contacts in 30 days, one channel a day; replies do not count', () => {
  expect(leave({ contactsMade: [contact('2026-11-17', 1)] })).toMatchObject({
    status: 'wait',
    notBefore: '2026-11-24T14:00:00.000Z',
  })
  expect(leave({ contactsMade: [contact('2026-11-16', 1)] }).status).toBe('free')
  expect(leave({ contactsMade: [contact('2026-11-20', 1, { isReply: true })] }).status).toBe('free')
  const four = ['2026-11-16', '2026-11-09', '2026-11-02', '2026-10-26'].map((on) => contact(on, 1))
  expect(leave({ contactsMade: four })).toMatchObject({
    status: 'wait',
    notBefore: '2026-11-25T14:00:00.000Z',
  })
  const answered = contact('2026-11-23', 1, { isReply: true, channel: 'phone' })
  expect(why({ contactsMade: [answered] })).toContain('contacted today by phone')
})

test('public holidays of the customer are no contact days', () => {
  const holidays = BusinessCalendar.parse({
    timeZone: 'America/Chicago',
    holidays: ['2026-11-23', '2026-11-24'],
  })
  const time = { ...monday, calendar: contactCalendar(holidays, settings) }
  expect(leave({}, time)).toMatchObject({ status: 'wait', notBefore: '2026-11-25T14:00:00.000Z' })
})

test('invoice copies go to accounts payable and never to the head of the company', () => {
  const contacts = [
    { name: 'Pat King', role: 'CEO', email: 'pat@acme.example' },
    { name: 'Accounts Payable', role: 'Accounts Payable', email: 'ap@acme.example' },
    { name: 'Finn Berg', role: 'finance', email: 'finn@acme.example' },
  ]
  const wanted = { level: 1, channel: 'email', contactsMade: [] } as const
  const chosen = rightContact(contacts, wanted, settings)
  expect(chosen.contact?.name).toBe('Accounts Payable')
  expect(chosen.evidence.map(({ text }) => text).join(' ')).toContain('Pat King has the role ceo')
  expect(rightContact(contacts.slice(0, 1), wanted, settings).contact).toBeUndefined()
  const bounced = [
    contact('2026-11-01', 1, { outcome: 'bounced', addressee: { email: 'ap@acme.example' } }),
  ]
  expect(rightContact(contacts, { ...wanted, contactsMade: bounced }, settings).contact?.name).toBe(
    'Finn Berg',
  )
})

test('L5_prio: the biggest balance is not first', () => {
  const value = (net: number, [leftAlone, contacted]: [string, string], isUrgent = false) => {
    const chances = [{ segment: 'standard', bucket: '1-30', leftAlone, contacted }]
    const facts = {
      netMinor: net,
      currency: 'USD',
      segment: 'standard',
      bucket: '1-30',
      urgentBecause: isUrgent ? ['An order waits.'] : [],
    }
    const own = { ...settings, coldStart: chances }
    return amountText(priorityOf(facts, [], own).valueMinor, 'USD')
  }
  expect({
    X: value(941_000, ['0.55', '0.70']),
    Y: value(4_200_000, ['0.90', '0.93']),
    Z: value(360_000, ['0.30', '0.55'], true),
  }).toEqual(expected('L5_prio', { X: '1405.50', Y: '1254.00', Z: '1344.00' }))
})

test('own experience counts once there is enough of it, smoothed', () => {
  const own = {
    segment: 'standard',
    bucket: '1-30',
    contactedTrials: 98,
    contactedPaid: 79,
    leftAloneTrials: 198,
    leftAlonePaid: 99,
  }
  const facts = {
    netMinor: 100_000,
    currency: 'USD',
    segment: 'standard',
    bucket: '1-30',
    urgentBecause: [],
  }
  expect(priorityOf(facts, [own], settings)).toMatchObject({
    contacted: '0.8',
    leftAlone: '0.5',
    valueMinor: 29_400,
  })
  const thin = { ...own, contactedTrials: 19 }
  expect(priorityOf(facts, [thin], settings)).toMatchObject({
    contacted: '0.70',
    leftAlone: '0.55',
  })
})

const promise: JudgedPromise = {
  promiseId: 'prm_1',
  currency: 'USD',
  amountMinor: 100_000,
  promisedOn: '2026-11-13',
  settleBy: '2026-11-17',
  recordedOn: '2026-11-02',
  invoiceNumbers: ['INV-1'],
  status: 'pending',
}

test('95 % by the promised date and two business days keeps a promise; a cent less, or a day later, breaks it', () => {
  const judge = (bookedOn: string, amountMinor: number, on = '2026-11-18') =>
    judgePromises([promise], [{ bookedOn, invoiceNumber: 'INV-1', amountMinor }], on, settings)[0]
      ?.status
  expect(judge('2026-11-17', 95_000)).toBe('kept')
  expect(judge('2026-11-17', 94_999)).toBe('broken')
  expect(judge('2026-11-18', 100_000)).toBe('broken')
  expect(judge('2026-11-17', 10_000, '2026-11-17')).toBe('pending')
  expect(judge('2026-11-01', 100_000)).toBe('broken')
})

test('money for other invoices keeps no promise, unapplied money does, and no money keeps two', () => {
  const other = [{ bookedOn: '2026-11-10', invoiceNumber: 'INV-9', amountMinor: 100_000 }]
  expect(judgePromises([promise], other, '2026-11-18', settings)[0]?.status).toBe('broken')
  const unapplied = [{ bookedOn: '2026-11-10', amountMinor: 100_000 }]
  const second = { ...promise, promiseId: 'prm_2', invoiceNumbers: [] }
  expect(
    judgePromises([promise, second], unapplied, '2026-11-18', settings).map((one) => one.status),
  ).toEqual(['kept', 'broken'])
  const kept = { ...second, promiseId: 'prm_0', status: 'kept' } as const
  expect(judgePromises([promise, kept], unapplied, '2026-11-18', settings)).toMatchObject([
    { promiseId: 'prm_1', status: 'broken' },
  ])
})

const allowed = {
  version: 'test',
  settings: CollectionsSettings.parse({ lateFees: { isAllowed: true, usesUncheckedRates: true } }),
}
const tables = { laws: latePaymentLaws, rates: referenceRates }
const debt: LateDebt = {
  invoiceNumber: 'INV-1',
  currency: 'EUR',
  amountMinor: 1_248_000,
  dueOn: '2026-09-15',
  until: '2026-11-22',
  legalKind: 'business',
  country: 'NL',
}

test('L1_eu: 68 days at 10.40 % and the fixed sum', () => {
  const late = lateInterest(debt, allowed, tables)
  expect(late.decision).toBe('propose')
  expect({
    days: late.days,
    interest: amountText(late.interestMinor, 'EUR'),
    fixed: amountText(late.fixedMinor, 'EUR'),
    total: amountText(debt.amountMinor + late.interestMinor + late.fixedMinor, 'EUR'),
  }).toEqual(expected('L1_eu', { days: 68, interest: '241.80', fixed: '40.00', total: '12761.80' }))
})

const halfYear = { ...debt, amountMinor: 500_000, dueOn: '2026-05-20', until: '2026-08-18' }

test('L1b_two_rates: each half-year at its own rate, one rounding at the end', () => {
  const { parts, interestMinor } = lateInterest(halfYear, allowed, tables)
  expect({
    d1: parts[0]?.days,
    d2: parts[1]?.days,
    interest: amountText(interestMinor, 'EUR'),
  }).toEqual(expected('L1b_two_rates', { d1: 41, d2: 49, interest: '126.82' }))
})

test('a country may freeze the rate at the due date or take the one at payment', () => {
  const rates = (method: 'rate-at-due-date' | 'rate-at-payment') =>
    lateInterest(halfYear, allowed, {
      ...tables,
      laws: latePaymentLaws.map((law) => ({ ...law, method })),
    }).parts.map(({ days, ratePercent }) => [days, ratePercent])
  expect(rates('rate-at-due-date')).toEqual([[90, '10.15']])
  expect(rates('rate-at-payment')).toEqual([[90, '10.4']])
})

test('L2_us: contract interest only', () => {
  const us = { ...debt, currency: 'USD', country: 'US', amountMinor: 820_000, dueOn: '2026-10-08' }
  expect(lateInterest(us, allowed, tables).kind).toBe('no-law')
  const contract = {
    version: 'test',
    settings: CollectionsSettings.parse({
      lateFees: { isAllowed: true, contractRatePercent: '18' },
    }),
  }
  const late = lateInterest(us, contract, tables)
  expect([late.days, late.kind, late.fixedMinor]).toEqual([45, 'contract-interest', 0])
  expect(amountText(late.interestMinor, 'USD')).toBe(
    expected('L2_us', { interest: '181.97' }).interest,
  )
})

test('no interest by default, for consumers, for unknown kinds or countries, or by rates nobody checked', () => {
  const byDefault = collectionsPolicy.inForce([], {}, asOf)
  expect(lateInterest(debt, byDefault, tables)).toMatchObject({ decision: 'refuse', kind: 'off' })
  for (const legalKind of ['consumer', 'unknown'] as const)
    expect(lateInterest({ ...debt, legalKind }, allowed, tables).kind).toBe('treated-as-consumer')
  const { country, ...nowhere } = debt
  expect(lateInterest(nowhere, allowed, tables).kind).toBe('treated-as-consumer')
  const careful = {
    version: 'test',
    settings: CollectionsSettings.parse({ lateFees: { isAllowed: true } }),
  }
  expect(lateInterest(debt, careful, tables).kind).toBe('no-rate')
  expect(lateInterest({ ...debt, dueOn: '2025-03-15' }, allowed, tables).kind).toBe('no-rate')
  expect(lateInterest({ ...debt, country: 'DE' }, allowed, tables).kind).toBe('no-rate')
  expect(lateInterest({ ...debt, until: debt.dueOn }, allowed, tables).kind).toBe('not-late')
})

test('always: interest by days adds up however the half-years cut them, and grows with the days', () => {
  const rates: ReferenceRate[] = [2024, 2025, 2026].flatMap((year) =>
    ['01-01', '07-01'].map((day) => ({
      series: 'ecb' as const,
      from: `${year}-${day}`,
      percent: '2',
      source: 'test',
      isChecked: true,
    })),
  )
  const dayIn = fc.integer({ min: 0, max: 900 })
  const dateOf = (day: number) =>
    new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)
  fc.assert(
    fc.property(dayIn, fc.integer({ min: 1, max: 150 }), amount, (start, days, amountMinor) => {
      const late = { ...debt, amountMinor, dueOn: dateOf(start), until: dateOf(start + days) }
      const found = lateInterest(late, allowed, { ...tables, rates })
      expect(found.parts.reduce((sum, part) => sum + part.days, 0)).toBe(days)
      expect(found.interestMinor).toBe(
        simpleInterestMinor(amountMinor, [{ days, ratePercent: '10' }]),
      )
    }),
  )
})

test('L3_dso: DSO, best possible DSO, average days delinquent, collection effectiveness', () => {
  const quarter = receivablesKpi({
    days: 90,
    endMinor: 120_000_000,
    endCurrentMinor: 90_000_000,
    salesMinor: 270_000_000,
    beginMinor: 0,
  })
  const month = receivablesKpi({
    days: 30,
    beginMinor: 100_000_000,
    salesMinor: 90_000_000,
    endMinor: 120_000_000,
    endCurrentMinor: 90_000_000,
  })
  const one = (text: string | null) => Number(text).toFixed(1)
  expect({
    dso: one(quarter.dso),
    bpdso: one(quarter.bestPossibleDso),
    add: one(quarter.averageDaysDelinquent),
    cei: one(month.collectionEffectiveness),
  }).toEqual(expected('L3_dso', { dso: '40.0', bpdso: '30.0', add: '10.0', cei: '70.0' }))
  expect(
    receivablesKpi({ days: 90, endMinor: 5, endCurrentMinor: 0, salesMinor: 0, beginMinor: 0 }),
  ).toEqual({
    dso: null,
    bestPossibleDso: null,
    averageDaysDelinquent: null,
    collectionEffectiveness: null,
  })
})
