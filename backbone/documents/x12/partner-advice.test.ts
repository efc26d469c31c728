import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readX12 } from './read-x12.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/x12/${name}`, import.meta.url))

const samples = new URL('../../../../shared/documents/x12/', import.meta.url)
const hasSamples = existsSync(samples)

function sample(part: string): Uint8Array {
  const name = readdirSync(samples).find((candidate) => candidate.includes(part)) ?? part
  return readFileSync(new URL(name, samples))
}

test('an 824 that refuses our invoice names it, our group, and what is wrong where', () => {
  const reading = readX12(fixture('doc-824-northwind-invoice-refused.x12'))
  expect(reading.outcome).toBe('read')
  expect(reading.acknowledgements).toMatchObject([{ kind: '997', verdict: 'accepted' }])
  expect(reading.advice).toMatchObject([
    {
      kind: '824',
      about: '810 INV-100881',
      groupNumber: '881',
      documentNumber: 'INV-100881',
      verdict: 'rejected',
      findings: [
        {
          codeList: 'TED01',
          code: '007',
          segment: 'IT1',
          segmentPosition: 9,
          element: 4,
          value: 'UNIT PRICE NOT ON THE PURCHASE ORDER',
        },
        { codeList: 'OTI01', code: 'TR' },
      ],
    },
  ])
})

test.skipIf(!hasSamples)('a long 824 of public samples is told item by item', () => {
  const reading = readX12(
    sample('824__stupidedi__X186A1-AG824-Application-Reporting-For-Insurance_pass_partial'),
  )
  const verdicts = reading.advice.map(({ verdict }) => verdict)
  expect(verdicts).toEqual([
    'accepted',
    'partly-accepted',
    'accepted',
    'accepted-with-errors',
    'rejected',
    'accepted',
    'accepted-with-errors',
  ])
  const refused = reading.advice.find(({ verdict }) => verdict === 'rejected')
  expect(refused?.findings.map(({ codeList, code }) => `${codeList} ${code}`)).toEqual([
    'TED01 024',
    'TED01 024',
    'OTI01 IR',
  ])
  expect(reading.advice[0]?.findings).toEqual([])
})

test.skipIf(!hasSamples)('a supplier’s 855 that refuses our order says so', () => {
  const reading = readX12(sample('basic-po-ack-rejected'))
  expect(reading.advice).toMatchObject([
    { kind: '855', documentNumber: 'XX-1234', verdict: 'rejected', findings: [{ code: 'RJ' }] },
  ])
})

test('a supplier’s 855 is told line by line', () => {
  const text = [
    'ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*QUITTANCE      *260306*0800*U*00401*000004714*0*P*>',
    'GS*PR*NORTHWIND*QUITTANCE*20260306*0800*4714*X*004010',
    'ST*855*0001',
    'BAK*00*AC*PO-9*20260305',
    'PO1*1*5*EA*2.00**VN*A-1',
    'ACK*IA*5*EA',
    'PO1*2*7*EA*2.00**VN*A-2',
    'ACK*R2*7*EA',
    'CTT*2',
    'SE*8*0001',
    'GE*1*4714',
    'IEA*1*000004714',
    '',
  ].join('~')
  const [advice] = readX12(Buffer.from(text, 'latin1')).advice
  expect(advice).toMatchObject({ verdict: 'partly-accepted', about: 'purchase order PO-9' })
  expect(advice?.findings).toMatchObject([{ codeList: 'ACK01', code: 'R2' }])
  expect(advice?.findings[0]?.message).toBe(
    'The supplier refuses line 2 of our purchase order PO-9 (code R2).',
  )
})
