import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BusinessCalendar } from '../../canonical/business-calendar.ts'
import { type CaseSetting, collectionCase } from './collection-case.ts'
import { composeMessage } from './compose-message.ts'
import { contactCalendar } from './contact-limits.ts'
import { checkDraft } from './draft-check.ts'
import { draftSnapshot } from './draft-facts.ts'
import { DraftLanguage } from './draft-language.ts'
import type { CustomerLedger } from './ledger.ts'
import { letters } from './message-letters.ts'
import { CollectionsSettings, collectionsPolicy } from './settings.ts'

const asOf = '2026-11-23'
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
const setting: CaseSetting = {
  asOf,
  now: '2026-11-23T16:00:00.000Z',
  calendar: contactCalendar(BusinessCalendar.parse({ timeZone: 'America/Chicago' }), ours.settings),
  odds: [],
  policy: { ...collectionsPolicy.inForce([], {}, asOf), settings: ours.settings },
}

const open = (invoiceNumber: string, dueOn: string, openMinor: number, instalment = 1) => ({
  invoiceNumber,
  instalment,
  invoicedOn: '2026-08-01',
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
  contacts: [{ name: 'Ann Field', role: 'accounts payable', email: 'ap@atlas.example' }],
  currency: 'USD',
  rows: [open('INV-000123', '2026-11-15', 941_000)],
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

function letterTo(more: Partial<CustomerLedger>, language = 'en') {
  const ledger = { ...acme, ...more }
  const decided = collectionCase(ledger, setting)
  const snapshot = draftSnapshot(ledger, decided, {
    asOf,
    company: 'Meridian Industrial Supply',
    language,
    settings: ours.settings,
  })
  const draft = composeMessage(decided, snapshot, ours.settings.draftWords)
  return { decided, snapshot, draft, verdict: checkDraft(draft, snapshot, ours) }
}

const sent = (madeOn: string, level: number) => ({
  ...{ contactId: `dct_${madeOn}`, currency: 'USD', channel: 'email' as const, level },
  ...{ isReply: false, outcome: 'sent' as const, addressee: {}, amountMinor: 1 },
  ...{ invoiceNumbers: ['INV-000123'], note: '', madeAt: `${madeOn}T16:00:00Z`, madeOn },
  recordedBy: 'test',
})

test('the first reminder names invoice, amount, due date and days late, and offers ways to pay, dispute and complain', () => {
  const { draft, verdict } = letterTo({})
  expect(verdict.faults).toEqual([])
  expect(draft.subject).toBe('Your account with Meridian Industrial Supply: a friendly reminder')
  for (const said of [
    'Dear Ann Field,',
    'Invoice INV-000123: 9,410.00 USD open, due November 15, 2026, 8 days late',
    'Copies of the invoices are attached.',
    'https://pay.meridian.example/C-10003/dispute',
    'write to ar@meridian.example.',
  ])
    expect(draft.body).toContain(said)
})

test('each level has its words in each language, and each letter passes the check', () => {
  const levels: Partial<CustomerLedger>[] = [
    { rows: [open('INV-000123', '2026-11-26', 941_000)] },
    {},
    { rows: [open('INV-000123', '2026-11-01', 941_000)], contactsMade: [sent('2026-11-10', 1)] },
    {
      rows: [open('INV-000123', '2026-10-01', 941_000)],
      contactsMade: [sent('2026-11-10', 3), sent('2026-11-01', 2)],
    },
  ]
  for (const language of DraftLanguage.options) {
    const subjects = levels.map((more) => {
      const { draft, verdict } = letterTo(
        { ...more, country: language === 'en' ? 'US' : 'DE' },
        language,
      )
      expect([language, verdict.faults, draft.body]).toEqual([language, [], draft.body])
      expect(draft.body).not.toContain('{{')
      return draft.subject
    })
    expect(new Set(subjects).size).toBe(4)
  }
})

test('disputes, promises, credits and money without an invoice are said in every language', () => {
  for (const language of Object.keys(letters)) {
    const { verdict, draft } = letterTo(
      {
        rows: [
          open('INV-000123', '2026-11-15', 941_000),
          open('INV-000124', '2026-11-14', 500_000),
        ],
        unappliedMinor: 12_345,
        creditsMinor: 2_000,
        disputes: [
          { disputeId: 'dsp_1', invoiceNumber: 'INV-000123', code: '01', amountMinor: 40_000 },
        ],
        promises: [
          {
            promiseId: 'prm_1',
            amountMinor: 100_000,
            promisedOn: '2026-11-25',
            settleBy: '2026-11-27',
            invoiceNumbers: [],
          },
        ],
      },
      language,
    )
    expect([language, verdict.faults]).toEqual([language, []])
    expect(draft.body).toMatch(/123[.,]45/)
  }
})

test('a German letter writes figures and days as Germans do', () => {
  const { draft } = letterTo({ country: 'DE', currency: 'EUR' }, 'de-DE')
  expect(draft.body).toContain(
    '- Rechnung INV-000123: 9.410,00 EUR offen, fällig am 15. November 2026, Tage überfällig: 8',
  )
})

test('whoever has no letter in their language gets an English one', () => {
  expect(letterTo({}, 'pl').draft.body).toContain('Dear Ann Field,')
})

test('a figure that is not in the ledger is found in letters of every language', () => {
  const added: Record<string, string> = {
    en: 'Please pay nine thousand.',
    de: 'Bitte zahlen Sie neuntausend.',
    fr: 'Payez trois mille.',
    es: 'Pague tres mil.',
  }
  for (const language of DraftLanguage.options) {
    const { draft, snapshot } = letterTo({}, language)
    for (const text of ['9.410,01 USD', '12', '2026-12-24', 'x@y.example', added[language]]) {
      const { faults } = checkDraft({ ...draft, body: `${draft.body}\n${text}` }, snapshot, ours)
      expect([language, text, faults.length > 0]).toEqual([language, text, true])
    }
  }
})

test('of many invoices the oldest that fit are named and all are counted', () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    open(`INV-${String(1_000 + index)}`, '2026-11-15', 10_000 + index),
  )
  const { draft, verdict } = letterTo({ rows })
  expect(verdict.faults).toEqual([])
  expect(draft.body).toContain('There are 40 open invoices in all.')
  expect(draft.body).toContain('INV-1000')
  expect(draft.body).not.toContain('INV-1039')
})

test('always: whatever the ledger, the letter that code writes passes the check', () => {
  const row = fc.record({
    number: fc.integer({ min: 1, max: 999_999 }),
    daysLate: fc.integer({ min: 4, max: 19 }),
    minor: fc.integer({ min: 5_000, max: 99_999_999 }),
    parts: fc.integer({ min: 1, max: 2 }),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { minLength: 1, maxLength: 6, selector: ({ number }) => number }),
      fc.constantFrom(...DraftLanguage.options),
      fc.integer({ min: 0, max: 4_000 }),
      (invoices, language, unappliedMinor) => {
        const rows = invoices.flatMap(({ number, daysLate, minor, parts }) =>
          Array.from({ length: parts }, (_, part) =>
            open(
              `INV-${String(number).padStart(6, '0')}`,
              `2026-11-${String(23 - daysLate).padStart(2, '0')}`,
              minor + part,
              part + 1,
            ),
          ),
        )
        const { verdict, draft } = letterTo({ rows, unappliedMinor }, language)
        expect([verdict.faults, draft.body]).toEqual([[], draft.body])
      },
    ),
    { numRuns: 25 },
  )
})
