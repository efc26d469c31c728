import { expect, test } from 'vitest'
import { toldWhile } from './told-while.ts'

test('what is told reaches the reader while the work goes on, in its order', async () => {
  let goOn: () => void = () => undefined
  const told = toldWhile<string>(async (tell) => {
    tell('looked up')
    await new Promise<void>((resume) => {
      goOn = resume
    })
    tell('found')
    tell('said')
  })
  expect(await told.next()).toEqual({ done: false, value: 'looked up' })
  goOn()
  const rest = [await told.next(), await told.next(), await told.next()]
  expect(rest.map(({ value }) => value)).toEqual(['found', 'said', undefined])
})

test('work that breaks off has told all it found before its reader learns of it', async () => {
  const told = toldWhile<string>(async (tell) => {
    tell('looked up')
    throw new Error('The records are away.')
  })
  expect(await told.next()).toEqual({ done: false, value: 'looked up' })
  await expect(told.next()).rejects.toThrow('The records are away.')
})
