import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InboundDocument } from '../../canonical/canonical-document.ts'
import { Finding } from '../../canonical/finding.ts'
import { TechnicalAcknowledgement } from '../../canonical/instruction.ts'
import { GroupAnswer, InterchangeAnswer } from './acknowledge.ts'
import type { X12Profile } from './profile.ts'
import { peekX12, readX12, type X12Reading } from './read-x12.ts'

const samples = new URL('../../../../shared/documents/x12/', import.meta.url)
const hasSamples = existsSync(samples)
const missing = '../shared/documents/x12 (not here)'
const sampleNames = hasSamples ? readdirSync(samples) : [missing]
const ours = sampleNames.filter((name) => /^(810_)?(850|860|997|999)/.test(name))

function sample(part: string): Uint8Array {
  const name = sampleNames.find((candidate) => candidate.includes(part)) ?? missing
  return readFileSync(new URL(name, samples))
}

const fixture = readFileSync(
  new URL('../../../fixtures/x12/doc-850-cascade.edi', import.meta.url),
  'utf8',
)

function read(text: string, profile?: X12Profile): X12Reading {
  return readX12(Buffer.from(text, 'latin1'), profile)
}

function changed(from: string | RegExp, to: string, profile?: X12Profile): X12Reading {
  const text = fixture.replace(from, to)
  if (text === fixture) throw new Error(`nothing to change: ${from}`)
  return read(text, profile)
}

function groupAnswers(reading: X12Reading): GroupAnswer[] {
  return reading.acknowledgements
    .filter((answer) => answer.kind !== 'TA1')
    .map((answer) => GroupAnswer.parse(answer.body))
}

function interchangeAnswer(reading: X12Reading): string | undefined {
  const found = reading.acknowledgements.find((answer) => answer.kind === 'TA1')
  if (found === undefined) return undefined
  const { code, note } = InterchangeAnswer.parse(found.body)
  return `${code} ${note}`
}

// "R 5: PO1@25=8(2:6)" is a set rejected with AK502 5 for element 2, code 6, of the PO1 at position 25.
function told(reading: X12Reading): string[] {
  return groupAnswers(reading).flatMap((group) => [
    [
      `AK9 ${group.code} ${group.included}/${group.received}/${group.accepted}`,
      ...group.notes,
    ].join(' '),
    ...group.sets.map((set) => {
      const segments = set.segments.map(({ segment, position, code, elements }) => {
        const list = elements.map((fault) => `${fault.element}:${fault.code}`).join(' ')
        return `${segment}@${position}=${code}${list === '' ? '' : `(${list})`}`
      })
      return [`AK5 ${set.code} ${set.notes.join(',')}`.trim(), ...segments].join(' ')
    }),
  ])
}

test.skipIf(!hasSamples).each(ours)(
  '%s becomes documents or findings that name segment, element and position',
  (name) => {
    const reading = readX12(sample(name))
    for (const document of reading.documents)
      expect(InboundDocument.safeParse(document).success).toBe(true)
    for (const finding of reading.findings) expect(Finding.parse(finding)).toEqual(finding)
    for (const answer of reading.acknowledgements) TechnicalAcknowledgement.parse(answer)
    const located = reading.findings.filter(({ codeList }) => /^AK[34]/.test(codeList))
    for (const finding of located) {
      expect(finding.segment).not.toBe('')
      expect(finding.segmentPosition).toBeGreaterThan(0)
      if (finding.codeList === 'AK403') expect(finding.element).toBeGreaterThan(0)
    }
    const read = reading.documents.length + reading.functionalAcknowledgements.length
    expect(
      read + reading.findings.filter(({ severity }) => severity === 'error').length,
    ).toBeGreaterThan(0)
  },
)

