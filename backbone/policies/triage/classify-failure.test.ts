import { expect, test } from 'vitest'
import { builtInSignatures } from '../../canonical/failures/built-in-signatures.ts'
import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import { readAnswer } from '../../canonical/failures/read-answer.ts'
import type { FailureFacts, FailureSignature } from '../../canonical/failures/signature.ts'
import { classifyFailure, type FailureToClassify } from './classify-failure.ts'
import { factsOfCall } from './facts-of-call.ts'
import { triagePolicy } from './triage-settings.ts'

const inForce = triagePolicy.inForce([], {}, '2026-11-22')

const classify = (failure: FailureToClassify, own: readonly FailureSignature[] = []) =>
  classifyFailure(failure, [...own, ...builtInSignatures], inForce)

const coded = (list: string, code: string, message?: string): FailureFacts => ({
  codes: [{ list, code }],
  ...(message === undefined ? {} : { message }),
})
const said = (message: string): FailureFacts => ({ codes: [], message })
const http = (status: number): FailureFacts => ({ codes: [], status })
const answered = (status: number, body: unknown): FailureFacts => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const json: unknown = typeof body === 'string' ? undefined : JSON.parse(text)
  return readAnswer({ status, text, json }) ?? { codes: [] }
}
const qbo = (code: string, Message = 'Error') =>
  answered(200, { Fault: { Error: [{ Message, code, element: 'Line.ItemRef' }] } })

