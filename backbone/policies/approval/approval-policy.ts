import { z } from 'zod'
import { DecimalText } from '../../canonical/money.ts'
import { PersonRole } from '../../canonical/person.ts'
import type { ActKind } from '../../canonical/proposal.ts'
import { definePolicy } from '../policy-in-force.ts'

const Amount = DecimalText.refine((text) => !text.startsWith('-'), 'an amount of zero or more')

const OwnLimits = z.partialRecord(PersonRole, Amount.nullable())

type RuleDefaults = {
  /** What is decided. */
  readonly about: string
  readonly role?: PersonRole
  readonly otherPersonAbove?: string
  readonly isAlwaysOtherPerson?: boolean
  readonly roleAbove?: PersonRole
  readonly ownUpTo?: z.infer<typeof OwnLimits>
  readonly maySelfDecide?: boolean
  readonly expiresAfterHours?: number
  readonly escalateAfterHours?: number | null
  readonly escalateTo?: PersonRole
}

const Hours = z.number().positive().max(8_760)

function ruleOf(defaults: RuleDefaults) {
  const { role = 'operator', otherPersonAbove = '5000', roleAbove = 'approver' } = defaults
  const { ownUpTo = { operator: otherPersonAbove, approver: null, admin: null } } = defaults
  return z
    .object({
      role: PersonRole.default(role).meta({ description: 'The least role that decides.' }),
      otherPersonAbove: Amount.default(otherPersonAbove).meta({
        description:
          'Above this amount, in units of its own currency, whoever asked does not decide.',
      }),
      isAlwaysOtherPerson: z
        .boolean()
        .default(defaults.isAlwaysOtherPerson ?? false)
        .meta({ description: 'Whoever asked never decides, whatever the amount.' }),
      roleAbove: PersonRole.default(roleAbove).meta({
        description: 'The least role that decides above that amount.',
      }),
      ownUpTo: OwnLimits.default(ownUpTo).meta({
        description:
          'Up to which amount a person of a role does it at once; null for any amount, a role left out never.',
      }),
      maySelfDecide: z
        .boolean()
        .default(defaults.maySelfDecide ?? true)
        .meta({
          description:
            'Whether whoever asked may decide within their limit; recorded as their own decision.',
        }),
      expiresAfterHours: Hours.default(defaults.expiresAfterHours ?? 72).meta({
        description: 'Hours after which nobody can decide it any more.',
      }),
      escalateAfterHours: Hours.nullable()
        .default(defaults.escalateAfterHours === undefined ? 8 : defaults.escalateAfterHours)
        .meta({ description: 'Hours after which people are told that nobody has decided.' }),
      escalateTo: PersonRole.nullable()
        .default(defaults.escalateTo ?? 'approver')
        .meta({
          description: 'The least role that decides from then on; null leaves it as it is.',
        }),
      passesItself: z.boolean().default(false).meta({
        description:
          'Whether it passes without a person, where the rules find it exact and nothing of it stems from outside text.',
      }),
      passesItselfUpTo: Amount.default('0').meta({
        description: 'The amount up to which it may pass so.',
      }),
    })
    .prefault({})
    .meta({ description: defaults.about })
}

const kindRules = {
  'release-hold': ruleOf({ about: 'Lifting a hold of an order.' }),
  'place-hold': ruleOf({ about: 'Holding an order.', otherPersonAbove: '1000000' }),
  'cancel-order': ruleOf({ about: 'Cancelling an order.' }),
  'reprice-line': ruleOf({ about: 'Settling the price of a line.', otherPersonAbove: '500' }),
  'substitute-line': ruleOf({
    about: 'Delivering another product than ordered.',
    otherPersonAbove: '1000',
  }),
  'split-line': ruleOf({ about: 'Delivering a line in parts.' }),
  'backorder-line': ruleOf({ about: 'Letting a line wait for its goods.' }),
  'retry-transactions': ruleOf({
    about: 'Sending given-up calls again.',
    otherPersonAbove: '100000',
    escalateAfterHours: 4,
  }),
  // Domain rules 3.4: a draft expires after 24 hours.
  'send-collections-message': ruleOf({
    about: 'Sending a customer a message about open invoices.',
    role: 'collector',
    otherPersonAbove: '50000',
    ownUpTo: { collector: '50000', operator: '50000', approver: null, admin: null },
    expiresAfterHours: 24,
    escalateAfterHours: 6,
  }),
  'send-invoice-copies': ruleOf({
    about: 'Sending a customer copies of invoices that it has asked for.',
    role: 'collector',
    ownUpTo: { collector: null, operator: null, approver: null, admin: null },
  }),
  'apply-credit': ruleOf({
    about: 'Putting open credits of a customer to its invoices.',
    role: 'collector',
    ownUpTo: { collector: '5000', operator: '5000', approver: null, admin: null },
  }),
  'take-back-credit': ruleOf({
    about: 'Taking a credit off the invoices it was put to.',
    otherPersonAbove: '1000',
  }),
  'credit-deduction': ruleOf({
    about: 'Crediting what a payer kept back.',
    otherPersonAbove: '500',
    ownUpTo: { operator: '500', approver: '500', admin: '500' },
  }),
  'charge-back-deduction': ruleOf({
    about: 'Asking again for what a payer kept back.',
    role: 'collector',
    ownUpTo: { collector: '5000', operator: '5000', approver: null, admin: null },
  }),
  'change-policy': ruleOf({
    about: 'Setting a rule of the house.',
    role: 'admin',
    roleAbove: 'admin',
    isAlwaysOtherPerson: true,
    ownUpTo: {},
    maySelfDecide: false,
    expiresAfterHours: 168,
    escalateAfterHours: 24,
    escalateTo: 'admin',
  }),
  'activate-agent-profile': ruleOf({
    about: 'Letting an agent work with new instructions.',
    role: 'admin',
    roleAbove: 'admin',
    isAlwaysOtherPerson: true,
    ownUpTo: {},
    maySelfDecide: false,
    expiresAfterHours: 168,
    escalateAfterHours: 24,
    escalateTo: 'admin',
  }),
} as const satisfies Record<ActKind, ReturnType<typeof ruleOf>>

/** Who decides one kind of act, until when, and what happens while nobody does. */
export type ApprovalRule = z.infer<ReturnType<typeof ruleOf>>

const ApprovalSettings = z.object({
  ...kindRules,
  pendingPerRequester: z.int().min(1).max(10_000).default(200).meta({
    description: 'How many undecided proposals one requester may have; the next one is refused.',
  }),
})

/** The rules of all kinds of act. */
export type ApprovalSettings = z.infer<typeof ApprovalSettings>

/** Who approves what: roles, amounts, the second pair of eyes, expiry and escalation. */
export const approvalPolicy = definePolicy<ApprovalSettings>({
  name: 'approval',
  about:
    'Who decides what is proposed, by role and amount, when a second person is needed, and what passes by itself.',
  schema: ApprovalSettings,
})
