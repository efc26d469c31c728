import { Badge, Button, Group, Menu, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { type OrderView, type OrderViews, orderViewsQuery } from '../../api/orders-queries.ts'
import { useKeys } from '../../shared/use-keys.ts'
import { differs, filtersToKeep, type OrdersSearch } from './orders-search.ts'
import type { OrdersNarrowing } from './use-orders-search.ts'
import { useViewActs, type ViewActs } from './use-view-acts.ts'
import { NameDialog, RemoveDialog } from './view-dialogs.tsx'

// What was refused is said beside the menu.
const saidAlready = () => undefined

type Dialog = 'none' | 'save' | 'rename' | 'remove'

const groups = [
  ['Everybody has', ({ isBuiltIn }: OrderView) => isBuiltIn],
  ['Shared', ({ isBuiltIn, isOwn, isShared }: OrderView) => !isBuiltIn && !isOwn && isShared],
  ['Yours', ({ isOwn }: OrderView) => isOwn],
] as const

/** Whose a view is, and what it does. */
const besideName = ({ viewId, isOwn, isShared, ownerName }: OrderView, first: string | null) =>
  [
    ...(viewId === first ? ['opens first'] : []),
    ...(isOwn && isShared ? ['shared'] : []),
    ...(isOwn || ownerName === null ? [] : [ownerName]),
  ].join(', ')

function ViewItems({
  views: { items, firstViewId },
  shown,
  onOpen,
}: {
  readonly views: OrderViews
  readonly shown: OrderView | undefined
  readonly onOpen: (view: OrderView | undefined) => void
}) {
  return (
    <>
      <Menu.Item onClick={() => onOpen(undefined)}>All orders</Menu.Item>
      {groups.map(([title, belongs]) => {
        const members = items.filter(belongs)
        return members.length === 0 ? null : (
          <Fragment key={title}>
            <Menu.Label>{title}</Menu.Label>
            {members.map((view) => (
              <Menu.Item
                key={view.viewId}
                fw={view.viewId === shown?.viewId ? 700 : undefined}
                onClick={() => onOpen(view)}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {besideName(view, firstViewId)}
                  </Text>
                }
              >
                {view.name}
              </Menu.Item>
            ))}
          </Fragment>
        )
      })}
    </>
  )
}

/** What can be done with the view that is shown. */
function ActItems({
  views: { firstViewId, mayShare },
  shown,
  acts,
  onDialog,
}: {
  readonly views: OrderViews
  readonly shown: OrderView | undefined
  readonly acts: ViewActs
  readonly onDialog: (dialog: Dialog) => void
}) {
  const opensFirst = shown !== undefined && shown.viewId === firstViewId
  return (
    <>
      <Menu.Divider />
      {shown !== undefined && (
        <Menu.Item
          onClick={() => acts.openWith(opensFirst ? null : shown.viewId).catch(saidAlready)}
        >
          {opensFirst ? `Open with all orders again` : `Open with “${shown.name}”`}
        </Menu.Item>
      )}
      {shown?.mayChange === true && (
        <>
          {shown.isOwn && <Menu.Item onClick={() => onDialog('rename')}>Rename …</Menu.Item>}
          {(mayShare || shown.isShared) && (
            <Menu.Item
              onClick={() => acts.change(shown, { isShared: !shown.isShared }).catch(saidAlready)}
            >
              {shown.isShared ? 'Share no longer' : 'Share with everybody'}
            </Menu.Item>
          )}
          <Menu.Item c="red" onClick={() => onDialog('remove')}>
            Remove …
          </Menu.Item>
        </>
      )}
      <Menu.Item onClick={() => onDialog('save')}>Save as a view …</Menu.Item>
    </>
  )
}