const signs: readonly (readonly [FailureClass, string, FailureFacts])[] = [
  ['TRANSPORT', 'ECONNRESET', coded('network', 'ECONNRESET')],
  ['TRANSPORT', 'ETIMEDOUT', coded('network', 'ETIMEDOUT')],
  ['TRANSPORT', 'ENOTFOUND', coded('network', 'ENOTFOUND')],
  ['TRANSPORT', 'DNS', coded('network', 'EAI_AGAIN')],
  ['TRANSPORT', 'TLS handshake', said('Client network socket disconnected: TLS handshake failed')],
  ['TRANSPORT', 'TLS code', coded('network', 'EPROTO')],
  ['TRANSPORT', 'socket hang up', said('socket hang up')],
  ['TRANSPORT', 'HTTP 408', http(408)],
  ['TRANSPORT', 'HTTP 502', http(502)],
  ['TRANSPORT', 'HTTP 504', http(504)],
  ['TRANSPORT', 'a lone HTTP 503', http(503)],
  ['TRANSPORT', 'HTTP 500 on a write', http(500)],
  ['RATE_LIMIT', 'HTTP 429', http(429)],
  [
    'RATE_LIMIT',
    'Shopify',
    said(
      'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service',
    ),
  ],
  [
    'RATE_LIMIT',
    'NetSuite sessions',
    said('Only one request may be made against a session at a time'),
  ],
  ['AUTH_EXPIRED', 'HTTP 401', http(401)],
  ['AUTH_EXPIRED', 'NetSuite INVALID_LOGIN', coded('netsuite', 'INVALID_LOGIN')],
  ['AUTH_EXPIRED', 'NetSuite by words', said('Invalid login attempt. For more details …')],
  ['AUTH_EXPIRED', 'Salesforce', coded('salesforce', 'INVALID_SESSION_ID')],
  [
    'AUTH_EXPIRED',
    'cXML 401 inside HTTP 200',
    answered(
      200,
      '<cXML><Response><Status code="401" text="Unauthorized">No.</Status></Response></cXML>',
    ),
  ],
  ['PERMISSION', 'HTTP 403', http(403)],
  ['PERMISSION', 'QuickBooks 120', qbo('120', 'Authorization Failure')],
  ['SCHEMA', 'HTTP 400', http(400)],
  ['SCHEMA', 'HTTP 415', http(415)],
  ['SCHEMA', 'HTTP 422', http(422)],
  ['SCHEMA', 'QuickBooks 2020', qbo('2020')],
  ['SCHEMA', 'QuickBooks 500', qbo('500')],
  ['SCHEMA', 'AK501 R', coded('AK501', 'R')],
  ...['1', '2', '3', '4', '5', '6', '7', '8'].map(
    (code) => ['SCHEMA', `AK304 ${code}`, coded('AK304', code)] as const,
  ),
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'].map(
    (code) => ['SCHEMA', `AK403 ${code}`, coded('AK403', code)] as const,
  ),
  ['SCHEMA', '999 IK304 8', coded('IK304', '8')],
  ['SCHEMA', '999 IK304 I7', coded('IK304', 'I7')],
  ['SCHEMA', '999 IK403 I8', coded('IK403', 'I8')],
  ['SCHEMA', '999 IK501 R', coded('IK501', 'R')],
  ['PERMISSION', 'AK501 M', coded('AK501', 'M')],
  ['PERMISSION', 'AK501 W', coded('AK501', 'W')],
  ['PERMISSION', 'AK501 X', coded('AK501', 'X')],
  ['PARTIAL_SUCCESS', 'AK9 P', coded('AK901', 'P')],
  ['MAPPING', 'NetSuite item', said('Invalid item reference key 1009 for subsidiary 1')],
  ['MAPPING', 'NetSuite customer', said('Invalid entity reference key 35007')],
  [
    'MAPPING',
    'NetSuite INVALID_CONTENT',
    coded(
      'netsuite',
      'INVALID_CONTENT',
      'You have entered an Invalid Field Value 9999 for the following field: item',
    ),
  ],
  [
    'MAPPING',
    'SAP VG204',
    coded(
      'sap-message',
      'VG204',
      'VKORG, VTWEG, SPART cannot be determined for customer 4711, vendor 9',
    ),
  ],
  ['MAPPING', 'QuickBooks 2500', qbo('2500', 'Invalid Reference Id')],
  ['MAPPING', 'QuickBooks 610', qbo('610', 'Object Not Found')],
  ['MAPPING', '855 R2', coded('ACK01', 'R2')],
  ['MAPPING', '855 R3', coded('ACK01', 'R3')],
  ['BUSINESS_RULE', '855 IR', coded('ACK01', 'IR')],
  ['BUSINESS_RULE', '824', coded('OTI01', 'TR')],
  ['PARTIAL_SUCCESS', '824 in part', coded('OTI01', 'BP')],
  ['BUSINESS_RULE', '855 R7', coded('ACK01', 'R7')],
  ['BUSINESS_RULE', '855 rejected whole', coded('BAK02', 'RJ')],
  ['BUSINESS_RULE', 'a business deadline', coded('quittance', 'DEADLINE_PASSED')],
  ['BUSINESS_RULE', 'QuickBooks 6000', qbo('6000', 'Business Validation Error')],
  ['BUSINESS_RULE', 'QuickBooks 6210', qbo('6210', 'Account Period Closed')],
  ['BUSINESS_RULE', 'QuickBooks 6540', qbo('6540', 'Deposited')],
  ...['51', '56', '60', '61', '63', '65'].map(
    (code) => ['BUSINESS_RULE', `SAP IDoc ${code}`, coded('sap-idoc', code)] as const,
  ),
  ['BUSINESS_RULE', 'Salesforce rule', coded('salesforce', 'FIELD_CUSTOM_VALIDATION_EXCEPTION')],
  ['BUSINESS_RULE', 'credit block', coded('', 'CREDIT_BLOCK', 'The customer is on credit block.')],
  ['DUPLICATE', 'HTTP 409', http(409)],
  ['DUPLICATE', 'QuickBooks 6240', qbo('6240', 'Duplicate Name Exists Error')],
  ['DUPLICATE', 'QuickBooks 6140', qbo('6140', 'Duplicate Document Number Error')],
  ['DUPLICATE', 'an older 6210', qbo('6210', 'Duplicate Document Number Error')],
  ['DUPLICATE', 'PostgreSQL 23505', coded('', '23505')],
  ['DUPLICATE', 'Salesforce', coded('salesforce', 'DUPLICATE_VALUE')],
  ['STALE', 'HTTP 412', http(412)],
  ['STALE', 'QuickBooks 5010', qbo('5010', 'Stale Object Error')],
  ['STALE', 'NetSuite', coded('netsuite', 'RCRD_HAS_BEEN_CHANGED')],
  ['STALE', 'Salesforce', coded('salesforce', 'UNABLE_TO_LOCK_ROW')],
  ['STALE', 'PostgreSQL 40001', coded('', '40001')],
  ['STALE', 'PostgreSQL 40P01', coded('', '40P01')],
  ['DEPENDENCY', 'child before parent', said('Order not found.')],
  [
    'DEPENDENCY',
    'Shopify without open fulfilment order',
    said('The order has no open fulfillment orders.'),
  ],
  ['DEPENDENCY', 'an overdue 997', coded('x12', 'OVERDUE_997')],
  ['PARTIAL_SUCCESS', 'HTTP 207', answered(207, { results: [] })],
  [
    'PARTIAL_SUCCESS',
    'some records of a bulk call',
    answered(200, [{ success: true }, { success: false, errors: [{ message: 'No.' }] }]),
  ],
  ['TOO_LARGE', 'HTTP 413', http(413)],
  ['DATA_QUALITY', 'a missing field of a document', coded('json', 'missing')],
  ['DATA_QUALITY', 'an invalid unit of measure', coded('quittance', 'UNIT_UNKNOWN')],
  ['UNKNOWN', 'nothing known', coded('', 'ZZ-9', 'The frobnicator is upset.')],
  ['UNKNOWN', 'nothing at all', { codes: [] }],
]

