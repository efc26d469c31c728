import { InboundDocument } from '../../canonical/canonical-document.ts'
import type { SourceEnvelope, Unmapped } from '../../canonical/document.ts'
import type { Finding } from '../../canonical/finding.ts'
import type { Reading } from '../reading.ts'
import { documentFaults } from './document-rules.ts'
import { type JsonPath, jsonFinding, pathText } from './json-path.ts'
import { normaliseDocument } from './normalise-document.ts'
import { type JsonValue, parseJson } from './parse-json.ts'
import { schemaFindings } from './schema-findings.ts'

const maxDocuments = 100
const maxUnknown = 200

type ReadDocument = {
  readonly document?: InboundDocument
  readonly findings: readonly Finding[]
}

function unmappedField(sent: unknown, path: JsonPath): Unmapped {
  return { position: pathText(path), content: JSON.stringify(sent).slice(0, 8000) }
}

// What the schema did not take over: it drops the keys it does not know.
function notTaken(sent: JsonValue, taken: unknown, path: JsonPath): Unmapped[] {
  if (typeof sent !== 'object' || sent === null) return []
  if (typeof taken !== 'object' || taken === null) return []
  return Object.entries(sent).flatMap(([key, value]) => {
    const step = Array.isArray(sent) ? Number(key) : key
    if (!Object.hasOwn(taken, key)) return [unmappedField(value, [...path, step])]
    return notTaken(value, Reflect.get(taken, key), [...path, step])
  })
}

/**
 * The sender's own keys of the document. Who sent it is what the connection says, never the document, so
 * what it claims about its way here is kept as said and not believed.
 */
function sourceOf(document: InboundDocument): { source: SourceEnvelope; claimed: Unmapped[] } {
  const sent = document.source ?? { format: 'json' }
  const { objectKey, customerKey, issuedAt, version, ...claims } = sent
  const keys = Object.entries({ objectKey, customerKey, version })
  const given = keys.filter(([, value]) => value !== undefined)
  const isClaimed = claims.format !== 'json' || Object.keys(claims).length > 1
  return {
    source: {
      format: 'json',
      formatVersion: '1',
      ...Object.fromEntries(given),
      ...(issuedAt === undefined ? {} : { issuedAt: new Date(issuedAt).toISOString() }),
    },
    claimed: isClaimed ? [unmappedField(claims, ['source'])] : [],
  }
}

function readDocument(sent: JsonValue, at: JsonPath): ReadDocument {
  const checked = InboundDocument.safeParse(sent)
  if (!checked.success) return { findings: schemaFindings(checked.error, sent, at) }
  const faults = documentFaults(checked.data)
  if (faults.length > 0)
    return {
      findings: faults.map((fault) => jsonFinding({ ...fault, path: [...at, ...fault.path] })),
    }
  const document = normaliseDocument(checked.data)
  const left = notTaken(sent, checked.data, [])
  const { source, claimed } = sourceOf(document)
  const unknown = [...document.unknown, ...claimed, ...left]
  const tooMany = jsonFinding({
    severity: 'warning',
    code: 'unknown-fields',
    message: `The document has ${left.length} fields we do not know; the first ${maxUnknown} are kept with it.`,
    path: at,
  })
  return {
    document: { ...document, source, unknown: unknown.slice(0, maxUnknown) },
    findings: unknown.length > maxUnknown ? [tooMany] : [],
  }
}

function unreadable(findings: readonly Finding[]): Reading {
  return { documents: [], findings, acknowledgements: [], outcome: 'unreadable' }
}

function sentDocuments(value: JsonValue): { at: JsonPath; sent: JsonValue }[] {
  if (!Array.isArray(value)) return [{ at: [], sent: value }]
  return value.map((sent, index) => ({ at: [index], sent }))
}

/**
 * Reads one canonical document, or a list of up to a hundred. A document that breaks its schema is refused
 * with the place and what was expected there; the others of its list are read.
 */
export function readJson(bytes: Uint8Array): Reading {
  const parsing = parseJson(bytes, { numbers: 'strict' })
  if (parsing.outcome === 'refused') return unreadable(parsing.findings)
  const sent = sentDocuments(parsing.value)
  if (sent.length === 0 || sent.length > maxDocuments) {
    const message = `A list holds 1 to ${maxDocuments} documents; this one holds ${sent.length}.`
    return unreadable([jsonFinding({ code: 'count', message, path: [] })])
  }
  const read = sent.map((one) => readDocument(one.sent, one.at))
  const documents = read.flatMap(({ document }) => (document === undefined ? [] : [document]))
  const findings = read.flatMap((one) => one.findings)
  if (documents.length === 0) return unreadable(findings)
  const outcome = documents.length === sent.length ? 'read' : 'partly'
  return { documents, findings, acknowledgements: [], outcome }
}
