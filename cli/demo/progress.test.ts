import { expect, test } from 'vitest'
import { openProgress } from './progress.ts'

function screen(isTTY: boolean) {
  let text = ''
  return {
    isTTY,
    columns: 40,
    write: (part: string) => {
      text += part
    },
    text: () => text,
  }
}

test('on a terminal the progress is one line, rewritten in place and never wider than the screen', () => {
  const terminal = screen(true)
  let nowMs = 0
  const progress = openProgress(terminal, () => nowMs)
  progress.show('sent 1 of 34')
  nowMs = 2_000
  progress.show('sent 34 of 34; 20 orders in, 14 released, 14 shipments')
  progress.end()
  const shown = terminal.text().split('\r\u001b[2K')
  expect(shown.slice(1)).toEqual([
    '  0 s  sent 1 of 34',
    '  2 s  sent 34 of 34; 20 orders in, 14 \n',
  ])
})

test('elsewhere progress is a plain line every few seconds, and only when there is something new', () => {
  const file = screen(false)
  let nowMs = 0
  const progress = openProgress(file, () => nowMs)
  for (const [atMs, text] of [
    [3_000, 'sent 1 of 34'],
    [3_100, 'sent 2 of 34'],
    [6_000, 'sent 3 of 34'],
    [9_000, 'sent 3 of 34'],
  ] as const) {
    nowMs = atMs
    progress.show(text)
  }
  progress.end()
  expect(file.text()).toBe('  3 s  sent 1 of 34\n  6 s  sent 3 of 34\n')
})
