import { expect, test } from 'vitest'
import { profileTemplates } from '../../backbone/policies/agent-profiles/profile-templates.ts'
import { openExamForTest } from '../../testing/exam-house.ts'

const exam = openExamForTest()
const waitMs = 120_000

test.each(profileTemplates.map(({ template, draft }) => [template, draft] as const))(
  'the template %s passes the cases of its agent',
  async (_, draft) => {
    const found = await exam({ ...draft, goal: 'As the template says.', owner: 'Ann Lee' })
    expect(found).toMatchObject({ isEnough: true })
    expect(found.of).toBeGreaterThanOrEqual(3)
  },
  waitMs,
)

test('a profile whose tools are enough for none of the cases has passed none', async () => {
  const stock = profileTemplates.find(({ template }) => template === 'stock-outs')
  if (stock === undefined) throw new Error('There is no template of that name.')
  const blind = { ...stock.draft, goal: 'Look away.', owner: 'Ann Lee', tools: ['order_get'] }
  expect(await exam(blind)).toEqual({
    ...{ passed: 0, of: 0, leftOut: 6, minimumShare: 0.9, isEnough: false, failed: [] },
  })
})
