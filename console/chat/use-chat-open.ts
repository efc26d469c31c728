import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { type MouseEvent, useEffect, useRef, useState } from 'react'

/**
 * Whether the assistant is open, and whether it ever was: it then stays, with what was said in it. On a narrow screen it
 * covers the page, so it closes for whatever page is gone to.
 */
export function useChatOpen() {
  const [isOpen, setOpen] = useLocalStorage({ key: 'chat-open', defaultValue: false })
  const [wasOpened, setWasOpened] = useState(isOpen)
  if (isOpen && !wasOpened) setWasOpened(true)
  const isNarrow = useMediaQuery('(max-width: 62em)')
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const lastPath = useRef(path)
  useEffect(() => {
    if (lastPath.current === path) return
    lastPath.current = path
    if (isNarrow) setOpen(false)
  }, [path, isNarrow, setOpen])
  return {
    ...{ isOpen, wasOpened },
    toggle: () => setOpen(!isOpen),
    close: () => setOpen(false),
    /** A link to the page that is already behind it changes no path. */
    onClick: ({ target }: MouseEvent) => {
      if (isNarrow && target instanceof Element && target.closest('a[href]') !== null)
        setOpen(false)
    },
  }
}
