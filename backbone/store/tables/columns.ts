import { bigint, date, numeric, timestamp } from 'drizzle-orm/pg-core'

/** A moment, UTC; the drivers give it as ISO text. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })

/** A calendar day in the time zone of the party it belongs to. */
export const day = (name: string) => date(name, { mode: 'string' })

/** An amount in minor units of its currency. */
export const minor = (name: string) => bigint(name, { mode: 'number' })

/** A unit price, kept exact. */
export const price = (name: string) => numeric(name, { precision: 24, scale: 8 })
