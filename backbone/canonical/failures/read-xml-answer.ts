import type { FailureFacts } from './signature.ts'

type XmlFailure = Pick<FailureFacts, 'codes' | 'message' | 'path'>

// Answers are small and flat, and only these few places of them are looked at; documents are read by documents/.
const readUpTo = 20_000
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function plain(text: string): string | undefined {
  const words = text
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&(\w{2,4});/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/\s+/g, ' ')
    .trim()
  return words === '' ? undefined : words.slice(0, 300)
}

/** The text of the first element of a name, whatever its prefix. */
function elementText(xml: string, name: string): string | undefined {
  const opening = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^<>]*)?>`).exec(xml)
  if (opening === null) return undefined
  const from = opening.index + opening[0].length
  const rest = xml.slice(from)
  const end = new RegExp(`</(?:[\\w.-]+:)?${name}\\s*>`).exec(rest)
  return end === null ? undefined : rest.slice(0, end.index)
}

function failure(codes: FailureFacts['codes'], message: string | undefined): XmlFailure {
  return message === undefined ? { codes } : { codes, message }
}

/** cXML: `<Status code="401" text="Unauthorized">…</Status>`; 2xx is executed, delivered or forwarded. */
function cxmlStatus(xml: string): XmlFailure | undefined {
  const tag = /<Status\s[^<>]*>/.exec(xml)?.[0]
  const code = /\scode\s*=\s*["'](\d{3})["']/.exec(tag ?? '')?.[1]
  if (tag === undefined || code === undefined || code.startsWith('2')) return undefined
  const attribute = /\stext\s*=\s*["']([^"']*)["']/.exec(tag)?.[1] ?? ''
  const words = tag.endsWith('/>') ? '' : (elementText(xml, 'Status') ?? '')
  return failure([{ list: 'cxml', code }], plain(`${attribute} ${words}`))
}

/** SOAP 1.1 `<faultcode>` and `<faultstring>`, SOAP 1.2 `<Code><Value>` and `<Reason><Text>`. */
function soapFault(xml: string): XmlFailure | undefined {
  const fault = elementText(xml, 'Fault')
  if (fault === undefined) return undefined
  const inner = elementText(fault, 'Code')
  const name = elementText(fault, 'faultcode') ?? elementText(inner ?? '', 'Value')
  const words =
    elementText(fault, 'faultstring') ?? elementText(elementText(fault, 'Reason') ?? '', 'Text')
  const code = plain(name ?? '')?.replace(/^[\w.-]+:/, '')
  // The detail of a service of NetSuite or SAP names its own code; it goes before the kind of fault.
  const own = plain(elementText(fault, 'code') ?? elementText(fault, 'exceptionCode') ?? '')
  const codes = [
    ...(own === undefined ? [] : [{ list: '', code: own }]),
    ...(code === undefined ? [] : [{ list: 'soap', code: code.split('.')[0] ?? code }]),
  ]
  return failure(codes, plain(words ?? ''))
}

const idocInOrder = new Set(['03', '12', '16', '18', '30', '50', '53', '62', '64'])

/** SAP: the status record of an IDoc (`EDI_DS40`, `E1STATS`). */
function idocStatus(xml: string): XmlFailure | undefined {
  const record = elementText(xml, 'EDI_DS40') ?? elementText(xml, 'E1STATS')
  const status = plain(elementText(record ?? '', 'STATUS') ?? '')
  if (record === undefined || status === undefined || idocInOrder.has(status)) return undefined
  const [id, number] = [elementText(record, 'STAMID'), elementText(record, 'STAMNO')]
  const message = plain(`${id ?? ''}${number ?? ''}`)
  const codes = [
    ...(message === undefined ? [] : [{ list: 'sap-message', code: message }]),
    { list: 'sap-idoc', code: status },
  ]
  return failure(codes, plain(elementText(record, 'STATXT') ?? ''))
}

/** Reads an XML answer for a cXML status, a SOAP fault or an IDoc status that is no success. */
export function xmlFailure(text: string): XmlFailure | undefined {
  if (!/^\s*(?:\uFEFF)?</.test(text)) return undefined
  const xml = text.slice(0, readUpTo)
  return soapFault(xml) ?? cxmlStatus(xml) ?? idocStatus(xml)
}
