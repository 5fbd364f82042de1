import { defineConfig } from 'vitest/config'

const always = { environment: 'node', pool: 'forks', retry: 0, passWithNoTests: false } as const
const notOurs = ['**/node_modules/**', 'out/**', '.tools/**']

/** Real processes and ports: one file at a time, with time for a slow machine. */
const heavy = { ...always, maxWorkers: 1, exclude: notOurs, testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...always,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...notOurs, 'test/**'],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...heavy,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...heavy, name: 'truth', include: ['test/truth/**/*.test.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
})
