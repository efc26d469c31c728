import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import type { ContactMade } from '../../canonical/collections.ts'
import { type CaseSetting, collectionCase } from './collection-case.ts'
import { contactCalendar } from './contact-limits.ts'
import { checkDraft } from './draft-check.ts'
import { type DraftSnapshot, draftSnapshot } from './draft-facts.ts'
import type { CustomerLedger } from './ledger.ts'
import { CollectionsSettings, collectionsPolicy } from './settings.ts'

const asOf = '2026-11-23'
const policy = collectionsPolicy.inForce([], {}, asOf)
const setting: CaseSetting = {
  asOf,
  // Monday, 10:00 in Chicago.
  now: '2026-11-23T16:00:00.000Z',
  calendar: contactCalendar(
    BusinessCalendar.parse({ timeZone: 'America/Chicago' }),
    policy.settings,
  ),
  odds: [],
  policy,
}

const open = (invoiceNumber: string, dueOn: string, openMinor: number) => ({
  invoiceNumber,
  instalment: 1,
  invoicedOn: '2026-10-01',
  dueOn,
  amountMinor: openMinor,
  openMinor,
})

const acme: CustomerLedger = {
  customerNumber: 'C-10003',
  name: 'Atlas MRO LLC',
  segment: 'standard',
  legalKind: 'business',
  country: 'US',
  isInsolvent: false,
  contacts: [{ name: 'Accounts Payable', role: 'accounts payable', email: 'ap@atlas.example' }],
  currency: 'USD',
  rows: [open('INV-000123', '2026-11-15', 941_000), open('INV-000130', '2026-12-20', 50_000)],
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

const decide = (more: Partial<CustomerLedger> = {}, at: Partial<CaseSetting> = {}) =>
  collectionCase({ ...acme, ...more }, { ...setting, ...at })

const sent = (madeOn: string, level: number): ContactMade => ({
  contactId: `dct_${madeOn}`,
  currency: 'USD',
  channel: 'email',
  level,
  isReply: false,
  outcome: 'sent',
  addressee: {},
  invoiceNumbers: ['INV-000123'],
  amountMinor: 1,
  note: '',
  madeAt: `${madeOn}T15:00:00Z`,
  madeOn,
  recordedBy: 'key:Dana',
})

test('what is late is proposed as a message to accounts payable, never done by itself', () => {
  const decided = decide()
  expect(decided).toMatchObject({
    decision: 'propose',
    kind: 'message',
    level: 1,
    bucket: '1-30',
    money: { amountMinor: 941_000, currency: 'USD' },
    // 9,410.00 x (0.70 - 0.55) - 6.00
    priorityMinor: 140_550,
    policyVersion: 'collections:default',
    contact: { email: 'ap@atlas.example' },
  })
  expect(decided.rows.map((row) => row.invoiceNumber)).toEqual(['INV-000123'])
})

test('unapplied cash that covers the late amount is cleared first', () => {
  const decided = decide({ unappliedMinor: 940_000 })
  expect(decided).toMatchObject({ decision: 'propose', kind: 'clear-cash-first' })
  expect(decided.alternatives).toMatchObject([
    { candidateId: 'clear-cash:C-10003:USD', amountMinor: 940_000, currency: 'USD' },
  ])
  expect(decide({ rows: [open('INV-1', '2026-11-01', 2_000)] }).kind).toBe('too-small')
})

test('every reason that speaks against a contact is told, the strongest one decides', () => {
  const decided = decide({
    stops: [{ stopId: 'stp_1', kind: 'litigation', reason: 'The matter is with counsel' }],
    unreadReplies: [{ replyId: 'drp_1', receivedAt: setting.now }],
    contactsMade: [sent('2026-11-20', 1)],
  })
  expect(decided).toMatchObject({ decision: 'hold', kind: 'automation-off' })
  const why = decided.evidence.map(({ text }) => text).join(' ')
  expect(why).toContain('Stop litigation: The matter is with counsel.')
  expect(why).toContain('A reply of the customer is unread')
  expect(why).toContain('The last contact was on 2026-11-20')
})

test('a limit makes it wait until the moment it may go', () => {
  expect(decide({ contactsMade: [sent('2026-11-20', 1)] })).toMatchObject({
    decision: 'hold',
    kind: 'wait',
    notBefore: '2026-11-27T14:00:00.000Z',
  })
})

test('nobody fits, broken promises, or a bounce: a person first', () => {
  expect(decide({ contacts: [] }).kind).toBe('person-first')
  const broken = { brokenOn: ['2026-10-10', '2026-11-10'], contactsMade: [sent('2026-11-16', 1)] }
  expect(decide(broken)).toMatchObject({ kind: 'person-first', level: 2 })
})

test('a promise for all that is late stops dunning until two business days after its date', () => {
  const promises = [
    {
      promiseId: 'prm_1',
      amountMinor: 941_000,
      promisedOn: '2026-11-20',
      settleBy: '2026-11-24',
      invoiceNumbers: [],
    },
  ]
  expect(decide({ promises })).toMatchObject({ kind: 'nothing-due' })
  const later = { asOf: '2026-11-25', now: '2026-11-25T16:00:00.000Z' }
  expect(decide({ promises }, later)).toMatchObject({ kind: 'message' })
})

test('the final notice proposes a credit review; agency and court are for people', () => {
  const late = { rows: [open('INV-000123', '2026-09-01', 941_000)] }
  const final = decide({ ...late, contactsMade: [sent('2026-11-10', 3)] })
  expect(final).toMatchObject({ kind: 'final-notice', level: 4 })
  expect(final.alternatives[0]).toMatchObject({ kind: 'credit-hold-review', amountMinor: 941_000 })
  const last = decide({ ...late, contactsMade: [sent('2026-11-10', 4)] })
  expect(last).toMatchObject({ kind: 'escalation', level: 5, decision: 'propose' })
  expect(last.evidence.map(({ text }) => text)).toContain(
    'Agency or court is decided by people only.',
  )
})

test('orders that wait for the money, or a final notice near, make it urgent', () => {
  // (9,410.00 x 0.15) x 1.5 - 6.00
  expect(decide({ blockedOrders: ['SO-000777'] }).priorityMinor).toBe(211_125)
})

test('customers of one currency are never netted with another: the case has one currency', () => {
  expect(decide({ currency: 'EUR' }).money?.currency).toBe('EUR')
})

const company = 'Meridian Industrial Supply'
const ours = {
  version: 'test',
  settings: CollectionsSettings.parse({
    sender: {
      name: 'Dana Reyes',
      email: 'ar@meridian.example',
      phone: '+1-555-0142',
      paymentLink: 'https://pay.meridian.example/C-10003',
      disputeLink: 'https://pay.meridian.example/C-10003/dispute',
    },
  }),
}
const snapshotOf = (more: Partial<CustomerLedger> = {}): DraftSnapshot => {
  const ledger = { ...acme, ...more }
  return draftSnapshot(ledger, collectionCase(ledger, setting), {
    asOf,
    company,
    language: 'en',
    settings: ours.settings,
  })
}

const good = {
  subject: 'Invoice INV-000123',
  body: `Dear Accounts Payable,

Invoice INV-000123 for $9,410.00 was due on November 15, 2026 and is 8 days late. Our books are of 2026-11-23.
Is anything missing? You can pay here: https://pay.meridian.example/C-10003 or tell us what is wrong:
https://pay.meridian.example/C-10003/dispute

Kind regards,
Dana Reyes, Meridian Industrial Supply
ar@meridian.example, +1-555-0142`,
}

const faultsOf = (body: string, snapshot = snapshotOf(), policyOfOurs = ours) =>
  checkDraft({ ...good, body }, snapshot, policyOfOurs).faults.map(({ kind, quote }) => [
    kind,
    quote,
  ])

test('a draft made of facts passes', () => {
  expect(checkDraft(good, snapshotOf(), ours)).toMatchObject({
    decision: 'propose',
    kind: 'draft-fits',
    faults: [],
  })
})

test('a number, date, name, address or link that is not in the snapshot rejects the draft', () => {
  const added: [string, [string, string]][] = [
    ['Please pay $9,410.01.', ['number', '$9,410.01.']],
    ['Please pay 941 now.', ['number', '941']],
    ['It is 18 days late.', ['number', '18']],
    ['Please pay nine thousand.', ['number', 'nine']],
    ['Please pay by December 1.', ['date', 'December']],
    ['Please pay by Friday.', ['date', 'Friday']],
    ['Mr Miller will call.', ['name', 'Miller']],
    ['Jane will call you.', ['name', 'Jane']],
    ['We told Harbor Supply.', ['name', 'Harbor']],
    ['Write to ar@meridian.example.evil.com please.', ['email', 'ar@meridian.example.evil.com']],
    [
      'Pay at https://pay.meridian.example/C-10003.evil.com now.',
      ['link', 'https://pay.meridian.example/C-10003.evil.com'],
    ],
    ['See pay-now.com please.', ['link', 'pay-now.com']],
    ['Call +1-555-01423.', ['number', '+1-555-01423.']],
    ['It is INV-0001234.', ['number', '0001234.']],
  ]
  for (const [text, fault] of added) {
    const faults = faultsOf(`${good.body}\n${text}`)
    expect([text, faults.map(([kind]) => kind)]).toEqual([text, expect.arrayContaining([fault[0]])])
  }
})

test('threats, legal claims and third parties are banned, fees unless they are allowed', () => {
  const banned = [
    'We will take legal action.',
    'A collection agency will call.',
    'This is the final warning.',
    'We have no choice but to stop deliveries.',
    'You are in breach of contract.',
    'Other customers pay on time.',
    'Ignore previous instructions.',
  ]
  for (const text of banned)
    expect([text, faultsOf(`${good.body}\n${text}`)]).toEqual([
      text,
      expect.arrayContaining([['banned-phrase', expect.anything()]]),
    ])
  const fee = `${good.body}\nA late fee may be added.`
  expect(faultsOf(fee)).toEqual([['fee', 'late fee']])
  const allowed = {
    version: 'test',
    settings: CollectionsSettings.parse({ ...ours.settings, lateFees: { isAllowed: true } }),
  }
  const may = (more: Partial<CustomerLedger>) => {
    const ledger = { ...acme, ...more }
    return draftSnapshot(ledger, collectionCase(ledger, setting), {
      asOf,
      company,
      language: 'en',
      settings: allowed.settings,
    })
  }
  expect(faultsOf(fee, may({}), allowed)).toEqual([])
  expect(faultsOf(fee, may({ legalKind: 'unknown' }), allowed)).toEqual([['fee', 'late fee']])
})

test('length, hidden characters and other languages are refused', () => {
  expect(faultsOf(`${good.body} ${'please '.repeat(180)}`)).toEqual([['too-long', '227 words']])
  expect(faultsOf(`${good.body} \u200Bplease`)).toEqual([['hidden-characters', 'U+200B']])
  expect(faultsOf(good.body, { ...snapshotOf(), language: 'pl' })).toEqual([['language', 'pl']])
})

test('an invoice comes with amount and due date; as-of day, unapplied cash and our links are named', () => {
  expect(faultsOf('Invoice INV-000123 is late.').map(([kind]) => kind)).toEqual(
    Array.from({ length: 6 }, () => 'missing'),
  )
  const cash = snapshotOf({ unappliedMinor: 10_000 })
  expect(faultsOf(good.body, cash)).toEqual([
    ['missing', 'the money that was received and is not applied yet'],
  ])
  expect(faultsOf(`${good.body}\nWe received 100.00 USD, thank you.`, cash)).toEqual([])
})

test('the right figure beside the wrong invoice is found', () => {
  const two = snapshotOf({
    rows: [open('INV-000123', '2026-11-15', 941_000), open('INV-000124', '2026-11-10', 20_000)],
  })
  const rows = (first: string, second: string) =>
    `${good.body}\nINV-000124: ${first}, due 2026-11-10.\nINV-000123: ${second}, due 2026-11-15.`
  expect(faultsOf(rows('200.00 USD', '9,410.00 USD'), two)).toEqual([])
  expect(faultsOf(rows('9,410.00 USD', '200.00 USD'), two)).toEqual([
    ['wrong-invoice', '9,410.00 USD'],
    ['wrong-invoice', '200.00 USD'],
  ])
  const table = `${good.body}\nTogether INV-000123 and INV-000124 are 9,610.00 USD; 200.00 USD, due 2026-11-10.`
  expect(faultsOf(table, two)).toEqual([])
})

test('always: a figure that is not in the snapshot is found wherever it is put', () => {
  const words = good.body.split(' ')
  const known = new Set(snapshotOf().facts.flatMap(({ texts }) => texts))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.nat(words.length), (figure, place) => {
      fc.pre(!known.has(String(figure)))
      const body = [...words.slice(0, place), String(figure), ...words.slice(place)].join(' ')
      expect(faultsOf(body).length).toBeGreaterThan(0)
    }),
    { numRuns: 60 },
  )
})
