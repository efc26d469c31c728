import { recordOf } from './json-fields.ts'

const longestMs = 600_000

/** How long a call to a connection may take: what its settings say (`delivery.timeoutMs`), else what its kind of system needs. */
export function callTimeoutMs(
  settings: Readonly<Record<string, unknown>>,
  ownTimeoutMs: number,
): number {
  const set = recordOf(settings['delivery'])?.['timeoutMs']
  const isSet = typeof set === 'number' && Number.isInteger(set) && set >= 1 && set <= longestMs
  return isSet ? set : ownTimeoutMs
}
