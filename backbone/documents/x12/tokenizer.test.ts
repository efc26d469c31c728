import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type TokenizedInterchange, tokenizeX12 } from './tokenizer.ts'

const samples = new URL('../../../../shared/documents/x12/', import.meta.url)
const hasSamples = existsSync(samples)
const sampleNames = hasSamples ? readdirSync(samples) : ['../shared/documents/x12 (not here)']

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

function only(text: string): TokenizedInterchange {
  const [interchange] = tokenizeX12(bytesOf(text)).interchanges
  if (interchange === undefined) throw new Error('no interchange')
  return interchange
}

function idsOf(interchange: TokenizedInterchange | undefined): string[] {
  return interchange?.segments.map((segment) => segment.id) ?? []
}

// Another way to count: split the text at each ISA, find the terminator with one regular expression behind the
// sixteenth separator, and split at it.
function independentCounts(bytes: Uint8Array): number[] {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/\/\/[^\n]*\n?/g, '')
  return text
    .split(/(?=ISA[^\w\s])/)
    .filter((part) => part.startsWith('ISA'))
    .map((part) => {
      const separator = part.charAt(3).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      const header = new RegExp(`^(?:[^${separator}]*${separator}){16}.[ \\t]*(\\r\\n|\\n|.)`, 'su')
      const terminator = header.exec(part)?.[1] ?? ''
      return (
        part
          .replace(header, `${terminator}`)
          .split(terminator)
          .filter((segment) => segment.trim() !== '').length + 1
      )
    })
}

test.skipIf(!hasSamples).each(sampleNames)(
  'every segment of %s is cut where an independent count cuts it',
  (name) => {
    const bytes = readFileSync(new URL(name, samples))
    const counts = tokenizeX12(bytes).interchanges.map((tokens) => tokens.segments.length)
    expect(counts).toEqual(independentCounts(bytes))
    expect(counts.length).toBeGreaterThan(0)
  },
)

const isa = (end: string) =>
  `ISA*00*          *00*          *01*047193288      *ZZ*QUITTANCE      *260304*0915*U*00401*000004711*0*P*${end}`

test.each([
  ['a tilde', '~'],
  ['a tilde and a newline', '~\r\n'],
  ['a newline', '\n'],
  ['carriage return and newline', '\r\n'],
  ['a blank and a newline', ' \r\n'],
  ['a brace', '}'],
  ['a backslash', '\\'],
  ['an ellipsis of three bytes', '\u00E2\u0080\u00A6'],
])('segments may end with %s', (_, terminator) => {
  const text = ['GS*PO*A*B', 'ST*850*0001', 'SE*2*0001', 'GE*1*1', 'IEA*1*000004711']
  const interchange = only(isa('>') + terminator + text.join(terminator) + terminator)
  expect(idsOf(interchange)).toEqual(['ISA', 'GS', 'ST', 'SE', 'GE', 'IEA'])
  expect(interchange.segments[2]?.elements).toEqual(['ST', '850', '0001'])
  expect(interchange.ending).toBe('closed')
})

test('a byte order mark and blanks before the ISA are taken off and told', () => {
  const file = tokenizeX12(bytesOf(`\u00EF\u00BB\u00BF  \r\n${isa('>')}~IEA*0*000004711~`))
  expect(file.interchanges).toHaveLength(1)
  expect(file.remarks.map((remark) => remark.code)).toEqual(['BOM'])
})

test('an ISA squeezed to its contents or wrapped by mail is read by counting separators', () => {
  const squeezed = only(
    'ISA*00**00**01*A*ZZ*B*060814*213\n5*U*00401*702351422*0*P*>~GS*PO~IEA*1*702351422~',
  )
  expect(squeezed.segments[0]?.elements[10]).toBe('2135')
  expect(idsOf(squeezed)).toEqual(['ISA', 'GS', 'IEA'])
})

test('a missing ISA16 is noticed when the terminator stands in its place', () => {
  const interchange = only(`${isa('~')}\r\nGS*PO*A*B~\r\nIEA*1*000004711~\r\n`)
  expect(idsOf(interchange)).toEqual(['ISA', 'GS', 'IEA'])
  expect(interchange.segments[1]?.elements).toEqual(['GS', 'PO', 'A', 'B'])
  expect(interchange.remarks.map((remark) => remark.code)).toEqual(['027'])
})

test('a letter where the terminator should be is refused and not guessed at', () => {
  const interchange = only(`${isa('>')}GS*PO*A*BGIEA*1*000004711G`)
  expect(interchange.remarks).toMatchObject([{ code: '004', isFatal: true }])
  expect(interchange.ending).toBe('truncated')
})