test.each(signs)('%s: %s', (errorClass, _sign, seen) => {
  const decision = classify({ seen })
  expect(decision.kind).toBe(errorClass)
  expect(decision.evidence.length).toBeGreaterThan(0)
  expect(decision.policyVersion).toBe('triage:default')
})

test.each([
  ['cXML 200', '<cXML><Response><Status code="200" text="OK"/></Response></cXML>'],
  ['cXML 201 accepted', '<cXML><Response><Status code="201" text="Accepted"/></Response></cXML>'],
  ['cXML 281 forwarded', '<cXML><Response><Status code="281" text="Forwarded"/></Response></cXML>'],
  ['SAP IDoc 53', '<EDI_DS40><STATUS>53</STATUS></EDI_DS40>'],
  ['SAP IDoc 64', '<EDI_DS40><STATUS>64</STATUS></EDI_DS40>'],
])('%s inside HTTP 200 is no failure', (_name, text) => {
  expect(readAnswer({ status: 200, text, json: undefined })).toBeUndefined()
})

test.each([
  [
    'SOAP 1.1',
    '<s:Envelope><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Bad &amp; wrong</faultstring></s:Fault></s:Body></s:Envelope>',
    { codes: [{ list: 'soap', code: 'Client' }], message: 'Bad & wrong' },
  ],
  [
    'SOAP 1.2 of NetSuite',
    '<e:Envelope><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>No</e:Text></e:Reason><e:Detail><p:exceptionCode>INVALID_LOGIN</p:exceptionCode></e:Detail></e:Fault></e:Body></e:Envelope>',
    { codes: [{ code: 'INVALID_LOGIN' }, { list: 'soap', code: 'Sender' }], message: 'No' },
  ],
  [
    'IDoc',
    '<SYSTAT01><IDOC><EDI_DS40 SEGMENT="1"><STATUS>51</STATUS><STAMID>VG</STAMID><STAMNO>204</STAMNO><STATXT>cannot be determined for customer 4711</STATXT></EDI_DS40></IDOC></SYSTAT01>',
    {
      codes: [
        { list: 'sap-message', code: 'VG204' },
        { list: 'sap-idoc', code: '51' },
      ],
    },
  ],
])('a %s failure inside HTTP 200 is read from the body', (_name, text, facts) => {
  expect(readAnswer({ status: 200, text, json: undefined })).toMatchObject(facts)
})

