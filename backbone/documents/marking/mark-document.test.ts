import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DocumentToMark } from '../../canonical/document-marking.ts'
import type { Finding } from '../../canonical/finding.ts'
import { type MarkedDocument, mostLines } from '../../canonical/views/document-view.ts'
import { readJson } from '../json/read-json.ts'
import { readShopify } from '../shopify/read-shopify.ts'
import { readX12 } from '../x12/read-x12.ts'
import { markDocument } from './mark-document.ts'

const shared = new URL('../../../../shared/documents/', import.meta.url)
const hasSamples = existsSync(shared)

const bytesOf = (text: string) => Buffer.from(text, 'latin1')
const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url))

function marked(content: Uint8Array, given: Partial<DocumentToMark> = {}): MarkedDocument {
  const nothing = { findings: [], orders: [], opens: undefined, from: undefined }
  return markDocument({ content, ...nothing, ...given })
}

const found = (findings: readonly Finding[]) =>
  findings.map((finding) => ({ origin: 'reading', finding }) as const)

/** What carries each finding: its line, and the text that is marked in it. */
function carried({ lines, findings }: MarkedDocument) {
  return findings.map(({ mark, code, place }) => {
    const there = lines.filter(
      ({ marks, parts }) => marks.includes(mark) || parts.some((part) => part.marks.includes(mark)),
    )
    const texts = there.flatMap(({ parts }) =>
      parts.filter(({ marks }) => marks.includes(mark)).map(({ text }) => text),
    )
    return { code, place, line: there.map(({ number }) => number), texts }
  })
}

const wholeText = ({ lines }: MarkedDocument) =>
  lines.map(({ parts }) => parts.map(({ text }) => text).join('')).join('')

const orderOf = (
  purchaseOrderNumber: string,
  findings: DocumentToMark['orders'][number]['findings'],
): DocumentToMark['orders'][number] => ({
  ...{ key: { purchaseOrderNumber }, orderId: 'ord_1', currency: 'USD', findings },
})

// ——— X12 ———

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-'
const word = fc
  .array(fc.constantFrom(...letters), { maxLength: 12 })
  .map((characters) => characters.join('').trim())
const segmentOf = fc.tuple(
  fc.constantFrom('PO1', 'N1', 'REF', 'DTM', 'MSG', 'PID'),
  fc.array(word, { minLength: 1, maxLength: 8 }),
)
const separators = fc.constantFrom(
  ['*', '>', '~', ''],
  ['*', ':', '~', '\n'],
  ['|', '>', '\n', ''],
  ['+', '^', "'", '\r\n'],
)
const setsOf = fc.array(fc.array(segmentOf, { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 4,
})

type Written = readonly (readonly (readonly [string, readonly string[]])[])[]

function isaOf(element: string, component: string): string {
  const fixed = ['00', '          ', '00', '          ', 'ZZ', 'ACME           ', 'ZZ']
  const rest = ['US             ', '261122', '1200', 'U', '00401', '000000001', '0', 'P']
  return ['ISA', ...fixed, ...rest, component].join(element)
}

/** An interchange of 850s, and where each of their segments begins. */
function write(sets: Written, [element, component, end, gap]: readonly string[]) {
  const starts: number[][] = []
  let text = ''
  const put = (parts: readonly string[]) => {
    const at = text.length
    text += parts.join(element) + end + gap
    return at
  }
  text = isaOf(element ?? '*', component ?? '>') + end + gap
  put(['GS', 'PO', 'A', 'B', '20261122', '1200', '1', 'X', '004010'])
  for (const [index, segments] of sets.entries()) {
    const control = String(index + 1).padStart(4, '0')
    const at = [put(['ST', '850', control]), put(['BEG', '00', 'SA', `P${index}`, '', '20261122'])]
    for (const [id, elements] of segments) at.push(put([id, ...elements]))
    at.push(put(['SE', String(segments.length + 3), control]))
    starts.push(at)
  }
  put(['GE', String(sets.length), '1'])
  put(['IEA', '1', '000000001'])
  return { text, starts }
}

test('of every 850 with a finding on an element of a segment, exactly that element is marked', () => {
  const place = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 12 }))
  fc.assert(
    fc.property(setsOf, separators, place, (sets, signs, [whichSet, whichSegment, element]) => {
      const { text, starts } = write(sets, signs)
      const setAt = whichSet % sets.length
      const set = sets[setAt] ?? []
      const segmentAt = whichSegment % set.length
      const [id, elements] = set[segmentAt] ?? expect.unreachable()
      const position = segmentAt + 3
      const offset = starts[setAt]?.[position - 1] ?? -1
      const at = { segment: id, segmentPosition: position, element }
      const finding: Finding = {
        ...{ severity: 'error', codeList: 'AK403', code: '6', message: 'Bad.', offset, ...at },
      }
      const view = marked(bytesOf(text), { findings: found([finding]) })
      const before = starts.slice(0, setAt).reduce((sum, all) => sum + all.length, 0)
      // A trailing blank of a segment is no part of it.
      const sent = [id, ...elements]
        .join(signs[0] ?? '*')
        .trimEnd()
        .split(signs[0] ?? '*')
      expect(carried(view)).toEqual([
        {
          code: 'AK403 6',
          place: `${id}-${String(element).padStart(2, '0')}`,
          line: [2 + before + position],
          texts: [sent[element] ?? ''],
        },
      ])
      expect(view.lines[2 + before + position - 1]?.position).toBe(position)
      expect(view.format).toBe('x12')
    }),
  )
})

