import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtInSignatures } from '../canonical/failures/built-in-signatures.ts'
import { matchSignature } from '../canonical/failures/signature.ts'
import { classifyFailure } from '../policies/triage/classify-failure.ts'
import { factsOfCall } from '../policies/triage/facts-of-call.ts'
import { triagePolicy } from '../policies/triage/triage-settings.ts'

const root = join(import.meta.dirname, '..')
const inForce = triagePolicy.inForce([], {}, '2026-11-22')

function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({
      file: join(folder, file),
      text: readFileSync(join(root, folder, file), 'utf8'),
    }))
}

const known = (code: string) =>
  classifyFailure({ seen: factsOfCall({ code, message: 'x' }) }, builtInSignatures, inForce)

// `errorClass: 'MAPPING', code: 'NO_SHOP_ORDER'` and `code: 'SETTINGS'` as connectors and the outbox write them.
const classed = /errorClass: '([A-Z_]+)',\s*code: '([A-Z0-9_]+)'/g
const coded = /\bcode: '([A-Z][A-Z0-9_]{3,})'/g

const ours = [...sources('connectors'), ...sources('flows/outbox')].filter(
  ({ file }) => !file.includes('sandbox'),
)

test('every code our connectors and the outbox give by themselves has a signature', () => {
  const codes = ours.flatMap(({ text }) => [...text.matchAll(coded)].map((found) => found[1] ?? ''))
  const others = ['TIMEOUT', 'ABORTED', 'NETWORK', 'TOO_LATE', 'NO_CONNECTOR', 'NOT_RENDERED']
  const all = [...new Set([...codes, ...others, 'CONNECTION_CLOSED', 'OUR_BUG'])]
  expect(all.length).toBeGreaterThan(10)
  const unknown = all.filter((code) => known(code).signatureId === undefined)
  expect(unknown, 'add a row to canonical/failures/signatures-of-ours.ts').toEqual([])
})

test('triage gives every such code the class its connector gives it', () => {
  const pairs = ours.flatMap(({ text }) =>
    [...text.matchAll(classed)].map((found) => [found[2] ?? '', found[1] ?? '']),
  )
  expect(pairs.length).toBeGreaterThan(2)
  expect(pairs.map(([code = '']) => [code, known(code).kind])).toEqual(pairs)
})

test.each([
  ['ECONNREFUSED', 'TRANSPORT'],
  ['ENOTFOUND', 'TRANSPORT'],
  ['ECONNRESET', 'TRANSPORT'],
  ['EPIPE', 'TRANSPORT'],
  ['EACCES', 'TRANSPORT'],
  ['ENOSPC', 'TRANSPORT'],
  ['EAUTH', 'AUTH_EXPIRED'],
  ['SMTP_535', 'AUTH_EXPIRED'],
  ['SMTP_421', 'TRANSPORT'],
  ['SMTP_550', 'DATA_QUALITY'],
  ['SMTP_552', 'TOO_LARGE'],
  ['SETTINGS', 'SCHEMA'],
  ['OUR_BUG', 'UNKNOWN'],
  ['CONNECTION_CLOSED', 'AUTH_EXPIRED'],
  ['NOT_RECORDED', 'POISON'],
  ['OTHER_CONTENT', 'DUPLICATE'],
] as const)('%s is %s', (code, errorClass) => {
  expect(known(code).kind).toBe(errorClass)
})

// What the counterpart contract's sandbox says when it refuses, code by code.
const refusals = /code: '([a-z_]+)'|badCall\(|notFound\(context, '([a-z_]+)'/g

test('everything the sandbox of our counterpart contract can say has a signature', () => {
  const codes = sources('connectors/sandbox').flatMap(({ text }) =>
    [...text.matchAll(refusals)].flatMap((found) => found[1] ?? found[2] ?? []),
  )
  const all = [...new Set([...codes, 'invalid', 'order_not_found', 'pick_not_found'])]
  expect(all).toContain('rate_limit')
  const unknown = all.filter(
    (code) =>
      matchSignature({ codes: [{ list: '', code }], message: 'x' }, builtInSignatures) ===
      undefined,
  )
  expect(unknown, 'add a row to canonical/failures/signatures-of-ours.ts').toEqual([])
})

/** Codes of findings as the formats write them, with the list they come under. */
function findingCodes(): string[] {
  const json = sources('documents/json').concat(sources('documents/shopify'))
  const written = /code: '([a-z][a-z-]+)'|#refuse\('([a-z-]+)'|\.find\(\s*'([a-z-]+)'/g
  const ofJson = json.flatMap(({ text }) =>
    [...text.matchAll(written)].flatMap((found) => found[1] ?? found[2] ?? found[3] ?? []),
  )
  const warnings = sources('documents/x12').flatMap(({ text }) =>
    [...text.matchAll(/businessWarning\(\s*'([A-Z_]+)'/g)].map((found) => found[1] ?? ''),
  )
  return [
    ...ofJson.map((code) => `json ${code}`),
    ...warnings.map((code) => `quittance ${code}`),
    ...['missing', 'invalid-type', 'too-small', 'too-big', 'invalid-format'].map(
      (code) => `json ${code}`,
    ),
    ...['invalid-value', 'invalid-union', 'unrecognized-keys', 'custom'].map(
      (code) => `json ${code}`,
    ),
    ...Array.from({ length: 8 }, (_, index) => `AK304 ${index + 1}`),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13].map((code) => `AK403 ${code}`),
    ...Array.from({ length: 25 }, (_, index) => `TA105 ${String(index + 1).padStart(3, '0')}`),
    ...['1', '2', '3', '4', '5', '6', '23'].flatMap((code) => [`AK502 ${code}`, `AK905 ${code}`]),
  ]
}

test('everything our formats find wrong with a document has a signature of its own list', () => {
  const codes = [...new Set(findingCodes())]
  expect(codes.length).toBeGreaterThan(60)
  const unknown = codes.filter((name) => {
    const [list = '', code = ''] = name.split(' ')
    const match = matchSignature({ codes: [{ list, code }] }, builtInSignatures)
    return match === undefined || match.signature.codeList !== list
  })
  expect(unknown, 'add a row to canonical/failures/').toEqual([])
})
