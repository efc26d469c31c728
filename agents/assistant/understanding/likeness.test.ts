import { expect, test } from 'vitest'
import { examples } from './examples.ts'
import { likenessTo } from './likeness.ts'

const gap = 1.5

test('each example, read as if it were new, is rather asked back than taken for another question', () => {
  const read = examples.map((one) => {
    const [best, next] = likenessTo(examples.filter((other) => other !== one))(one.words)
    const isSure = best !== undefined && best.odds >= 2 && best.odds - (next?.odds ?? 0) >= gap
    return { isSure, isRight: best?.intent === one.intent }
  })
  const answered = read.filter(({ isSure }) => isSure)
  const wrong = answered.filter(({ isRight }) => !isRight).length
  expect(wrong / answered.length).toBeLessThan(0.15)
})
