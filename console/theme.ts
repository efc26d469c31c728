import { type CSSVariablesResolver, createTheme } from '@mantine/core'

/** Calm and dense: read for eight hours a day, on a desk and on a phone. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: { Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } } },
})

/** Small words in the colours of the components are too pale to be read; these are dark, or light, enough. */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#525c69',
    '--mantine-color-placeholder': '#636c78',
    '--mantine-color-teal-light-color': '#06523e',
    '--mantine-color-teal-text': '#06523e',
    '--mantine-color-anchor': '#06674d',
    '--mantine-color-orange-light-color': '#7c3100',
    '--mantine-color-orange-outline': '#9a3d00',
    '--mantine-color-orange-text': '#9a3d00',
    '--mantine-color-red-light-color': '#8f1d1d',
    '--mantine-color-red-text': '#a61e1e',
    '--mantine-color-error': '#a61e1e',
    '--mantine-color-gray-light-color': '#3b434c',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b0b8',
    '--mantine-color-placeholder': '#a0a7af',
    '--mantine-color-orange-outline': '#ffc078',
    '--mantine-color-error': '#ffa8a8',
  },
})
