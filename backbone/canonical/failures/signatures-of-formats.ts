import type { FailureClass, Remedy } from './failure-class.ts'
import type { FailureSignature } from './signature.ts'

function findings(
  list: string,
  errorClass: FailureClass,
  remedy: Remedy,
  rows: Readonly<Record<string, string>>,
): FailureSignature[] {
  return Object.entries(rows).map(([code, meaning]) => ({
    signatureId: `${list}-${code}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    about: `A document that came in: ${meaning}`,
    codeList: list,
    code,
    errorClass,
    effect: 'refused',
    remedy,
    source: 'documents',
  }))
}

const broken = findings('json', 'SCHEMA', 'request_partner', {
  syntax: 'it is not JSON',
  truncated: 'it ends too early',
  trailing: 'text stands after its end',
  depth: 'it is nested too deep',
  'duplicate-key': 'the same key stands twice in one object',
  'control-character': 'a control character stands inside a text',
  character: 'a character that is none was replaced',
  encoding: 'it is not UTF-8',
  exponent: 'a number has an exponent',
  count: 'it holds no document, or too many',
})

const ofOtherShape = findings('json', 'SCHEMA', 'fix_mapping', {
  'invalid-type': 'a field is of another kind',
  'too-small': 'a text, list or number is too small',
  'too-big': 'a text, list or number is too big',
  'invalid-format': 'a field is written in another way',
  'invalid-value': 'a field has a value that is not in its list',
  'invalid-union': 'it is none of the documents we take',
  'invalid-key': 'a key is not allowed',
  'invalid-element': 'an element is not allowed',
  'unrecognized-keys': 'it has fields nobody knows',
  'unknown-fields': 'it has fields nobody knows',
  'not-multiple-of': 'a number does not fit its step',
  custom: 'it breaks a rule of its schema',
  number: 'a number is written in another way',
  amount: 'an amount is too large to keep exactly',
  moment: 'a moment is written in another way',
  'not-an-order': 'it is no order',
  topic: 'it is of a kind we do not take',
  purpose: 'a change has a purpose we do not know',
})

const incomplete = findings('json', 'DATA_QUALITY', 'request_partner', {
  missing: 'a field that we need is missing',
  'no-sku': 'a line has no item number',
  'duplicate-line': 'a line number stands twice',
  currency: 'it names no currency',
  reduced: 'less is left of a line than was ordered',
})

const tooLarge = findings('json', 'TOO_LARGE', 'split_batch', {
  'too-large': 'it is larger than we read',
})

const business = findings('quittance', 'DATA_QUALITY', 'request_partner', {
  CURRENCY_UNKNOWN: 'its currency is not known',
  HASH_TOTAL: 'its hash total does not agree',
  LINE_COUNT: 'its line count does not agree',
  LINE_CURRENCY: 'a line has another currency',
  ORDER_TOTAL: 'its total does not agree',
  PRICE_BASIS: 'a price basis is not known',
  SEVERAL_SCHEDULES: 'a line has several schedules',
  SPLIT_DESTINATIONS: 'a line goes to several places',
  UNIT_UNKNOWN: 'a unit of measure is not known',
  GROUP_ID: 'its group does not fit its set',
})

/** What our formats find wrong with documents that come in; X12 findings carry the standard's own codes. */
export const signaturesOfFormats: readonly FailureSignature[] = [
  ...broken,
  ...ofOtherShape,
  ...incomplete,
  ...tooLarge,
  ...business,
]
