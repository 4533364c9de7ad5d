import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** In development every address belongs to one of the three faces, as it does on the server. */
function faces(): Plugin {
  return {
    name: 'hutong-faces',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = request.url?.split('?')[0] ?? '/'
        const face = /^\/(desk|console|devtools|kiosk)(?:\/|$)/.exec(path)?.[1]
        if (request.headers.accept?.includes('text/html')) {
          request.url = face === undefined ? '/index.html' : `/${face}.html`
        }
        next()
      })
    },
  }
}

export default defineConfig({
  root: here('.'),
  appType: 'mpa',
  plugins: [vue(), faces()],
  resolve: { alias: { '@': here('./src') } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.HUTONG_URL ?? 'http://127.0.0.1:8000', ws: true } },
  },
  build: {
    outDir: here('../hutong/web'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    rollupOptions: {
      input: { app: here('./index.html'), desk: here('./desk.html'), console: here('./console.html'), devtools: here('./devtools.html'), kiosk: here('./kiosk.html') },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    css: false,
    server: { deps: { inline: [/tdesign-(mobile-vue|vue-next)/] } }, // its modules import their styles
  },
})
