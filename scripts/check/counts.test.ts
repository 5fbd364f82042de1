import { describe, expect, test } from 'vitest'
import { countGoTests } from './go.ts'
import { countVitest, type VitestReport } from './vitest.ts'

const goLines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n')

describe('go test -json', () => {
  test('a package that does not compile is one failure, with the words of the compiler', () => {
    const counted = countGoTests(
      goLines(
        { Action: 'build-output', ImportPath: 'p', Output: './a.go:1: undefined: x\n' },
        { Action: 'build-fail', ImportPath: 'p' },
        { Action: 'output', Package: 'p', Output: 'FAIL\tp [build failed]\n' },
        { Action: 'fail', Package: 'p', FailedBuild: 'p' },
      ),
    )
    expect(counted).toMatchObject({ passed: 0, failed: 1, skipped: 0, failures: ['p'] })
    expect(counted.failedOutput).toContain('undefined: x')
  })

  test('subtests count instead of their parent; output of what failed only', () => {
    const counted = countGoTests(
      goLines(
        { Action: 'output', Package: 'p', Test: 'A/bad', Output: 'want 1, have 2\n' },
        { Action: 'fail', Package: 'p', Test: 'A/bad' },
        { Action: 'output', Package: 'p', Test: 'A/good', Output: 'fine\n' },
        { Action: 'pass', Package: 'p', Test: 'A/good' },
        { Action: 'fail', Package: 'p', Test: 'A' },
        { Action: 'pass', Package: 'p', Test: 'Alone' },
        { Action: 'skip', Package: 'p', Test: 'Later' },
        { Action: 'fail', Package: 'p' },
        { Action: 'skip', Package: 'without-tests' },
      ),
    )
    expect(counted).toMatchObject({ passed: 2, failed: 1, skipped: 1, failures: ['p A/bad'] })
    expect(counted.failedOutput).toContain('want 1, have 2')
    expect(counted.failedOutput).not.toContain('fine')
  })

  test('a parent that failed by itself is a failure', () => {
    const counted = countGoTests(
      goLines({ Action: 'pass', Package: 'p', Test: 'A/good' }, { Action: 'fail', Package: 'p', Test: 'A' }),
    )
    expect(counted).toMatchObject({ passed: 1, failed: 1, failures: ['p A'] })
  })

  test('two packages that do not build are two failures, also when one lies in the other', () => {
    const counted = countGoTests(goLines({ Action: 'fail', Package: 'p' }, { Action: 'fail', Package: 'p/q' }))
    expect(counted).toMatchObject({ failed: 2, failures: ['p', 'p/q'] })
  })

  test('words that are not JSON are kept', () => {
    expect(countGoTests('go: cannot find main module\n').failedOutput).toContain('cannot find main module')
  })
})

describe('vitest report', () => {
  const report = (change: Partial<VitestReport>): VitestReport => ({
    numPassedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...change,
  })
  const failed = { name: 'a.test.ts', status: 'failed', assertionResults: [] }

  test.each([
    ['no report', null, 0, { passed: 0, failed: 1 }],
    ['no test', report({}), 0, { passed: 0, failed: 1, failures: ['unit: ran no test'] }],
    ['only skipped tests', report({ numPendingTests: 3 }), 0, { passed: 0, failed: 1, skipped: 3 }],
    ['a file that does not load', report({ numPassedTests: 2, testResults: [failed] }), 1, { passed: 2, failed: 1 }],
    ['an error outside of tests', report({ numPassedTests: 2 }), 1, { passed: 2, failed: 1 }],
    [
      'all passed, one skipped',
      report({ numPassedTests: 2, numPendingTests: 1 }),
      0,
      { passed: 2, failed: 0, skipped: 1 },
    ],
  ])('%s', (_name, given, exitCode, expected) => {
    expect(countVitest('unit', given, exitCode)).toMatchObject(expected)
  })

  test('a failed test is named with its file', () => {
    const assertionResults = [{ fullName: 'adds', status: 'failed' }]
    expect(countVitest('unit', report({ testResults: [{ ...failed, assertionResults }] }), 1)).toMatchObject({
      failed: 1,
      failures: ['a.test.ts: adds'],
    })
  })
})
