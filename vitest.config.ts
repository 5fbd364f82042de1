import { defineConfig } from 'vitest/config'

const always = {
  ...{ environment: 'node', pool: 'forks', retry: 0, passWithNoTests: false },
  // What a process does next may take seconds on a machine that is busy; vitest's own second is a bet on an idle one.
  expect: { poll: { timeout: 20_000 } },
} as const
const notOurs = ['**/node_modules/**', 'out/**', '.tools/**']

/** Real processes and ports, with time for a slow machine. */
const heavy = { ...always, exclude: notOurs, testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...always,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...notOurs, 'test/**'],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...heavy,
          // They wait for processes most of the time, and share nothing: ports and folders are their own.
          maxWorkers: 3,
          maxConcurrency: 3,
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/hostile/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What they measure must not wait for a neighbour.
        test: {
          ...heavy,
          maxWorkers: 1,
          name: 'truth',
          include: ['test/truth/**/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
      {
        // One cluster for all files that break nothing of it, and one for each of the others. Building its programs comes
        // first, and only once.
        test: {
          ...heavy,
          // A whole control plane beside the test: what takes seconds takes minutes on a machine that is busy.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          maxConcurrency: 3,
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/setup.ts'],
          sequence: { groupOrder: 3 },
        },
      },
      {
        // A run is six containers and k6: one after the other. The engine and the images come first, and only once.
        test: {
          ...heavy,
          maxWorkers: 1,
          testTimeout: 300_000,
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          globalSetup: ['test/containers/setup.ts'],
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