test.skipIf(!hasSamples).each([
  ['PO850_fail_1', ['AK9 R 1/1/0', 'AK5 R 4']],
  ['850-comments', ['AK9 R 1/1/0', 'AK5 R 5 PO1@7=3']],
  ['850-lineBreak', ['AK9 R 1/1/0', 'AK5 R 5 PO1@5=3']],
  ['docs_850.x12', ['AK9 R 1/1/0', 'AK5 R 5 PO1@5=3']],
  ['dual.edi', ['AK9 R 2/2/0', 'AK5 R 1', 'AK5 R 1', 'AK9 E 1/1/1', 'AK5 E 5 N1@9=8(4:2)']],
  ['850_Example3_Adobe_CLP', ['AK9 A 1/1/1', 'AK5 A']],
  ['850_Example4_Adobe', ['AK9 A 1/1/1', 'AK5 A']],
  ['X357-SC850-Aerospace-Industry-Purchase-Order_pass_basic', ['AK9 A 1/1/1', 'AK5 A']],
  ['X357-SC850-Aerospace-Industry-Purchase-Order_pass_tax', ['AK9 A 1/1/1', 'AK5 A']],
  ['node-x12__test_test-data_850.edi', ['AK9 A 1/1/1', 'AK5 A']],
  ['850_fat', ['AK9 A 1/1/1', 'AK5 A']],
  ['multiple_transactions', ['AK9 A 2/2/2', 'AK5 A', 'AK5 A']],
  ['214__staedi', ['AK9 R 1/1/0', 'AK5 R 1']],
  ['HomeDepot', ['AK9 R 1/1/0 6 4']],
  ['945__X12Parser', ['AK9 R 1/1/0 2 4']],
  ['price-sheet', ['AK9 R 1/1/0 2']],
])('the 997 for %s tells the truth', (name, expected) => {
  expect(told(readX12(sample(name)))).toEqual(expected)
})

test.skipIf(!hasSamples).each([
  ['997__staedi__resources_x12_empty997', ['AK304 3 AK1@2', 'AK304 3 AK9@2']],
  ['997__staedi__resources_x12_invalid997.edi', ['AK403 5 AK1@2-1', 'AK403 6 AK4@5-2']],
  [
    '997__staedi__resources_x12_invalid997_min',
    ['TA105 024', 'TA105 024', 'AK905 4', 'AK403 5 AK1@2-1'],
  ],
  [
    '999__staedi__resources_x12_invalid999',
    [
      'AK502 4',
      'AK304 2 IK5@2',
      'AK403 5 AK1@3-1',
      'AK403 3 AK2@4-4',
      'AK403 3 AK2@4-5',
      'AK403 7 IK5@5-1',
      'AK304 5 IK5@6',
    ],
  ],
])(
  'what is wrong with %s is found, and an acknowledgement is never acknowledged',
  (name, expected) => {
    const reading = readX12(sample(name))
    const codes = reading.findings.map((finding) => {
      const { codeList, code, segment, segmentPosition, element } = finding
      const place = segmentPosition === undefined ? '' : ` ${segment}@${segmentPosition}`
      return `${codeList} ${code}${place}${place === '' || element === undefined ? '' : `-${element}`}`
    })
    expect(codes).toEqual(expected)
    expect(groupAnswers(reading)).toEqual([])
  },
)

test('a clean order is accepted without a finding', () => {
  const reading = read(fixture)
  expect(reading).toMatchObject({ outcome: 'read', findings: [], documentInterchange: [0] })
  expect(told(reading)).toEqual(['AK9 A 1/1/1', 'AK5 A'])
  expect(interchangeAnswer(reading)).toBeUndefined()
})