test('a finding that knows only the position is marked where one set alone has such a segment there', () => {
  const at = { segment: 'PO1', segmentPosition: 3, element: 4 }
  const finding: Finding = {
    severity: 'error',
    codeList: 'AK403',
    code: '7',
    message: 'Bad.',
    ...at,
  }
  const line = ['PO1', ['1', '2', 'EA', '9.5']] as const
  const other = ['REF', ['CT', 'A-1']] as const
  const signs = ['*', '>', '~', '']
  const one = marked(bytesOf(write([[other], [line]], signs).text), { findings: found([finding]) })
  expect(carried(one)).toMatchObject([{ place: 'PO1-04', texts: ['9.5'], line: [9] }])
  const two = marked(bytesOf(write([[line], [line]], signs).text), { findings: found([finding]) })
  expect(two.findings).toMatchObject([{ line: null, place: null }])
})

test('the bad quantity of the second order of three is marked, and what came of it is found from each', () => {
  const content = fixture('x12/northwind-850-batch-one-bad-quantity.x12')
  const view = marked(content, {
    findings: found(readX12(content).findings),
    opens: { purchaseOrderNumber: 'NW-4475' },
  })
  expect(carried(view)).toMatchObject([
    { code: 'AK403 6', place: 'PO1-02', texts: ['TWELVE'], line: [32] },
  ])
  expect(view.lines[31]?.parts.map(({ text }) => text).join('')).toBe(
    'PO1*1*TWELVE*EA*0.1184*PE*VN*FAS-1010~',
  )
  expect(view.lines[31]?.parts[4]).toMatchObject({ place: 'PO1-02', name: 'quantity ordered' })
  expect(view.lines[view.opensAt - 1]?.parts.map(({ text }) => text).join('')).toBe('ST*850*0003~')
})

test('a wrong segment count is marked at the count, and a missing end at what stands last', () => {
  const count = fixture('x12/northwind-850-4472-wrong-segment-count.x12')
  expect(carried(marked(count, { findings: found(readX12(count).findings) }))).toMatchObject([
    { code: 'AK502 4', place: 'SE-01' },
  ])
  const cut = fixture('x12/harbor-850-20420-truncated.x12')
  const view = marked(cut, { findings: found(readX12(cut).findings) })
  expect(view.findings.length).toBeGreaterThan(0)
  expect(view.findings.at(-1)?.line).toBe(view.lineCount)
})

