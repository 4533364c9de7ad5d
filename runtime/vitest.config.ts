import { configDefaults, defineConfig } from 'vitest/config'

/** Needs programs that uni-app and Taro built: `scripts/soak corpus`. */
const frameworks = process.env.HUTONG_FRAMEWORKS ? [] : ['**/frameworks.test.ts']

export default defineConfig({
  server: { fs: { allow: ['..'] } },
  test: { root: '..', testTimeout: 20_000, expect: { poll: { timeout: 5000 } }, include: ['tests/runtime/**/*.test.ts'], exclude: [...configDefaults.exclude, ...frameworks], setupFiles: ['tests/runtime/recorder.ts'] },
})
