const highByte = /[\u0080-\u00FF]/
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Whether a text read byte by byte holds anything beyond ASCII. */
export function hasHighByte(latin1: string): boolean {
  return highByte.test(latin1)
}

/** Reads an element as UTF-8 where its bytes are that, otherwise as Latin-1: no byte is ever lost. */
export function decodeElement(latin1: string): string {
  if (!highByte.test(latin1)) return latin1
  try {
    return strictUtf8.decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