test('an ISA inside of an ISA cuts the first one off and both are told apart', () => {
  const first = `${isa('>')}~GS*PO*A*B~ST*850*0001~`
  const { interchanges } = tokenizeX12(bytesOf(`${first}${isa('>')}~GS*PO*C*D~IEA*1*000004711~`))
  expect(interchanges.map((tokens) => tokens.ending)).toEqual(['interrupted', 'closed'])
  expect(interchanges.map((tokens) => tokens.segments.length)).toEqual([3, 3])
})

test('two interchanges with other separators each are read with their own, and junk after them is told', () => {
  const second = `${isa('@').replaceAll('*', '|')}!GS|PO|A*B!IEA|1|000004711!`
  const file = tokenizeX12(bytesOf(`${isa('>')}~IEA*0*000004711~\r\n${second}\r\nEND OF FILE`))
  expect(file.interchanges.map((tokens) => tokens.separators.element)).toEqual(['*', '|'])
  expect(file.interchanges[1]?.segments[1]?.elements).toEqual(['GS', 'PO', 'A*B'])
  expect(file.remarks.map((remark) => remark.code)).toEqual(['022'])
})

test('comments between segments are left out and told, never read as data', () => {
  const interchange = only(
    `${isa('>')}~// first\n// second ~ still\nGS*PO*A*B~// third\nIEA*1*000004711~`,
  )
  expect(idsOf(interchange)).toEqual(['ISA', 'GS', 'IEA'])
  expect(interchange.remarks.map((remark) => remark.code)).toEqual([
    'COMMENT',
    'COMMENT',
    'COMMENT',
  ])
})

test('text in UTF-8 and text in Latin-1 both keep their letters', () => {
  const utf8 = Buffer.concat([
    bytesOf(`${isa('>')}~N1*ST*M`),
    Buffer.from('ü', 'utf8'),
    bytesOf('ller~N1*BT*M\u00FCller~IEA*0*000004711~'),
  ])
  const [interchange] = tokenizeX12(utf8).interchanges
  expect(interchange?.segments[1]?.elements[2]).toBe('Müller')
  expect(interchange?.segments[2]?.elements[2]).toBe('Müller')
})

test('a segment, a file or a number of segments beyond the limit ends the reading with 024', () => {
  const text = `${isa('>')}~N1*ST*${'x'.repeat(500)}~IEA*0*000004711~`
  const limits = { bytes: 10_000, segmentLength: 100, segments: 100 }
  const [long] = tokenizeX12(bytesOf(text), limits).interchanges
  expect(long).toMatchObject({ ending: 'too-large', remarks: [{ code: '024', isFatal: true }] })
  expect(tokenizeX12(bytesOf(text), { ...limits, bytes: 100 })).toMatchObject({
    interchanges: [],
    remarks: [{ code: '024', isFatal: true }],
  })
  const many = `${isa('>')}~${'N2*A~'.repeat(200)}`
  const [busy] = tokenizeX12(bytesOf(many), limits).interchanges
  expect(busy?.ending).toBe('too-large')
})

test('whatever separators a partner picks, the elements come back as they were', () => {
  const separator = fc.constantFrom('*', '|', '^', '~', '!', '\u001D', '\u001C', '+', ':', '\t')
  const word = fc.stringMatching(/^[A-Z0-9]{1,12}$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(separator, { minLength: 3, maxLength: 3 }),
      fc.array(fc.array(word, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 20 }),
      ([element = '*', component = '>', terminator = '~'], rows) => {
        const header = isa(component).replaceAll('*', element)
        // The component separator may be what replaceAll just changed: write it last.
        const start = `${header.slice(0, -1)}${component}${terminator}`
        const body = rows.map((row) => ['REF', ...row].join(element) + terminator).join('')
        const interchange = only(`${start}${body}IEA${element}0${element}000004711${terminator}`)
        const read = interchange.segments.slice(1, -1).map((segment) => segment.elements.slice(1))
        expect(read).toEqual(rows)
      },
    ),
  )
})

test('a file of nothing but broken headers is given up on instead of listed to the end', () => {
  const file = tokenizeX12(bytesOf('ISA*ISA*'.repeat(50_000)))
  expect(file.interchanges).toEqual([])
  expect(file.remarks.length).toBeLessThan(500)
  expect(file.remarks.at(-1)).toMatchObject({ code: '022', isFatal: true })
})
