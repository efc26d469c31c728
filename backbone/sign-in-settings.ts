import { z } from 'zod'
import { type PersonRole, PersonRole as Role } from './canonical/person.ts'
import { NeedsPerson } from './errors.ts'

const flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1')

const httpAddress = z
  .string()
  .regex(/^https?:\/\/[^/?#@\s]+$/, 'an address such as https://quittance.example, without a path')

const Roles = z
  .string()
  .regex(/^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/, 'pairs such as ops=operator,approvers=approver')
  .transform((text) => text.split(',').map((pair) => pair.split('=').map((word) => word.trim())))
  .pipe(z.array(z.tuple([z.string().min(1), Role])))

/** The settings of how people sign in, by the names of their environment variables. */
export const signInSettings = {
  QUITTANCE_PUBLIC_URL: httpAddress
    .optional()
    .describe(
      'address at which people reach this server, where a proxy in front gives it another one; needed to sign in through a provider',
    ),
  QUITTANCE_SESSION_HOURS: z.coerce
    .number()
    .min(0.25)
    .max(720)
    .default(12)
    .describe('hours after which a person signs in again, however busy'),
  QUITTANCE_SESSION_IDLE_MINUTES: z.coerce
    .number()
    .min(5)
    .max(10_080)
    .default(60)
    .describe('minutes without a request after which a person signs in again'),
  QUITTANCE_OIDC_ISSUER: z
    .string()
    .regex(/^https?:\/\/[^?#@\s]+$/, 'the address of an OpenID Connect provider')
    .optional()
    .describe('provider (OpenID Connect) through which people sign in too'),
  QUITTANCE_OIDC_CLIENT_ID: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('what that provider knows this server by'),
  QUITTANCE_OIDC_CLIENT_SECRET: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe('and the secret it gave for it; none for a public client'),
  QUITTANCE_OIDC_ROLE_CLAIM: z
    .string()
    .min(1)
    .max(200)
    .default('roles')
    .describe('claim in which the provider tells the roles or groups of a person'),
  QUITTANCE_OIDC_ROLES: Roles.optional().describe(
    'which of these is which role here, such as ops=operator,approvers=approver, the first that fits; when set the provider decides about roles at each sign-in, and nobody without one gets in',
  ),
  QUITTANCE_OIDC_TRUST_EMAIL: flag
    .default(false)
    .describe(
      'whether addresses count that the provider does not call verified: only where it lets nobody choose their own',
    ),
  QUITTANCE_OIDC_NEW_PEOPLE: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe(
      'tenant to which people are added when they first come from the provider; without it only people who are known get in',
    ),
}

/** How people sign in. */
export type SignInConfig = {
  readonly publicUrl?: string
  readonly sessionLife: { readonly lifeMs: number; readonly idleMs: number }
  readonly oidc?: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret?: string
    readonly roleClaim: string
    readonly roles?: readonly (readonly [told: string, role: PersonRole])[]
    readonly trustsEmail: boolean
    readonly newPeopleIn?: string
  }
}

const loopback = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:|\/|$)/

type Values = z.infer<z.ZodObject<typeof signInSettings>>

function oidcOf(values: Values): SignInConfig['oidc'] {
  const issuer = values.QUITTANCE_OIDC_ISSUER
  if (issuer === undefined) return undefined
  const clientId = values.QUITTANCE_OIDC_CLIENT_ID
  if (clientId === undefined || values.QUITTANCE_PUBLIC_URL === undefined)
    throw new NeedsPerson(
      'QUITTANCE_OIDC_ISSUER is set, and to use it QUITTANCE_OIDC_CLIENT_ID and QUITTANCE_PUBLIC_URL must be too. Register QUITTANCE_PUBLIC_URL/v1/session/oidc/callback at the provider.',
    )
  if (issuer.startsWith('http:') && !loopback.test(issuer))
    throw new NeedsPerson(
      `QUITTANCE_OIDC_ISSUER is ${issuer}: a provider outside this machine is reached by https only.`,
    )
  if (values.QUITTANCE_OIDC_NEW_PEOPLE !== undefined && values.QUITTANCE_OIDC_ROLES === undefined)
    throw new NeedsPerson(
      'QUITTANCE_OIDC_NEW_PEOPLE is set: say with QUITTANCE_OIDC_ROLES which role they get.',
    )
  const secret = values.QUITTANCE_OIDC_CLIENT_SECRET
  const roles = values.QUITTANCE_OIDC_ROLES
  const newPeopleIn = values.QUITTANCE_OIDC_NEW_PEOPLE
  return {
    issuer,
    clientId,
    roleClaim: values.QUITTANCE_OIDC_ROLE_CLAIM,
    trustsEmail: values.QUITTANCE_OIDC_TRUST_EMAIL,
    ...(secret === undefined ? {} : { clientSecret: secret }),
    ...(roles === undefined ? {} : { roles }),
    ...(newPeopleIn === undefined ? {} : { newPeopleIn }),
  }
}

/** Reads how people sign in; settings that need each other are named. */
export function signInConfig(values: Values): SignInConfig {
  const oidc = oidcOf(values)
  const publicUrl = values.QUITTANCE_PUBLIC_URL
  return {
    sessionLife: {
      lifeMs: values.QUITTANCE_SESSION_HOURS * 3_600_000,
      idleMs: values.QUITTANCE_SESSION_IDLE_MINUTES * 60_000,
    },
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(oidc === undefined ? {} : { oidc }),
  }
}
