const secretName =
  /authorization|apikey|cookie|secret|token|passw(or)?d|passphrase|hmac|signature|privatekey|credential/
// What a database driver hangs on its errors: the statement and pieces of the documents it carried.
const driverDetail = new Set([
  'query',
  'internalQuery',
  'params',
  'parameters',
  'args',
  'where',
  'detail',
  'queryOptions',
])
const longestText = 2000
const deepest = 8
const widest = 100

// `credentialId` or `tokenCount` say nothing that opens a door.
const isSecretName = (name: string): boolean => {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return secretName.test(plain) && !/(ids?|count)$/.test(plain)
}

/** A copy of a record that is fit for a log: no secrets, no whole documents, no endless nesting. */
export function withoutSecrets(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return cleanRecord(record, 0)
}

function cleanRecord(record: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record).slice(0, widest)) {
    const isTelling = typeof value === 'string' || (typeof value === 'object' && value !== null)
    clean[name] = isTelling && isSecretName(name) ? '[redacted]' : cleanValue(value, depth + 1)
  }
  return clean
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (depth > deepest) return '[deeper]'
  if (value instanceof Error) return cleanError(value, depth)
  if (value instanceof Headers || value instanceof Map)
    return cleanRecord(Object.fromEntries(value), depth)
  if (Array.isArray(value)) return value.slice(0, widest).map((each) => cleanValue(each, depth + 1))
  if ('toJSON' in value) return value
  return cleanRecord(value, depth)
}

const cleanText = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText)}[… ${text.length} characters]` : text

function cleanError(error: Error, depth: number): Record<string, unknown> {
  const own = Object.entries(error).filter(([name]) => !driverDetail.has(name))
  return {
    ...cleanRecord(Object.fromEntries(own), depth),
    type: error.name,
    message: cleanText(error.message),
    stack: cleanText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: cleanValue(error.cause, depth + 1) }),
  }
}
