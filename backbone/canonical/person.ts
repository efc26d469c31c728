import { z } from 'zod'
import { IsoMoment } from './document.ts'
import { TimeZone } from './zone-clock.ts'

/** What a person of the house is there for; from looking on to everything. */
export const PersonRole = z.enum(['viewer', 'operator', 'collector', 'approver', 'admin'])
export type PersonRole = z.infer<typeof PersonRole>

/** An e-mail address, in the one spelling that people are found by. */
export const EmailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('An address such as ann.lee@example.com.'))

const locale = z
  .string()
  .max(35)
  .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'A language such as en or de-AT.')

// Approvals are on record under it: no line break in it, and nothing that turns the direction of what stands around it.
const name = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, 'A name without control characters.')

/** A person who may sign in, as colleagues see them; never a secret. */
export const Person = z
  .object({
    userId: z.string(),
    name: z.string(),
    email: z.string(),
    role: PersonRole,
    isActive: z.boolean(),
    locale: z.string(),
    timeZone: z.string().nullable(),
    hasPassword: z.boolean(),
    createdAt: IsoMoment,
    lastSignedInAt: IsoMoment.nullable(),
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

/** A person to be let in. */
export const NewPerson = z.object({
  name,
  email: EmailAddress,
  role: PersonRole,
  locale: locale.default('en'),
  timeZone: TimeZone.optional(),
})
export type NewPerson = z.infer<typeof NewPerson>

/** What may be changed about a person; the address stays, since decisions are on record under it. */
export const PersonChange = z
  .object({
    name,
    role: PersonRole,
    isActive: z.boolean(),
    locale,
    timeZone: TimeZone.nullable(),
  })
  .partial()
export type PersonChange = z.infer<typeof PersonChange>
