import { type HotkeyItem, useHotkeys } from '@mantine/hooks'

const isTyped =
  'textarea, select, [contenteditable="true"], input:not([type="checkbox"]):not([type="radio"])'
const isInFront = '[role="dialog"], [role="menu"], [role="listbox"]'

const isSomethingInFront = (): boolean =>
  [...document.querySelectorAll(isInFront)].some((one) => one.checkVisibility())

// Walking a list goes on while its key is held; nothing is decided or opened again by a key that is still down.
const walking = new Set(['j', 'k', 'n', 'p'])

/**
 * The keys of a screen. They do nothing while somebody types, behind an open dialog or menu, and, but for those that
 * walk a list, while they are held down.
 */
export function useKeys(
  keys: readonly (readonly [key: string, act: () => void])[],
  { isForDialog = false }: { readonly isForDialog?: boolean } = {},
): void {
  useHotkeys(
    keys.map(
      ([key, act]): HotkeyItem => [
        key,
        (event) => {
          if (event.repeat && !walking.has(event.key)) return
          if (document.activeElement?.matches(isTyped) === true) return
          if (!isForDialog && isSomethingInFront()) return
          event.preventDefault()
          act()
        },
        { preventDefault: false },
      ],
    ),
    [],
  )
}
