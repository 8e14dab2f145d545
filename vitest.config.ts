import { defineConfig } from 'vitest/config'

const conditions = ['@tiltts/source']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } }
const globalSetup = ['tests/support/temp-folder.ts']

/** `fast`: no build, no daemon. `slow`: real processes, packed tarballs, the testbed. */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'fast',
          globalSetup,
          include: ['packages/*/src/**/*.{test,property}.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts', '**/node_modules/**', '**/dist/**'],
          testTimeout: 15_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'slow',
          globalSetup,
          include: ['packages/*/src/**/*.slow.test.ts', 'tests/**/*.test.ts', 'examples/*/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
