import { join } from 'node:path'
import { checkImports, readSources } from './imports.ts'
import { checkRecordAccess } from './record-access.ts'
import { checkResult, commandSuite, projectDir, type Suite } from './suite.ts'

const bin = (name: string): string[] => [process.execPath, join(projectDir, 'node_modules/.bin', name)]

/** Each counts as one test. */
export const checks: Suite[] = [
  commandSuite('lint and format', 'check', [...bin('biome'), 'check', '--max-diagnostics=100', '--error-on-warnings']),
  commandSuite('types', 'check', [...bin('tsc'), '-p', 'tsconfig.json']),
  commandSuite('types of scenarios', 'check', [...bin('tsc'), '-p', 'scenarios/tsconfig.json']),
  commandSuite('table of the systems', 'check', [process.execPath, 'scripts/systems-table.ts', '--check']),
  {
    name: 'import rules',
    part: 'check',
    run: async () => checkResult('import rules', checkImports(readSources(projectDir))),
  },
  {
    name: 'access to records',
    part: 'check',
    run: async () => checkResult('access to records', checkRecordAccess(readSources(projectDir))),
  },
]