test('a wrong price is marked at the price of its line, a missing one at its empty place', () => {
  const content = fixture('x12/northwind-850-4476-price-below-agreement.x12')
  const price = { kind: 'PRICE_MISMATCH_UNEXPLAINED', message: 'Too low.', deltaMinor: -31461 }
  const view = marked(content, {
    orders: [
      orderOf('NW-4476', [
        { ...price, line: '2' },
        { kind: 'QUANTITY_RULE', line: '1', message: 'Sold by five.' },
        { kind: 'UNKNOWN_UNIT', line: '2', message: 'Not by that.' },
        { kind: 'UNKNOWN_ITEM', line: '1', message: 'No such thing.' },
        { kind: 'UNKNOWN_CUSTOMER', message: 'Nobody.' },
        { kind: 'CREDIT_HOLD', message: 'Over the limit.' },
        { kind: 'SOMETHING_NEW', line: '2', message: 'A kind of later.' },
        { ...price, line: '77' },
      ]),
    ],
  })
  expect(carried(view).map(({ code, place, texts }) => [code, place, texts.join()])).toEqual([
    ['UNKNOWN_CUSTOMER', 'N1-04', 'C-10001'],
    ['QUANTITY_RULE', 'PO1-02', '2'],
    ['UNKNOWN_ITEM', 'PO1-07', 'PMP-1003'],
    ['SOMETHING_NEW', 'PO1', ''],
    ['UNKNOWN_UNIT', 'PO1-03', 'EA'],
    ['PRICE_MISMATCH_UNEXPLAINED', 'PO1-04', '14.4224'],
    ['CREDIT_HOLD', null, ''],
    ['PRICE_MISMATCH_UNEXPLAINED', null, ''],
  ])
  expect(view.findings[5]).toMatchObject({ origin: 'checks', orderId: 'ord_1', deltaMinor: -31461 })
  const without = bytesOf(content.toString('latin1').replace('*14.4224*PE*VN', '**PE*VN'))
  const empty = marked(without, { orders: [orderOf('NW-4476', [{ ...price, line: '2' }])] })
  expect(carried(empty)).toMatchObject([{ place: 'PO1-04', texts: [''] }])
})

test('lines that the buyer left unnumbered, or numbered their own way, are known by what the order calls them', () => {
  const content = fixture('x12/northwind-850-4476-price-below-agreement.x12').toString('latin1')
  const price = { kind: 'MARGIN_FLOOR', message: 'Too low.' }
  for (const [first, second, line] of [
    ['', '', '2'],
    ['10', '020', '020'],
  ]) {
    const text = content.replace('PO1*1*', `PO1*${first}*`).replace('PO1*2*', `PO1*${second}*`)
    const view = marked(bytesOf(text), {
      orders: [orderOf('NW-4476', [{ ...price, line: line ?? '' }])],
    })
    expect(carried(view)).toMatchObject([{ place: 'PO1-04', texts: ['14.4224'] }])
  }
})

test('a change of an order is marked at its own elements', () => {
  const content = fixture('x12/northwind-860-change-4471.x12')
  const poc = /POC\*([^*]*)\*[^*]*\*([^*]*)\*/.exec(content.toString('latin1'))
  const number = /BCH\*[^*]*\*[^*]*\*([^*]*)\*/.exec(content.toString('latin1'))?.[1] ?? ''
  const view = marked(content, {
    orders: [orderOf(number, [{ kind: 'QUANTITY_RULE', line: poc?.[1] ?? '', message: 'No.' }])],
  })
  expect(carried(view)).toMatchObject([{ place: 'POC-03', texts: [poc?.[2]] }])
})

test('a component is marked alone, and a repeated or missing one with its whole element', () => {
  const { text } = write([[['REF', ['CT', 'A', 'B', 'X>Y>Z']]]], ['*', '>', '~', ''])
  const at = { segment: 'REF', segmentPosition: 3, element: 4 }
  const finding: Finding = {
    severity: 'error',
    codeList: 'AK403',
    code: '6',
    message: 'Bad.',
    ...at,
  }
  const texts = (component: number) =>
    carried(marked(bytesOf(text), { findings: found([{ ...finding, component }]) }))[0]?.texts
  expect(texts(2)).toEqual(['Y'])
  expect(texts(9)).toEqual(['X', 'Y', 'Z'])
})

