import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FunctionalAcknowledgement } from './997.ts'
import { acknowledgementFindings } from './acknowledgement-findings.ts'
import { readX12 } from './read-x12.ts'

const acknowledged = (facts: Partial<FunctionalAcknowledgement>): FunctionalAcknowledgement => ({
  kind: '997',
  acknowledges: '881',
  functionalId: 'PO',
  code: 'R',
  verdict: 'rejected',
  notes: [],
  sets: [],
  interchangeControlNumber: '1',
  ...facts,
})

const names = (acknowledgement: FunctionalAcknowledgement) =>
  acknowledgementFindings(acknowledgement).map(({ codeList, code }) => `${codeList} ${code}`)

test('what a partner refuses is told place by place, the most precise first', () => {
  const bytes = readFileSync(new URL('../../../fixtures/x12/doc-997-cascade.edi', import.meta.url))
  const [acknowledgement] = readX12(bytes).functionalAcknowledgements
  if (acknowledgement === undefined) throw new Error('no 997')
  const findings = acknowledgementFindings(acknowledgement)
  expect(findings[0]).toMatchObject({
    codeList: 'AK403',
    code: '6',
    segment: 'IT1',
    segmentPosition: 9,
    element: 2,
    value: '1,000',
  })
  expect(findings.map(({ codeList }) => codeList)).toEqual(['AK403', 'AK304', 'AK501', 'AK901'])
})

test('AK3*REF*3**8 with AK4*1**7*BM names element 1 of the REF and its value', () => {
  const errors = [
    {
      segment: 'REF',
      position: 3,
      code: '8',
      elements: [{ element: '1', code: '7', value: 'BM' }],
    },
  ]
  const set = {
    type: '856',
    controlNumber: '0001',
    code: 'R',
    verdict: 'rejected',
    notes: ['5'],
  } as const
  const findings = acknowledgementFindings(acknowledged({ sets: [{ ...set, errors }] }))
  expect(findings[0]?.message).toBe(
    'The partner refuses element 1 of REF at position 3 of our 856 0001 (code 7): "BM".',
  )
  expect(names(acknowledged({ kind: '999', sets: [{ ...set, errors }] }))).toEqual([
    'IK403 7',
    'IK304 8',
    'IK501 R',
    'AK901 R',
  ])
})

test('a TA1 tells its note; what is taken, with errors or without, tells nothing', () => {
  expect(names(acknowledged({ kind: 'TA1', notes: ['023'] }))).toEqual(['TA105 023', 'TA104 R'])
  expect(names(acknowledged({ verdict: 'accepted', code: 'A' }))).toEqual([])
  expect(names(acknowledged({ verdict: 'accepted-with-errors', code: 'E' }))).toEqual([])
})
