import { CallerMistake } from '../../backbone/errors.ts'

/** Says that there is no such record: the same for one that never was and one of another tenant. */
function notFound(noun: string, how: string): CallerMistake {
  return new CallerMistake(404, 'not-found', `There is no such ${noun}. ${how}`)
}

/** The record that was found; a caller's mistake where there is none. */
export function found<Row>(row: Row | undefined, noun: string, how: string): Row {
  if (row === undefined) throw notFound(noun, how)
  return row
}
