import { type JsonFields, recordOf } from '../json-fields.ts'
import { xmlFailure } from './read-xml-answer.ts'
import type { FailureFacts } from './signature.ts'

type Code = FailureFacts['codes'][number]
type BodyFailure = Pick<FailureFacts, 'codes' | 'message' | 'path'>

/** An answer of an outside system as far as it is kept: its status may be forgotten, its text cut short. */
export type SystemAnswer = {
  readonly status?: number
  readonly text: string
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown
}

const isFilled = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false && value !== ''
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function recordsIn(...lists: readonly unknown[]): JsonFields[] {
  const records: JsonFields[] = []
  for (const entry of lists.flatMap(listOf)) {
    const fields = recordOf(entry)
    if (fields !== undefined) records.push(fields)
  }
  return records
}

const messageWords = [
  'message',
  'Message',
  'detail',
  'Detail',
  'error_description',
  'error',
  'errors',
  'title',
]

const messageOf = (body: JsonFields | undefined): string | undefined =>
  messageWords.map((word) => textOf(body?.[word])).find((text) => text !== undefined)

const codeOf = (list: string, code: unknown): Code[] => {
  const text = textOf(code)
  return text === undefined ? [] : [{ list, code: text }]
}

// A place in a body, as text: a path comes as one text, as a list of steps, or as a list of fields.
function pathOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value)
  const steps = value.flatMap((step) => textOf(step) ?? [])
  return steps.length === 0 ? undefined : steps.join('.')
}

function failure(
  codes: readonly Code[],
  message: string | undefined,
  path: string | undefined,
): BodyFailure {
  return {
    codes,
    ...(message === undefined ? {} : { message }),
    ...(path === undefined ? {} : { path }),
  }
}

/** QuickBooks: `{Fault: {Error: [{Message, Detail, code, element}]}}`, also inside HTTP 200. */
function quickBooksFault(body: JsonFields): BodyFailure | undefined {
  const fault = recordOf(body['Fault']) ?? recordOf(body['fault'])
  if (fault === undefined) return undefined
  const [first] = recordsIn(fault['Error'], fault['error'])
  return failure(
    codeOf('quickbooks', first?.['code']),
    messageOf(first) ?? messageOf(fault),
    pathOf(first?.['element']),
  )
}

/** NetSuite: `o:errorDetails` of a problem. */
function netSuiteDetails(body: JsonFields): BodyFailure | undefined {
  const [first] = recordsIn(body['o:errorDetails'])
  if (first === undefined) return undefined
  return failure(
    codeOf('netsuite', first['o:errorCode']),
    messageOf(first) ?? messageOf(body),
    pathOf(first['o:errorPath']),
  )
}

/** A bulk call: a list with a result for every record, or counts of them. */
function bulkResult(json: unknown, status: number | undefined): BodyFailure | undefined {
  const body = recordOf(json)
  const lists = [json, body?.['results'], body?.['records'], body?.['compositeResponse']]
  const results = recordsIn(...lists)
  const flags = results.map(({ success, ok }) => success ?? ok)
  const failed = flags.filter((flag) => flag === false).length
  const [counted, done] = [body?.['failed'], body?.['succeeded']]
  const isMixed =
    (failed > 0 && flags.some((flag) => flag === true)) ||
    (typeof counted === 'number' && counted > 0 && typeof done === 'number' && done > 0)
  const isUntold = status === 207 && flags.length === 0
  if (!isMixed && !isUntold) return undefined
  const [first] = results.filter(({ success, ok }) => (success ?? ok) === false)
  const count = failed > 0 ? failed : counted
  const message = messageOf(recordOf(listOf(first?.['errors'])[0]) ?? first)
  const words = `${typeof count === 'number' ? `${count} of the` : 'Some'} records failed`
  return failure(
    [{ list: 'bulk', code: 'SOME_FAILED' }],
    message === undefined ? `${words}.` : `${words}: ${message}`,
    undefined,
  )
}

/** Salesforce: a list of `{message, errorCode, fields}` at the top. */
function salesforceErrors(json: unknown): BodyFailure | undefined {
  const [first] = recordsIn(json)
  if (first === undefined || !('errorCode' in first)) return undefined
  return failure(
    codeOf('salesforce', first['errorCode']),
    messageOf(first),
    pathOf(first['fields']),
  )
}

