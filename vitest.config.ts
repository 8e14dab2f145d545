import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['@tiltts/source']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } }
const globalSetup = ['tests/support/temp-folder.ts']
const slow = ['packages/*/src/**/*.slow.test.ts', 'tests/**/*.test.ts', 'examples/*/*.test.ts']
// Real engines and clusters have moods of their own. What passes only when repeated is listed by `npm test`.
const patient = { globalSetup, testTimeout: 120_000, hookTimeout: 120_000, retry: process.env['CI'] ? 1 : 0 }

/** What compares itself with the speed of others, fills the machine, looks at all of its processes, or ends those that all need. */
const alone = [
  'packages/adapters/src/docker/build/context.slow.test.ts',
  'packages/adapters/src/docker/channel/*.slow.test.ts',
  'packages/adapters/src/files/*.slow.test.ts',
  'packages/adapters/src/processes/*.slow.test.ts',
  'tests/kubernetes/testbed/*.slow.test.ts',
  'tests/packaging/*.test.ts',
]

/**
 * `fast`: no build, no daemon. `slow`: real processes, the testbed; two files at a time, as they wait more than they work.
 * `alone`: slow, one file after the other when all others are done.
 */
const config: ViteUserConfig = defineConfig({
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          ...patient,
          name: 'slow',
          include: slow,
          exclude: [...alone, '**/node_modules/**', '**/dist/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: { ...patient, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})

export default config