test.each([
  ['a quantity with a thousands comma', '*5000*EA', '*5,000*EA', 'AK5 R 5 PO1@27=8(2:6)'],
  ['a quantity in exponent form', '*5000*EA', '*5e3*EA', 'AK5 R 5 PO1@27=8(2:6)'],
  ['a price that is no number', '12.4500', 'TBD', 'AK5 R 5 PO1@23=8(4:6)'],
  ['a missing quantity', '001*120*EA', '001**EA', 'AK5 R 5 PO1@23=8(2:2)'],
  [
    'a line without any item number',
    '*VN*FAS-1042*BP*CB-7781*UP*081234567893',
    '',
    'AK5 R 5 PO1@23=8(7:2)',
  ],
  ['a 30th of February', 'DTM*002*20260318', 'DTM*002*20260230', 'AK5 E 5 DTM@10=8(2:8)'],
  ['a date of six digits in 004010', 'DTM*002*20260318', 'DTM*002*260318', 'AK5 E 5 DTM@10=8(2:4)'],
  ['a purpose code of no list', 'BEG*00', 'BEG*99', 'AK5 R 5 BEG@2=8(1:7)'],
  ['a purchase order number that is missing', '*SA*CB-260304-17', '*SA*', 'AK5 R 5 BEG@2=8(3:1)'],
  [
    'a purchase order number too long for X12',
    'CB-260304-17',
    'CB-260304-17-AND-MORE-TO-IT',
    'AK5 E 5 BEG@2=8(3:5)',
  ],
  [
    'a control character inside of a name',
    'Drywall screw',
    'Dry\u0000wall screw',
    'AK5 E 5 PID@28=8(5:6)',
  ],
  ['a party whose number has no qualifier', '*92*100045~', '**100045~', 'AK5 E 5 N1@15=8(3:2)'],
  ['too many elements', 'CUR*BY*USD', 'CTT*1*2*3*LB*5*LB*x*y', 'AK5 E 5 CTT@3=7 CTT@3=8(8:3)'],
  ['a segment nobody knows', 'CUR*BY*USD', 'XYQ*1', 'AK5 E 5 XYQ@3=1'],
  ['a segment of another set', 'CUR*BY*USD', 'BIG*20260101*1', 'AK5 E 5 BIG@3=6'],
  [
    'a header segment out of order',
    'DTM*002*20260318~',
    'DTM*002*20260318~CUR*BY*USD~',
    'AK5 R 4,5 CUR@11=7',
  ],
  ['a segment used too often', 'CUR*BY*USD~', 'CUR*BY*USD~CUR*BY*USD~', 'AK5 R 4,5 CUR@4=5'],
  ['a missing BEG', /BEG\*[^~]*~\n/, '', 'AK5 R 4,5 BEG@2=3'],
  ['a wrong count of segments', 'SE*38', 'SE*39', 'AK5 R 4'],
  ['a control number that differs in SE', 'SE*38*000047110', 'SE*38*000047111', 'AK5 R 3'],
  ['a control number padded another way', 'SE*38*000047110', 'SE*38*47110', 'AK5 E 3'],
  ['a missing SE', /SE\*38[^~]*~\n/, '', 'AK5 R 2,5 SE@38=3'],
  ['a set we do not take', 'ST*850', 'ST*875', 'AK5 R 1'],
])('the 997 names %s', (_, from, to, expected) => {
  const reading = changed(from, to)
  expect(told(reading)[1]).toBe(expected)
  const isRejected = expected.startsWith('AK5 R')
  expect(reading.documents).toHaveLength(isRejected ? 0 : 1)
  expect(reading.findings.some(({ severity }) => severity === 'error')).toBe(isRejected)
})

test.each([
  ['a wrong count in GE', 'GE*1*4711', 'GE*2*4711', 'AK9 E 2/1/1 5'],
  ['another number in GE', 'GE*1*4711', 'GE*1*4712', 'AK9 E 1/1/1 4'],
  ['a missing GE', 'GE*1*4711~\n', '', 'AK9 R 1/1/0 3'],
  ['a version we do not read', '*X*004010', '*X*006010', 'AK9 R 1/1/0 2'],
])('the group answer names %s', (_, from, to, expected) => {
  expect(told(changed(from, to))[0]).toBe(expected)
})

test.each([
  ['another number in IEA', 'IEA*1*000004711', 'IEA*1*000004799', 'E 001', 1],
  ['a wrong count in IEA', 'IEA*1*', 'IEA*2*', 'E 021', 1],
  ['a missing IEA', /IEA.*\n/, '', 'R 023', 0],
  ['a file cut off in the middle', /PO1\*003[\s\S]*/, 'PO1*003*14*C', 'R 023', 0],
  ['a test indicator of no list', '*0*P*>', '*0*X*>', 'R 020', 0],
  ['a bad group header', '*20260304*0915*4711*X', '*2026*0915*4711*X', 'E 024', 1],
  ['a bad interchange time', '*260304*0915*U', '*260304*2599*U', 'E 015', 1],
  ['a set outside of any group', /GS\*.*\n/, '', 'R 022', 0],
])('the TA1 names %s', (_, from, to, expected, documents) => {
  const reading = changed(from, to)
  expect(interchangeAnswer(reading)).toBe(expected)
  expect(reading.documents).toHaveLength(documents)
  expect(groupAnswers(reading)).toHaveLength(expected.startsWith('R') ? 0 : 1)
})