test('comments and what stands between interchanges are shown too, and nothing of a document is lost', () => {
  const text = `// from the editor\nJUNK~${write([[['REF', ['CT', 'A']]]], ['*', '>', '~', '\n']).text}\nthe end`
  const view = marked(bytesOf(text), { findings: found(readX12(bytesOf(text)).findings) })
  expect(wholeText(view).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
  expect(view.findings.every(({ line }) => line !== null)).toBe(true)
})

test('what the partner refused of a document of ours is marked on it', () => {
  const { text } = write([[['IT1', ['1', '4', 'EA', '9.5']]]], ['*', '>', '~', ''])
  const at = { segment: 'IT1', segmentPosition: 3, element: 4 }
  const finding: Finding = {
    severity: 'error',
    codeList: 'AK403',
    code: '7',
    message: 'No.',
    ...at,
  }
  const view = marked(bytesOf(text), { findings: [{ origin: 'partner', finding }] })
  expect(view.findings).toMatchObject([{ origin: 'partner', place: 'IT1-04' }])
  expect(carried(view)[0]?.texts).toEqual(['9.5'])
})

// ——— JSON ———

test('of our JSON the value is marked that a finding names, and of what is missing the nearest thing around it', () => {
  const content = fixture('json/order-PRJ-56-invalid.json')
  const { findings } = readJson(content)
  const view = marked(content, { findings: found(findings) })
  expect(view.format).toBe('json')
  for (const { place, line } of view.findings) {
    expect(line).not.toBeNull()
    const told = findings.map(({ segment }) => segment ?? '')
    expect(told.some((path) => path.startsWith(place ?? 'nowhere'))).toBe(true)
  }
})

test('every value of a JSON document has its line, and its path finds it again', () => {
  const key = fc.constantFrom('lines', 'a', 'b-c', '1', 'x y', 'é')
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 8 })),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(tree, fc.nat(), (value, which) => {
      fc.pre(typeof value === 'object' && value !== null)
      const content = Buffer.from(JSON.stringify(value))
      const plain = marked(content)
      fc.pre(plain.format === 'json')
      expect(JSON.parse(wholeText(plain))).toEqual(JSON.parse(JSON.stringify(value)))
      const named = plain.lines.filter(({ path }) => path !== undefined && path.length < 100)
      const line = named[which % named.length] ?? expect.unreachable()
      const at = { segment: line.path ?? '', message: 'Bad.' }
      const finding: Finding = { severity: 'error', codeList: 'json', code: 'x', ...at }
      const view = marked(content, { findings: found([finding]) })
      expect(view.findings).toMatchObject([{ line: line.number, place: line.path }])
    }),
  )
})

test('a wrong price of an order by JSON is marked at the price of its line, also in a list of orders', () => {
  const content = fixture('json/order-PRJ-55.json')
  const order = JSON.parse(content.toString())
  const [line] = order.lines
  const orders = [
    orderOf(order.purchaseOrderNumber, [
      { kind: 'MARGIN_FLOOR', line: line.line, message: 'Too low.' },
      { kind: 'UNKNOWN_ITEM', line: line.line, message: 'What is it?' },
      { kind: 'CURRENCY_MISMATCH', message: 'Other money.' },
    ]),
  ]
  const places = (of: unknown) =>
    marked(Buffer.from(JSON.stringify(of)), { orders }).findings.map(({ place }) => place)
  expect(places(order)).toEqual(
    expect.arrayContaining(['$.lines[0].unitPrice', '$.lines[0].item', '$.currency']),
  )
  const another = { ...order, purchaseOrderNumber: 'OTHER-1' }
  expect(places([another, order])).toEqual(
    expect.arrayContaining(['$[1].lines[0].unitPrice', '$[1].lines[0].item', '$[1].currency']),
  )
})

const shop = {
  ...{ topic: 'orders/create', shopDomain: 'acme.myshopify.com' },
  ...{ webhookId: 'wh-1', apiVersion: '2025-01' },
}

test('a shop order is marked by the place of its line, without a digit of its long numbers lost', () => {
  const content = fixture('shopify/1004-create-custom-item.json')
  const { findings } = readShopify(content, shop, { defaultCurrency: 'USD' })
  const view = marked(content, {
    findings: found(findings),
    orders: [orderOf('1004', [{ kind: 'WRONG_TIER', line: '1', message: 'Too low.' }])],
  })
  expect(view.findings.map(({ place }) => place)).toContain('$.line_items[0].price')
  expect(view.findings.every(({ line }) => line !== null)).toBe(true)
  expect(wholeText(view)).toBe(content.toString().replaceAll(/(?<=[{[,\]}"\d\w])\s*\n\s*/g, ''))
})

test('JSON that breaks off is shown as it came, marked where the reading stopped', () => {
  const content = Buffer.from('{"lines":[\n{"sku": FAS-1001,\n"quantity":12')
  const view = marked(content, { findings: found(readJson(content).findings) })
  expect(view.lineCount).toBe(3)
  expect(carried(view)).toMatchObject([{ line: [2], texts: ['FAS-1001'] }])
})

// ——— anything else ———

test('what is not UTF-8, binary, empty, or one huge line is shown as far as it goes', () => {
  const latin = Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d])
  const bad = marked(latin, { findings: found(readJson(latin).findings) })
  expect(bad).toMatchObject({ format: 'json', findings: [{ code: 'json encoding', line: 1 }] })
  expect(wholeText(bad)).toBe('{"é":1}')
  const image = marked(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]))
  expect(image.format).toBe('binary')
  expect(wholeText(image)).toContain('89 50 4e 47')
  expect(marked(Buffer.alloc(0))).toMatchObject({ lineCount: 0, lines: [], format: 'text' })
  const long = marked(Buffer.from(`{"note":"${'x'.repeat(9000)}"}`))
  expect(long.lines[1]?.parts[1]).toMatchObject({ leftOut: 7002 })
})

