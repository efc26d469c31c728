import { z } from 'zod'
import type { Customer } from '../canonical/master-data.ts'
import type { RecipientsView } from '../canonical/views/collections-view.ts'
import type { Kept } from '../store/master-data/master-file.ts'
import type { MasterActor, MasterDoor } from './master-data/master-data-service.ts'

const Line = (most: number) => z.string().trim().min(1).max(most)

/** Whom letters and calls may go to, as a person types it; the version is that of the file they looked at. */
export const RecipientsDraft = z
  .strictObject({
    version: z.int().min(1),
    contacts: z
      .array(
        z
          .strictObject({
            name: Line(200).optional(),
            email: z.email('It is no e-mail address.').max(254).optional(),
            phone: Line(60).optional(),
            role: Line(40).optional(),
          })
          .refine(({ email, phone }) => email !== undefined || phone !== undefined, {
            message: 'A contact has an e-mail address or a phone number.',
            path: ['email'],
          }),
      )
      .max(100),
  })
  .meta({ id: 'RecipientsDraft' })
export type RecipientsDraft = z.infer<typeof RecipientsDraft>

type CustomerDoor = Pick<MasterDoor<Customer, Customer>, 'get' | 'put'>

const shown = ({ id, version, updatedAt, document }: Kept<Customer>): RecipientsView => ({
  ...{ customerNumber: id, version, updatedAt },
  contacts: [...document.contacts],
})

/** Whom letters and calls to a customer may go to. */
export async function recipientsOf(
  customers: CustomerDoor,
  tenantId: string,
  customerNumber: string,
): Promise<RecipientsView> {
  return shown(await customers.get(tenantId, customerNumber))
}

/** Writes whom letters and calls to a customer may go to; the rest of the customer's file stays as it is. */
export async function setRecipients(
  customers: CustomerDoor,
  actor: MasterActor,
  customerNumber: string,
  { version, contacts }: RecipientsDraft,
): Promise<RecipientsView> {
  const { document } = await customers.get(actor.tenantId, customerNumber)
  const changed = { ...document, contacts }
  const { kept } = await customers.put(actor, customerNumber, changed, { ifMatch: version })
  return shown(kept)
}
