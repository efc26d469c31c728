import type { CurvePoint } from './curve.ts'
import { ambiguous, errorKinds } from './kinds.ts'
import type { Score, Share } from './score.ts'

/** What one run of the graded set came to. */
export type Run = {
  readonly seed: number
  readonly orders: number
  readonly day: string
  readonly score: Score
  readonly curve: readonly CurvePoint[]
  readonly seconds: number
}

const percent = (value: number, digits = 1) => `${(value * 100).toFixed(digits)} %`
const three = (value: number) => value.toFixed(3)
const shareText = ({ count, of, share }: Share, digits = 1) =>
  `${percent(share, digits)} (${count} of ${of})`

/** Puts rows under each other: the first column to the left, figures to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_cell, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function kindTable({ kinds }: Score): string {
  const rows = kinds.map(({ kind, right, missed, tooMuch, precision, recall, f1 }) => [
    `${errorKinds.indexOf(kind) + 1}`.padStart(2).concat(` ${kind}`),
    String(right + missed),
    String(right),
    String(missed),
    String(tooMuch),
    three(precision),
    three(recall),
    three(f1),
  ])
  return table(['kind', 'orders', 'told', 'missed', 'too much', 'precision', 'recall', 'F1'], rows)
}

function confusionTable({ confusions }: Score): string {
  if (confusions.length === 0) return 'Nothing was taken for something else.'
  const rows = confusions.map(({ truth, said, orders }) => [truth, said, String(orders)])
  return table(['what it is', 'what was said', 'orders'], rows)
}

function curveTable(curve: readonly CurvePoint[]): string {
  const rows = curve.map(({ percent: bound, going }) => [
    `${bound} %`,
    percent(going.touchless.share),
    percent(going.touchlessOfGood.share),
    `${going.wrong.count} of ${going.wrong.of}`,
    percent(going.wrong.share, 2),
    percent(going.wrongUpTo, 2),
  ])
  return table(
    ['tolerance', 'touchless', 'of the good', 'wrongly let go', 'wrong-auto', 'at most (95 %)'],
    rows,
  )
}

/** The whole run as people read it on a terminal. */
export function reportText({ seed, orders, day, score, curve, seconds }: Run): string {
  const { going } = score
  return `Graded set of pricing errors: ${orders} orders of ${day}, seed ${seed}, ${seconds.toFixed(0)} s

${kindTable(score)}

Confusions
${confusionTable(score)}

Tolerance of the price (amounts a line 5.00, an order 25.00)
${curveTable(curve)}

Macro-F1 over ${errorKinds.length} kinds     ${score.macroF1.toFixed(4)}
Money to the minor unit    ${shareText(score.moneyExact, 2)} of the differences told; ${shareText(score.moneyExactOfAll, 2)} of all
Wrong-auto                 ${shareText(going.wrong, 2)} of the orders that must not go on; at most ${percent(going.wrongUpTo, 2)} (Clopper-Pearson, 95 % one-sided)
Touchless                  ${shareText(going.touchless)} of all; ${shareText(going.touchlessOfGood)} of those that may
${ambiguous} as a set         ${shareText(score.ambiguousExact)} said with exactly the kinds that explain them`
}
