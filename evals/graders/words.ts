import type { Trial } from '../agents/trial.ts'

/** What a case says of the words: patterns that must be in them and that must not. */
export type WantedWords = {
  readonly says?: readonly string[] | undefined
  readonly never?: readonly string[] | undefined
}

/** Everything a person is shown: words, tables, cards and citations. */
export function shownBy({ text, events }: Trial): string {
  const shown = events.filter(({ type }) => type !== 'text')
  return `${text}\n${JSON.stringify(shown)}`
}

/** Words that are missing, and words that must not be shown anywhere. */
export function faultsOfWords(trial: Trial, { says = [], never = [] }: WantedWords): string[] {
  const shown = shownBy(trial)
  return [
    ...says
      .filter((pattern) => !new RegExp(pattern, 'iu').test(trial.text))
      .map((pattern) => `does not say /${pattern}/`),
    ...never
      .filter((pattern) => new RegExp(pattern, 'iu').test(shown))
      .map((pattern) => `shows /${pattern}/`),
  ]
}

/** A question back is one question. */
export function faultsOfQuestionBack({ text, calls, cards }: Trial): string[] {
  const questions = text.match(/\?/g)?.length ?? 0
  return [
    ...(questions === 1 ? [] : [`asks ${questions} questions back instead of one`]),
    ...(calls.some(({ name }) => name.startsWith('propose_')) ? ['proposes before it knows'] : []),
    ...(cards.length === 0 ? [] : ['shows a card before it knows']),
  ]
}