test('a sender who wants a TA1 gets one even when all is well', () => {
  expect(interchangeAnswer(changed('*0*P*>', '*1*P*>'))).toBe('A 000')
})

test('unknown addresses are refused with the code of the wrong part', () => {
  const profile = {
    partnerIds: [{ qualifier: '01', id: '047193288' }],
    ourIds: [{ qualifier: 'ZZ', id: 'QUITTANCE' }],
  }
  expect(read(fixture, profile).outcome).toBe('read')
  const codes = [
    changed('*01*047193288', '*14*047193288', profile),
    changed('*01*047193288', '*01*999999999', profile),
    changed('*ZZ*QUITTANCE', '*12*QUITTANCE', profile),
    changed('*ZZ*QUITTANCE', '*ZZ*SOMEONEOF', profile),
  ].map(interchangeAnswer)
  expect(codes).toEqual(['R 005', 'R 006', 'R 007', 'R 009'])
})

test('a strict partner gets what a lenient one is spared', () => {
  const squeezed = (text: string) => text.replace('QUITTANCE      *260304', 'QUITTANCE*260304')
  const policy = {
    isaLength: 'reject',
    controlMismatch: 'reject',
    elementErrors: 'reject',
  } as const
  expect(read(squeezed(fixture)).documents).toHaveLength(1)
  expect(read(squeezed(fixture)).findings).toMatchObject([{ severity: 'warning', code: '008' }])
  expect(interchangeAnswer(read(squeezed(fixture), { policy }))).toBe('R 008')
  expect(interchangeAnswer(changed('IEA*1*000004711', 'IEA*1*000004712', { policy }))).toBe('R 001')
  expect(told(changed('GE*1*4711', 'GE*2*4711', { policy }))[0]).toBe('AK9 R 2/1/0 5')
  expect(told(changed('DTM*002*20260318', 'DTM*002*20260230', { policy }))[1]).toMatch('AK5 R')
})

test('one bad set of a group is refused alone', () => {
  const set = /ST\*850[\s\S]*?SE\*38\*000047110~\n/.exec(fixture)?.[0] ?? ''
  const bad = set.replaceAll('000047110', '000047111').replace('*120*EA', '*many*EA')
  const reading = read(fixture.replace(set, set + bad).replace('GE*1', 'GE*2'))
  expect(told(reading)).toEqual(['AK9 P 2/2/1', 'AK5 A', 'AK5 R 5 PO1@23=8(2:6)'])
  expect(reading).toMatchObject({ outcome: 'partly', documents: [{ docType: 'order' }] })
  const twice = read(fixture.replace(set, set + set).replace('GE*1', 'GE*2'))
  expect(told(twice)).toEqual(['AK9 P 2/2/1', 'AK5 A', 'AK5 R 23'])
})

test('a group number used twice in an interchange is told with 6', () => {
  const group = /GS\*[\s\S]*?GE\*1\*4711~\n/.exec(fixture)?.[0] ?? ''
  const reading = read(fixture.replace(group, group + group).replace('IEA*1', 'IEA*2'))
  expect(told(reading)).toEqual(['AK9 A 1/1/1', 'AK5 A', 'AK9 R 1/1/0 6'])
  expect(reading.documents).toHaveLength(1)
})

test('the same interchange twice in a file brings one order, another one under its number is refused', () => {
  const same = read(fixture + fixture)
  expect(same.documents).toHaveLength(1)
  expect(same.findings).toMatchObject([{ severity: 'warning', codeList: 'TA105', code: '025' }])
  const other = read(fixture + fixture.replace('*120*EA', '*121*EA'))
  expect(other.documents).toHaveLength(1)
  expect(interchangeAnswer(other)).toBe('R 025')
})

