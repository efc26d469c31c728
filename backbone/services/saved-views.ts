import { newId } from '../canonical/ids.ts'
import type { PersonRole } from '../canonical/person.ts'
import type { SavedView, ViewFilters, ViewScreen } from '../canonical/views/saved-view.ts'
import { CallerMistake } from '../errors.ts'
import type { Database, TenantTx } from '../store/database.ts'
import {
  countViewsOf,
  deleteView,
  findView,
  firstViewOf,
  insertView,
  type KeptView,
  updateView,
  viewsFor,
  writeFirstView,
} from '../store/views/view-rows.ts'
import type { Decider } from './proposals/ports.ts'

type Whose = { readonly tenantId: string; readonly by: Decider }

/** The views of a list that a person sees, and the one it opens with. */
type Views = {
  readonly items: readonly SavedView[]
  readonly firstViewId: string | null
  readonly mayShare: boolean
}

/** The views people have of a list. */
export type SavedViewsService = {
  list(asked: Whose & { readonly screen: ViewScreen }): Promise<Views>
  save(
    act: Whose & {
      readonly screen: ViewScreen
      readonly name: string
      readonly filters: ViewFilters
      readonly isShared: boolean
    },
  ): Promise<SavedView>
  /** Undefined where the person sees no such view. */
  change(
    act: Whose & {
      readonly screen: ViewScreen
      readonly viewId: string
      readonly name?: string | undefined
      readonly filters?: ViewFilters | undefined
      readonly isShared?: boolean | undefined
    },
  ): Promise<SavedView | undefined>
  /** False where the person sees no such view. */
  remove(act: Whose & { readonly viewId: string }): Promise<boolean>
  /** Which view the list opens with for the person; null for all there is. */
  openWith(
    act: Whose & { readonly screen: ViewScreen; readonly viewId: string | null },
  ): Promise<Views | undefined>
}

const onTheirWay = 'received,validated,held,ready,released,picking'

// Everybody has these; a day is always that of whoever looks.
const builtIn: Readonly<Record<ViewScreen, readonly (readonly [string, string, ViewFilters])[]>> = {
  orders: [
    ['orders-held', 'Held', { held: 'true', sort: 'oldest' }],
    ['orders-waiting-for-stock', 'Waiting for stock', { stock: 'waiting', sort: 'wanted' }],
    [
      'orders-due-today',
      'Due today',
      { stage: onTheirWay, wantedFrom: 'today', wantedUntil: 'today' },
    ],
    ['orders-late', 'Late', { late: 'true', sort: 'wanted' }],
    ['orders-received-today', 'Received today', { receivedFrom: 'today' }],
  ],
}

const builtInViews = (screen: ViewScreen): SavedView[] =>
  builtIn[screen].map(([viewId, name, filters]) => ({
    ...{ viewId, screen, name, filters, isBuiltIn: true, isShared: true, isOwn: false },
    ...{ ownerName: null, mayChange: false, updatedAt: null },
  }))

/** What a house shows to all is kept by those who answer for its work. */
const sharers: readonly PersonRole[] = ['admin', 'approver']

const mostViews = 50

function shownTo(by: Decider, { ownerUserId, ...view }: KeptView): SavedView {
  const isOwn = ownerUserId === by.userId
  // Whoever may no longer share keeps what they had shared, and can only take it back or remove it.
  return { ...view, isBuiltIn: false, isOwn, mayChange: isOwn || by.role === 'admin' }
}

const mayShare = (by: Decider): boolean => sharers.some((role) => role === by.role)

function assertMayShare(by: Decider): void {
  if (!mayShare(by))
    throw new CallerMistake(
      403,
      'role-missing',
      `Views are shared with the house by ${sharers.join(' or ')}; keep this one for yourself.`,
    )
}

const nameTaken = (name: string) =>
  new CallerMistake(409, 'view-name-taken', `You have a view called ${name} already.`, { name })

/** The view as the person sees it; refuses what they see and may not change. */
async function ownedView(
  tx: TenantTx,
  { by, viewId }: { readonly by: Decider; readonly viewId: string },
): Promise<KeptView | undefined> {
  const view = await findView(tx, { viewId, userId: by.userId })
  if (view !== undefined && !shownTo(by, view).mayChange)
    throw new CallerMistake(
      403,
      'not-your-view',
      `This view is ${view.ownerName ?? 'somebody else'}’s; save one of your own instead.`,
    )
  return view
}

async function viewsOf(tx: TenantTx, screen: ViewScreen, by: Decider): Promise<Views> {
  const whose = { screen, userId: by.userId }
  const kept = await viewsFor(tx, whose)
  const items = [...builtInViews(screen), ...kept.map((view) => shownTo(by, view))]
  const first = await firstViewOf(tx, whose)
  // A view that is shared no longer opens for nobody else.
  const isThere = items.some(({ viewId }) => viewId === first)
  return { items, firstViewId: isThere ? first : null, mayShare: mayShare(by) }
}

async function shownView(tx: TenantTx, by: Decider, viewId: string): Promise<SavedView[]> {
  const kept = await findView(tx, { viewId, userId: by.userId })
  return kept === undefined ? [] : [shownTo(by, kept)]
}

/** Opens the service of saved views. */
export function savedViewsService({
  database,
}: {
  readonly database: Database
}): SavedViewsService {
  return {
    list: ({ tenantId, by, screen }) =>
      database.inTenant(tenantId, (tx) => viewsOf(tx, screen, by)),
    save: ({ tenantId, by, screen, name, filters, isShared }) =>
      database.inTenant(tenantId, async (tx) => {
        if (isShared) assertMayShare(by)
        if ((await countViewsOf(tx, by.userId)) >= mostViews)
          throw new CallerMistake(
            409,
            'too-many-views',
            `You have ${mostViews} views; remove one before you save another.`,
            { most: mostViews },
          )
        const viewId = newId('viw')
        const view = { viewId, screen, ownerUserId: by.userId, name, filters, isShared }
        if (!(await insertView(tx, view))) throw nameTaken(name)
        const [shown] = await shownView(tx, by, viewId)
        if (shown === undefined) throw nameTaken(name)
        return shown
      }),
    change: ({ tenantId, by, screen, viewId, ...change }) =>
      database.inTenant(tenantId, async (tx) => {
        const view = await ownedView(tx, { by, viewId })
        if (view?.screen !== screen) return undefined
        const { name = view.name, filters = view.filters, isShared = view.isShared } = change
        // What everybody sees is changed by whom it could be shared by; taking it back is free.
        if (isShared) assertMayShare(by)
        if (!(await updateView(tx, { viewId, name, filters, isShared }))) throw nameTaken(name)
        const [shown] = await shownView(tx, by, viewId)
        // Of somebody else, and taken back by an administrator: it is out of their sight now.
        return shown ?? shownTo(by, { ...view, name, filters, isShared })
      }),
    remove: ({ tenantId, by, viewId }) =>
      database.inTenant(tenantId, async (tx) => {
        if ((await ownedView(tx, { by, viewId })) === undefined) return false
        await deleteView(tx, viewId)
        return true
      }),
    openWith: ({ tenantId, by, screen, viewId }) =>
      database.inTenant(tenantId, async (tx) => {
        const views = await viewsOf(tx, screen, by)
        if (viewId !== null && !views.items.some((view) => view.viewId === viewId)) return undefined
        await writeFirstView(tx, { screen, userId: by.userId, viewId })
        return { ...views, firstViewId: viewId }
      }),
  }
}
