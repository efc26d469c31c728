import type { Finding } from '../../canonical/finding.ts'

/** The way to a value in a JSON document, as keys and list positions from the top. */
export type JsonPath = readonly (string | number)[]

const positionLength = 120
const plainKey = /^[A-Za-z_][\w-]{0,39}$/

/** One step of a path the way people read it: `.lines`, `[0]`. */
export function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return plainKey.test(step) ? `.${step}` : `[${JSON.stringify(step.slice(0, 40))}]`
}

/** Writes a path the way people read it: `$.lines[0].quantity.value`. */
export function pathText(path: JsonPath): string {
  return `$${path.map(stepText).join('')}`.slice(0, positionLength)
}

/** What is wrong at one place of a JSON document. */
export type JsonFault = {
  readonly severity?: Finding['severity']
  readonly code: string
  readonly message: string
  readonly path: JsonPath
  readonly offset?: number
  readonly found?: string
}

/** Makes a finding of a fault in a JSON document, naming the place by its JSON path. */
export function jsonFinding(fault: JsonFault): Finding {
  const value = fault.found?.replace(/\p{C}/gu, ' ').slice(0, 120)
  return {
    severity: fault.severity ?? 'error',
    codeList: 'json',
    code: fault.code,
    message: fault.message.replace(/\p{C}/gu, ' ').slice(0, 500),
    segment: pathText(fault.path),
    ...(fault.offset === undefined ? {} : { offset: fault.offset }),
    ...(value === undefined ? {} : { value }),
  }
}
