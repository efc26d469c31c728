import type { BulkLine } from './bulk-lines.ts'

const lineFeed = 0x0a

function lineOf(bytes: Uint8Array): BulkLine {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { refusal: 'The line is not UTF-8.' }
  }
}

/**
 * Cuts a stream of bytes into lines, never holding more than one. A line above `maxLineBytes` is
 * passed over and told as unreadable; the lines after it are read as if nothing had been.
 */
export async function* ndjsonLines(
  bytes: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<BulkLine> {
  let pieces: Uint8Array[] = []
  let size = 0
  const keep = (piece: Uint8Array) => {
    size += piece.byteLength
    if (size <= maxLineBytes) pieces.push(piece)
    else pieces = []
  }
  const finish = (): BulkLine => {
    const line =
      size > maxLineBytes
        ? { refusal: `The line is longer than ${maxLineBytes} bytes.` }
        : lineOf(Buffer.concat(pieces))
    pieces = []
    size = 0
    return line
  }
  for await (const chunk of bytes) {
    let from = 0
    for (let to = chunk.indexOf(lineFeed); to !== -1; to = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, to))
      yield finish()
      from = to + 1
    }
    keep(chunk.subarray(from))
  }
  if (size > 0) yield finish()
}