test.each([
  [
    { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], data: null },
    'RATE_LIMIT',
  ],
  [
    {
      data: {
        fulfillmentCreate: { userErrors: [{ field: ['lines', '0'], message: 'Order not found' }] },
      },
    },
    'DEPENDENCY',
  ],
  [[{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired' }], 'AUTH_EXPIRED'],
  [{ STATUS: '51', DOCNUM: '1', STATXT: 'Credit block' }, 'BUSINESS_RULE'],
])('a failure inside HTTP 200 is seen in %j', (body, errorClass) => {
  expect(classify({ seen: answered(200, body) }).kind).toBe(errorClass)
})

test('the body’s code goes before its message, and that before the HTTP status; the others are named with why not', () => {
  const seen = answered(400, { code: 'DUPLICATE_VALUE', message: 'Order not found.' })
  const decision = classify({ seen })
  expect(decision).toMatchObject({
    kind: 'DUPLICATE',
    signatureId: 'salesforce-duplicate-value',
    confidence: 0.95,
    remedy: 'mark_duplicate',
  })
  const against = decision.evidence.filter(({ weighs }) => weighs === 'against')
  expect(against.map(({ source }) => source)).toEqual([
    'signature:text-order-not-found',
    'signature:http-400',
  ])
  expect(against[0]?.text).toContain('code goes before message')
  expect(decision.alternatives.map(({ kind }) => kind)).toEqual(['DEPENDENCY', 'SCHEMA'])
})

test('a bare number counts only in the form of answer it belongs to', () => {
  const plain = classify({ seen: answered(400, { code: 500, message: 'Something.' }) })
  expect(plain).toMatchObject({ kind: 'SCHEMA', signatureId: 'http-400' })
  expect(plain.evidence.some(({ source }) => source === 'signature:qbo-500-unsupported')).toBe(true)
})

test('997 example: AK3*REF*3**8 with AK4*1**7*BM is an invalid code value, a matter of the partner guide', () => {
  const decision = classify({
    seen: {
      codes: [
        { list: 'AK403', code: '7' },
        { list: 'AK304', code: '8' },
        { list: 'AK501', code: 'R' },
      ],
      path: 'REF01',
    },
  })
  expect(decision).toMatchObject({
    kind: 'SCHEMA',
    remedy: 'fix_mapping',
    signatureId: 'ak403-7',
    autoRetry: 'no',
  })
  expect(decision.evidence[0]).toMatchObject({ values: { code: '7', path: 'REF01' } })
})

const course = { isCircuitOpen: false, failuresInARow: 0, windowCalls: 0, windowFailures: 0 }

test.each([
  ['a lone 503', { failuresInARow: 1 }, 'TRANSPORT'],
  ['4 in a row', { failuresInARow: 4 }, 'TRANSPORT'],
  ['5 in a row', { failuresInARow: 5 }, 'OUTAGE'],
  ['10 of 19 calls', { windowCalls: 19, windowFailures: 10 }, 'TRANSPORT'],
  ['10 of 20 calls', { windowCalls: 20, windowFailures: 10 }, 'OUTAGE'],
  ['9 of 20 calls', { windowCalls: 20, windowFailures: 9 }, 'TRANSPORT'],
  ['an open circuit', { isCircuitOpen: true }, 'OUTAGE'],
] as const)('%s on a connection is %s', (_name, facts, errorClass) => {
  const decision = classify({ seen: http(503), connection: { ...course, ...facts } })
  expect(decision.kind).toBe(errorClass)
  if (errorClass === 'OUTAGE') expect(decision.autoRetry).toBe('parked')
})

test('a record that keeps failing in the same way is poison, unless its class has a fix', () => {
  const unknown = coded('', 'ZZ-9', 'The frobnicator is upset.')
  expect(classify({ seen: unknown, sameWayFailures: 2 }).kind).toBe('UNKNOWN')
  expect(classify({ seen: unknown, sameWayFailures: 3 })).toMatchObject({
    kind: 'POISON',
    remedy: 'quarantine',
    decision: 'hold',
  })
  const item = said('Invalid item reference key 1009 for subsidiary 1')
  expect(classify({ seen: item, sameWayFailures: 9 }).kind).toBe('MAPPING')
  expect(classify({ seen: item, hasCrashed: true }).kind).toBe('POISON')
})

test('a 409 is looked up: equal is done, another version is stale, anything else is a person’s matter', () => {
  const decided = (lookedUp: FailureToClassify['lookedUp']) =>
    classify({ seen: http(409), lookedUp })
  expect(decided('equal')).toMatchObject({ kind: 'DUPLICATE', decision: 'accept' })
  expect(decided('other-version')).toMatchObject({ kind: 'STALE', remedy: 'retry' })
  expect(decided('other-content')).toMatchObject({
    kind: 'DUPLICATE',
    decision: 'hold',
    remedy: 'escalate',
  })
})

test('nothing known is UNKNOWN with no confidence, also beside a class it was given before', () => {
  const seen = coded('', 'ZZ-9', 'The frobnicator is upset.')
  expect(classify({ seen })).toMatchObject({ kind: 'UNKNOWN', confidence: 0, remedy: 'escalate' })
  expect(classify({ seen, recordedClass: 'MAPPING' })).toMatchObject({
    kind: 'MAPPING',
    confidence: 0.5,
  })
})

test('a tenant’s own signature goes before ours, and names the thing at the root', () => {
  const own: FailureSignature = {
    signatureId: 'acme-no-article',
    about: 'Acme: the article is not in their catalogue',
    message: 'article {item} is not in catalogue',
    errorClass: 'MAPPING',
    effect: 'refused',
  }
  const seen = { ...said('Sorry, Article "A-77" is not in catalogue 4.'), status: 422 }
  expect(classify({ seen }).kind).toBe('SCHEMA')
  expect(classify({ seen }, [own])).toMatchObject({
    kind: 'MAPPING',
    entity: 'item A-77',
    signatureId: 'acme-no-article',
    confidence: 0.9,
  })
})

test('every signature has an id of its own and is recognised by its own sign', () => {
  const ids = builtInSignatures.map(({ signatureId }) => signatureId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const unlike = builtInSignatures.filter((signature) => {
    const { code, codeList = '', message, status, errorClass } = signature
    const seen: FailureFacts = {
      codes: code === undefined ? [] : [{ list: codeList, code }],
      ...(message === undefined ? {} : { message: message.replaceAll(/\*|\{\w+\}/g, 'X-1') }),
      ...(status === undefined ? {} : { status }),
    }
    return classify({ seen }).kind !== errorClass
  })
  expect(unlike).toEqual([])
})

test('a stored call is classed from its answer, else from the code its connector gave', () => {
  const kindOf = (call: Parameters<typeof factsOfCall>[0]) =>
    classify({ seen: factsOfCall(call) }).kind
  expect(kindOf({ code: 'HTTP_503', message: 'x', response: null })).toBe('TRANSPORT')
  expect(kindOf({ code: 'SMTP_552', message: 'x' })).toBe('TOO_LARGE')
  expect(kindOf({ code: 'ENOSPC', message: 'x' })).toBe('TRANSPORT')
  const fault = JSON.stringify({
    Fault: { Error: [{ code: '6210', Message: 'Account Period Closed' }] },
  })
  expect(kindOf({ code: '6210', message: 'Account Period Closed', response: fault })).toBe(
    'BUSINESS_RULE',
  )
  // Cut short when it was kept: the code stays.
  expect(
    kindOf({ code: 'UNKNOWN_ITEM', message: 'x', response: '{"code":"UNKNOWN_ITEM","det' }),
  ).toBe('MAPPING')
})
