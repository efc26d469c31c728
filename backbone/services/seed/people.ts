import type { NewPerson } from '../../canonical/person.ts'
import type { Database } from '../../store/database.ts'
import { listPeople } from '../../store/people/user-rows.ts'
import { addPerson } from '../people/people.ts'

/** Who works at Meridian: one person for each part of an approval. They have no passwords; they come in by a link. */
const seedPeople: readonly NewPerson[] = [
  { name: 'Grace Hill', email: 'grace.hill@meridian.example', role: 'admin', locale: 'en' },
  { name: 'Olivia Park', email: 'olivia.park@meridian.example', role: 'operator', locale: 'en' },
  { name: 'Andrew Stone', email: 'andrew.stone@meridian.example', role: 'approver', locale: 'en' },
  { name: 'Carla Diaz', email: 'carla.diaz@meridian.example', role: 'collector', locale: 'en' },
]

/** Adds the people of Meridian who are not there yet; how many came. */
export function seedStaff(database: Database, { tenantId }: { readonly tenantId: string }) {
  return database.inTenant(tenantId, async (tx) => {
    const known = new Set((await listPeople(tx)).map(({ email }) => email))
    const missing = seedPeople.filter(({ email }) => !known.has(email))
    for (const person of missing) await addPerson(tx, 'demo', person)
    return missing.length
  })
}
