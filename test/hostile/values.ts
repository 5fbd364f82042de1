import fc from 'fast-check'

const long = 'x'.repeat(70_000)
/** Texts that mean something to a terminal, a shell, a page, a path or a parser. */
const texts = [
  ...[
    '',
    '\u0000',
    '\u001b]0;owned\u0007\u001b[2J',
    '\u009b31m',
    '\u202e',
    '\n::stop-commands::x',
    '\r\n',
    '\ud800',
    long,
  ],
  ...['../../../etc/passwd', '/proc/self/environ', '..', '.', 'a/b', '$(id)', '`id`', '; rm -rf /', '%00', '%2e%2e%2f'],
  ...[
    '<script>alert(1)</script>',
    ']]>',
    '&#0;',
    '| a | b |',
    '@everyone',
    '[x](javascript:1)',
    '__proto__',
    'constructor',
  ],
  ...['toString', 'NaN', '1e999', '-1', 'http://127.0.0.1:9/', 'x/../../../production', 'previous', 'latest', 'good'],
]
const numbers = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1e-300, 1.6e7, 1.6e10, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e15, 1e18, 1e300, -1e300],
  ...[604_800_000, 1.79e12, 1.79e15, 9e15, 8e6, 4_194_304],
]
const shapes = [[], {}, [[]], [null], [{}], { a: 1 }, [1e9], [0, 1e12], [[0, 1e15]], true, false, null]

/** `undefined` takes the value away; `infinite` is written as a number that JSON reads as an infinity. */
export const infinite = 'infinite number'

/** One value in the place of another. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...numbers, infinite) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...texts) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...shapes) },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 2, max: 5_000 }).map((length) => Array.from({ length }, () => ({ a: [] }))),
  },
)
