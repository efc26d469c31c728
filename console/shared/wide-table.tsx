import { Table, type TableProps } from '@mantine/core'

/** A table that is scrolled sideways where the screen is narrower, also with the keyboard. */
export function WideTable({ minWidth, ...table }: { readonly minWidth: number } & TableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Table' } }}
    >
      <Table verticalSpacing={6} {...table} />
    </Table.ScrollContainer>
  )
}
