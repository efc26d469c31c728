import { Buffer } from 'node:buffer'
import { inflateSync } from 'node:zlib'

/** The words on the pages of a PDF of ours, each text as it was put there, one a line. */
export function pdfText(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes).toString('latin1')
  const pages = [...whole.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(
    ([, body = '']) => {
      try {
        return [inflateSync(Buffer.from(body, 'latin1')).toString('latin1')]
      } catch {
        return []
      }
    },
  )
  return pages
    .flatMap((page) => [...page.matchAll(/\[([^\]]*)\] TJ/g)])
    .map(([, parts = '']) =>
      [...parts.matchAll(/<([0-9a-f]*)>/gi)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
        .join(''),
    )
    .join('\n')
}
