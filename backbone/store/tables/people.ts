import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** The people of a tenant who sign in: by password, by a one-time link, or through the tenant's own provider (OpenID Connect). */
export const userTable = pgTable(
  'app_user',
  {
    userId: text('user_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    /** In lower case. */
    email: text('email').notNull(),
    role: text('role').notNull(),
    /** argon2id, in its own encoding; nobody without one signs in by password. */
    passwordHash: text('password_hash'),
    /** Issuer and subject at the provider, once they came from there. */
    oidcSubject: text('oidc_subject'),
    isActive: boolean('is_active').notNull().default(true),
    locale: text('locale').notNull().default('en'),
    /** Their own time zone; the tenant's when there is none. */
    timeZone: text('time_zone'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    lastSignedInAt: moment('last_signed_in_at'),
  },
  (table) => [
    uniqueIndex('app_user_by_tenant').on(table.tenantId, table.email),
    // One person may work for two tenants: which one is told apart at the door.
    index('app_user_by_email').on(table.email),
    index('app_user_by_subject').on(table.oidcSubject).where(sql`oidc_subject is not null`),
  ],
)

/** People who are signed in: only the hash of what their browser shows is kept. */
export const sessionTable = pgTable(
  'session',
  {
    sessionId: text('session_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    /** password, link or oidc. */
    signedInBy: text('signed_in_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    /** However busy, it ends then. */
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('session_by_hash').on(table.tokenHash),
    index('session_by_user').on(table.tenantId, table.userId),
  ],
)

/** Links that sign somebody in once: only their hash is kept. */
export const signInLinkTable = pgTable(
  'sign_in_link',
  {
    linkId: text('link_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    consumedAt: moment('consumed_at'),
  },
  (table) => [
    uniqueIndex('sign_in_link_by_hash').on(table.tokenHash),
    index('sign_in_link_by_user').on(table.tenantId, table.userId),
  ],
)
