import { expect, test } from 'vitest'
import { consoleUrlOf } from './tools.ts'

type Asked = Parameters<typeof consoleUrlOf>

const doors: readonly (readonly [Asked[0], NonNullable<Asked[1]>, string])[] = [
  [{ host: '127.0.0.1', port: 0 }, { port: 41_234 }, 'http://127.0.0.1:41234'],
  [{ host: '::1', port: 4_700 }, {}, 'http://[::1]:4700'],
  [
    { host: '127.0.0.1', port: 0, publicUrl: 'https://quittance.example' },
    { port: 41_234 },
    'https://quittance.example',
  ],
]

test.each(doors)(
  'links to the console lead to where this process listens: %o',
  (config, listening, url) => {
    expect(consoleUrlOf(config, listening)).toBe(url)
  },
)
