import { ActionIcon, Group, Kbd, Modal, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useKeys } from './use-keys.ts'

/** The keys of a screen and what each does, in the order they are learned. */
export type ScreenKeys = readonly (readonly [keys: string, does: string])[]

// These work on every screen.
const everywhere: ScreenKeys = [
  ['c', 'Opens or closes the assistant'],
  ['?', 'Shows these keys'],
  ['Esc', 'Closes what is open'],
]

/** The button and the key `?` that show which keys a screen has. */
export function KeysHelp({ keys }: { readonly keys: ScreenKeys }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  // Where it takes Shift to type it, and where it does not.
  useKeys(
    [
      ['shift+?', toggle],
      ['?', toggle],
    ],
    { isForDialog: isOpen },
  )
  return (
    <>
      <ActionIcon
        variant="default"
        size="md"
        aria-label="Keys of this screen"
        onClick={toggle}
        visibleFrom="sm"
      >
        <Text size="xs" fw={700}>
          ?
        </Text>
      </ActionIcon>
      <Modal opened={isOpen} onClose={close} title="Keys" size="sm">
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {[...keys, ...everywhere].map(([key, does]) => (
              <Table.Tr key={key}>
                <Table.Td w={110}>
                  <Group gap={4}>
                    {key.split(' ').map((one) => (
                      <Kbd key={one}>{one}</Kbd>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  )
}
