import { expect, test } from 'vitest'
import { requireToxiproxyVersion } from './toxiproxy-version.ts'

test.each(['{"version": "2.12.0"}\n', '{"version":"v2.12.0"}'])('%j is the pinned version', (answer) => {
  expect(() => requireToxiproxyVersion(answer, '2.12.0')).not.toThrow()
})

test.each([
  ['{"version":"2.5.0"}', 'Toxiproxy is 2.5.0, not 2.12.0'],
  ['{"version":"git"}', 'Toxiproxy is git, not 2.12.0'],
  ['{"version":"2.12.0-rc1"}', 'Toxiproxy is 2.12.0-rc1, not 2.12.0'],
  ['<html>', 'Toxiproxy is of an unknown version, not 2.12.0'],
])('%j is refused', (answer, message) => {
  expect(() => requireToxiproxyVersion(answer, '2.12.0')).toThrow(message)
})
