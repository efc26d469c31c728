import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Built into the folder that the server serves; nothing is loaded from elsewhere and nothing is inlined, so that the
// page's content policy needs no exception for scripts.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
