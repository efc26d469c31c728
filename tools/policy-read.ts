import { z } from 'zod'
import { readTool } from './tool.ts'
import { dayArgument, fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { found } from './wire/not-found.ts'
import { plainText } from './wire/outside-text.ts'
import { asOf, pageAnswer, pageEnd, pageOfWhole } from './wire/page.ts'

const longestValue = 300

const Setting = z.object({ name: z.string(), value: z.string(), is_default: z.boolean() })

const Item = z.object({
  policy: z.string(),
  about: z.string(),
  version: z.string().describe('Which settings decide.'),
  settings: z.array(Setting).optional().describe('Of one named policy; values as JSON.'),
})

/** The rules in force. */
export const policyRead = readTool({
  name: 'policy_read',
  title: 'Rules in force',
  about:
    'The policies of the house and which settings decide on a day, for the tenant, a customer or a partner; the settings themselves for one named policy.',
  scope: 'o2c:read',
  publish: 'internal',
  keeps: ['policy'],
  input: z.strictObject({
    policy: referenceArgument('One policy, such as pricing.', 60).optional(),
    customer_number: referenceArgument('As it holds for a customer.', 40).optional(),
    partner_id: referenceArgument('As it holds for a partner.', 60).optional(),
    on: dayArgument('On a day; today unless said.').optional(),
    fields: fieldsOf(['about', 'version', 'settings']),
    ...paging(20, 50),
  }),
  output: z.object({ ...asOf, items: z.array(Item), ...pageEnd }),
  run: async ({ policies, now }, { tenantId }, input) => {
    const { policy: name, customer_number: customerNumber, partner_id: partnerId, on } = input
    const subject = {
      ...(customerNumber === undefined ? {} : { customerNumber }),
      ...(partnerId === undefined ? {} : { partnerId }),
    }
    if (name === undefined) {
      const all = await policies.list({ tenantId, subject, on })
      const page = pageOfWhole(all, ({ policy }) => policy, input)
      return pageAnswer(now(), page, ({ policy, about, inForce }) => ({
        ...{ policy, about: plainText(about, 300), version: inForce.version },
      }))
    }
    const { policy, about, inForce, defaults } = found(
      await policies.get({ tenantId, subject, on, policy: name }),
      'policy',
      'policy_read without a name lists them.',
    )
    const settings = Object.entries(inForce.settings).map(([setting, value]) => ({
      name: setting,
      value: plainText(JSON.stringify(value), longestValue),
      is_default: JSON.stringify(value) === JSON.stringify(defaults[setting]),
    }))
    const item = { policy, about: plainText(about, 300), version: inForce.version, settings }
    return { as_of: now(), items: [item] }
  },
})