function userErrorsIn(data: unknown, depth: number): readonly unknown[] {
  const fields = recordOf(data)
  if (fields === undefined || depth === 0) return []
  const own = listOf(fields['userErrors'])
  return own.length > 0
    ? own
    : Object.values(fields).flatMap((inner) => userErrorsIn(inner, depth - 1))
}

/** GraphQL: `errors` beside `data`, or `userErrors` inside it, both with HTTP 200. */
function graphqlErrors(body: JsonFields): BodyFailure | undefined {
  const isGraphql = 'data' in body || 'extensions' in body || 'userErrors' in body
  if (!isGraphql) return undefined
  const errors = [...listOf(body['errors']), ...userErrorsIn(body['data'], 3)]
  const [first] = [...errors, ...listOf(body['userErrors'])].filter(isFilled)
  if (first === undefined) return undefined
  const error = recordOf(first)
  const code = error?.['code'] ?? recordOf(error?.['extensions'])?.['code']
  return failure(
    codeOf('graphql', code),
    messageOf(error) ?? textOf(first),
    pathOf(error?.['field'] ?? error?.['path']),
  )
}

const saysNo = /^(error|fail|failed|failure|rejected|refused)$/i

// SAP: 53 = posted, 64 = ready to be posted.
const idocInOrder = new Set(['50', '53', '62', '64', '03', '12', '16', '18', '30'])

/** SAP: the status record of an IDoc, as JSON. */
function idocStatus(body: JsonFields): BodyFailure | undefined {
  const status = textOf(body['STATUS'] ?? body['idocStatus'])
  if (status === undefined || !('DOCNUM' in body || 'idocStatus' in body)) return undefined
  if (idocInOrder.has(status)) return undefined
  const [id, number] = [textOf(body['STAMID']), textOf(body['STAMNO'])]
  const message = codeOf('sap-message', id === undefined ? undefined : `${id}${number ?? ''}`)
  return failure(
    [...message, { list: 'sap-idoc', code: status }],
    textOf(body['STATXT'] ?? body['message']),
    textOf(body['SEGNUM']),
  )
}

function saysFailure(body: JsonFields): boolean {
  const { status, success, ok, error, errors } = body
  const isSaid = typeof status === 'string' && saysNo.test(status)
  return isSaid || success === false || ok === false || [error, errors].some(isFilled)
}

/** Any other body: a code and a message at the top, in `error`, or in the first of `errors`. */
function plainFailure(body: JsonFields, isSuccess: boolean): BodyFailure | undefined {
  if (isSuccess && !saysFailure(body)) return undefined
  const [first] = listOf(body['errors']).filter(isFilled)
  const inner = recordOf(first) ?? recordOf(body['error'])
  const message = messageOf(inner) ?? textOf(first) ?? messageOf(body)
  const codes = [
    ...codeOf('', inner?.['code']),
    ...codeOf('', body['code']),
    ...codeOf('', body['errorCode']),
  ]
  const path = pathOf(
    inner?.['path'] ?? inner?.['pointer'] ?? inner?.['field'] ?? body['path'] ?? body['field'],
  )
  return failure(codes, message, path)
}

function jsonFailure({ json, status }: SystemAnswer, isSuccess: boolean): BodyFailure | undefined {
  const ofList = bulkResult(json, status) ?? salesforceErrors(json)
  const body = recordOf(json)
  if (ofList !== undefined || body === undefined) return ofList
  return (
    quickBooksFault(body) ??
    netSuiteDetails(body) ??
    graphqlErrors(body) ??
    idocStatus(body) ??
    plainFailure(body, isSuccess)
  )
}

/**
 * Reads an answer for what went wrong. HTTP 200 is not success: cXML, SOAP, GraphQL, QuickBooks and bulk interfaces
 * say no inside it. Undefined when nothing says that the call failed.
 */
export function readAnswer(answer: SystemAnswer): FailureFacts | undefined {
  const { status } = answer
  const isSuccess = status === undefined || (status >= 200 && status < 300)
  const said = answer.json === undefined ? xmlFailure(answer.text) : jsonFailure(answer, isSuccess)
  if (said === undefined && isSuccess) return undefined
  return { codes: [], ...said, ...(status === undefined ? {} : { status }) }
}