test('an order from a test interchange is marked as a test and acknowledged as usual', () => {
  const reading = changed('*0*P*>', '*0*T*>')
  expect(reading.documents).toMatchObject([{ isTest: true }])
  expect(told(reading)[0]).toBe('AK9 A 1/1/1')
})

test('a 999 answers a group of a 005010 implementation guide', () => {
  const text = fixture.replace('*X*004010', '*X*005010X220').replace('*U*00401*', '*^*00501*')
  expect(read(text).acknowledgements.map((answer) => answer.kind)).toEqual(['999'])
})

test('copies of bad data with separators or unprintable characters are left out of the 997', () => {
  const copies = (to: string) =>
    groupAnswers(changed('*5000*EA', to))[0]?.sets[0]?.segments[0]?.elements[0]?.copy
  expect(copies('*5,000*EA')).toBe('5,000')
  expect(copies('*5>000*EA')).toBeUndefined()
  expect(copies('*5\u0007000*EA')).toBeUndefined()
})

test('a 997 from a partner says which of our invoices it refuses and why', () => {
  const bytes = readFileSync(new URL('../../../fixtures/x12/doc-997-cascade.edi', import.meta.url))
  const reading = readX12(bytes)
  expect(reading.acknowledgements).toEqual([])
  expect(reading.functionalAcknowledgements).toMatchObject([
    {
      kind: '997',
      acknowledges: '881',
      functionalId: 'IN',
      verdict: 'partly-accepted',
      sets: [
        {
          type: '810',
          controlNumber: '0001',
          verdict: 'rejected',
          notes: ['5'],
          errors: [
            {
              segment: 'IT1',
              position: 9,
              elements: [{ element: '2', code: '6', value: '1,000' }],
            },
          ],
        },
        { controlNumber: '0002', verdict: 'accepted' },
      ],
    },
  ])
})

test('a TA1 from a partner is read and never answered', () => {
  const header = fixture.slice(0, fixture.indexOf('GS*'))
  const reading = read(
    `${header.replace('*0*P*', '*1*P*')}TA1*000000881*260304*0900*R*023~\nIEA*0*000004711~`,
  )
  expect(reading.acknowledgements).toEqual([])
  expect(reading.functionalAcknowledgements).toMatchObject([
    { kind: 'TA1', acknowledges: '000000881', verdict: 'rejected', notes: ['023'] },
  ])
})

test('a file without an ISA is unreadable and says so', () => {
  expect(read('hello')).toMatchObject({ outcome: 'unreadable', documents: [] })
  expect(read('').findings).toMatchObject([{ severity: 'error', segment: 'ISA' }])
})

test('intake sees interchange and order numbers without reading the file', () => {
  expect(peekX12(Buffer.from(fixture))).toEqual({
    interchangeKeys: ['01:047193288|ZZ:QUITTANCE|000004711'],
    purchaseOrderNumbers: ['CB-260304-17'],
  })
  expect(peekX12(Buffer.from('no EDI'))).toEqual({ interchangeKeys: [], purchaseOrderNumbers: [] })
})

const good = Buffer.from(fixture, 'latin1')

test('no cut through a file ever crashes, and an order is never made of a part', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: good.length - 20 }), (length) => {
      const reading = readX12(good.subarray(0, length))
      expect(reading.documents).toEqual([])
      expect(reading.outcome).toBe('unreadable')
    }),
  )
})

test('no flipped bytes ever crash, and the counts of the 997 always add up', () => {
  const flips = fc.array(
    fc.tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 })),
    { minLength: 1, maxLength: 12 },
  )
  fc.assert(
    fc.property(flips, (changes) => {
      const bytes = Uint8Array.from(good)
      for (const [at, value] of changes) bytes[at] = value
      const reading = readX12(bytes)
      for (const document of reading.documents) InboundDocument.parse(document)
      for (const finding of reading.findings) Finding.parse(finding)
      for (const group of groupAnswers(reading)) {
        const accepted = group.sets.filter((set) => set.code !== 'R').length
        expect(group.accepted).toBe(accepted)
        expect(group.received).toBeGreaterThanOrEqual(group.accepted)
        if (group.code === 'A') expect(group.accepted).toBe(group.received)
      }
    }),
    { numRuns: 400 },
  )
})