/** Whether the list is narrowed otherwise than its view says, and what to do about it. */
function Changes({
  shown,
  search,
  acts,
  onUndo,
  onSave,
}: {
  readonly shown: OrderView | undefined
  readonly search: OrdersSearch
  readonly acts: ViewActs
  readonly onUndo: () => void
  readonly onSave: () => void
}) {
  const filters = filtersToKeep(search)
  if (shown === undefined && Object.keys(filters).length === 0) return null
  if (shown !== undefined && !differs(search, shown.filters)) return null
  return (
    <>
      {shown !== undefined && (
        <Badge size="sm" variant="outline" color="gray">
          changed
        </Badge>
      )}
      {shown?.isOwn === true && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => acts.change(shown, { filters }).catch(saidAlready)}
        >
          Save changes
        </Button>
      )}
      {shown !== undefined && (
        <Button size="compact-xs" variant="subtle" onClick={onUndo}>
          Undo
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" onClick={onSave}>
        Save view
      </Button>
    </>
  )
}

/** What asks before a view is named or removed. */
function Dialogs({
  dialog,
  shown,
  mayShare,
  acts,
  narrowing: { search, show },
  onClose,
}: {
  readonly dialog: Dialog
  readonly shown: OrderView | undefined
  readonly mayShare: boolean
  readonly acts: ViewActs
  readonly narrowing: OrdersNarrowing
  readonly onClose: () => void
}) {
  const saveAs = async (name: string, isShared: boolean) => {
    const { viewId } = await acts.save({ name, filters: filtersToKeep(search), isShared })
    show({ ...search, view: viewId })
    onClose()
  }
  const common = { failure: acts.failure, onClose }
  return (
    <>
      <NameDialog
        {...common}
        title="Save as a view"
        isOpen={dialog === 'save'}
        name=""
        mayShare={mayShare}
        onName={saveAs}
      />
      {shown !== undefined && (
        <>
          <NameDialog
            {...common}
            title="Rename the view"
            isOpen={dialog === 'rename'}
            name={shown.name}
            mayShare={false}
            onName={async (name) => {
              await acts.change(shown, { name })
              onClose()
            }}
          />
          <RemoveDialog
            view={shown}
            isOpen={dialog === 'remove'}
            onClose={onClose}
            onRemove={async () => {
              await acts.remove(shown).catch(saidAlready)
              onClose()
              show({ ...search, view: 'all' })
            }}
          />
        </>
      )}
    </>
  )
}

/** The views of the list: which one is shown, whether it was changed since, and what to do with it (v opens it). */
export function OrdersViews(narrowing: OrdersNarrowing) {
  const { search, show } = narrowing
  const { data: views } = useQuery(orderViewsQuery)
  const [isOpen, setOpen] = useState(false)
  const [dialog, setDialog] = useState<Dialog>('none')
  const acts = useViewActs()
  useKeys([['v', () => setOpen(true)]])
  const shown = views?.items.find(({ viewId }) => viewId === search.view)
  const open = (view: OrderView | undefined) =>
    show(view === undefined ? { view: 'all' } : { ...view.filters, view: view.viewId })
  return (
    <Group gap="xs">
      <Menu opened={isOpen} onChange={setOpen} position="bottom-start" width={280}>
        <Menu.Target>
          <Button size="xs" variant="light" aria-keyshortcuts="v">
            {shown?.name ?? 'All orders'} ▾
          </Button>
        </Menu.Target>
        {views !== undefined && (
          <Menu.Dropdown className="views-menu">
            <ViewItems views={views} shown={shown} onOpen={open} />
            <ActItems views={views} shown={shown} acts={acts} onDialog={setDialog} />
          </Menu.Dropdown>
        )}
      </Menu>
      <Changes
        shown={shown}
        search={search}
        acts={acts}
        onUndo={() => open(shown)}
        onSave={() => setDialog('save')}
      />
      {acts.failure !== undefined && dialog === 'none' && (
        <Text size="xs" c="red" role="alert">
          {acts.failure}
        </Text>
      )}
      <Dialogs
        dialog={dialog}
        shown={shown}
        mayShare={views?.mayShare === true}
        acts={acts}
        narrowing={narrowing}
        onClose={() => setDialog('none')}
      />
    </Group>
  )
}
