import { defineConfig } from 'vitest/config'

export default defineConfig({
  server: { fs: { allow: ['..'] } },
  test: { root: '..', testTimeout: 20_000, include: ['tests/runtime/**/*.test.ts'], setupFiles: ['tests/runtime/recorder.ts'] },
})
