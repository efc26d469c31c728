/** The fields of a JSON object. */
export type JsonFields = Readonly<Record<string, unknown>>

/** A value as a record of fields, or nothing when it is a list, a text or empty. */
export function recordOf(value: unknown): JsonFields | undefined {
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
