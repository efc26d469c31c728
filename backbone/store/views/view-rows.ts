import { sql } from 'drizzle-orm'
import type { ViewFilters, ViewScreen } from '../../canonical/views/saved-view.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A view as it is kept. */
export type KeptView = {
  readonly viewId: string
  readonly screen: ViewScreen
  readonly ownerUserId: string
  readonly ownerName: string | null
  readonly name: string
  readonly filters: ViewFilters
  readonly isShared: boolean
  readonly updatedAt: string
}

const columns = sql`
  saved_view.view_id as "viewId", saved_view.screen, saved_view.owner_user_id as "ownerUserId",
  app_user.name as "ownerName", saved_view.name, saved_view.filters, saved_view.is_shared as "isShared",
  saved_view.updated_at as "updatedAt"`

const withOwner = sql`
  from saved_view left join app_user
    on app_user.tenant_id = saved_view.tenant_id and app_user.user_id = saved_view.owner_user_id`

/** The views of a list that a person sees: their own and those shared with everybody, by name. */
export function viewsFor(
  tx: TenantTx,
  { screen, userId }: { readonly screen: ViewScreen; readonly userId: string },
): Promise<KeptView[]> {
  return tx.rows<KeptView>(sql`
    select ${columns} ${withOwner}
    where saved_view.screen = ${screen} and (saved_view.owner_user_id = ${userId} or saved_view.is_shared)
    order by lower(saved_view.name), saved_view.view_id`)
}

/** One view that a person sees. */
export async function findView(
  tx: TenantTx,
  { viewId, userId }: { readonly viewId: string; readonly userId: string },
): Promise<KeptView | undefined> {
  const [view] = await tx.rows<KeptView>(sql`
    select ${columns} ${withOwner}
    where saved_view.view_id = ${viewId} and (saved_view.owner_user_id = ${userId} or saved_view.is_shared)`)
  return view
}

/** How many views a person has; nobody adds one for them until this transaction ends. */
export async function countViewsOf(tx: TenantTx, userId: string): Promise<number> {
  await tx.run(sql`select from app_user where user_id = ${userId} for update`)
  const [row] = await tx.rows<{ count: number }>(sql`
    select count(*)::int as count from saved_view where owner_user_id = ${userId}`)
  return row?.count ?? 0
}

type NewView = Pick<KeptView, 'viewId' | 'screen' | 'ownerUserId' | 'name' | 'filters' | 'isShared'>

/** Keeps a new view; false where its owner has one of that name. */
export async function insertView(tx: TenantTx, view: NewView): Promise<boolean> {
  const { viewId, screen, ownerUserId, name, filters, isShared } = view
  const written = await tx.run(sql`
    insert into saved_view (tenant_id, view_id, screen, owner_user_id, name, filters, is_shared)
    values (${tx.tenantId}, ${viewId}, ${screen}, ${ownerUserId}, ${name}, ${asJson(filters)}, ${isShared})
    on conflict do nothing`)
  return written > 0
}

/** Keeps a view as it was changed; false where its owner has another of that name. */
export async function updateView(
  tx: TenantTx,
  { viewId, name, filters, isShared }: Omit<NewView, 'screen' | 'ownerUserId'>,
): Promise<boolean> {
  const written = await tx.run(sql`
    update saved_view set name = ${name}, filters = ${asJson(filters)}, is_shared = ${isShared}, updated_at = now()
    where view_id = ${viewId} and not exists (
      select from saved_view as other where other.owner_user_id = saved_view.owner_user_id
        and other.screen = saved_view.screen and lower(other.name) = lower(${name}) and other.view_id <> ${viewId})`)
  return written > 0
}

/** Removes a view; nobody's list opens with it any longer. */
export async function deleteView(tx: TenantTx, viewId: string): Promise<void> {
  await tx.run(sql`delete from first_view where view_id = ${viewId}`)
  await tx.run(sql`delete from saved_view where view_id = ${viewId}`)
}

/** With which view a list opens for a person. */
export async function firstViewOf(
  tx: TenantTx,
  { screen, userId }: { readonly screen: ViewScreen; readonly userId: string },
): Promise<string | null> {
  const [row] = await tx.rows<{ viewId: string }>(sql`
    select view_id as "viewId" from first_view where screen = ${screen} and user_id = ${userId}`)
  return row?.viewId ?? null
}

/** Has a list open with a view for a person; with all there is where none is named. */
export async function writeFirstView(
  tx: TenantTx,
  {
    screen,
    userId,
    viewId,
  }: { readonly screen: ViewScreen; readonly userId: string; readonly viewId: string | null },
): Promise<void> {
  if (viewId === null)
    await tx.run(sql`delete from first_view where screen = ${screen} and user_id = ${userId}`)
  else
    await tx.run(sql`
      insert into first_view (tenant_id, user_id, screen, view_id)
      values (${tx.tenantId}, ${userId}, ${screen}, ${viewId})
      on conflict (tenant_id, user_id, screen) do update set view_id = excluded.view_id`)
}