test('a document of very many lines is shown a stretch at a time, and says where its findings are', () => {
  const lines = Array.from({ length: 3000 }, (_, index) => ['REF', ['CT', `A${index}`]] as const)
  const { text, starts } = write([lines], ['*', '>', '~', ''])
  const at = { segment: 'REF', segmentPosition: 2503, element: 2, offset: starts[0]?.[2502] ?? 0 }
  const finding: Finding = {
    severity: 'error',
    codeList: 'AK403',
    code: '6',
    message: 'Bad.',
    ...at,
  }
  const first = marked(bytesOf(text), { findings: found([finding]) })
  expect(first.lines).toHaveLength(mostLines)
  expect(first).toMatchObject({ lineCount: 3007, from: 1, findings: [{ line: 2505 }] })
  const later = marked(bytesOf(text), { findings: found([finding]), from: 2001 })
  expect(later.lines).toHaveLength(1000)
  expect(carried(later)).toMatchObject([{ line: [2505], texts: ['A2500'] }])
  expect(marked(bytesOf(text), { from: 99_999 }).lines).toHaveLength(1)
})

test('nothing hides in a document: control characters and turned text are seen', () => {
  const view = marked(Buffer.from('price \u202E00.1\u202C\u0007 each'))
  expect(wholeText(view)).toBe('price ␦00.1␦␇ each')
})

test('XML is cut between its tags', () => {
  const view = marked(Buffer.from('<cXML><Header/><Total>1.50</Total></cXML>'))
  expect(view.format).toBe('xml')
  expect(view.lines.map(({ parts }) => parts.map(({ text }) => text).join(''))).toEqual([
    '<cXML>',
    '<Header/>',
    '<Total>1.50</Total>',
    '</cXML>',
  ])
})

test('whatever bytes come, they are shown and never refused', () => {
  const start = fc.constantFrom('', 'ISA*00*', '{', '[', '<', '\uFEFF')
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
      const view = marked(Buffer.concat([Buffer.from(text), bytes]))
      expect(view.lines.length).toBe(Math.min(view.lineCount, mostLines))
    }),
  )
})

const folders = ['x12', 'edifact', 'cxml', 'shopify', 'ubl', 'bai2', 'camt', 'mt940']
const namesIn = (folder: string) =>
  readdirSync(new URL(`${folder}/`, shared), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`)

test.skipIf(!hasSamples)(
  'every document of the collection is shown, and its findings stand in it',
  () => {
    for (const name of folders.flatMap(namesIn)) {
      const content = readFileSync(new URL(name, shared))
      const findings = name.startsWith('x12/') ? readX12(content).findings : []
      const view = marked(content, { findings: found(findings.slice(0, 100)) })
      expect(view.lineCount, name).toBeGreaterThan(0)
      const unplaced = view.findings.filter(({ line }) => line === null)
      // Which group a set travels in, and totals of a whole order, are nowhere to be marked.
      const known = /^quittance (GROUP_ID|ORDER_TOTAL|LINE_)/
      expect(
        unplaced.filter(({ code }) => !known.test(code)),
        name,
      ).toEqual([])
      if (view.lineCount > mostLines || view.format !== 'x12') continue
      for (const { line, texts, place } of carried(view))
        if (place?.includes('-') === true)
          expect([line.length, texts.length > 0], name).toEqual([1, true])
    }
  },
)
